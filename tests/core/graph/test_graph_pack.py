"""Packing and unpacking say the same thing; going into bodies edits only them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.graph.body import body_at, inside
from core.graph.edit import add_node, connect, rename, set_edge
from core.graph.fragment import extract, paste
from core.graph.model import Edge, Graph, Init, Node, Port, Ref, frozen
from core.graph.pack import pack, unpack
from tests.core.graph.drawings import graphs, plain, titled


def rnn() -> Graph:
    """x → in → sum → tanh → out, tanh ⟲ rec → sum with a delay that starts from `start`."""
    graph = Graph()
    for id, kind in (("x", "features"), ("start", "parameter"), ("in", "dense"), ("rec", "dense"), ("sum", "add"),
                     ("act", "tanh"), ("out", "dense")):  # fmt: skip
        graph = add_node(graph, Node(id, kind, title=id))
    for source, target in (("x", "in"), ("in", "sum"), ("rec", "sum"), ("sum", "act"), ("act", "out")):
        port = "y" if source != "x" else "x"
        graph = connect(graph, Port(source, port), Port(target, "x"), many=True)
    return connect(graph, Port("act", "y"), Port("rec", "x"), 1, Init("fed", Port("start", "y")))


def test_a_cell_packed_round_a_recurrence_has_one_port_for_each_thing_that_crosses() -> None:
    packed, id = pack(rnn(), ["in", "rec", "sum", "act"])
    cell = packed.nodes[id]
    assert cell.kind == "cell" and cell.body is not None
    borders = {n.kind: [] for n in cell.body.nodes.values()} | {}
    for n in cell.body.nodes.values():
        borders[n.kind].append(dict(n.params))
    assert borders["cell_input"] == [
        {"name": "x", "signal": "features"},
        {"name": "start", "signal": "features", "static": True, "optional": True},
    ]
    assert borders["cell_output"] == [{"name": "y", "signal": "features"}]
    assert {(e.source.node, e.target) for e in packed.edges.values()} == {
        ("x", Port(id, "x")), ("start", Port(id, "start")), (id, Port("out", "x")),
    }  # fmt: skip
    (loop,) = (e for e in cell.body.edges.values() if e.delay)
    assert cell.body.nodes[loop.init.source.node].params["name"] == "start"


def test_delays_stay_where_they_were_drawn() -> None:
    packed, id = pack(rnn(), ["rec"])
    (loop,) = (e for e in packed.edges.values() if e.delay)
    assert loop.target == Port(id, "x") and loop.init == Init("fed", Port("start", "y"))
    assert not any(e.delay for e in packed.nodes[id].body.edges.values())


def test_two_learned_starts_stay_two() -> None:
    graph = Graph()
    for id in ("a", "b", "c"):
        graph = add_node(graph, Node(id, "dense", title=id))
    graph = connect(graph, Port("a", "y"), Port("b", "x"), 1, Init("learned"))
    graph = connect(graph, Port("a", "y"), Port("c", "x"), 1, Init("learned"))
    packed, id = pack(graph, ["b", "c"])
    assert len(packed.edges) == 2
    assert plain(unpack(packed, id)[0]) == plain(graph)


@settings(max_examples=60, deadline=None)
@given(graphs().map(titled), st.data())
def test_unpacking_what_was_packed_changes_nothing_but_ids(graph: Graph, data: st.DataObject) -> None:
    chosen = data.draw(st.sets(st.sampled_from(sorted(graph.nodes))))
    frames = data.draw(st.sets(st.sampled_from(sorted(graph.frames)))) if graph.frames else set()
    packed, id = pack(graph, chosen | frames)
    out, ids = unpack(packed, id)
    assert plain(out) == plain(graph)
    assert {out.nodes[i].title for i in ids if i in out.nodes} == {graph.nodes[i].title for i in chosen}
    assert {n.title: n.at for n in out.nodes.values()} == {n.title: n.at for n in graph.nodes.values()}


def test_delays_in_a_row_that_cannot_be_one_wire_keep_an_identity_between_them() -> None:
    body = Graph(
        frozen({"i": Node("i", "cell_input", params=frozen({"name": "x"})), "d": Node("d", "dense")}),
        frozen({"w": Edge("w", Port("i", "x"), Port("d", "x"), 1, Init("learned"))}),
    )
    graph = Graph(frozen({"a": Node("a", "dense"), "c": Node("c", "cell", body=body)}))
    graph = connect(graph, Port("a", "y"), Port("c", "x"), 2)
    kept, _ = unpack(graph, "c")
    assert sorted(n.kind for n in kept.nodes.values()) == ["dense", "dense", "identity"]
    assert sorted(e.delay for e in kept.edges.values()) == [1, 2]

    plain_body = body.edges["w"]
    zeros = Graph(body.nodes, frozen({"w": Edge("w", plain_body.source, plain_body.target, 1)}))
    joined, _ = unpack(inside(graph, ("c",), lambda _: zeros), "c")
    assert [e.delay for e in joined.edges.values()] == [3]


class OneCell:
    """A library with a single cell of one parameter."""

    body = Graph(frozen({"d": Node("d", "dense", params=frozen({"units": Ref("units")}))}))

    def node(self, kind: str) -> OneCell | None:
        return self if kind == "tiny" else None

    def defaults(self) -> dict[str, int]:
        return {"units": 5}


def test_unpacking_a_library_cell_binds_its_parameters() -> None:
    graph = Graph(frozen({"a": Node("a", "tiny"), "b": Node("b", "tiny", params=frozen({"units": 9}))}))
    graph, (first,) = unpack(graph, "a", OneCell())
    graph, (second,) = unpack(graph, "b", OneCell())
    assert (graph.nodes[first].params["units"], graph.nodes[second].params["units"]) == (5, 9)


def test_packing_inside_a_cell_hands_its_parameters_on() -> None:
    packed, id = pack(OneCell.body, ["d"])
    assert packed.nodes[id].params == {"units": Ref("units")}
    assert unpack(packed, id)[0].nodes["d"].params == {"units": Ref("units")}


def test_editing_inside_a_library_cell_makes_it_the_projects_own() -> None:
    graph = Graph(frozen({"a": Node("a", "tiny"), "b": Node("b", "tiny")}))
    assert body_at(graph, ("a",), OneCell()) is OneCell.body
    assert inside(graph, ("a",), lambda g: rename(g, "d", ""), OneCell()) is graph
    edited = inside(graph, ("a",), lambda g: rename(g, "d", "mine"), OneCell())
    assert body_at(edited, ("a",)).nodes["d"].title == "mine"
    assert edited.nodes["b"].body is None
    with pytest.raises(KeyError):
        body_at(edited, ("a", "d"), OneCell())


@settings(max_examples=40, deadline=None)
@given(graphs().map(titled))
def test_pasting_a_copy_of_everything_gives_it_twice(graph: Graph) -> None:
    once, ids = paste(Graph(), extract(graph, {*graph.nodes, *graph.frames}))
    assert plain(once) == plain(graph)
    twice, ids = paste(once, once, at=(7.0, 9.0))
    assert len(twice.nodes) == 2 * len(graph.nodes) and not set(ids) & set(once.nodes)
    assert plain(extract(twice, ids)) == plain(graph)
    assert extract(twice, [*once.nodes, *once.frames]) == once


def test_a_fragment_forgets_a_start_fed_from_outside() -> None:
    part = extract(rnn(), ["rec", "act"])
    assert [e.init for e in part.edges.values()] == [Init()]
    assert set_edge(rnn(), "w6", delay=0).edges["w6"].init == Init()
