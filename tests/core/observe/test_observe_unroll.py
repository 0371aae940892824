"""Unrolling: what has a copy at every step, what stands once, and what leads where."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import combinations

import pytest

from core.compile.pipeline import check
from core.graph import edit
from core.graph.model import Node, Path, Port, frozen
from core.observe.ranks import across, heights
from core.observe.unroll import unroll
from core.observe.unrolled import Link, Unrolled
from core.project.document import Document
from core.project.gallery import gallery, shipped
from core.project.model import Project
from core.session import Session
from core.specs.registry import default_registry

NAMES = [entry.name for entry in gallery()]


def plan_of(project: Project, path: Path = ()) -> Unrolled:
    fields = Session(Document(project)).fields()[0]
    registry = default_registry()
    return unroll(project.graph, path, check(project.graph, fields, registry), registry)


@lru_cache(maxsize=128)
def plan(name: str, path: Path = ()) -> Unrolled:
    return plan_of(shipped(name).project, path)


def links(found: Unrolled, way: str) -> dict[tuple[str, str], Link]:
    return {(k.source, k.target): k for k in found.links if k.way == way}


def test_hello_is_one_column_from_the_input_up_to_the_answer() -> None:
    found = plan("hello")
    (block,) = found.blocks
    assert block.axis == "T" and block.slots == 1.0
    upwards = sorted(block.boxes, key=lambda b: b.rank)
    assert [b.id for b in upwards] == ["text", "onehot", "memory", "scores", "next", "loss", "answer"]
    state = links(found, "state")["memory", "memory"]
    assert (state.delay, state.name, state.start) == (1, "h", "zeros")
    assert state.keys[0] == "memory.h" and state.edges == ()


def test_inside_an_lstm_its_two_states_leave_their_boxes_and_arrive_at_others() -> None:
    found = plan("char-lm", ("memory",))
    states = links(found, "state")
    assert states.keys() == {("cell", "keep"), ("hidden", "drop")}
    assert states["cell", "keep"].keys == ("memory.c", "memory/cell.y")
    assert states["hidden", "drop"].edges == ("w28",)


def test_encoder_and_decoder_are_two_axes_with_the_context_between() -> None:
    found = plan("dates")
    assert [b.axis for b in found.blocks] == ["S", "", "T"]
    assert {b.id for b in found.blocks[1].boxes} == {"context", "belt"}
    assert links(found, "last").keys() == {("encoder", "context"), ("encoder", "belt")}
    assert links(found, "start").keys() == {("context", "decoder"), ("belt", "decoder")}
    assert links(found, "state")["decoder", "decoder"].start == "fed"
    assert ("teacher", "before") in links(found, "state") and found.stacked
    each = plan("dates-each")
    assert ("context", "decoder") in links(each, "every") or any(k.way == "every" for k in each.links)


def test_attention_looks_from_one_axis_at_the_other() -> None:
    found = plan("dates-attention")
    look = links(found, "look")["encoder", "attention"]
    assert look.keys == ("attention.weights",) and found.stacked


def test_between_two_reversals_copies_run_against_time_also_inside() -> None:
    found = plan("tag-future")
    back = {b.id for block in found.blocks for b in block.boxes if b.back}
    assert back == {"flip", "backward"}
    assert all(b.back for block in plan("tag-future", ("backward",)).blocks for b in block.boxes)
    assert not any(b.back for block in plan("tag-future", ("forward",)).blocks for b in block.boxes)


def test_what_ends_time_stands_once_at_the_height_of_what_it_reads() -> None:
    found = plan("temporal-order-gru")
    assert [b.axis for b in found.blocks] == ["T", ""]
    memory, final = found.box("memory"), found.box("final")
    assert memory is not None and final is not None and memory.rank == final.rank
    assert links(plan("temporal-order-heap"), "all")


def test_a_tree_keeps_what_each_node_reads_and_remembers_and_its_root_is_read() -> None:
    found = plan("tree-parse")
    nodes, once = found.blocks
    assert (nodes.form, {b.id for b in nodes.boxes}) == ("tree", {"symbols", "fold"})
    assert {(k.along, k.name) for k in found.links if k.way == "state"} == {
        ("left", "h"), ("right", "h"), ("left", "c"), ("right", "c"),
    }  # fmt: skip
    assert ("symbols", "fold") in links(found, "within") and ("fold", "root") in links(found, "last")
    assert {"root", "classes", "loss"} <= {b.id for b in once.boxes}


def test_a_grid_is_read_from_the_corners_that_it_is_turned_to() -> None:
    (block,) = plan("grid-both").blocks
    assert block.form == "grid"
    assert {b.id: b.turned for b in block.boxes} == {
        "marks": (), "down": (), "up": ("I", "J"), "classes": (), "answer": (),
    }  # fmt: skip
    ways = [(k.source, k.along) for k in plan("grid-both").links if k.way == "state"]
    assert sorted(ways) == [("down", "I"), ("down", "J"), ("up", "I"), ("up", "J")]


def test_what_has_no_time_and_unknown_sizes_say_why_nothing_is_shown() -> None:
    note = plan("digits-dense").note
    assert note is not None and "time" in note.en and not plan("digits-dense").blocks
    project = shipped("hello").project
    broken = replace(project, graph=edit.add_node(project.graph, Node("more", "dense", params=frozen({"units": 0}))))
    note = plan_of(broken).note
    assert note is not None and "Problems" in note.en


@pytest.mark.parametrize("name", NAMES)
def test_every_drawn_wire_leads_somewhere_once_and_boxes_keep_apart(name: str) -> None:
    graph, found = shipped(name).project.graph, plan(name)
    if found.note is not None or any(block.form != "row" for block in found.blocks):
        return  # of trees and grids only some boxes are kept
    told = [e for k in found.links for e in k.edges]
    assert sorted(told) == sorted(graph.edges)
    place = {b.id: (i, b) for i, block in enumerate(found.blocks) for b in block.boxes}
    assert place.keys() == graph.nodes.keys()
    for block in found.blocks:
        for a, b in combinations(block.boxes, 2):
            assert a.rank != b.rank or abs(a.slot - b.slot) > 1 - 1e-6, (a.id, b.id)
    for k in found.links:
        (i, a), (j, b) = place[k.source], place[k.target]
        if k.way == "within" and a.role != "target":
            assert i == j and b.rank > a.rank, k
        if k.way not in ("within", "state"):
            assert i != j, k


def test_a_circle_has_no_heights_and_a_lonely_box_stands_close_under_its_reader() -> None:
    with pytest.raises(ValueError, match="circle"):
        heights(("a", "b"), {("a", "b"): 1, ("b", "a"): 1})
    rank = heights(("x", "a", "b", "w"), {("x", "a"): 1, ("a", "b"): 1, ("w", "b"): 1})
    assert rank == {"x": 0, "a": 1, "b": 2, "w": 1}


def test_a_long_wire_passes_beside_boxes() -> None:
    rank = {"x": 0, "a": 1, "b": 2}
    slots, vias = across(rank, [("x", "a"), ("a", "b"), ("x", "b")], dict.fromkeys(rank, 0.0), {})
    ((level, slot),) = vias["x", "b"]
    assert level == 1 and abs(slot - slots["a"]) >= 0.7


def test_a_wire_of_three_steps_leads_three_copies_on() -> None:
    project = shipped("clipping").project
    edge = next(e for e in project.graph.edges.values() if e.delay)
    longer = replace(project, graph=edit.set_edge(project.graph, edge.id, delay=3))
    assert links(plan_of(longer), "state")[edge.source.node, edge.target.node].delay == 3
    assert edge.target == Port("back", "x")


def test_what_takes_a_state_stands_where_it_comes_from() -> None:
    for cell, from_left in (("forward", True), ("backward", False)):
        found = plan("tag-future", (cell,))
        past, x = found.box("drop"), found.box("x")
        assert past is not None and x is not None and past.rank == x.rank
        assert (past.slot < x.slot) == from_left
