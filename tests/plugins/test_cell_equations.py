"""The cells that torch does not have, against their equations written out step by step, on the drawn numbers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from core.train.module import drawn
from tests.plugins.test_cells import built, inputs_of

STEPS = 23
Weights = Callable[[str, str], Tensor]


def run(kind: str, output: str = "h") -> tuple[Tensor, list[Tensor], Weights]:
    program, module, _ = built(kind, False)
    inputs = inputs_of(program, STEPS)
    numbers = drawn(module, program)
    return module(*inputs)[0][output].detach(), inputs, lambda node, name: numbers[("it", node), name].detach()


def loop(
    inputs: list[Tensor], size: int, step: Callable[[list[Tensor], list[Tensor]], tuple[Tensor, ...]], count: int = 1
) -> list[list[Tensor]]:
    """The states of every step; `step` sees the input of a step and all states before it, the newest last."""
    past: list[list[Tensor]] = [[torch.zeros(3, size, dtype=torch.float64)] * 12 for _ in range(count)]
    for t in range(STEPS):
        new = step([x[:, t] for x in inputs], [torch.stack(p, 1) for p in past])
        for line, state in zip(past, new, strict=True):
            line.append(state)
    return [line[12:] for line in past]


def affine(w: Weights, node: str, x: Tensor, bias: bool = False) -> Tensor:
    return x @ w(node, "weight").T + (w(node, "bias") if bias else 0)


def test_leaky_units() -> None:
    got, inputs, w = run("leaky")
    rate = torch.tensor([0.02 ** (i / 4) for i in range(5)], dtype=torch.float64)

    def step(x: list[Tensor], past: list[Tensor]) -> tuple[Tensor, ...]:
        h = past[0][:, -1]
        new = torch.tanh(affine(w, "x_state", x[0], True) + affine(w, "h_state", h))
        return ((1 - rate) * h + rate * new,)

    assert torch.allclose(got, torch.stack(loop(inputs, 5, step)[0], 1), atol=1e-12)


def test_clockwork_groups_move_when_their_period_divides_the_step() -> None:
    got, inputs, w = run("clockwork")
    group = [i * 8 // 5 for i in range(5)]
    time = iter(range(STEPS))
    assert all((w("h_state", "weight")[r, c] != 0) == (group[c] >= group[r]) for r in range(5) for c in range(5))

    def step(x: list[Tensor], past: list[Tensor]) -> tuple[Tensor, ...]:
        h, t = past[0][:, -1], next(time)
        new = torch.tanh(affine(w, "x_state", x[0], True) + affine(w, "h_state", h))
        due = torch.tensor([t % 2**g == 0 for g in group])
        return (torch.where(due, new, h),)

    assert torch.allclose(got, torch.stack(loop(inputs, 5, step)[0], 1), atol=1e-12)


def test_a_long_delay_is_ten_steps() -> None:
    got, inputs, w = run("rnn_delay")

    def step(x: list[Tensor], past: list[Tensor]) -> tuple[Tensor, ...]:
        h = past[0]
        return (
            torch.tanh(
                affine(w, "x_state", x[0], True) + affine(w, "h_state", h[:, -1]) + affine(w, "h_far", h[:, -10])
            ),
        )

    assert torch.allclose(got, torch.stack(loop(inputs, 5, step)[0], 1), atol=1e-12)


@pytest.mark.parametrize("kind", ["esn", "esn_feedback"])
def test_echo_states(kind: str) -> None:
    got, inputs, w = run(kind)
    radius = torch.linalg.eigvals(w("h_state", "weight")).abs().max()
    assert float(radius) == pytest.approx(0.9) or float(radius) == 0  # so few links may hold no cycle at all

    def step(x: list[Tensor], past: list[Tensor]) -> tuple[Tensor, ...]:
        total = affine(w, "x_state", x[0]) + affine(w, "h_state", past[0][:, -1])
        if kind == "esn_feedback":
            total = total + affine(w, "y_state", x[1])  # the delay is on the wire outside
        return (torch.tanh(total),)

    assert torch.allclose(got, torch.stack(loop(inputs, 5, step)[0], 1), atol=1e-12)


def test_the_binary_liquid() -> None:
    got, inputs, w = run("liquid_binary")
    assert set(got.unique().tolist()) <= {-1.0, 1.0} and ((w("h_state", "weight") != 0).sum(1) == 4).all()

    def step(x: list[Tensor], past: list[Tensor]) -> tuple[Tensor, ...]:
        return (torch.sign(x[0].sum(-1, keepdim=True) + affine(w, "h_state", past[0][:, -1])),)

    assert torch.equal(got, torch.stack(loop(inputs, 5, step)[0], 1))


def test_the_spiking_liquid() -> None:
    got, inputs, w = run("liquid_lif")
    inputs[0].mul_(5)
    program, module, _ = built("liquid_lif", False)
    outputs = module(*inputs)[0]

    def step(x: list[Tensor], past: list[Tensor]) -> tuple[Tensor, ...]:
        v, s, r = (p[:, -1] for p in past)
        v = 0.967 * v * (1 - s) + affine(w, "x_state", x[0]) + affine(w, "s_state", s)
        s = (v > 1).double()
        return v, s, 0.967 * r + s

    _, spikes, trace = loop(inputs, 5, step, 3)
    assert torch.equal(outputs["spikes"], torch.stack(spikes, 1)) and outputs["spikes"].sum() > 10
    assert torch.allclose(outputs["h"], torch.stack(trace, 1), atol=1e-12)
    assert got.shape == outputs["h"].shape and program.parameter_count == 6


def test_hidden_from_the_output() -> None:
    got, inputs, w = run("rnn_output")
    x, y = inputs
    assert torch.allclose(got, torch.tanh(affine(w, "x_state", x, True) + affine(w, "y_state", y)), atol=1e-12)


@pytest.mark.parametrize("kind", ["deep_transition", "shortcut"])
def test_deep_transitions(kind: str) -> None:
    got, inputs, w = run(kind)

    def step(x: list[Tensor], past: list[Tensor]) -> tuple[Tensor, ...]:
        h = past[0][:, -1]
        u = torch.tanh(affine(w, "x_first", x[0], True))
        z = torch.tanh(affine(w, "x_state", u, True) + affine(w, "h_state", h))
        total = affine(w, "deeper", z, True) + (affine(w, "bridge", h) if kind == "shortcut" else 0)
        return (torch.tanh(total),)

    states = torch.stack(loop(inputs, 5, step)[0], 1)
    assert torch.allclose(got, torch.tanh(affine(w, "y_first", states, True)), atol=1e-12)
