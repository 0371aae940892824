"""ONNX rules, scans and recurrent operators against an interpreter that walks the ops one step at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from core.export.onnx.write import model_bytes
from core.problems import Refused
from core.specs.sig import Sig
from tests.core.export.brute import UNARY, Sketch

onnx = pytest.importorskip("onnx")
ort = pytest.importorskip("onnxruntime")
SIZES = ((1, 1), (3, 7), (4, 12))


def worst(sketch: Sketch, sizes: tuple[tuple[int, int], ...] = SIZES) -> tuple[float, list[str]]:
    """Largest difference over sizes, full and padded; and the operators used."""
    data = model_bytes(sketch.program(), sketch.arrays())
    options = ort.SessionOptions()
    options.log_severity_level = 3
    session = ort.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    error = 0.0
    for b, t in sizes:
        noise = torch.Generator().manual_seed(b * 100 + t)
        given: dict[str, Any] = {}
        for f in sketch.fields:
            shape = (b, *(t for _ in f.sig.axes))
            if f.sig.kind == "tokens":
                given[f.name] = torch.randint(0, int(str(f.sig.size)), shape, generator=noise)
            else:
                given[f.name] = torch.randn(*shape, int(str(f.sig.size)), generator=noise, dtype=torch.float64)
        feed = {n: x.numpy() if x.dtype == torch.int64 else x.float().numpy() for n, x in given.items()}
        ragged = torch.randint(1, t + 1, (b,), generator=noise).tolist()
        for lengths, extra in (([t] * b, {}), (ragged, {"lengths_T": np.array(ragged)})):
            wanted = sketch.run(given, lengths)
            got = session.run(list(wanted), {**feed, **extra})
            for name, y in zip(wanted, got, strict=True):
                assert y.shape == tuple(wanted[name].shape)
                error = max(error, float(np.abs(wanted[name].numpy() - y).max()))
    return error, [n.op_type for n in onnx.load_from_string(data).graph.node]


def features(size: int) -> Sig:
    return Sig("features", size, ("T",))


def gates(s: Sketch, x: int, h: int, size: int, how_many: int, bias: bool = True) -> list[int]:
    return [
        s.op("add", s.linear(x, size), s.linear(h, size, bias), sig=features(size)) for _ in range(how_many)
    ]  # fmt: skip


@pytest.mark.parametrize("name", sorted(set(UNARY) - {"log", "sqrt", "atanh", "output"}))
def test_each_unary_primitive(name: str) -> None:
    s = Sketch()
    s.output(s.op(name, s.features("x", 3), sig=features(3), p=0.5), "y")
    assert worst(s)[0] < 1e-5


def test_clocks_and_masks() -> None:
    """A counter in a loop, gates by its periods, a mask that drops nothing, and the inverse of a tanh."""
    s = Sketch()
    x = s.features("x", 3)
    past = s.delay(3)
    ones = s.op("repeat", s.op("constant", sig=Sig("features", 3), value=1.0, size=3), x, sig=features(3))
    s.close(past, s.op("add", past, ones, sig=features(3)))
    gate = s.op("every", past, sig=features(3), weights=((3,),))
    s.numbers[s.ops[gate].path, "w0"] = torch.tensor([1.0, 2.0, 4.0], dtype=torch.float64)
    gated = s.op("mul", s.op("tanh", x, sig=features(3)), gate, sig=features(3))
    kept = s.op("mul", gated, s.op("keep_mask", sig=Sig("features", 3), p=0.5, size=3), sig=features(3))
    s.output(s.op("atanh", kept, sig=features(3)), "y")
    error, operators = worst(s)
    assert error < 1e-4 and "Scan" in operators


def test_pointwise_primitives_together() -> None:
    s = Sketch()
    x, tokens, still = s.features("x", 4), s.tokens("word", 6), s.features("picture", 4, ())
    y = s.op("add", x, s.op("embedding", tokens, sig=features(4), weights=((6, 4),)), sig=features(4))
    y = s.op("mul", y, s.op("sigmoid", still, sig=Sig("features", 4)), sig=features(4))
    y = s.op("sub", y, s.op("parameter", sig=Sig("features", 4), weights=((4,),)), sig=features(4))
    y = s.op("div", y, s.op("constant", sig=Sig("features", 4), value=2.0, size=4), sig=features(4))
    y = s.op("layer_norm", y, sig=features(4), weights=((4,), (4,)), eps=1e-5)
    y = s.op("affine", y, sig=features(4), scale=-1.5, offset=0.25)
    y = s.op("leaky_relu", y, sig=features(4), slope=0.1)
    safe = s.op("exp", y, sig=features(4))
    y = s.op("add", s.op("log", safe, sig=features(4)), s.op("sqrt", safe, sig=features(4)), sig=features(4))
    wide = s.op("concat", y, s.op("one_hot", tokens, sig=features(6)), still, sig=features(14))
    s.output(s.op("slice", wide, sig=features(5), start=2, stop=7), "part")
    s.output(s.op("softmax", wide, sig=features(14)), "chances")
    s.output(s.op("log_softmax", wide, sig=features(14)), "logs")
    assert worst(s)[0] < 1e-5


def test_operations_over_time_leave_padding_out() -> None:
    s = Sketch()
    x = s.features("x", 3)
    for name in ("last", "first", "mean_time", "max_time", "sum_time"):
        s.output(s.op(name, x, sig=Sig("features", 3)), name)
    s.output(s.op("reverse", x, sig=features(3)), "back")
    last = s.op("last", s.tokens("word", 5), sig=Sig("tokens", 5))
    table = s.op("embedding", last, sig=Sig("features", 3), weights=((5, 3),))
    s.output(s.op("repeat", table, x, sig=features(3)), "held")
    shift = s.op("delay", x, sig=features(3), k=3, init="zeros")
    s.output(shift, "shifted")
    learned = s.op("delay", x, sig=features(3), weights=((3,),), k=2, init="learned")
    s.output(learned, "shifted_from_learned")
    error, operators = worst(s)
    assert error < 1e-5 and "Scan" not in operators


@pytest.mark.parametrize("init", ["zeros", "learned", "fed"])
@pytest.mark.parametrize("kind", ["tanh", "relu"])
def test_a_drawn_rnn_becomes_the_rnn_operator(kind: str, init: str) -> None:
    s = Sketch()
    x = s.features("x", 3)
    start = s.linear(s.features("picture", 2, ()), 4) if init == "fed" else None
    h = s.delay(4, init=init, start=start)
    new = s.op(kind, *gates(s, x, h, 4, 1), sig=features(4))
    s.close(h, new)
    s.output(new, "h")
    error, operators = worst(s)
    assert error < 1e-5 and "RNN" in operators and "Scan" not in operators


def lstm(s: Sketch, x: int, size: int, init: str = "zeros") -> int:
    h, c = s.delay(size, init=init), s.delay(size, init=init)
    names = ("sigmoid", "sigmoid", "tanh", "sigmoid")
    i, f, g, o = (s.op(n, z, sig=features(size)) for n, z in zip(names, gates(s, x, h, size, 4), strict=True))
    kept, written = s.op("mul", f, c, sig=features(size)), s.op("mul", i, g, sig=features(size))
    new = s.op("add", kept, written, sig=features(size))
    out = s.op("mul", o, s.op("tanh", new, sig=features(size)), sig=features(size))
    s.close(h, out)
    s.close(c, new)
    return out


@pytest.mark.parametrize("init", ["zeros", "learned"])
def test_two_drawn_lstm_layers_and_one_back_in_time(init: str) -> None:
    s = Sketch()
    x = s.features("x", 3)
    there = lstm(s, lstm(s, x, 4, init), 4, init)
    back = s.op("reverse", lstm(s, s.op("reverse", x, sig=features(3)), 4, init), sig=features(4))
    s.output(s.op("concat", there, back, sig=features(8)), "both")
    error, operators = worst(s)
    assert error < 1e-5 and operators.count("LSTM") == 3 and "Scan" not in operators


def gru(s: Sketch, x: int, size: int, after: bool) -> int:
    h = s.delay(size)
    r, z = (s.op("sigmoid", a, sig=features(size)) for a in gates(s, x, h, size, 2))
    if after:
        gated = s.op("mul", r, s.linear(h, size), sig=features(size))
    else:
        gated = s.linear(s.op("mul", r, h, sig=features(size)), size)
    n = s.op("tanh", s.op("add", s.linear(x, size), gated, sig=features(size)), sig=features(size))
    rest = s.op("affine", z, sig=features(size), scale=-1.0, offset=1.0)
    fresh, kept = s.op("mul", rest, n, sig=features(size)), s.op("mul", z, h, sig=features(size))
    new = s.op("add", fresh, kept, sig=features(size))
    s.close(h, new)
    return new


def test_a_gru_that_resets_after_its_product_becomes_the_operator() -> None:
    s = Sketch()
    s.output(gru(s, s.features("x", 3), 4, after=True), "h")
    error, operators = worst(s)
    assert error < 1e-5 and "GRU" in operators


def test_the_lecture_gru_stays_what_was_drawn() -> None:
    s = Sketch()
    s.output(gru(s, s.features("x", 3), 4, after=False), "h")
    error, _ = worst(s)
    assert error < 1e-5


@pytest.mark.parametrize("k", [1, 2, 5])
@pytest.mark.parametrize("init", ["zeros", "learned", "fed"])
def test_a_cell_of_ones_own_becomes_a_scan_with_delays_of_any_length(k: int, init: str) -> None:
    s = Sketch()
    x = s.features("x", 3)
    still = s.linear(s.features("picture", 2, ()), 4)
    near, far = s.delay(4), s.delay(4, k, init, still if init == "fed" else None)
    mixed = s.op("add", s.linear(near, 4), s.op("mul", far, still, sig=features(4)), sig=features(4))
    squashed = s.op("softsign", s.op("add", mixed, s.linear(x, 4), sig=features(4)), sig=features(4))
    normal = s.op("layer_norm", squashed, sig=features(4), weights=((4,), (4,)), eps=1e-5)
    new = s.op("concat", s.op("slice", normal, sig=features(2), start=0, stop=2),
               s.op("slice", squashed, sig=features(2), start=2, stop=4), sig=features(4))  # fmt: skip
    s.close(near, new)
    s.close(far, squashed)
    s.output(new, "h")
    s.output(far, "far")
    s.output(s.op("last", new, sig=Sig("features", 4)), "end")
    error, operators = worst(s)
    assert error < 1e-5 and operators.count("Scan") == 1


def test_what_onnx_cannot_say_is_refused_with_its_place() -> None:
    s = Sketch()
    s.output(s.op("no_such", s.features("x", 3), sig=features(3)), "y")
    with pytest.raises(Refused) as refused:
        model_bytes(s.program(), s.arrays())
    (problem,) = refused.value.problems
    assert problem.code == "export.onnx_op" and problem.where.path == ("n1",)
