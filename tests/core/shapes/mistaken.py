"""One smallest drawing for each kind of mistake."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from shape_drawings import REGISTRY, SERIES, SHAPES, TEXT, graph, node

from core.graph import edit
from core.graph.model import Edge, Graph, Init, Node, Port, Ref, frozen
from core.specs.cellfile import cell_spec
from core.specs.fields import Fields
from core.specs.registry import Registry
from core.words import Text

# a model of numbers without mistakes, to add one to
BASE = [
    node("in", "features", field="values"),
    node("answer", "target", field="next_value"),
    node("loss", "mse"),
]
GOOD = [*BASE, node("net", "dense", units=1), "in.x net.x", "net.y loss.prediction", "answer.y loss.target"]
ENDS = ["out.y loss.prediction", "answer.y loss.target"]


def read(*parts: object) -> Graph:
    """GOOD and more."""
    return graph(*GOOD, *parts)  # type: ignore[arg-type]


def between(*parts: object) -> Graph:
    """BASE with `out` as the last Dense; the parts lead from in to out.x."""
    return graph(*BASE, node("out", "dense", units=1), *ENDS, *parts)  # type: ignore[arg-type]


def _tied(table: str, *parts: object) -> Graph:
    """A language model whose output `t` is tied to a table; the parts lead from in to t.x."""
    ends = ["t.y loss.logits", "goal.y loss.target"]
    nodes = [
        node("in", "tokens"),
        node("t", "tied", embedding=table),
        node("goal", "target"),
        node("loss", "cross_entropy"),
    ]
    return graph(*nodes, *ends, *parts)  # type: ignore[arg-type]


def _in_memory(g: Graph, edit_edge: Callable[[Edge], Edge]) -> Graph:
    """A graph that no file could hold: its last wire changed."""
    last = list(g.edges.values())[-1]
    return edit.put_edges(g, {last.id: edit_edge(last)})


def _nested(depth: int) -> Graph:
    inner = graph(node("i", "cell_input", name="x"), node("o", "cell_output", name="y"), "i.x o.x")
    for n in range(depth):
        node_in = Node(f"c{n}", "cell", body=inner)
        outer = graph(node("i", "cell_input", name="x"), node("o", "cell_output", name="y"))
        outer = edit.add_node(outer, node_in)
        outer = edit.connect(outer, Port("i", "x"), Port(node_in.id, "x"))
        inner = edit.connect(outer, Port(node_in.id, "y"), Port("o", "x"))
    g = edit.add_node(between(), Node("deep", "cell", body=inner))
    g = edit.connect(g, Port("in", "x"), Port("deep", "x"))
    return edit.connect(g, Port("deep", "y"), Port("out", "x"))


def _many(count: int) -> Graph:
    body = Graph(frozen({f"n{i}": Node(f"n{i}", "constant") for i in range(count)} | {"o": Node("o", "cell_output")}))
    return edit.add_node(read(), Node("crowd", "cell", body=body))


def _own_library() -> Registry:
    """A library cell that contains itself."""
    body = graph(node("again", "snake"), node("i", "cell_input", name="x"), node("o", "cell_output", name="y"),
                 "i.x again.x", "again.y o.x")  # fmt: skip
    snake = cell_spec("snake", Text("Snake", "Serpiente"), body)
    nodes = {**REGISTRY.nodes, "snake": snake}
    return replace(REGISTRY, items={**REGISTRY.items, "node": nodes})


PLAIN_BODY = graph(
    node("i", "cell_input", name="x"), node("t", "tanh"), node("o", "cell_output", name="y"), "i.x t.x", "t.y o.x"
)
FEEDBACK = [node("sum", "add"), node("h", "tanh"), node("w", "dense", units=8), node("u", "dense", units=8),
            "in.x w.x", "w.y sum.x", "u.y sum.x", "sum.y h.x", "h.y out.x"]  # fmt: skip


def _cell(*parts: object) -> dict[str, object]:
    from shape_drawings import drawing

    return drawing(*parts)  # type: ignore[arg-type]


Case = tuple[str, Graph, Fields]

CASES: list[Case] = [
    ("node.unknown_kind", read(node("odd", "flux_capacitor")), SERIES),
    ("node.unused", read(node("idle", "dense"), "in.x idle.x"), SERIES),
    ("param.unknown", read(node("d", "dense", flavour=3), "in.x d.x"), SERIES),
    ("param.type", read(node("d", "dense", units="many"), "in.x d.x"), SERIES),
    ("param.range", read(node("d", "dropout", p=1.5), "in.x d.x"), SERIES),
    ("param.choice", read(node("d", "dense", init="magic"), "in.x d.x"), SERIES),
    ("param.ref", edit.set_params(read(), "net", bias=Ref("nobody")), SERIES),
    (
        "wire.dangling",
        _in_memory(read(node("d", "dense"), "in.x d.x"), lambda e: replace(e, target=Port("ghost", "x"))),
        SERIES,
    ),
    ("wire.unknown_port", read(node("d", "dense"), "in.x d.x", "in.out d.x"), SERIES),
    ("wire.doubled", read(node("in2", "features", field="values"), "in2.x net.x"), SERIES),
    ("wire.missing", between(node("mid", "tanh"), "in.x mid.x"), SERIES),
    (
        "wire.missing_inside",
        between(
            node(
                "cell",
                "cell",
                body=_cell(
                    node("x", "cell_input", name="x"),
                    node("c", "cell_input", name="context", optional=True),
                    node("d", "dense"),
                    node("sum", "concat"),
                    node("o", "cell_output", name="y"),
                    "c.x d.x",
                    "x.x sum.x",
                    "d.y sum.x",
                    "sum.y o.x",
                ),
            ),
            "in.x cell.x",
            "cell.y out.x",
        ),
        SERIES,
    ),
    (
        "wire.tokens",
        graph(node("in", "tokens"), node("net", "dense", units=0), node("goal", "target"), node("loss", "cross_entropy"),
              "in.x net.x", "net.y loss.logits", "goal.y loss.target"),
        TEXT,
    ),
    ("wire.features", read(node("e", "embedding"), "in.x e.x"), SERIES),
    ("wire.kind", read(node("d", "dense"), "loss.loss d.x"), SERIES),
    ("bypass.impossible", between(node("one", "constant", bypass=True), "one.y out.x"), SERIES),
    (
        "size.mismatch",
        between(
            node("memory", "lstm", title="memory", units=128),
            node("wide", "dense", units=256),
            node("gate", "multiply", title="gate"),
            "in.x memory.x",
            "in.x wide.x",
            "wide.y gate.x",
            "memory.h gate.x",
            "gate.y out.x",
        ),
        SERIES,
    ),
    ("size.undetermined", between(node("mid", "dense", units=0), "in.x mid.x", "mid.y out.x"), SERIES),
    ("size.split", between(node("cut", "split", parts=3), "in.x cut.x", "cut.y1 out.x"), SERIES),
    (
        "size.sum",
        between(
            node("join", "concat"),
            node("same", "add"),
            node("tiny", "constant", size=3),
            node("free", "parameter"),
            node("wide", "dense", units=8),
            "wide.y join.x", "free.y join.x", "in.x wide.x",
            "join.y same.x", "tiny.y same.x", "same.y out.x",
        ),
        SERIES,
    ),
    (
        "size.parameters",
        between(node("a", "dense", units=100_000), node("b", "dense", units=100_000), "in.x a.x", "a.y b.x", "b.y out.x"),
        SERIES,
    ),
    (
        "size.many_parameters",
        between(node("a", "dense", units=20_000), node("b", "dense", units=20_000), "in.x a.x", "a.y b.x", "b.y out.x"),
        SERIES,
    ),
    (
        "axis.mismatch",
        between(
            node("s", "features", field="other"),
            node("join", "concat"),
            "in.x join.x", "s.x join.x", "join.y out.x",
        ),
        SERIES,
    ),
    (
        "axis.time_needed",
        graph(node("in", "features", field="about"), node("end", "last"), node("out", "dense", units=1),
              node("answer", "target", field="answer"), node("loss", "mse"),
              "in.x end.x", "end.y out.x", *ENDS),
        SERIES,
    ),
    (
        "axis.static_needed",
        between(node("m", "rnn_tanh", units=2), "in.x m.x", "in.x m.h0", "m.h out.x"),
        SERIES,
    ),
    (
        "axis.unknown",
        read(node("end", "last", axis="Q"), node("d", "output"), "in.x end.x", "end.y d.x"),
        SERIES,
    ),
    (
        "attention.memory",
        read(node("end", "last"), node("a", "attention"), node("d", "output"),
             "in.x end.x", "in.x a.query", "end.y a.memory", "a.context d.x"),
        SERIES,
    ),
    (
        "attention.query",
        read(node("a", "attention"), node("d", "output"), "in.x a.query", "in.x a.memory", "a.context d.x"),
        SERIES,
    ),
    (
        "axis.pair",
        graph(*BASE[:1], node("net", "dense", units=1), node("answer", "target", field="answer"), node("loss", "mse"),
              "in.x net.x", "net.y loss.prediction", "answer.y loss.target"),
        SERIES,
    ),
    ("loop.algebraic", between(*FEEDBACK, "h.y u.x"), SERIES),
    (
        "loop.empty",
        read(node("ring", "cell", body=_cell(node("i", "cell_input", name="x"), node("o", "cell_output", name="y"), "i.x o.x")),
             "ring.y ring.x 1"),
        SERIES,
    ),
    (
        "loop.over_time",
        between(node("sum", "add"), node("back", "reverse"), "in.x sum.x", "sum.y back.x", "back.y sum.x 1", "sum.y out.x"),
        SERIES,
    ),
    (
        "loop.no_time",
        graph(node("in", "features", field="about"), node("sum", "add"), node("out", "dense", units=1),
              node("answer", "target", field="answer"), node("loss", "mse"),
              "in.x sum.x", "sum.y sum.x 1", "sum.y out.x", *ENDS),
        SERIES,
    ),
    (
        "delay.static",
        graph(node("in", "features", field="about"), node("out", "dense", units=1),
              node("answer", "target", field="answer"), node("loss", "mse"), "in.x out.x 2", *ENDS),
        SERIES,
    ),
    (
        "delay.range",
        _in_memory(read(node("d", "output"), "net.y d.x 1"), lambda e: replace(e, delay=20_000)),
        SERIES,
    ),
    (
        "delay.along",
        read(node("g", "features", field="grid"), node("d", "output"), "g.x d.x 1"),
        SHAPES,
    ),
    (
        "delay.child",
        read(node("n", "features", field="nodes"), node("d", "output"), "n.x d.x 2 along:left"),
        SHAPES,
    ),
    (
        "delay.two_axes",
        read(node("s", "features", field="other"), node("a", "attention", scoring="additive"), node("d", "output"),
             "in.x a.query", "s.x a.memory", "a.weights d.x 1"),
        SERIES,
    ),
    (
        "loop.along",
        read(node("n", "features", field="nodes"), node("sum", "add"), node("d", "output"),
             "n.x sum.x", "sum.y sum.x 1 along:left", "sum.y sum.x 1", "sum.y d.x"),
        SHAPES,
    ),
    (
        "delay.none",
        read(node("g", "features", field="grid"), node("d", "output"), "g.x d.x along:J"),
        SHAPES,
    ),
    (
        "start.no_delay",
        _in_memory(read(node("d", "output"), "net.y d.x"), lambda e: replace(e, init=Init("learned"))),
        SERIES,
    ),
    (
        "start.no_source",
        _in_memory(read(node("d", "output"), "net.y d.x 1"), lambda e: replace(e, init=Init("fed", Port("gone", "y")))),
        SERIES,
    ),
    ("start.over_time", between(*FEEDBACK, "h.y u.x 1 fed:w.y"), SERIES),
    ("start.size", between(*FEEDBACK, node("a", "features", field="about"), "h.y u.x 1 fed:a.x"), SERIES),
    (
        "start.circle",
        between(
            node("c", "cell", body=_cell(node("x", "cell_input", name="x"),
                                         node("h0", "cell_input", name="h0", static=True),
                                         node("o", "cell_output", name="y"), "x.x o.x 1 fed:h0.x")),
            "in.x c.x", "c.y c.h0", "c.y out.x"),
        SERIES,
    ),
    (
        "start.tokens",
        graph(node("in", "tokens"), node("e", "embedding"), node("net", "dense", units=0), node("goal", "target"),
              node("loss", "cross_entropy"), "in.x e.x 1 learned", "e.y net.x", "net.y loss.logits", "goal.y loss.target"),
        TEXT,
    ),
    ("weight.identity", between(node("w", "dense", units=8, init="identity"), "in.x w.x", "w.y out.x"), SERIES),
    ("weight.square", between(node("w", "dense", units=8, init="spectral"), "in.x w.x", "w.y out.x"), SERIES),
    ("table.none", between(node("t", "tied"), "in.x t.x", "t.y out.x"), SERIES),
    ("table.unknown", _tied("words", node("a", "embedding", size=6, title="letters"), "in.x a.x", "a.y t.x"), TEXT),
    (
        "table.several",
        _tied("", node("a", "embedding", size=6), node("b", "embedding", size=6), node("s", "add"), "in.x a.x", "in.x b.x",
              "a.y s.x", "b.y s.x", "s.y t.x"),
        TEXT,
    ),
    (
        "model.no_input",
        graph(node("k", "constant", size=1), node("loss", "mse"), node("a", "target", field="answer"),
              "k.y loss.prediction", "a.y loss.target"),
        SERIES,
    ),
    ("model.no_target", graph(*BASE[::2], node("net", "dense", units=1), "in.x net.x", "net.y loss.prediction"), SERIES),
    (
        "model.no_loss",
        graph(node("in", "tokens"), node("e", "embedding"), node("net", "dense", units=0), node("head", "softmax"),
              "in.x e.x", "e.y net.x", "net.y head.x"),
        TEXT,
    ),
    (
        "model.no_output",
        graph(*BASE[::2], node("answer", "target", field="answer"), node("k", "parameter", size=1), node("z", "tanh"),
              "in.x z.x", "k.y loss.prediction", "answer.y loss.target"),
        SERIES,
    ),
    (
        "model.leak",
        between(node("mix", "concat"), "in.x mix.x", "answer.y mix.x", "mix.y out.x"),
        SERIES,
    ),
    (
        "teacher.truth",
        between(node("mix", "add"), node("net", "dense", units=1), node("hear", "teacher"), "in.x net.x", "net.y mix.x",
                "hear.y mix.x 1", "mix.y out.x", "out.y hear.free", "net.y hear.truth"),
        SERIES,
    ),
    (
        "teacher.now",
        between(node("mix", "add"), node("net", "dense", units=1), node("hear", "teacher"), "in.x net.x", "net.y mix.x",
                "hear.y mix.x", "mix.y out.x", "net.y hear.free", "answer.y hear.truth"),
        SERIES,
    ),
    (
        "loss.vocabulary",
        graph(node("in", "tokens"), node("e", "embedding"), node("net", "dense", units=50), node("goal", "target"),
              node("loss", "cross_entropy"), "in.x e.x", "e.y net.x", "net.y loss.logits", "goal.y loss.target"),
        TEXT,
    ),
    (
        "loss.double_softmax",
        graph(node("in", "tokens"), node("e", "embedding"), node("net", "dense", units=0), node("goal", "target"),
              node("head", "softmax"), node("loss", "cross_entropy"), "in.x e.x", "e.y net.x", "net.y head.x",
              "head.probabilities loss.logits", "goal.y loss.target"),
        TEXT,
    ),
    (
        "loss.double_sigmoid",
        graph(*BASE[:2], node("loss", "bce"), node("net", "dense", units=1), node("s", "sigmoid"),
              "in.x net.x", "net.y s.x", "s.y loss.logits", "answer.y loss.target"),
        SERIES,
    ),
    ("field.unknown", edit.set_params(read(), "in", field="prices"), SERIES),
    (
        "field.kind",
        graph(*BASE[1:], node("in", "features", field="text"), node("net", "dense", units=1),
              "in.x net.x", "net.y loss.prediction", "answer.y loss.target"),
        Fields((*SERIES.items, *TEXT.items)),
    ),
    ("field.none", read(node("words", "tokens"), node("e", "embedding"), "words.x e.x"), SERIES),
    ("field.several", edit.set_params(read(), "in", field=""), Fields((*SERIES.items[:1], *SERIES.items[3:], replace(SERIES.items[0], name="more")))),
    ("field.answer", edit.set_params(read(), "in", field="next_value"), SERIES),
    (
        "vectors.no_words",
        graph(node("in", "tokens"), node("e", "embedding", size=4, vectors="glove.txt"), node("out", "dense", units=0),
              node("goal", "target"), node("loss", "cross_entropy"),
              "in.x e.x", "e.y out.x", "out.y loss.logits", "goal.y loss.target"),
        TEXT,
    ),
    (
        "teacher.all_given",
        between(node("sum", "concat"), node("t", "teacher", given=49),
                "in.x sum.x", "t.y sum.x 1", "sum.y out.x", "out.y t.free", "answer.y t.truth"),
        SERIES.lasting(50),
    ),
    ("cell.no_output", read(node("c", "cell", body=_cell(node("i", "cell_input", name="x"))), "in.x c.x"), SERIES),
    (
        "cell.double_port",
        between(node("c", "cell", body=_cell(node("i", "cell_input", name="x"), node("i2", "cell_input", name="x"), node("s", "add"),
                                             node("o", "cell_output", name="y"), "i.x s.x", "i2.x s.x", "s.y o.x")),
                "in.x c.x", "c.y out.x"),
        SERIES,
    ),
    ("cell.recursive", between(node("snake", "snake"), "in.x snake.x", "snake.y out.x"), SERIES),
    ("cell.too_deep", _nested(20), SERIES),
    ("cell.outside", read(node("i", "cell_input")), SERIES),
    ("graph.too_big", _many(20_001), SERIES),
]  # fmt: skip
LIBRARIES = {"cell.recursive": _own_library()}
