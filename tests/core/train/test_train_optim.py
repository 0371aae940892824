"""Optimizers, schedules and clipping against torch's own."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch.optim import lr_scheduler

from core.train.optim import add_noise, clip, decay, gradient_norm, make_optimizer, numbers, rate_at, set_rate
from core.train.settings import Training

T = Training(steps=30, learning_rate=0.1, schedule_factor=0.2)


def test_constant_and_warm_up() -> None:
    t = replace(T, warmup=4)
    assert [rate_at(s, 0.1, t) for s in (1, 2, 4, 5, 30)] == pytest.approx([0.025, 0.05, 0.1, 0.1, 0.1])


def _torch_rates(make: object, steps: int) -> list[float]:
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], 0.1)
    schedule = make(optimizer)  # type: ignore[operator]
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return rates


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("step", lambda o: lr_scheduler.StepLR(o, 20, 0.2)),
        ("cosine", lambda o: lr_scheduler.CosineAnnealingLR(o, 29, 0.02)),
        ("linear", lambda o: lr_scheduler.LinearLR(o, 1.0, 0.2, 29)),
    ],
)
def test_schedules_equal_torch(name: str, make: object) -> None:
    t = replace(T, schedule=name)
    assert [rate_at(s, 0.1, t) for s in range(1, 31)] == pytest.approx(_torch_rates(make, 30), abs=1e-9)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("sgd", lambda p: torch.optim.SGD(p, 0.1, momentum=0.9, weight_decay=0.1, foreach=False)),
        ("adam", lambda p: torch.optim.Adam(p, 0.1, weight_decay=0.1, foreach=False)),
        ("rmsprop", lambda p: torch.optim.RMSprop(p, 0.1, momentum=0.9, weight_decay=0.1, foreach=False)),
        ("adagrad", lambda p: torch.optim.Adagrad(p, 0.1, weight_decay=0.1, foreach=False)),
        ("adadelta", lambda p: torch.optim.Adadelta(p, 0.1, weight_decay=0.1, foreach=False)),
    ],
)
def test_optimizers_with_an_l2_penalty_equal_torchs_plain_ones(name: str, plain: object) -> None:
    t = replace(T, optimizer=name, momentum=0.9, l2=0.1)
    assert torch.allclose(*_after_twenty(t, plain), atol=1e-12, rtol=1e-12)


def _after_twenty(t: Training, plain: object) -> tuple[torch.Tensor, torch.Tensor]:
    """The same twenty steps by our optimizer and by another."""
    ours, theirs = (torch.nn.Parameter(torch.linspace(-1, 1, 7, dtype=torch.float64)) for _ in range(2))
    mine, other = make_optimizer([ours], t), plain([theirs])  # type: ignore[operator]
    for i in range(20):
        for p, o in ((ours, mine), (theirs, other)):
            o.zero_grad()
            (p * 3 - i * 0.1).cos().sum().backward()
            if o is mine:
                decay([p], t.learning_rate, t)
            o.step()
    return ours.detach(), theirs.detach()


@pytest.mark.parametrize("name", ["adam", "adamw"])
def test_adam_with_decoupled_decay_is_adamw(name: str) -> None:
    t = replace(T, optimizer=name, weight_decay=0.1)
    ours, theirs = _after_twenty(t, lambda p: torch.optim.AdamW(p, 0.1, weight_decay=0.1, foreach=False))
    assert torch.allclose(ours, theirs, atol=1e-12, rtol=1e-12)


def _one_step(gradient: list[float], **settings: object) -> torch.Tensor:
    p = torch.nn.Parameter(torch.full((len(gradient),), 2.0, dtype=torch.float64))
    t = replace(T, learning_rate=0.1, **settings)  # type: ignore[arg-type]
    o = make_optimizer([p], t)
    p.grad = torch.tensor(gradient, dtype=torch.float64)
    decay([p], 0.1, t)
    o.step()
    return p.detach()


def test_under_plain_sgd_both_decays_are_one() -> None:
    """w - lr·(g + l·w) either way."""
    expected = torch.tensor([2 - 0.1 * (g + 0.5 * 2) for g in (1.0, -3.0)], dtype=torch.float64)
    assert torch.allclose(_one_step([1.0, -3.0], optimizer="sgd", l2=0.5), expected)
    assert torch.allclose(_one_step([1.0, -3.0], optimizer="sgd", weight_decay=0.5), expected)


def test_under_adam_they_differ_as_their_closed_forms_do() -> None:
    """Adam's first step is lr·sign(g): an L2 penalty only adds to g, decoupled decay shrinks by lr·decay·w."""
    small = [0.01, -0.01]
    assert torch.allclose(_one_step(small, optimizer="adam", l2=0.5), torch.tensor([1.9, 1.9]).double(), atol=1e-6)
    decoupled = torch.tensor([2 * 0.95 - 0.1, 2 * 0.95 + 0.1]).double()
    assert torch.allclose(_one_step(small, optimizer="adam", weight_decay=0.5), decoupled, atol=1e-6)


def test_decay_leaves_alone_what_has_no_gradient() -> None:
    p = torch.nn.Parameter(torch.ones(3))
    decay([p], 0.1, replace(T, weight_decay=0.5))
    assert torch.equal(p, torch.ones(3))


def test_gradient_noise_has_the_published_variance() -> None:
    torch.manual_seed(0)
    for step in (1, 100):
        p = torch.nn.Parameter(torch.zeros(200_000))
        p.grad = torch.full_like(p, 3.0)
        add_noise([p], step, replace(T, gradient_noise=0.3))
        assert float(p.grad.var()) == pytest.approx(0.3 / step**0.55, rel=0.02)
        assert float(p.grad.mean()) == pytest.approx(3.0, abs=0.01)


def test_gradient_noise_stays_out_of_what_is_not_drawn() -> None:
    p = torch.nn.Parameter(torch.ones(4))
    p.register_hook(lambda g: g * torch.tensor([1.0, 0.0, 1.0, 0.0]))
    (p * 2).sum().backward()
    add_noise([p], 1, replace(T, gradient_noise=1.0))
    assert p.grad is not None and p.grad[[1, 3]].abs().max() == 0 and p.grad[[0, 2]].ne(2).all()


def test_set_rate_is_used_by_the_next_step() -> None:
    p = torch.nn.Parameter(torch.zeros(1))
    o = make_optimizer([p], replace(T, optimizer="sgd"))
    set_rate(o, 0.5)
    p.grad = torch.ones(1)
    o.step()
    assert p.item() == -0.5


def _with_gradients() -> list[torch.nn.Parameter]:
    params = [torch.nn.Parameter(torch.zeros(3)), torch.nn.Parameter(torch.zeros(2, 2))]
    params[0].grad, params[1].grad = torch.tensor([3.0, -4.0, 0.0]), torch.tensor([[12.0, 0.0], [0.0, 0.0]])
    return params


@pytest.mark.parametrize(
    ("norm", "value", "expected"),
    [(0.0, 0.0, 13.0), (6.5, 0.0, 6.5), (20.0, 0.0, 13.0), (0.0, 4.0, (9 + 16 + 16) ** 0.5), (2.0, 4.0, 2.0)],
)
def test_clipping_gives_the_norm_that_is_left(norm: float, value: float, expected: float) -> None:
    params = _with_gradients()
    whole = gradient_norm(params)
    left = clip(params, whole, float(whole), replace(T, clip_norm=norm, clip_value=value))
    assert left == pytest.approx(expected, rel=1e-5)
    assert float(gradient_norm(params)) == pytest.approx(expected, rel=1e-5)


def test_numbers_keep_their_bits() -> None:
    assert numbers(torch.tensor(0.1), torch.tensor(0.1, dtype=torch.float64)) == [torch.tensor(0.1).item(), 0.1]
