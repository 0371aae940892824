"""Drawn RNN, LSTM and GRU against torch.nn on the same weights: outputs and the gradient of every weight."""

import pytest
import torch
from torch import nn

from core.specs.sig import Sig
from core.train.module import drawn, make, part_of, share
from tests.core.compile.drawing import Drawing, gru, lstm, rnn

TOLERANCE = {torch.float32: 1e-5, torch.float64: 1e-10}
WIDTH, UNITS, ROWS = 3, 5, 4
GATES = {"lstm": "ifgo", "gru": "rzn", "rnn_tanh": ("",), "rnn_relu": ("",)}
MODULES = {
    "lstm": nn.LSTM,
    "gru": nn.GRU,
    "rnn_tanh": nn.RNN,
    "rnn_relu": lambda *a, **k: nn.RNN(*a, nonlinearity="relu", **k),
}


def draw(d: Drawing, kind: str, x: int, cell: tuple) -> int:
    if kind == "lstm":
        return lstm(d, x, UNITS, cell)[0]
    return gru(d, x, UNITS, cell) if kind == "gru" else rnn(d, x, UNITS, cell, kind.removeprefix("rnn_"))


def reverse(d: Drawing, x: int, path: str) -> int:
    return d.put("reverse", (x,), d.sig(x), (path,))


def model(kind: str, layers: int, both_ways: bool) -> tuple[Drawing, list]:
    """The drawing, and its cells as (name in torch's module, cell path)."""
    d, cells = Drawing(), []
    x = d.source("x", "features", WIDTH)
    for n in range(layers):
        x_in = x
        x = draw(d, kind, x_in, (f"cell{n}",))
        cells.append((f"l{n}", (f"cell{n}",)))
        if both_ways:
            back = reverse(d, draw(d, kind, reverse(d, x_in, f"turn{n}"), (f"back{n}",)), f"return{n}")
            cells.append((f"l{n}_reverse", (f"back{n}",)))
            x = d.concat([x, back], (f"join{n}",))
    d.put("output", (x,), d.sig(x), ("out",), port="x")
    return d, cells


def weight_names(kind: str, gate: str) -> dict[str, tuple[str, str]]:
    """torch's tensor -> (node, weight) of one gate."""
    tail = f"_{gate}" if gate else ""
    names = {
        "weight_ih": (f"x{tail}", "weight"),
        "weight_hh": (f"h{tail}", "weight"),
        "bias_ih": (f"x{tail}", "bias"),
    }
    return names | ({"bias_hh": (f"h{tail}", "bias")} if (kind, gate) == ("gru", "n") else {})


def copy_into(reference: nn.Module, weights, kind: str, cells) -> None:
    with torch.no_grad():
        for p in reference.parameters():
            p.zero_()
        for suffix, cell in cells:
            for n, gate in enumerate(GATES[kind]):
                for tensor, (node, name) in weight_names(kind, gate).items():
                    rows = slice(n * UNITS, (n + 1) * UNITS)
                    getattr(reference, f"{tensor}_{suffix}")[rows] = weights[(*cell, node), name]


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("steps", [1, 7, 50])
@pytest.mark.parametrize("kind", MODULES)
@pytest.mark.parametrize(("layers", "both_ways"), [(1, False), (2, False), (1, True), (2, True)])
def test_equals_torch(kind, layers, both_ways, steps, dtype):
    judge(kind, layers, both_ways, steps, dtype, None)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("kind", MODULES)
@pytest.mark.parametrize(("layers", "both_ways"), [(1, False), (2, True)])
def test_equals_torch_on_padded_sequences(kind, layers, both_ways, dtype):
    judge(kind, layers, both_ways, 7, dtype, torch.tensor([7, 1, 3, 5]))


def judge(kind, layers, both_ways, steps, dtype, lengths):
    torch.manual_seed(0)
    d, cells = model(kind, layers, both_ways)
    program, twin_program = d.compile(), d.compile("twin")
    assert len(program.fused) == len(cells)
    module = make(program, dtype)
    twin = share(make(twin_program, dtype), module)
    reference = MODULES[kind](WIDTH, UNITS, num_layers=layers, bidirectional=both_ways, batch_first=True).to(dtype)
    copy_into(reference, drawn(module, program), kind, cells)
    x = torch.randn(ROWS, steps, WIDTH, dtype=dtype)
    push = torch.randn(ROWS, steps, UNITS * (1 + both_ways), dtype=dtype)
    wanted, wanted_x = run_torch(reference, x, lengths, push)
    for each in (module, twin):
        got_x = x.clone().requires_grad_()
        got = each(got_x, None if lengths is None else {"T": lengths})[0]["out"]
        each.zero_grad()
        (got * push).sum().backward()
        assert (got - wanted).abs().max() < TOLERANCE[dtype]
        assert (got_x.grad - wanted_x).abs().max() < TOLERANCE[dtype] * steps
        grads = {n: p.grad for n, p in each.named_parameters()}
        judge_gradients(program, grads, reference, kind, cells, TOLERANCE[dtype] * max(1, steps / 7))


def run_torch(reference, x, lengths, push):
    reference.zero_grad()
    x = x.clone().requires_grad_()
    if lengths is None:
        out = reference(x)[0]
    else:
        packed = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        out = nn.utils.rnn.pad_packed_sequence(reference(packed)[0], batch_first=True, total_length=x.shape[1])[0]
    (out * push).sum().backward()
    return out.detach(), x.grad


def judge_gradients(program, grads, reference, kind, cells, tolerance):
    """Every drawn weight's gradient; the largest error is relative to the largest gradient."""
    mine = {(w.path, w.name): part_of(grads, w) for w in program.weights}
    seen = 0
    for suffix, cell in cells:
        for n, gate in enumerate(GATES[kind]):
            for tensor, (node, name) in weight_names(kind, gate).items():
                wanted = getattr(reference, f"{tensor}_{suffix}").grad[n * UNITS : (n + 1) * UNITS]
                assert (mine[(*cell, node), name] - wanted).abs().max() < tolerance * max(1.0, wanted.abs().max())
                seen += 1
    assert seen == len(program.weights)


def test_rows_of_a_bias_that_are_not_drawn_stay_zero():
    """The GRU's r and z have one bias each, torch's module two: the second must not be trained."""
    d, _ = model("gru", 1, False)
    module = make(d.compile())
    optimizer = torch.optim.Adam(module.parameters(), 0.1)
    for _ in range(3):
        optimizer.zero_grad()
        module(torch.randn(2, 5, WIDTH))[0]["out"].square().sum().backward()
        optimizer.step()
    bias = module.cell0.bias_hh_l0
    assert (bias[: 2 * UNITS] == 0).all() and (bias[2 * UNITS :] != 0).all()


def test_a_fed_and_a_learned_start_reach_the_fused_module():
    d = Drawing()
    x = d.source("x", "features", WIDTH)
    start = d.linear(d.source("context", "features", 2, axes=()), UNITS, ("start",))
    h, _ = lstm(d, x, UNITS, ("memory",), h={"init": "fed", "fed": start}, c={"init": "learned"})
    d.put("output", (h,), Sig("features", UNITS, ("T",)), ("out",), port="x")
    program, twin = d.compile(), d.compile("twin")
    assert program.fused == {("memory",): "LSTM"}
    module = make(program, torch.float64)
    x, context = torch.randn(ROWS, 6, WIDTH).double(), torch.randn(ROWS, 2).double()
    c0 = drawn(module, program)[("memory", "keep"), "init"]
    first = (module.start(context)[None], c0.expand(1, ROWS, -1).contiguous())
    reference = module.memory(x, first)[0]
    for each in (module, share(make(twin, torch.float64), module)):
        assert (each(x, context)[0]["out"] - reference).abs().max() < 1e-10
        (grad,) = torch.autograd.grad(each(x, context)[0]["out"].sum(), [module.get_parameter("memory_c0")])
        assert grad.abs().sum() > 0
