"""Every primitive: what it computes on whole sequences, on padded ones, and inside a loop."""

import pytest
import torch
from torch.nn import functional as F

from core.compile.expressions import ROWS
from core.specs.ops import BINARY, LOSSES, TIME_OPS, UNARY
from core.specs.sig import Sig
from core.train.module import make
from tests.core.compile.drawing import Drawing

X = torch.linspace(-1.5, 2.0, 2 * 4 * 3, dtype=torch.float64).reshape(2, 4, 3)
LENGTHS = torch.tensor([4, 2])
REFERENCE = {
    "leaky_relu": lambda x: torch.where(x > 0, x, 0.2 * x),
    "elu": lambda x: torch.where(x > 0, x, x.exp() - 1),
    "gelu": lambda x: x * torch.special.ndtr(x),
    "softplus": lambda x: (1 + x.exp()).log(),
    "softsign": lambda x: x / (1 + x.abs()),
    "relu": lambda x: x.clamp(min=0),
    "hard_sigmoid": lambda x: (x / 6 + 0.5).clamp(0, 1),
    "neg": lambda x: -x,
    "step": lambda x: torch.heaviside(x, torch.zeros((), dtype=x.dtype)),
    "atanh": lambda x: ((1 + x) / (1 - x)).log() / 2,
}
POSITIVE = ("log", "sqrt")


def run(d: Drawing, v: int, *inputs, lengths=None):
    d.put("output", (v,), d.sig(v), ("out",), port="x")
    results = []
    for mode in ("train", "twin"):
        torch.manual_seed(0)
        module = make(d.compile(mode), torch.float64)
        results.append(module(*inputs, None if lengths is None else {"T": lengths})[0]["out"])
    assert torch.equal(*results)
    return results[0].detach()


@pytest.mark.parametrize("op", [u for u in UNARY if u != "identity"])
def test_activations(op):
    d = Drawing()
    attrs = {"slope": 0.2} if op == "leaky_relu" else {}
    x = X.abs() + 0.1 if op in POSITIVE else X / 3 if op == "atanh" else X
    got = run(d, d.unary(op, d.source("x", "features", 3), ("f",), **attrs), x)
    assert torch.allclose(got, REFERENCE.get(op, getattr(torch, op, None))(x), atol=1e-12)


@pytest.mark.parametrize("op", BINARY)
@pytest.mark.parametrize("other", ["features", "static", "scalar", "static scalar"])
def test_arithmetic_broadcasts(op, other):
    d = Drawing()
    kind, axes = ("scalar" if "scalar" in other else "features"), (() if "static" in other else ("T",))
    a, b = d.source("x", "features", 3), d.source("b", kind, 1 if kind == "scalar" else 3, axes)
    shape = (2, *(4 for _ in axes), *(() if kind == "scalar" else (3,)))
    y = torch.rand(shape, dtype=torch.float64) + 0.5
    wide = y.unsqueeze(-1) if kind == "scalar" else y
    wide = wide.unsqueeze(1) if not axes else wide
    sign = {"add": torch.add, "sub": torch.sub, "mul": torch.mul, "div": torch.div}[op]
    assert torch.equal(run(d, d.binary(op, a, b, ("f",)), X, y), sign(X, wide))


BY_ROW = {
    "reverse": lambda x: x.flip(0),
    "last": lambda x: x[-1],
    "first": lambda x: x[0],
    "mean_time": lambda x: x.mean(0),
    "max_time": lambda x: x.amax(0),
    "sum_time": lambda x: x.sum(0),
}


@pytest.mark.parametrize("op", BY_ROW)
@pytest.mark.parametrize("lengths", [None, LENGTHS])
def test_time_operations_leave_padding_out(op, lengths):
    d = Drawing()
    x = d.source("x", "features", 3)
    got = run(d, d.put(op, (x,), Sig("features", 3, ("T",) if op == "reverse" else ()), ("f",)), X, lengths=lengths)
    for row, length in enumerate([4, 4] if lengths is None else LENGTHS.tolist()):
        wanted = BY_ROW[op](X[row, :length])
        assert torch.allclose(got[row][:length] if op == "reverse" else got[row], wanted, atol=1e-12)
    if op == "reverse" and lengths is not None:
        assert (got[1, 2:] == 0).all()


def test_shaping_rows():
    d = Drawing()
    x, s = d.source("x", "features", 3), d.source("s", "features", 2, axes=())
    like = d.put("repeat", (s, x), Sig("features", 2, ("T",)), ("like",))
    constant = d.put("constant", (), Sig("features", 1), ("one",), value=0.25)
    joined = d.concat([x, s, like, constant], ("join",))
    cut = d.put("slice", (joined,), Sig("features", 5, ("T",)), ("cut",), start=3, stop=8)
    static = torch.randn(2, 2, dtype=torch.float64)
    wide = static[:, None].expand(-1, 4, -1)
    wanted = torch.cat([X, wide, wide, torch.full((2, 4, 1), 0.25)], -1)[..., 3:8]
    assert torch.equal(run(d, cut, X, static), wanted)


def test_tokens_become_vectors():
    d = Drawing()
    t = d.source("t", "tokens", 5)
    hot = d.put("one_hot", (t,), Sig("features", 5, ("T",)), ("hot",))
    ids = torch.tensor([[0, 4, 2], [1, 1, 3]])
    assert torch.equal(run(d, hot, ids), F.one_hot(ids, 5).double())


@pytest.mark.parametrize("op", ["softmax", "log_softmax", "layer_norm", "affine"])
def test_rows_over_features(op):
    d = Drawing()
    attrs = {"affine": {"scale": 2.0, "offset": -1.0}, "layer_norm": {"eps": 1e-5}}.get(op, {})
    got = run(d, d.unary(op, d.source("x", "features", 3), ("f",), **attrs), X)
    wanted = {
        "softmax": X.softmax(-1),
        "log_softmax": X.log_softmax(-1),
        "layer_norm": (X - X.mean(-1, True)) / (X.var(-1, unbiased=False, keepdim=True) + 1e-5).sqrt(),
        "affine": 2 * X - 1,
    }[op]
    assert torch.allclose(got, wanted, atol=1e-12)


@pytest.mark.parametrize("kind", ["features", "scalar", "tokens"])
@pytest.mark.parametrize("k", [1, 3])
def test_shifts_of_every_kind(kind, k):
    d = Drawing()
    x = d.source("x", kind, 3 if kind != "scalar" else 1)
    late = d.delay(d.sig(x).size, ("late",), k=k, kind=kind)
    d.close(late, x)
    given = {"features": X, "scalar": X[..., 0], "tokens": torch.arange(8).reshape(2, 4) % 3}[kind]
    got = run(d, late, given)
    wanted = torch.zeros_like(given)
    wanted[:, k:] = given[:, :-k]
    assert torch.equal(got, wanted)


def test_dropout_only_while_training():
    d = Drawing()
    v = d.unary("dropout", d.source("x", "features", 3), ("f",), p=0.5)
    d.put("output", (v,), d.sig(v), ("out",), port="x")
    module = make(d.compile())
    x = torch.ones(2, 50, 3)
    assert set(module(x)[0]["out"].unique().tolist()) == {0.0, 2.0}
    module.eval()
    assert torch.equal(module(x)[0]["out"], x)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("axes", [(), ("T",)])
def test_losses_per_step(loss, axes):
    d = Drawing()
    given = torch.randn(2, *(4 for _ in axes), 3, dtype=torch.float64)
    tokens = loss == "cross_entropy"
    answer = torch.randint(0, 3, given.shape[:-1]) if tokens else torch.rand_like(given)
    x = d.source("x", "features", 3, axes)
    y = d.source("y", "tokens" if tokens else "features", 3, axes, target=True)
    d.loss(loss, d.unary("tanh", x, ("squash",)), y, ("loss",))
    module = make(d.compile(), torch.float64)
    outputs, _ = module(given)
    _, parts = module.loss(outputs, answer)
    out = given.tanh()
    wanted = {
        "cross_entropy": lambda: -out.log_softmax(-1).gather(-1, answer[..., None])[..., 0],
        "mse": lambda: ((out - answer) ** 2).mean(-1),
        "bce": lambda: -(answer * out.sigmoid().log() + (1 - answer) * (-out).sigmoid().log()).mean(-1),
    }[loss]()
    assert torch.allclose(parts["loss"], wanted, atol=1e-12)


def test_every_primitive_has_a_row():
    elsewhere = {"delay", "input", "target", "output", "reduce_loss", "identity"}
    named = {
        *UNARY,
        *BINARY,
        *TIME_OPS,
        *LOSSES,
        "linear",
        "embedding",
        "one_hot",
        "affine",
        "softmax",
        "concat",
        "slice",
    }
    assert named - elsewhere <= set(ROWS)
