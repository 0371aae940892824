"""Any drawing that passes the check computes what its picture says: outputs and gradients against a reader that follows
the wires one step at a time. Loops, delays of any length, every start, cells in cells, bypasses, padding, all at random."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random

import pytest
import torch
from torch import Tensor

from core.compile.pipeline import check, compile_graph
from core.compile.program import Program
from core.graph import edit
from core.graph.model import Graph, Init, Node, ParamValue, Path, Port, Ref, frozen
from core.specs.fields import DataField, Fields
from core.specs.registry import default_registry
from core.specs.sig import Sig
from core.train.module import drawn, make, part_of, share
from tests.core.compile.picture import Picture

SIZE = 3
ROWS = 3
REGISTRY = default_registry()
FIELDS = Fields(
    (
        DataField("series", Sig("features", SIZE, ("T",))),
        DataField("context", Sig("features", SIZE, ())),
        DataField("answer", Sig("features", 2, ("T",)), target=True),
    )
)
F64 = torch.float64
Params = dict[str, ParamValue]
SMALL: list[tuple[str, Params]] = [
    ("dense", {"units": SIZE}), ("dense", {"units": SIZE, "bias": False}), ("add", {}), ("add", {}), ("multiply", {}),
    ("subtract", {}), ("tanh", {}), ("sigmoid", {}), ("softsign", {}), ("affine", {"scale": 0.5, "offset": 0.1}),
    ("affine", {}), ("layer_norm", {}), ("parameter", {"size": SIZE, "std": 0.5}), ("concat", {}), ("split", {"parts": 3}),
]  # fmt: skip
LARGE: list[tuple[str, Params]] = [
    *((kind, {"units": SIZE}) for kind in ("lstm", "gru", "gru_reset_after", "rnn_tanh", "rnn_relu")),
    ("reverse", {}), ("last", {}), ("mean_time", {}), ("first", {}), ("cell", {}), ("cell", {}),
]  # fmt: skip


def drawing(rng: Random) -> Graph:
    """Two inputs, some nodes at random, a read-out that is an output and is learned."""
    graph = Graph()
    for name in ("series", "context"):
        graph = edit.add_node(graph, Node(name, "features", params=frozen({"field": name})))
    graph = grown(rng, graph, [Port("series", "x"), Port("series", "x"), Port("context", "x")], rng.randint(3, 9), 2)
    end = rng.choice([p for p in outputs(graph) if p.node not in ("context", "series")])
    for node in (
        Node("mix", "add"), Node("show", "dense", params=frozen({"units": SIZE})), Node("read", "dense", params=frozen({"units": 2})), Node("out", "output"),
        Node("answer", "target", params=frozen({"field": "answer"})), Node("loss", "mse"),
    ):  # fmt: skip
        graph = edit.add_node(graph, node)
    wires = ((end, "mix", "x"), (Port("series", "x"), "mix", "x"), (Port("mix", "y"), "read", "x"), (Port("mix", "y"), "show", "x"), (Port("show", "y"), "out", "x"),
             (Port("read", "y"), "loss", "prediction"), (Port("answer", "y"), "loss", "target"))  # fmt: skip
    for source, node, port in wires:
        graph = edit.connect(graph, source, Port(node, port), many=node == "mix")
    return graph


def grown(rng: Random, graph: Graph, starts: list[Port], count: int, depth: int) -> Graph:
    """More nodes, each fed from what is there, then loops closed with delayed wires."""
    free = list(starts)
    statics = [p for p in starts if p.node in ("context", "still")]
    for n in range(count):
        kind, params = rng.choice(SMALL if depth < 2 and rng.random() < 0.7 else [*SMALL, *LARGE])
        if kind == "cell" and depth == 0:
            kind, params = "tanh", {}
        node = Node(
            f"n{n}",
            kind,
            params=frozen(params),
            bypass=kind not in ("split", "cell", "parameter", "concat") and rng.random() < 0.08,
        )
        if kind == "cell":
            node = replace(node, params=frozen({"width": SIZE}), body=body(rng, depth - 1))
        graph = edit.add_node(graph, node)
        graph = fed(rng, graph, node, free, statics)
        free += widened(graph, node)
        if kind == "concat":  # back to the common size
            graph = edit.add_node(graph, Node(f"n{n}_cut", "dense", params=frozen({"units": SIZE})))
            graph = edit.connect(graph, Port(node.id, "y"), Port(f"n{n}_cut", "x"))
            free.append(Port(f"n{n}_cut", "y"))
    for _ in range(rng.randint(0, 4)):
        sums = [n for n in graph.nodes.values() if n.kind in ("add", "multiply", "concat")]
        sources = [p for p in free if p not in statics]
        if sums and sources:
            graph = wired(
                rng, graph, rng.choice(sources), Port(rng.choice(sums).id, "x"), True, statics, rng.randint(1, 3)
            )
    return graph


def widened(graph: Graph, node: Node) -> list[Port]:
    """The outputs of a node that have the common size."""
    if node.kind in ("concat", "split"):
        return []
    return [p for p in outputs(graph) if p.node == node.id]


def outputs(graph: Graph) -> list[Port]:
    found = []
    for node in graph.nodes.values():
        if node.body is not None:
            found += [Port(node.id, "y")]
        elif node.kind not in ("concat", "split"):
            found += [Port(node.id, p.name) for p in REGISTRY.nodes[node.kind].outputs]
    return [p for p in found if p.node != "still"]


def fed(rng: Random, graph: Graph, node: Node, free: list[Port], statics: list[Port]) -> Graph:
    ports = ["x"] if node.body is not None else [p.name for p in REGISTRY.nodes[node.kind].inputs]
    if node.kind == "split":
        graph = edit.add_node(graph, Node(f"{node.id}_wide", "dense", params=frozen({"units": 3 * SIZE})))
        graph = wired(rng, graph, rng.choice(free), Port(f"{node.id}_wide", "x"), False, statics)
        graph = edit.connect(graph, Port(f"{node.id}_wide", "y"), Port(node.id, "x"))
        both = edit.add_node(graph, Node(f"{node.id}_sum", "add"))
        for part in ("y3", "y1"):
            both = edit.connect(both, Port(node.id, part), Port(f"{node.id}_sum", "x"), many=True)
        free.append(Port(f"{node.id}_sum", "y"))
        return both
    for port in ports:
        many = node.kind in ("add", "multiply", "concat")
        if port in ("h0", "c0"):
            if statics and rng.random() < 0.5:
                graph = edit.connect(graph, rng.choice(statics), Port(node.id, port))
            continue
        for _ in range(rng.randint(1, 3) if many else 1):
            graph = wired(rng, graph, rng.choice(free), Port(node.id, port), many, statics)
    if node.body is not None and statics and rng.random() < 0.5:
        graph = edit.connect(graph, rng.choice(statics), Port(node.id, "h0"))
    return graph


def wired(rng: Random, graph: Graph, source: Port, target: Port, many: bool, statics: list[Port], delay: int = 0) -> Graph:  # fmt: skip
    delay = delay or (rng.randint(1, 3) if source not in statics and rng.random() < 0.2 else 0)
    starts = [Init(), Init("learned"), *(Init("fed", p) for p in statics)]
    return edit.connect(graph, source, target, delay, rng.choice(starts) if delay else Init(), many=many)


def body(rng: Random, depth: int) -> Graph:
    """Inside a cell of one's own: an input over time, a static one that may be unwired, one output."""
    graph = Graph()
    for node in (
        Node("in", "cell_input", params=frozen({"name": "x"})),
        Node("still", "cell_input", params=frozen({"name": "h0", "static": True, "optional": True})),
        Node("first", "dense", params=frozen({"units": Ref("width")})),
    ):
        graph = edit.add_node(graph, node)
    graph = edit.connect(graph, Port("in", "x"), Port("first", "x"))
    graph = edit.add_node(graph, Node("state", "add"))
    graph = edit.connect(graph, Port("first", "y"), Port("state", "x"), many=True)
    graph = edit.connect(graph, Port("state", "y"), Port("state", "x"), 1, Init("fed", Port("still", "x")), many=True)
    graph = grown(rng, graph, [Port("in", "x"), Port("first", "y"), Port("state", "y")], rng.randint(1, 3), depth)
    graph = edit.add_node(graph, Node("give", "cell_output", params=frozen({"name": "y"})))
    return wired(rng, graph, rng.choice([p for p in outputs(graph) if p.node != "in"]), Port("give", "x"), False, [])


def pictured(graph: Graph, program: Program, weights: Mapping[tuple[Path, str], Tensor], x: Tensor, still: Tensor, lengths: list[int]) -> Tensor:  # fmt: skip
    """The output of the drawing by its second reader, zero on padding."""
    sizes = {(w.path, w.edge): int(str(w.sig.size)) for w in check(graph, FIELDS, REGISTRY).wires}
    rows = []
    for row, length in enumerate(lengths):
        given = {"series": x[row], "context": still[row]}
        found = Picture(graph, REGISTRY, weights, given, length, sizes).sequence("out")
        rows.append(torch.cat([found, found.new_zeros(x.shape[1] - length, SIZE)]))
    return torch.stack(rows)


def judge(graph: Graph, steps: int, lengths: list[int] | None, seed: int = 0) -> float:
    """The largest difference between the picture and its program or twin, outputs and all gradients."""
    program, twin = (compile_graph(graph, FIELDS, REGISTRY, mode) for mode in ("train", "twin"))  # type: ignore[arg-type]
    torch.manual_seed(seed)
    module = make(program, F64)
    with torch.no_grad():
        for tensor in drawn(module, program).values():  # also what starts at zero must matter
            tensor.add_(0.3 * torch.randn_like(tensor))
    whole = whole_weights(program, module)
    x, still = torch.randn(ROWS, steps, SIZE, dtype=F64), torch.randn(ROWS, SIZE, dtype=F64)
    push = torch.randn(ROWS, steps, SIZE, dtype=F64)
    full = lengths or [steps] * ROWS
    wanted = pictured(graph, program, whole, x, still, full)
    wanted_grads = torch.autograd.grad((wanted * push).sum(), list(whole.values()), allow_unused=True)
    worst = 0.0
    for each in (module, share(make(twin, F64), module)):
        given = {"series": x, "context": still}
        inputs = [given[a.field.name] for a in program.inputs]
        got = each(*inputs, None if lengths is None else {"T": torch.tensor(lengths)})[0]["out"]
        worst = max(worst, float((got - wanted).detach().abs().max()))
        tensors = {n: p for n, p in each.named_parameters() if p.requires_grad}
        found = torch.autograd.grad((got * push).sum(), list(tensors.values()), allow_unused=True)
        mine = {n: torch.zeros_like(tensors[n]) if g is None else g for n, g in zip(tensors, found, strict=True)}
        for (key, _), grad in zip(whole.items(), wanted_grads, strict=True):
            part = torch.cat([part_of(mine, w) for w in pieces(program, key)], -1)
            other = torch.zeros_like(part) if grad is None else grad
            worst = max(worst, float((part - other).abs().max() / max(1.0, float(other.abs().max()))))
    return worst


def pieces(program: Program, key: tuple[Path, str]) -> list:
    return [w for w in program.weights if (w.path, w.name) == key or (w.path, w.name.rpartition(".")[0]) == key]


def whole_weights(program: Program, module: torch.nn.Module) -> dict[tuple[Path, str], Tensor]:
    """Every drawn weight as a leaf of its own; those that live in pieces put together."""
    parts = drawn(module, program)
    names = dict.fromkeys((w.path, w.name.partition(".")[0]) for w in program.weights)
    return {
        key: torch.cat([parts[w.path, w.name] for w in pieces(program, key)], -1).detach().clone().requires_grad_()
        for key in names
    }


@pytest.mark.parametrize("block", range(6))
def test_random_drawings_compute_what_they_show(block: int) -> None:
    judged = 0
    for seed in range(block * 30, block * 30 + 30):
        graph = drawing(Random(seed))
        if check(graph, FIELDS, REGISTRY).ok:
            for lengths in (None, [5, 1, 3]):
                assert judge(graph, 5, lengths, seed) < 1e-9, seed
            judged += 1
    assert judged >= 5


def whole_graphs(seeds: range, keep: Callable[[Graph], bool] = lambda graph: True) -> list[Graph]:
    drawn_ones = (drawing(Random(seed)) for seed in seeds)
    return [g for g in drawn_ones if keep(g) and check(g, FIELDS, REGISTRY).ok]


def test_random_drawings_of_one_step_and_one_sequence() -> None:
    for graph in whole_graphs(range(300, 340)):
        assert judge(graph, 1, None) < 1e-9


def no_summing_up(graph: Graph) -> bool:
    """Nothing in it needs the whole sequence."""
    bodies = [n.body for n in graph.nodes.values() if n.body is not None]
    return all(not REGISTRY.nodes[n.kind].over_time for n in graph.nodes.values() if n.body is None) and all(map(no_summing_up, bodies))  # fmt: skip


def test_random_drawings_go_on_where_they_stopped() -> None:
    """Two windows with the state between them are one sequence, also where a delay is longer than a window."""
    graphs = whole_graphs(range(400, 480), no_summing_up)
    assert len(graphs) > 10
    for graph in graphs:
        program = compile_graph(graph, FIELDS, REGISTRY)
        module = make(program, F64)
        x, still = torch.randn(ROWS, 9, SIZE, dtype=F64), torch.randn(ROWS, SIZE, dtype=F64)
        inputs = [x if a.field.name == "series" else still for a in program.inputs]
        whole, end = module(*inputs)
        state, found = None, []
        for start, stop in ((0, 2), (2, 3), (3, 9)):
            window = [v[:, start:stop] if v.dim() == 3 else v for v in inputs]
            outputs, state = module(*window, None, state)
            found.append(outputs["out"])
        assert float((torch.cat(found, 1) - whole["out"]).detach().abs().max()) < 1e-10
        assert state is not None and all(float((end[k] - state[k]).detach().abs().max()) < 1e-10 for k in end)


def test_random_drawings_become_onnx_with_free_batch_and_time() -> None:
    pytest.importorskip("onnxruntime")
    from onnxruntime import InferenceSession, SessionOptions

    from core.export.onnx.write import model_bytes

    quiet = SessionOptions()
    quiet.log_severity_level = 3
    for graph in whole_graphs(range(500, 560)):
        program = compile_graph(graph, FIELDS, REGISTRY)
        module = make(program).eval()
        parts = {k: t.detach() for k, t in drawn(module, program).items()}
        keys = {*parts, *((w.path, w.name.partition(".")[0]) for w in program.weights)}
        arrays = {k: torch.cat([parts[w.path, w.name] for w in pieces(program, k)], -1).numpy() for k in keys}
        session = InferenceSession(model_bytes(program, arrays), quiet, providers=["CPUExecutionProvider"])
        for batch, steps, lengths in ((3, 7, None), (3, 7, [7, 1, 4]), (1, 1, None), (2, 13, None)):
            given = {"series": torch.randn(batch, steps, SIZE), "context": torch.randn(batch, SIZE)}
            fed_in = {a.name: given[a.field.name].numpy() for a in program.inputs}
            axis = None
            if lengths:
                axis = {"T": torch.tensor(lengths)}
                fed_in["lengths_T"] = axis["T"].numpy()
            wanted = module(*[given[a.field.name] for a in program.inputs], axis)[0]
            got = dict(zip([o.name for o in session.get_outputs()], session.run(None, fed_in), strict=True))
            assert got.keys() == wanted.keys()
            for name, value in wanted.items():
                error = (value.detach() - torch.from_numpy(got[name])).abs().max()
                assert float(error) < 1e-4 * max(1.0, float(value.detach().abs().max()))
