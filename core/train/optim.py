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
    """Fused or foreach: one call for all parameters. Weight decay is decoupled in AdamW and L2 elsewhere."""
    params, rate, decay = list(parameters), training.learning_rate, training.weight_decay
    if training.optimizer == "sgd":
        return torch.optim.SGD(params, rate, momentum=training.momentum, weight_decay=decay, fused=True)
    if training.optimizer == "adam":
        return torch.optim.Adam(params, rate, weight_decay=decay, fused=True)
    if training.optimizer == "adamw":
        return torch.optim.AdamW(params, rate, weight_decay=decay, fused=True)
    if training.optimizer == "rmsprop":
        return torch.optim.RMSprop(params, rate, momentum=training.momentum, weight_decay=decay, foreach=True)
    raise ValueError(f"optimizer {training.optimizer!r}")


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
