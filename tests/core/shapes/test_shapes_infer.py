"""Sizes and times of whole drawings, against what can be worked out by hand or by another road."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shape_drawings import REGISTRY, SERIES, TEXT, graph, node

from core.graph.model import Graph
from core.graph.pack import pack, unpack
from core.shapes.infer import infer
from core.shapes.typed import Typed
from core.specs.fields import DataField, Fields
from core.specs.ops import Op
from core.specs.sig import Dim, Sig

ENDS = [node("answer", "target", field="next_value"), node("loss", "mse"), node("out", "dense", units=0),
        "out.y loss.prediction", "answer.y loss.target"]  # fmt: skip
INPUT = node("in", "features", field="values")


def typed(*parts: object, fields: Fields = SERIES) -> Typed:
    found = infer(graph(*parts), fields, REGISTRY)  # type: ignore[arg-type]
    assert [p.line() for p in found.problems] == []
    for op in found.ops:
        assert not isinstance(op.output.sig.size, Dim)
        assert not any(isinstance(n, Dim) for w in op.weights for n in w.shape)
    order = {op.output.id: i for i, op in enumerate(found.ops)}
    for i, op in enumerate(found.ops):
        later = [v for v in op.inputs if order[v] >= i]
        assert not later or (op.name == "delay" and later == [op.inputs[0]])
    return found


def numbers(found: Typed) -> int:
    """Trainable numbers."""
    total = 0
    for op in found.ops:
        for w in op.weights:
            size = 1
            for n in w.shape:
                assert isinstance(n, int)
                size *= n
            total += size
    return total


def delays(found: Typed) -> list[Op]:
    return [op for op in found.ops if op.name == "delay"]


@pytest.mark.parametrize(
    ("cell", "gates", "extra", "states"),
    [("rnn_tanh", 1, 0, 1), ("rnn_relu", 1, 0, 1), ("lstm", 4, 0, 2), ("gru", 3, 0, 1), ("gru_reset_after", 3, 1, 1)],
)
@pytest.mark.parametrize("units", [1, 3, 17])
def test_a_library_cell_has_the_size_of_its_equations(
    cell: str, gates: int, extra: int, states: int, units: int
) -> None:
    found = typed(INPUT, node("m", cell, units=units), *ENDS, "in.x m.x", "m.h out.x")
    assert found.sig(("m",), "h") == Sig("features", units, ("T",))
    assert numbers(found) == gates * (2 * units + units * units + units) + extra * units + units + 1
    assert len(delays(found)) == states
    assert all(d.attrs["k"] == 1 and d.attrs["init"] == "zeros" for d in delays(found))


def test_an_initial_state_may_be_fed() -> None:
    found = typed(INPUT, node("a", "features", field="about"), node("start", "dense", units=0),
                  node("m", "lstm", units=5), *ENDS, "in.x m.x", "a.x start.x", "start.y m.h0", "m.h out.x")  # fmt: skip
    inits = {op.path: op.attrs["init"] for op in delays(found)}
    assert inits == {("m", "hidden"): "fed", ("m", "cell"): "zeros"}
    fed = next(op for op in delays(found) if op.attrs["init"] == "fed")
    assert fed.inputs[1] == found.ports[("start",), "y"]
    assert found.sig(("start",), "y") == Sig("features", 5)  # learned from the state it starts


def test_readers_of_one_delay_share_it_and_others_do_not() -> None:
    found = typed(INPUT, node("join", "concat"), *ENDS, "in.x join.x 1", "in.x join.x 1", "in.x join.x 2",
                  "in.x join.x 1 learned", "join.y out.x")  # fmt: skip
    assert sorted((op.attrs["k"], op.attrs["init"]) for op in delays(found)) == [
        (1, "learned"), (1, "zeros"), (2, "zeros")]  # fmt: skip
    assert found.sig(("join",), "y") == Sig("features", 8, ("T",))


def test_delays_add_up_across_the_wall_of_a_cell() -> None:
    body = {
        "nodes": [node("x", "cell_input", name="x"), node("t", "tanh"), node("o", "cell_output", name="y")],
        "wires": [
            {"id": "a", "from": ["x", "x"], "to": ["t", "x"], "delay": 2},
            {"id": "b", "from": ["t", "y"], "to": ["o", "x"], "delay": 3},
        ],
    }
    found = typed(INPUT, node("c", "cell", body=body), *ENDS, "in.x c.x 1", "c.y out.x 4")
    assert [(op.attrs["k"], op.inputs[0]) for op in delays(found)] == [
        (3, found.ports[("in",), "x"]), (7, found.ports[("c", "t"), "y"])]  # fmt: skip


def test_two_starts_in_a_row_stay_two_delays() -> None:
    body = {
        "nodes": [node("x", "cell_input", name="x"), node("t", "tanh"), node("o", "cell_output", name="y")],
        "wires": [
            {"id": "a", "from": ["x", "x"], "to": ["t", "x"], "delay": 1, "init": "learned"},
            {"id": "b", "from": ["t", "y"], "to": ["o", "x"]},
        ],
    }
    found = typed(INPUT, node("c", "cell", body=body), *ENDS, "in.x c.x 1", "c.y out.x")
    first, second = delays(found)
    assert second.inputs == (first.output.id,) and second.attrs["init"] == "learned"
    assert second.weights[0].shape == (2,)


def test_a_bypassed_node_is_not_there() -> None:
    plain = typed(INPUT, *ENDS, "in.x out.x")
    around = typed(INPUT, node("t", "tanh", bypass=True), node("m", "lstm", bypass=True), *ENDS,
                   "in.x t.x", "t.y m.x", "m.h out.x")  # fmt: skip
    assert [(o.name, o.output.sig) for o in around.ops] == [(o.name, o.output.sig) for o in plain.ops]
    assert around.ports[("m",), "h"] == around.ports[("in",), "x"]


def test_a_dense_without_units_follows_the_vocabulary() -> None:
    parts = [node("in", "tokens"), node("e", "embedding", size=7), node("out", "dense", units=0), node("t", "target"),
             node("loss", "cross_entropy"), "in.x e.x", "e.y out.x", "out.y loss.logits", "t.y loss.target"]  # fmt: skip
    for vocabulary in (2, 65, 1000):
        items = tuple(
            DataField(f.name, Sig("tokens", vocabulary, ("T",)), target=f.target) for f in TEXT.items
        )  # fmt: skip
        found = typed(*parts, fields=Fields(items))
        assert found.sig(("out",), "y") == Sig("features", vocabulary, ("T",))


def test_time_ends_at_last_and_static_values_are_held() -> None:
    found = typed(INPUT, node("a", "features", field="about"), node("w", "dense", units=2), node("sum", "add"),
                  node("end", "last"), node("out", "dense", units=1), node("goal", "target", field="answer"),
                  node("loss", "mse"), "a.x w.x", "w.y sum.x", "in.x sum.x", "sum.y end.x", "end.y out.x",
                  "out.y loss.prediction", "goal.y loss.target")  # fmt: skip
    assert found.sig(("w",), "y") == Sig("features", 2)
    assert found.sig(("sum",), "y") == Sig("features", 2, ("T",))
    assert found.sig(("end",), "y") == Sig("features", 2)


def test_time_reaches_a_loop_through_the_loop_itself() -> None:
    """Only the second node of the loop meets the input; the first gets its time through the delay."""
    found = typed(INPUT, node("a", "tanh"), node("w", "dense", units=6), node("b", "add"), *ENDS,
                  "in.x w.x", "b.y a.x 1", "a.y b.x", "w.y b.x", "b.y out.x")  # fmt: skip
    assert found.sig(("a",), "y") == Sig("features", 6, ("T",))


@given(st.lists(st.integers(1, 9), min_size=1, max_size=4), st.integers(2, 4))
@settings(max_examples=25, deadline=None)
def test_sums_are_solved_in_both_directions(sizes: list[int], parts: int) -> None:
    """A concat gives the sum of its parts; one unknown part is what is left of a known whole."""
    dense = [node(f"d{i}", "dense", units=n) for i, n in enumerate(sizes)]
    wires = [w for i in range(len(sizes)) for w in (f"in.x d{i}.x", f"d{i}.y join.x")]
    whole = sum(sizes) + parts
    found = typed(INPUT, *dense, node("join", "concat"), node("rest", "dense", units=0), node("same", "add"),
                  node("all", "dense", units=whole), *ENDS, *wires, "in.x rest.x", "rest.y join.x", "in.x all.x",
                  "all.y same.x", "join.y same.x", "same.y out.x")  # fmt: skip
    assert found.sig(("rest",), "y") == Sig("features", parts, ("T",))
    shares = [f"cut.y{i + 1} mix.x" for i in range(parts)]
    found = typed(INPUT, node("wide", "dense", units=0), node("cut", "split", parts=parts), node("mix", "add"),
                  node("known", "dense", units=sum(sizes)), *ENDS, "in.x wide.x", "wide.y cut.x", *shares,
                  "in.x known.x", "known.y mix.x", "mix.y out.x")  # fmt: skip
    assert found.sig(("wide",), "y") == Sig("features", parts * sum(sizes), ("T",))
    cuts = [(op.attrs["start"], op.attrs["stop"]) for op in found.ops if op.name == "slice"]
    assert cuts == [(i * sum(sizes), (i + 1) * sum(sizes)) for i in range(parts)]


FEEDBACK = [INPUT, node("w", "dense", units=4), node("u", "dense", units=0), node("sum", "add"), node("h", "tanh"),
            *ENDS, "in.x w.x", "w.y sum.x", "u.y sum.x", "sum.y h.x", "h.y u.x 1", "h.y out.x"]  # fmt: skip


@given(st.sets(st.sampled_from(["w", "u", "sum", "h", "out"]), min_size=1))
@settings(max_examples=30, deadline=None)
def test_packing_into_a_cell_changes_nothing(ids: set[str]) -> None:
    g = graph(*FEEDBACK)  # type: ignore[arg-type]
    packed, cell = pack(g, ids)
    assert _meaning(packed) == _meaning(g)
    assert _meaning(unpack(packed, cell, REGISTRY)[0]) == _meaning(g)


def _meaning(g: Graph) -> list[tuple[object, ...]]:
    """The ops without ids and paths: what is computed from what, as nested names."""
    found = infer(g, SERIES, REGISTRY)
    assert found.ok, [p.line() for p in found.problems]
    by_id = {op.output.id: op for op in found.ops}

    def named(op: Op) -> str:
        return op.path[-1].rstrip("0123456789")  # unpacking gives fresh ids

    def seen(op: Op) -> tuple[object, ...]:
        node = "" if op.name == "delay" else named(op)  # a delay is known by the wire's drawn start
        inputs = [(by_id[i].name, by_id[i].name != "delay" and named(by_id[i])) for i in op.inputs]
        attrs = sorted((k, v) for k, v in op.attrs.items() if k in ("k", "init", "field"))
        return (node, op.name, inputs, op.output.sig, [w.shape for w in op.weights], attrs)

    return sorted((seen(op) for op in found.ops), key=repr)


def test_every_wire_shows_what_it_carries() -> None:
    g = graph(*FEEDBACK)  # type: ignore[arg-type]
    found = infer(g, SERIES, REGISTRY)
    shown = {w.edge: w.sig.show() for w in found.wires if w.path == ()}
    assert set(shown) == set(g.edges)
    ends = {f"{g.edges[id].source.node}": sig for id, sig in shown.items()}
    assert ends == {"in": "B×T×2", "w": "B×T×4", "u": "B×T×4", "sum": "B×T×4", "h": "B×T×4", "out": "B×T×1",
                    "answer": "B×T×1"}  # fmt: skip


def test_starts_are_torchs_own() -> None:
    found = typed(INPUT, node("m", "lstm", units=16, forget_bias=1.5), *ENDS, "in.x m.x", "m.h out.x")
    starts = {(w.path[-1], w.name): w.init for op in found.ops for w in op.weights}
    assert starts["h_forget", "weight"].value == starts["x_input", "bias"].value == pytest.approx(0.25)
    assert starts["x_forget", "bias"].offset == 1.5 and starts["x_input", "bias"].offset == 0
    assert starts["out", "weight"].value == starts["out", "bias"].value == pytest.approx(0.25)
