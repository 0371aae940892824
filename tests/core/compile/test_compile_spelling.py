"""One structure, many drawings: the program does not depend on how it was spelled, and near misses are told apart."""

import pytest
import torch

from core.specs.ops import InitRule
from core.train.module import drawn, make
from tests.core.compile.drawing import Drawing, gru, lstm, rnn


def drawn_lstm(spelling: str) -> Drawing:
    d = Drawing()
    h, _ = lstm(d, d.source("x", "features", 3), 4, ("memory",), spelling)
    d.put("output", (h,), d.sig(h), ("out",), port="x")
    return d


def test_separate_concatenated_and_commuted_lstms_are_one_program():
    sources = {drawn_lstm(s).compile().source for s in ("separate", "concatenated", "swapped")}
    assert len(sources) == 1
    assert "nn.LSTM(" in sources.pop()


@pytest.mark.parametrize("spelling", ["torch", "difference"])
def test_both_ways_to_mix_old_and_new_are_a_gru(spelling):
    d = Drawing()
    h = gru(d, d.source("x", "features", 3), 4, ("memory",), "after", spelling)
    d.put("output", (h,), d.sig(h), ("out",), port="x")
    assert d.compile().fused == {("memory",): "GRU"}


def nearly(change: str) -> Drawing:
    """An LSTM with one thing that torch's module does not have."""
    d = Drawing()
    x = d.source("x", "features", 4)
    h = d.delay(4, ("m", "hidden"), k=2 if change == "delay" else 1)
    c = d.delay(4, ("m", "cell"))
    gate = {}
    for g in "ifgo":
        seen = c if change == "peephole" and g == "f" else h
        wh = d.linear(seen, 4, ("m", f"h_{g}"), bias=False)
        if change == "dropout" and g == "g":
            wh = d.unary("dropout", wh, ("m", "drop"), p=0.5)
        pre = d.binary("add", d.linear(x, 4, ("m", f"x_{g}")), wh, ("m", f"sum_{g}"))
        if change == "scale" and g == "i":
            pre = d.put("affine", (pre,), d.sig(pre), ("m", "scale"), scale=2.0, offset=0.0)
        gate[g] = d.unary("tanh" if g == "g" and change != "squash" else "sigmoid", pre, ("m", f"gate_{g}"))
    new = d.binary(
        "add",
        d.binary("mul", gate["f"], c, ("m", "keep")),
        d.binary("mul", gate["i"], gate["g"], ("m", "write")),
        ("m", "cell"),
    )
    shown = new if change == "no_tanh" else d.unary("tanh", new, ("m", "squash"))
    out = d.binary("mul", gate["o"], shown, ("m", "hidden"))
    d.close(h, out)
    d.close(c, new)
    seen = {"gate_read": gate["f"], "cell_read": new}.get(change)
    d.put("output", (out,), d.sig(out), ("out",), port="x")
    if seen:
        d.put("output", (seen,), d.sig(seen), ("also",), port="x")
    if change == "input_read":
        wx = next(op.output.id for op in d.ops if op.path == ("m", "x_i"))
        d.put("output", (wx,), d.sig(wx), ("also",), port="x")
    return d


CHANGES = ["delay", "peephole", "dropout", "scale", "squash", "no_tanh", "gate_read", "cell_read", "input_read"]


@pytest.mark.parametrize("change", CHANGES)
def test_near_misses_are_not_fused(change):
    assert not nearly(change).compile().fused


def test_the_unchanged_one_is():
    assert nearly("").compile().fused == {("m",): "LSTM"}


def test_products_of_one_input_are_packed_where_nothing_matches():
    program = nearly("cell_read").compile()
    assert {w.tensor for w in program.weights} == {"m_input.weight", "m_input.bias", "m_recurrent.weight"}
    assert program.source.count("torch.addmm(") == program.source.count("self.m_input(") == 1


def test_a_residual_sum_between_layers_is_fused_on_both_sides():
    d = Drawing()
    x = d.source("x", "features", 4)
    first = rnn(d, x, 4, ("low",))
    second = rnn(d, d.binary("add", x, first, ("skip",)), 4, ("high",))
    d.put("output", (second,), d.sig(second), ("out",), port="x")
    assert d.compile().fused == {("low",): "RNN", ("high",): "RNN"}


def test_a_delay_that_is_also_read_outside_does_not_hinder():
    d = Drawing()
    h = rnn(d, d.source("x", "features", 3), 4, ("low",))
    late = next(op.output.id for op in d.ops if op.name == "delay")
    seen = d.binary("sub", h, late, ("change",))
    d.put("output", (seen,), d.sig(seen), ("out",), port="x")
    program = d.compile()
    assert program.fused == {("low",): "RNN"}
    assert len(program.states) == 2


@pytest.mark.parametrize("rule", ["orthogonal", "identity"])
def test_a_matrix_over_a_concatenation_starts_as_one_matrix(rule):
    d = Drawing()
    x, h = d.source("x", "features", 3), d.delay(4, ("m", "hidden"))
    pre = d.linear(d.concat([h, x], ("m", "join")), 4, ("m", "both"), init=InitRule(rule, 2.0, 0.0), bias=False)
    out = d.unary("tanh", pre, ("m", "hidden"))
    d.close(h, out)
    d.put("output", (out,), d.sig(out), ("out",), port="x")
    program = d.compile()
    assert program.fused == {("m",): "RNN"}
    weights = drawn(make(program, torch.float64), program)
    whole = torch.cat([weights[("m", "both"), f"weight.{n}"] for n in range(2)], 1)
    assert torch.allclose(whole @ whole.T, 4.0 * torch.eye(4, dtype=torch.float64))
    if rule == "identity":
        assert torch.equal(whole, 2.0 * torch.eye(4, 7, dtype=torch.float64))
