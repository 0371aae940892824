"""The optimizer of a run, the learning rate at each step, and clipping. The rate is a pure function of step and base rate,
so that resuming needs no schedule object."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

import torch
from torch import Tensor
from torch.nn.utils import clip_grad_value_, clip_grads_with_norm_, get_total_norm

from core.train.settings import Training

Optimizer = torch.optim.Optimizer


def make_optimizer(parameters: Iterable[Tensor], training: Training) -> Optimizer:
    """Fused or foreach: one call for all parameters. Its own weight decay is the L2 penalty, `decay` the decoupled one: so
    AdamW is Adam here."""
    return MAKERS[training.optimizer](list(parameters), training)


def _sgd(params: list[Tensor], t: Training) -> Optimizer:
    return torch.optim.SGD(params, t.learning_rate, momentum=t.momentum, weight_decay=t.l2, fused=True)


def _adam(params: list[Tensor], t: Training) -> Optimizer:
    return torch.optim.Adam(params, t.learning_rate, weight_decay=t.l2, fused=True)


def _rmsprop(params: list[Tensor], t: Training) -> Optimizer:
    return torch.optim.RMSprop(params, t.learning_rate, momentum=t.momentum, weight_decay=t.l2, foreach=True)


def _adagrad(params: list[Tensor], t: Training) -> Optimizer:
    return torch.optim.Adagrad(params, t.learning_rate, weight_decay=t.l2, foreach=True)


def _adadelta(params: list[Tensor], t: Training) -> Optimizer:
    return torch.optim.Adadelta(params, t.learning_rate, weight_decay=t.l2, foreach=True)


def _ridge(params: list[Tensor], t: Training) -> Optimizer:
    """Ridge solves for the readout itself; whatever else could learn stays as it is."""
    return torch.optim.SGD(params, 0.0)


MAKERS: dict[str, Callable[[list[Tensor], Training], Optimizer]] = {
    "ridge": _ridge,
    "sgd": _sgd,
    "adam": _adam,
    "adamw": _adam,
    "rmsprop": _rmsprop,
    "adagrad": _adagrad,
    "adadelta": _adadelta,
}


@torch.no_grad()
def decay(parameters: Sequence[Tensor], rate: float, training: Training) -> None:
    """Decoupled weight decay, before the optimizer's step: w ← (1 − rate·decay)·w (Loshchilov and Hutter 2019, alg. 2).
    Like torch's, it leaves alone what has no gradient."""
    moved = [p for p in parameters if p.grad is not None] if training.weight_decay else []
    if moved:
        torch._foreach_mul_(moved, 1.0 - rate * training.weight_decay)


def add_noise(parameters: Sequence[Tensor], step: int, training: Training) -> None:
    """Gaussian noise on every gradient, of variance η / step^0.55 (Neelakantan et al. 2015, eq. 1). What a hook keeps out
    of a gradient (numbers that are not in the drawing), it keeps out of the noise too."""
    if training.gradient_noise:
        spread = math.sqrt(training.gradient_noise / step**0.55)
        for p in parameters:
            if p.grad is not None:
                noise = torch.randn_like(p.grad)
                for hook in (p._backward_hooks or {}).values():
                    kept = hook(noise)
                    noise = noise if kept is None else kept
                p.grad.add_(noise, alpha=spread)


def rate_at(step: int, base: float, training: Training) -> float:
    """The learning rate of optimizer step `step` (the first is 1): base × warm-up × schedule."""
    done = step - 1
    warm = min(1.0, step / training.warmup) if training.warmup else 1.0
    return base * warm * SCHEDULES[training.schedule](done, training.steps, training.schedule_factor)


def _cosine(done: int, steps: int, left: float) -> float:
    return left + (1 - left) * (1 + math.cos(math.pi * _progress(done, steps))) / 2


def _linear(done: int, steps: int, left: float) -> float:
    return 1 - (1 - left) * _progress(done, steps)


def _progress(done: int, steps: int) -> float:
    return min(1.0, done / max(1, steps - 1))


SCHEDULES: dict[str, Callable[[int, int, float], float]] = {
    "constant": lambda done, steps, left: 1.0,
    "step": lambda done, steps, left: left if done >= steps * 2 // 3 else 1.0,
    "cosine": _cosine,
    "linear": _linear,
}


def set_rate(optimizer: Optimizer, rate: float) -> None:
    for group in optimizer.param_groups:
        group["lr"] = rate


def gradient_norm(parameters: Sequence[Tensor]) -> Tensor:
    """Norm of the whole gradient, a scalar tensor still on its device."""
    return get_total_norm([p.grad for p in parameters if p.grad is not None])


def numbers(*scalars: Tensor) -> list[float]:
    """Scalar tensors as numbers, with one synchronisation for all."""
    return torch.stack([s.detach().double() for s in scalars]).tolist()


def clip(parameters: Sequence[Tensor], norm: Tensor, norm_value: float, training: Training) -> float:
    """Clip the gradients in place, first each entry by value, then all by their norm. `norm` is that of the gradients as
    they are, `norm_value` its number. Gives the norm that is left."""
    if training.clip_value:
        clip_grad_value_(parameters, training.clip_value)
        norm = gradient_norm(parameters)
        norm_value = float(norm)
    if training.clip_norm and norm_value > training.clip_norm:
        clip_grads_with_norm_(parameters, training.clip_norm, norm)
        norm_value *= training.clip_norm / (norm_value + 1e-6)
    return norm_value
