"""The true step of a loop, dz_t/dz_{t-1}: how all its states together answer to those of the step before, at each step of
one sequence. Powers of one matrix are what a linear network would do; these are what the drawn one does."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

LARGEST = 512  # numbers in the states of a loop: some four seconds on one core, five times that for the double
FINE = 256  # up to which they are decomposed in float64, which takes up to twice as long
ROOM = 1 << 25  # numbers of Jacobians held at once; of a longer sequence only the last steps are looked at
ROOTS = 2048  # eigenvalues told: of so many steps as come to that
WORK = 64 * 128**3  # of larger states fewer steps are measured, but ...
FEWEST = 8  # never fewer than these


class Held(TorchFunctionMode):
    """Watches a forward of the twin that is told its lengths. Between two steps each state then goes through a choice of its
    own (the new value while the sequence runs, else the old one): that tensor is what the next step reads and nobody else,
    so the gradient between two of them is one step of the recursion and no way around it."""

    def __init__(self, taps: Mapping[str, Sequence[Tensor]], keys: Sequence[str]) -> None:
        super().__init__()
        self._taps, self._keys = taps, tuple(keys)
        self.steps: dict[str, list[Tensor]] = {key: [] for key in self._keys}

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        result = func(*args, **(kwargs or {}))
        if func is not torch.where or len(args) != 3:
            return result
        for key in self._keys:
            tapped = self._taps.get(key)
            if tapped and args[1] is tapped[-1]:
                if result.is_floating_point() and not result.requires_grad:
                    result.requires_grad_()  # nothing before it learns: a reservoir has Jacobians too
                self.steps[key].append(result)
        return result


def skipped(length: int, size: int) -> int:
    """How many steps at the beginning are left out for want of room."""
    return max(length - 1 - ROOM // size**2, 0)


def jacobians(states: Sequence[Sequence[Tensor]], length: int, rows: range, skip: int = 0) -> Tensor:
    """(length - 1 - skip, rows, n): entry t - 1 - skip are these rows of dz_t/dz_{t-1}, one for each number of z_t. `states`:
    of each state of the loop what went over to the next step, in as many copies of the sequence as there are rows: each takes
    its own way."""
    sizes = [state[0].shape[-1] for state in states]
    like = states[0][0]
    seeds = torch.split(torch.eye(sum(sizes), dtype=like.dtype, device=like.device)[list(rows)], sizes, 1)
    out = []
    for t in range(1 + skip, length):
        before = [s[t - 1] for s in states]
        live = [(s[t], seed) for s, seed in zip(states, seeds, strict=True) if s[t].requires_grad]
        ends, given = zip(*live, strict=True)
        found = torch.autograd.grad(ends, before, given, retain_graph=True, allow_unused=True)
        out.append(torch.cat([torch.zeros_like(b) if g is None else g for b, g in zip(before, found, strict=True)], 1))
    return torch.stack(out)


def told(found: Tensor, skip: int = 0) -> tuple[Tensor, Tensor]:
    """(4, T): at each step the largest, the median and the smallest singular value; then the norm of the product over the
    last k steps, ‖dz_{T-1}/dz_{T-1-k}‖, for k = 0 ... T-1. NaN at the first step, which no step leads to, at those that were
    skipped, where a large state was not measured and where numbers overflowed. And (m, 3): step, real and imaginary part of
    eigenvalues, of every step or of some of them."""
    count, size = found.shape[:2]
    steps = found.detach().to("cpu", torch.float64 if size <= FINE else torch.float32)
    curves = torch.full((4, skip + count + 1), torch.nan, dtype=steps.dtype)
    shown = _evenly(count, max(WORK // size**3, FEWEST))
    shown = shown[steps[shown].isfinite().all(2).all(1)]
    values = torch.linalg.svdvals(steps[shown])
    curves[:3, skip + shown + 1] = torch.stack((values[:, 0], values.median(1).values, values[:, -1]))
    curves[3, 0] = 1.0
    product = torch.eye(size, dtype=steps.dtype)
    measured = set((count - shown).tolist())
    for k in range(1, count + 1):
        product = product @ steps[count - k]
        if not product.isfinite().all():
            break  # exploded: further back there is nothing to measure
        if k in measured:
            curves[3, k] = torch.linalg.matrix_norm(product, 2)
    looked = _evenly(count, ROOTS // size)
    looked = looked[steps[looked].isfinite().all(2).all(1)]
    roots = torch.view_as_real(torch.linalg.eigvals(steps[looked]))
    at = (skip + looked + 1.0).repeat_interleave(size).unsqueeze(1)
    return curves.float(), torch.cat((at.to(roots), roots.flatten(0, 1)), 1).float()


def _evenly(count: int, most: int) -> Tensor:
    """At most so many places of `count`, evenly apart, the last one among them."""
    stride = -(-count // max(most, 1))
    return torch.arange((count - 1) % stride, count, stride)
