"""The library's cells and the gallery's drawn LSTM, from drawing to gradient, against torch.nn on the same weights.

Program and twin, one and two layers, one and both directions, full and padded sequences, float32 and float64. The GRU of
the lecture, which torch does not have, is held against a loop written out by hand.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from core.compile.pipeline import compile_graph
from core.compile.program import Program
from core.data.open import fields_of
from core.graph import edit
from core.graph.model import Graph, Node, Path, Port, frozen
from core.project.gallery import shipped
from core.specs.fields import DataField, Fields
from core.specs.registry import default_registry
from core.specs.sig import Sig
from core.train.module import drawn, make, part_of, share

WIDTH, UNITS = 3, 5
TOLERANCE = {torch.float32: 1e-5, torch.float64: 1e-10}
LENGTHS = {1: (1, 1, 1, 1), 7: (7, 1, 3, 5), 50: (2, 50, 31, 1)}
FIELDS = Fields(
    (DataField("series", Sig("features", WIDTH, ("T",))), DataField("answer", Sig("features", 2, ("T",)), target=True))
)
GATES = {
    "lstm": ("input", "forget", "candidate", "output"),
    "gru_reset_after": ("reset", "update", "candidate"),
    "gru": ("reset", "update", "candidate"),
    "rnn_tanh": ("state",),
    "rnn_relu": ("state",),
}
MODULES: dict[str, Callable[..., nn.Module]] = {
    "lstm": nn.LSTM,
    "gru_reset_after": nn.GRU,
    "rnn_tanh": nn.RNN,
    "rnn_relu": lambda *a, **k: nn.RNN(*a, nonlinearity="relu", **k),
}
Cells = list[tuple[str, Path]]


def chain(graph: Graph, source: Port, kind: str, id: str, port: str, **params: object) -> tuple[Graph, Port]:
    """One more node behind an output."""
    graph = edit.add_node(graph, Node(id, kind, params=frozen(params)))  # type: ignore[arg-type]
    return edit.connect(graph, source, Port(id, "x"), many=kind == "concat"), Port(id, port)


def model(kind: str, layers: int, both_ways: bool) -> tuple[Graph, Cells]:
    """The drawing, and its cells under the names of torch's tensors."""
    graph = edit.add_node(Graph(), Node("series", "features"))
    x, cells = Port("series", "x"), []
    for n in range(layers):
        start = x
        graph, x = chain(graph, start, kind, f"cell{n}", "h", units=UNITS)
        cells.append((f"l{n}", (f"cell{n}",)))
        if both_ways:
            graph, turned = chain(graph, start, "reverse", f"turn{n}", "y")
            graph, back = chain(graph, turned, kind, f"back{n}", "h", units=UNITS)
            graph, back = chain(graph, back, "reverse", f"return{n}", "y")
            cells.append((f"l{n}_reverse", (f"back{n}",)))
            graph, joined = chain(graph, x, "concat", f"join{n}", "y")
            graph, x = edit.connect(graph, back, Port(f"join{n}", "x"), many=True), joined
    graph, _ = chain(graph, x, "output", "out", "x")
    graph, end = chain(graph, x, "dense", "read", "y", units=2)  # the rest of a whole model
    for node in (Node("answer", "target"), Node("loss", "mse")):
        graph = edit.add_node(graph, node)
    graph = edit.connect(graph, end, Port("loss", "prediction"))
    return edit.connect(graph, Port("answer", "y"), Port("loss", "target")), cells


def programs(graph: Graph, fields: Fields, dtype: torch.dtype) -> tuple[Program, nn.Module, nn.Module]:
    program, twin = (compile_graph(graph, fields, default_registry(), mode) for mode in ("train", "twin"))  # type: ignore[arg-type]
    torch.manual_seed(1)
    module = make(program, dtype)
    return program, module, share(make(twin, dtype), module)


def copy_into(reference: nn.Module, weights: dict[tuple[Path, str], Tensor], kind: str, cells: Cells) -> int:
    """Give torch's module the drawn numbers (biases that are not drawn are zero); how many tensors were copied."""
    with torch.no_grad():
        for p in reference.parameters():
            p.zero_()
        slots = [slot for slot in torchs(kind, cells) if (slot[2], slot[3]) in weights]
        for tensor, rows, path, name in slots:
            getattr(reference, tensor)[rows].copy_(weights[path, name])
    return len(slots)


def torchs(kind: str, cells: Cells) -> list[tuple[str, slice, Path, str]]:
    """torch's tensor and rows for each weight that a cell may draw."""
    return [
        (f"{tensor}_{suffix}", slice(n * UNITS, (n + 1) * UNITS), (*cell, f"{side}_{gate}"), name)
        for suffix, cell in cells
        for n, gate in enumerate(GATES[kind])
        for tensor, side, name in (
            ("weight_ih", "x", "weight"), ("weight_hh", "h", "weight"), ("bias_ih", "x", "bias"), ("bias_hh", "h", "bias"),
        )
    ]  # fmt: skip


def run_torch(reference: nn.Module, x: Tensor, lengths: Tensor | None) -> Tensor:
    if lengths is None:
        return reference(x)[0]  # type: ignore[no-any-return]
    packed = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    return nn.utils.rnn.pad_packed_sequence(reference(packed)[0], batch_first=True, total_length=x.shape[1])[0]


def close(a: Tensor, b: Tensor, dtype: torch.dtype) -> None:
    """Within the tolerance, of the largest number where that is above one (gradients summed over fifty steps)."""
    assert float((a - b).detach().abs().max()) < TOLERANCE[dtype] * max(1.0, float(b.detach().abs().max()))


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("padded", [False, True])
@pytest.mark.parametrize("steps", [1, 7, 50])
@pytest.mark.parametrize(("layers", "both_ways"), [(1, False), (2, False), (1, True), (2, True)])
@pytest.mark.parametrize("kind", MODULES)
def test_library_cells_equal_torch(
    kind: str, layers: int, both_ways: bool, steps: int, padded: bool, dtype: torch.dtype
) -> None:
    graph, cells = model(kind, layers, both_ways)
    program, *modules = programs(graph, FIELDS, dtype)
    assert len(program.fused) == len(cells)
    reference = MODULES[kind](WIDTH, UNITS, num_layers=layers, bidirectional=both_ways, batch_first=True).to(dtype)
    assert copy_into(reference, drawn(modules[0], program), kind, cells) == len(program.weights) - 2
    lengths = torch.tensor(LENGTHS[steps]) if padded else None
    x = torch.randn(4, steps, WIDTH, dtype=dtype, requires_grad=True)
    push = torch.randn(4, steps, UNITS * (1 + both_ways), dtype=dtype)
    wanted = run_torch(reference, x, lengths)
    tensors = dict(reference.named_parameters())
    wanted_x, *grads = torch.autograd.grad((wanted * push).sum(), [x, *tensors.values()])
    wanted_grads = dict(zip(tensors, grads, strict=True))
    for each in modules:
        got = each(x, None if lengths is None else {"T": lengths})[0]["out"]
        close(got, wanted, dtype)
        trained = {n: p for n, p in each.named_parameters() if p.requires_grad and not n.startswith("read.")}
        got_x, *grads = torch.autograd.grad((got * push).sum(), [x, *trained.values()])
        close(got_x, wanted_x, dtype)
        mine = dict(zip(trained, grads, strict=True))
        drawn_grads = {(w.path, w.name): part_of(mine, w) for w in program.weights if w.path != ("read",)}
        for tensor, rows, path, name in torchs(kind, cells):
            if (path, name) in drawn_grads:
                close(drawn_grads[path, name], wanted_grads[tensor][rows], dtype)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("padded", [False, True])
@pytest.mark.parametrize("steps", [1, 7, 50])
def test_the_gallerys_drawn_lstm_equals_torch(steps: int, padded: bool, dtype: torch.dtype) -> None:
    """The shipped project as it stands: the sum it answers, its loss, and the gradient of every weight."""
    project, units = shipped("lstm-drawn").project, 32
    program, *modules = programs(project.graph, fields_of(default_registry(), project.data), dtype)
    weights = {(path[-1], name): w for (path, name), w in drawn(modules[0], program).items()}
    size = program.inputs[0].field.sig.size
    reference, read = nn.LSTM(int(str(size)), units, batch_first=True).to(dtype), nn.Linear(units, 1).to(dtype)
    slots = [("weight_ih_l0", "x", "weight"), ("weight_hh_l0", "h", "weight"), ("bias_ih_l0", "x", "bias")]
    gates = [(tensor, slice(n * units, (n + 1) * units), (f"{gate}_{side}", name))
             for n, gate in enumerate(GATES["lstm"]) for tensor, side, name in slots]  # fmt: skip
    with torch.no_grad():
        reference.bias_hh_l0.zero_()
        for tensor, rows, key in gates:
            getattr(reference, tensor)[rows].copy_(weights[key])
        read.weight.copy_(weights["sum", "weight"])
        read.bias.copy_(weights["sum", "bias"])
    lengths = torch.tensor(LENGTHS[steps]) if padded else None
    x, answer = torch.randn(4, steps, reference.input_size, dtype=dtype), torch.randn(4, 1, dtype=dtype)
    ends = (lengths if padded and lengths is not None else torch.full((4,), steps)) - 1
    wanted = read(run_torch(reference, x, lengths)[torch.arange(4), ends])
    loss = (wanted - answer).square().mean()
    wanted_grads = dict(zip(("sum", *(n for n, _ in reference.named_parameters())),
                            torch.autograd.grad(loss, [read.weight, *reference.parameters()]), strict=True))  # fmt: skip
    axis = None if lengths is None else {"T": lengths}
    for each in modules:
        outputs, _ = each(x, axis)
        total, _ = each.loss(outputs, answer, axis)
        close(outputs["sum"], wanted, dtype)
        close(total, loss, dtype)
        trained = {n: p for n, p in each.named_parameters() if p.requires_grad}
        mine = dict(zip(trained, torch.autograd.grad(total, list(trained.values())), strict=True))
        parts = {(w.path[-1], w.name): part_of(mine, w) for w in program.weights}
        assert len(parts) == len(gates) + 2
        close(parts["sum", "weight"], wanted_grads["sum"], dtype)
        for tensor, rows, key in gates:
            close(parts[key], wanted_grads[tensor][rows], dtype)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("padded", [False, True])
@pytest.mark.parametrize("steps", [1, 7, 50])
@pytest.mark.parametrize(("layers", "both_ways"), [(1, False), (2, True)])
def test_the_lectures_gru_equals_its_equations(
    layers: int, both_ways: bool, steps: int, padded: bool, dtype: torch.dtype
) -> None:
    graph, _ = model("gru", layers, both_ways)
    program, *modules = programs(graph, FIELDS, dtype)
    assert not program.fused
    lengths = torch.tensor(LENGTHS[steps] if padded else (steps,) * 4)
    x = torch.randn(4, steps, WIDTH, dtype=dtype)
    push = torch.randn(4, steps, UNITS * (1 + both_ways), dtype=dtype)
    w = {k: t.detach().clone().requires_grad_() for k, t in drawn(modules[0], program).items() if k[0] != ("read",)}
    wanted = x
    for n in range(layers):
        ways = [by_hand(w, (f"cell{n}",), wanted, lengths, False)]
        if both_ways:
            ways.append(by_hand(w, (f"back{n}",), wanted, lengths, True))
        wanted = torch.cat(ways, -1)
    wanted_grads = dict(zip(w, torch.autograd.grad((wanted * push).sum(), list(w.values())), strict=True))
    for each in modules:
        got = each(x, {"T": lengths} if padded else None)[0]["out"]
        close(got, wanted, dtype)
        tensors = {n: p for n, p in each.named_parameters() if not n.startswith("read.")}
        mine = dict(zip(tensors, torch.autograd.grad((got * push).sum(), list(tensors.values())), strict=True))
        parts = {(v.path, v.name): part_of(mine, v) for v in program.weights if v.path != ("read",)}
        assert parts.keys() == wanted_grads.keys()
        for key, part in parts.items():
            close(part, wanted_grads[key], dtype)


def by_hand(w: dict[tuple[Path, str], Tensor], cell: Path, x: Tensor, lengths: Tensor, backward: bool) -> Tensor:
    """h_t = (1 - z) h_{t-1} + z tanh(W x_t + U (r h_{t-1}) + b), sequence by sequence, step by step; zero on padding."""

    def gate(name: str, now: Tensor, past: Tensor) -> Tensor:
        into, bias, back = (
            w[(*cell, f"x_{name}"), "weight"],
            w[(*cell, f"x_{name}"), "bias"],
            w[(*cell, f"h_{name}"), "weight"],
        )
        return into @ now + bias + back @ past

    rows = []
    for row, length in zip(x, lengths.tolist(), strict=True):
        h, found = x.new_zeros(UNITS), {}
        for t in reversed(range(length)) if backward else range(length):
            z, r = torch.sigmoid(gate("update", row[t], h)), torch.sigmoid(gate("reset", row[t], h))
            h = (1 - z) * h + z * torch.tanh(gate("candidate", row[t], r * h))
            found[t] = h
        rows.append(torch.stack([found.get(t, x.new_zeros(UNITS)) for t in range(x.shape[1])]))
    return torch.stack(rows)
