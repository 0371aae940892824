"""Two rows of the same copies: what each keeps, and what goes round in which."""

from __future__ import annotations

import pytest

from core.observe.beside import beside, readers
from core.observe.contract import contracted
from core.observe.unrolled import Block, Box, Link, Unrolled
from core.project.gallery import shipped
from tests.core.observe.test_observe_unroll import plan


def test_in_one_row_the_answer_goes_round_and_in_the_other_what_was_said() -> None:
    found = beside(plan("dates-attention"))
    assert found is not None and found.axis == "T"
    assert [(b.axis, b.row) for b in found.blocks if b.axis] == [("S", ""), ("T", "free"), ("T", "taught")]
    assert {(k.source, k.target, k.row) for k in found.links if k.row} == {
        ("target", "before", "taught"),
        ("symbols", "before", "free"),
    }
    assert readers(found) == {"before": ("symbols", 1)}
    rows = [b for b in found.blocks if b.row]
    assert rows[0].boxes == rows[1].boxes
    upwards = [b.id for b in sorted(rows[0].boxes, key=lambda b: b.rank)]
    assert upwards == ["before", "decoder", "attention", "symbols", "loss", "target"]  # dense, tanh: passed over
    ways = {(k.source, k.target): k.way for k in found.links}
    assert ways["encoder", "attention"] == "look" and ways["attention", "symbols"] == "within"


@pytest.mark.parametrize("name", ["numbers", "digit-names-length", "parity-jordan", "mackey-scheduled", "dates-each"])
def test_every_drawn_wire_is_still_part_of_some_way(name) -> None:
    found, graph = beside(plan(name)), shipped(name).project.graph
    assert found is not None
    kept = {b.id for block in found.blocks for b in block.boxes}
    told = {e for k in found.links for e in k.edges}
    between = {e.id for e in graph.edges.values() if {e.source.node, e.target.node} <= kept}
    assert between <= told
    for k in found.links:
        a, b = found.box(k.source), found.box(k.target)
        assert a is not None and b is not None
        if k.way == "within" and a.role != "target":
            assert a.rank < b.rank, k


def test_forty_detours_are_one_way() -> None:
    """As in a deep network with shortcuts: 2^40 paths lead from the first box to the last."""
    ends = [("in", "a0")]
    for n in range(40):
        ends += [(f"a{n}", f"b{n}"), (f"b{n}", f"a{n + 1}"), (f"a{n}", f"a{n + 1}")]
    boxes = tuple(Box(id, "dense", "", "T") for id in dict.fromkeys(id for pair in ends for id in pair))
    links = tuple(Link(a, b, "within", (f"{a}-{b}",)) for a, b in ends)
    (found,) = contracted(Unrolled((Block("T", boxes),), links), {"in", "a40"})
    assert (found.source, found.target, found.way) == ("in", "a40", "within")


def test_without_a_teacher_there_is_one_row() -> None:
    assert beside(plan("char-lm")) is None
