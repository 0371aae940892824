"""Edits are pure, ids stay unique, undo and redo give the very graphs back, and the file holds all of it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.graph.codec import read_graph, write_graph
from core.graph.diff import diff
from core.graph.edit import (
    add_node,
    connect,
    insert_on_edge,
    move,
    new_id,
    put_frame,
    remove,
    rename,
    set_edge,
    set_flags,
    set_params,
)  # fmt: skip
from core.graph.fragment import extract, paste
from core.graph.model import Frame, Graph, Init, Node, Port, frozen
from core.graph.pack import pack, unpack
from core.problems import Refused
from core.project.document import Document
from core.project.model import Project
from core.words import Text
from tests.core.graph.drawings import graphs, names, ports, values


def two() -> Graph:
    return add_node(add_node(Graph(), Node("a", "dense")), Node("b", "add"))


def test_ids_are_readable_and_free() -> None:
    graph = two()
    assert new_id(graph, "dense") == "dense1"
    assert new_id(add_node(graph, Node("dense1", "dense")), "dense1") == "dense2"
    with pytest.raises(ValueError, match="exists"):
        add_node(graph, Node("a", "dense"))


def test_a_single_input_gives_up_the_wire_it_had_and_a_many_input_adds_one() -> None:
    graph = connect(two(), Port("a", "y"), Port("b", "x"))
    single = connect(graph, Port("b", "y"), Port("b", "x"), 1)
    assert [(e.source.node, e.delay) for e in single.into(Port("b", "x"))] == [("b", 1)]
    many = connect(graph, Port("b", "y"), Port("b", "x"), 1, many=True)
    assert [e.source.node for e in many.into(Port("b", "x"))] == ["a", "b"]


def test_removing_a_node_takes_its_wires_and_what_it_fed() -> None:
    graph = connect(two(), Port("b", "y"), Port("b", "x"), 2, Init("fed", Port("a", "y")))
    graph = connect(graph, Port("a", "y"), Port("b", "z"))
    left = remove(graph, ["a"])
    assert [(e.delay, e.init) for e in left.edges.values()] == [(2, Init())]
    assert not remove(graph, ["b"]).edges
    assert len(remove(graph, edge_ids=["w1"]).edges) == 1


def test_a_node_put_into_a_wire_keeps_the_delay_before_it_and_the_order_after_it() -> None:
    graph = two()
    for _ in range(3):
        graph = connect(graph, Port("a", "y"), Port("b", "x"), many=True)
    graph = set_edge(graph, "w2", delay=3, init=Init("learned"))
    out = insert_on_edge(graph, "w2", Node("n", "tanh"), "x", "y")
    assert [e.source.node for e in out.into(Port("b", "x"))] == ["a", "n", "a"]
    (first,) = out.into(Port("n", "x"))
    (second,) = out.out_of(Port("n", "y"))
    assert (first.delay, first.init.kind, second.delay) == (3, "learned", 0)


def test_parameters_set_and_taken_back() -> None:
    graph = set_params(two(), "a", units=3, graph="x", id=True)
    assert graph.nodes["a"].params == {"units": 3, "graph": "x", "id": True}
    assert set_params(graph, "a", units=None).nodes["a"].params == {"graph": "x", "id": True}


Edit = Callable[[Graph], Graph]


@st.composite
def edits(draw: st.DrawFn, graph: Graph) -> Edit:
    """One random edit that fits a graph; every kind of edit there is."""
    ids, wires = sorted(graph.nodes), sorted(graph.edges)
    stem = draw(names)
    choices: list[Edit] = [
        lambda g: add_node(g, Node(new_id(g, stem), "dense", stem)),
        lambda g: put_frame(g, Frame(new_id(g, "frame"), stem)),
    ]
    if ids:
        a, b = draw(st.sampled_from(ids)), draw(st.sampled_from(ids))
        p, q, value, delay = draw(ports), draw(ports), draw(values), draw(st.integers(0, 3))
        some = draw(st.sets(st.sampled_from(ids)))
        many = draw(st.booleans())
        choices += [
            lambda g: connect(g, Port(a, p), Port(b, q), delay, Init("fed", Port(b, p)), many=many),
            lambda g: set_params(g, a, **{stem: value}),
            lambda g: rename(g, a, stem),
            lambda g: move(g, dict.fromkeys(some, (float(delay), 1.5))),
            lambda g: set_flags(g, some, collapsed=many, bypass=not many),
            lambda g: paste(g, extract(g, some))[0],
            lambda g: pack(g, some)[0],
            lambda g: remove(g, [a]),
        ]
        if graph.nodes[a].body is not None:
            choices.append(lambda g: unpack(g, a)[0])
    if wires:
        w = draw(st.sampled_from(wires))
        choices += [
            lambda g: set_edge(g, w, delay=2, init=Init("learned"), points=[(1.0, 2.0)]),
            lambda g: remove(g, edge_ids=[w]),
            lambda g: insert_on_edge(g, w, Node(new_id(g, stem), "tanh"), "x", "y"),
        ]
    return draw(st.sampled_from(choices))


@settings(max_examples=12, deadline=None)
@given(st.data())
def test_a_hundred_edits_undone_and_redone_give_equal_graphs(data: st.DataObject) -> None:
    document = Document(Project(graph=data.draw(graphs(depth=0))))
    seen = [document.graph]
    for _ in range(100):
        old = document.graph
        document.apply(Text("Edit", "Editar"), data.draw(edits(old))(old))
        if document.graph != old:
            seen.append(document.graph)
        assert all(e.source.node in document.graph.nodes for e in document.graph.edges.values())
        assert all(e.init.source is None or e.init.source.node in document.graph.nodes
                   for e in document.graph.edges.values())  # fmt: skip
    for graph in reversed(seen[:-1]):
        document.undo()
        assert document.graph == graph
    assert document.undo_label is None
    for graph in seen[1:]:
        document.redo()
        assert document.graph == graph
    assert document.redo_label is None
    assert read_graph(json.loads(json.dumps(write_graph(document.graph)))) == document.graph


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_a_graph_survives_its_file_whatever_its_names_hold(graph: Graph) -> None:
    text = json.dumps(write_graph(graph), ensure_ascii=False)
    again = read_graph(json.loads(text))
    assert again == graph
    assert json.dumps(write_graph(again), ensure_ascii=False) == text
    assert list(again.edges) == list(graph.edges), "the order of wires is the order of `many` inputs"


@settings(max_examples=60, deadline=None)
@given(graphs(), graphs())
def test_a_difference_applied_to_the_old_graph_gives_the_new_one(old: Graph, new: Graph) -> None:
    d = diff(old, new)
    patched = []
    for part in ("node", "edge", "frame"):
        before, after = getattr(old, part + "s"), getattr(new, part + "s")
        added, removed, changed = (getattr(d, f"{way}_{part}s") for way in ("added", "removed", "changed"))
        assert all(before[id] != after[id] for id in changed)
        kept = {id: value for id, value in before.items() if id not in removed}
        patched.append(frozen(kept | {id: after[id] for id in (*added, *changed)}))
    assert Graph(*patched) == new
    assert not diff(new, new) and bool(d) == (old != new)


def test_a_wrong_graph_is_told_in_both_languages():
    """Every mistake, with its pointer, and no English inside the Spanish."""
    wrong = {"nodes": [{"id": "a", "kind": 3, "odd": 1}, {"kind": "dense"}], "wires": 7}
    with pytest.raises(Refused) as refused:
        read_graph(wrong)
    told = {p.where.pointer: p.message for p in refused.value.problems}
    assert {"/nodes/0/kind", "/nodes/0/odd", "/nodes/1/id", "/wires"} <= set(told)
    assert told["/nodes/1/id"].es.endswith("falta.") and told["/wires"].es.endswith("se espera una lista.")
    twice = {"nodes": [{"id": "a", "kind": "dense"}] * 2, "wires": [{"id": "w", "from": ["a", "y"], "to": ["z", "x"]}]}
    with pytest.raises(Refused) as refused:
        read_graph(twice)
    assert [p.code for p in refused.value.problems] == ["file.double_id", "file.dangling"]
    assert all("aparece dos veces" in p.message.es or "que no está" in p.message.es for p in refused.value.problems)
