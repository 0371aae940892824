"""The two models every other room starts from: a character model and a regression, train and twin."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch.nn import functional as F

from core.train.module import drawn, load_class, make, share
from tests.core.compile.drawing import Drawing, char_model, lstm

HOME = Path(__file__).resolve().parents[3]


def regression(extra: bool) -> Drawing:
    """lstm -> last -> dense -> mse; `extra` also reads c, which torch's module does not give."""
    d = Drawing()
    h, c = lstm(d, d.source("series", "features", 3), 4, ("memory",))
    seen = d.binary("add", h, c, ("sum",)) if extra else h
    end = d.put("last", (seen,), d.sig(seen).__class__("features", 4, ()), ("last",))
    d.loss("mse", d.linear(end, 1, ("dense",)), d.source("answer", "features", 1, axes=(), target=True), ("mse",))
    return d


def test_the_char_model_is_fused_and_its_loss_is_cross_entropy():
    program = char_model().compile()
    assert program.fused == {("lstm",): "LSTM"}
    module = make(program)
    text, after = torch.randint(0, 11, (2, 3, 6))
    outputs, state = module(text)
    total, parts = module.loss(outputs, after)
    reference = module.dense(module.lstm(module.embedding(text))[0])
    assert torch.allclose(outputs[program.outputs[0].name], reference)
    assert torch.allclose(total, F.cross_entropy(reference.flatten(0, 1), after.flatten()))
    assert parts["cross_entropy"].shape == (3, 6)
    assert {s.name: (3, s.delay, s.sig.size) for s in program.states} == {n: tuple(v.shape) for n, v in state.items()}


@pytest.mark.parametrize("drawing", [char_model, lambda: regression(False), lambda: regression(True)])
@pytest.mark.parametrize("lengths", [None, [6, 2, 4]])
def test_the_twin_computes_the_same_on_the_same_parameters(drawing, lengths):
    d = drawing()
    program, twin_program = d.compile(), d.compile("twin")
    module = make(program, torch.float64)
    twin = share(make(twin_program, torch.float64), module)
    assert dict(module.state_dict()).keys() == dict(twin.state_dict()).keys()
    inputs = [numbers(a.field.sig) for a in program.inputs]
    answers = [numbers(a.field.sig) for a in program.targets]
    axis = None if lengths is None else {"T": torch.tensor(lengths)}
    results = []
    for model in (module, twin):
        outputs, _ = model(*inputs, axis)
        total, _ = model.loss(outputs, *answers, axis)
        grads = torch.autograd.grad(total, [p for p in module.parameters() if p.requires_grad])
        results.append((*outputs.values(), total, *grads))
    for a, b in zip(*results, strict=True):
        assert torch.allclose(a, b, atol=1e-12, rtol=0)


def numbers(sig):
    torch.manual_seed(len(sig.axes))
    shape = (3, *(6 for _ in sig.axes))
    if sig.kind == "tokens":
        return torch.randint(0, sig.size, shape)
    return torch.randn(*shape, sig.size, dtype=torch.float64)


def test_taps_show_every_drawn_port_at_every_step():
    d = char_model()
    program = d.compile("twin")
    taps = {}
    make(program)(torch.randint(0, 11, (3, 6)), taps=taps)
    assert set(taps) == {p.key for p in program.probes}
    for p in program.probes:
        assert len(taps[p.key]) == (6 if p.in_scan else 1)
    assert taps["lstm.h"][0].shape == (3, 7)


def test_drawn_weights_are_views_of_the_packed_tensors():
    d = char_model()
    program = d.compile()
    module = make(program)
    weights = drawn(module, program)
    assert torch.equal(weights[("lstm", "h_f"), "weight"], module.lstm.weight_hh_l0[7:14])
    with torch.no_grad():
        weights[("lstm", "x_o"), "bias"].fill_(3.0)
    assert (module.lstm.bias_ih_l0[21:28] == 3.0).all()
    assert program.parameter_count == sum(p.numel() for p in module.parameters() if p.requires_grad)


def test_compiling_twice_gives_the_same_text_and_class():
    a, b = char_model().compile(), char_model().compile()
    assert a == b
    assert load_class(a) is load_class(b)


def test_the_text_is_the_same_in_every_process():
    """Nothing of it may hang on the order of a set, which changes with the hash seed."""
    script = "from tests.core.compile.drawing import *; print(char_model().compile('twin').source)"
    texts = set()
    for seed in ("1", "2"):
        ran = subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=HOME,
            capture_output=True,
            check=True,
        )
        texts.add(ran.stdout)
    assert texts == {(char_model().compile("twin").source + "\n").encode()}
