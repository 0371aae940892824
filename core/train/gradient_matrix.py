"""dL_t/dh_s: what the loss of each single step says to the state at each step, so that a long memory can be seen to learn.

Row t is a way back of its own, from the loss of step t alone. A batch of copies of one sequence takes many ways at once:
the loss of another step in each copy, since no sequence of a batch hears another.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

ROWS = 256  # at most; of a longer sequence every k-th step, the last one among them
AT_ONCE = 1 << 20  # numbers that go back together: gradients of states, times copies


@dataclass(frozen=True)
class Moments:
    """Where the ways back begin. `scales`: what the losses of one sequence count in the loss that trains, of each step (T,)
    or of the whole (). `at[n]` is the step of row n, NaN for the losses of the whole sequence."""

    scales: Mapping[str, Tensor]
    at: tuple[float, ...]
    steps: int  # that have a loss of their own

    def seed(self, name: str, part: Tensor, rows: Sequence[float]) -> Tensor:
        """`part`: losses of as many copies as there are `rows`. Copy n begins at row n alone."""
        seed, scale = torch.zeros_like(part), self.scales[name]
        for n, t in enumerate(rows):
            if part.dim() == 1 and math.isnan(t):
                seed[n] = scale
            elif part.dim() == 2 and not math.isnan(t):
                seed[n, int(t)] = scale[int(t)]
        return seed


def scales_of(total: Tensor, parts: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What each number of `parts` counts in `total`; what takes no part in it is left out. The graph is kept."""
    found = torch.autograd.grad(total, list(parts.values()), retain_graph=True, allow_unused=True)
    return {name: scale for name, scale in zip(parts, found, strict=True) if scale is not None}


def moments(scales: Mapping[str, Tensor], length: int, most: int = ROWS) -> Moments | None:
    """The rows of the first `length` steps, at most so many. None where losses run along different axes, or two at once."""
    timed = [s for s in scales.values() if s.dim() == 1]
    if any(s.dim() > 1 for s in scales.values()) or len({s.shape for s in timed}) > 1:
        return None
    whole = [math.nan] if any(s.dim() == 0 for s in scales.values()) else []
    steps = min(length, timed[0].shape[0]) if timed else 0
    stride = -(-steps // max(most - len(whole), 1)) or 1
    at = [float(t) for t in range((steps - 1) % stride, steps, stride)] if steps else []
    return Moments(scales, (*at, *whole), steps)


def itemised(
    found: Moments, rows: Sequence[float], parts: Mapping[str, Tensor], steps: Sequence[Tensor]
) -> list[Tensor]:
    """Of each tensor of `steps`, its gradient: in copy n what the loss at row n says to it, zero where it says nothing. Over
    all rows that sums to the whole gradient of the sequence. `parts`: the losses of the copies."""
    learning = {n: p for n, p in parts.items() if n in found.scales and p.requires_grad}
    if not learning:
        return [torch.zeros_like(step) for step in steps]
    seeds = [found.seed(name, part, rows) for name, part in learning.items()]
    gradients = torch.autograd.grad(list(learning.values()), list(steps), seeds, allow_unused=True)
    return [torch.zeros_like(s) if g is None else g for s, g in zip(steps, gradients, strict=True)]


def portions(rows: Sequence[float], numbers: int) -> list[Sequence[float]]:
    """The rows in portions that fit into memory, where each takes so many numbers."""
    size = max(AT_ONCE // max(numbers, 1), 1)
    return [rows[n : n + size] for n in range(0, len(rows), size)]
