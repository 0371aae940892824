"""dL_t/dh_s: what the loss of each single step says to the state at each step, so that a long memory can be seen to learn.

Row t is a way back of its own, from the loss of step t alone; many rows go back at once, as one batch of gradients.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

ROWS = 256  # at most; of a longer sequence every k-th step, the last one among them
AT_ONCE = 1 << 22  # numbers that go back together: gradients of a state, times rows


@dataclass(frozen=True)
class Moments:
    """Losses taken apart: `parts` of each step (B, T) or of each sequence (B,), and `scales`, of the same shapes, what each
    number counts in the loss that trains. `at[n]` is the step of row n, NaN for the losses of whole sequences."""

    parts: tuple[Tensor, ...]
    scales: tuple[Tensor, ...]
    at: tuple[float, ...]
    steps: int  # that have a loss of their own

    def seeds(self, rows: Sequence[float]) -> list[Tensor]:
        """Of each part (rows, *shape): where the way back of each row begins."""
        out = []
        for part, scale in zip(self.parts, self.scales, strict=True):
            seed = part.new_zeros(len(rows), *part.shape)
            for n, t in enumerate(rows):
                if part.dim() == 1 and math.isnan(t):
                    seed[n] = scale
                elif part.dim() == 2 and not math.isnan(t):
                    seed[n, :, int(t)] = scale[:, int(t)]
            out.append(seed)
        return out


def scales_of(total: Tensor, parts: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What each number of `parts` counts in `total`; what takes no part in it is left out. The graph is kept."""
    found = torch.autograd.grad(total, list(parts.values()), retain_graph=True, allow_unused=True)
    return {name: scale for name, scale in zip(parts, found, strict=True) if scale is not None}


def moments(parts: Mapping[str, Tensor], scales: Mapping[str, Tensor], length: int, most: int = ROWS) -> Moments | None:
    """The rows of the first `length` steps, at most so many. None where losses run along different axes, or two at once."""
    parts = {name: part for name, part in parts.items() if name in scales}
    timed = [p for p in parts.values() if p.dim() == 2]
    if any(p.dim() > 2 for p in parts.values()) or len({p.shape for p in timed}) > 1:
        return None
    whole = [math.nan] if any(p.dim() == 1 for p in parts.values()) else []
    steps = min(length, timed[0].shape[1]) if timed else 0
    stride = -(-steps // max(most - len(whole), 1)) or 1
    at = [float(t) for t in range((steps - 1) % stride, steps, stride)] if steps else []
    return Moments(tuple(parts.values()), tuple(scales[name] for name in parts), (*at, *whole), steps)


def itemised(found: Moments, rows: Sequence[float], steps: Sequence[Tensor]) -> list[Tensor]:
    """Of each tensor of `steps` (rows, *its shape): what the loss at each of `rows` says to it, zero where it says nothing.
    Over all rows that sums to the whole gradient. The graph is kept."""
    learning = [(p, s) for p, s in zip(found.parts, found.seeds(rows), strict=True) if p.requires_grad]
    if not learning:
        return [step.new_zeros(len(rows), *step.shape) for step in steps]
    ends, seeds = zip(*learning, strict=True)
    gradients = torch.autograd.grad(
        ends, list(steps), seeds, retain_graph=True, allow_unused=True, is_grads_batched=True
    )
    return [s.new_zeros(len(rows), *s.shape) if g is None else g for s, g in zip(steps, gradients, strict=True)]


def portions(found: Moments, steps: Sequence[Tensor]) -> list[tuple[float, ...]]:
    """The rows in portions that fit into memory."""
    size = max(AT_ONCE // max(sum(s.numel() for s in steps), 1), 1)
    return [found.at[n : n + size] for n in range(0, len(found.at), size)]
