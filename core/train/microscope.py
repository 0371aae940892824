"""The costly looks: each step's loss followed back by itself, and the true Jacobians of a loop. Taken when a person asks.

They read many copies of one sequence, as a batch, and follow another way back in each.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from core.compile.program import Program
from core.train.gradient_matrix import AT_ONCE, ROWS, itemised, moments, portions
from core.train.jacobian import LARGEST, Held, jacobians, skipped, told
from core.train.parcel import Parcel
from core.train.recursion import Loop, loops_of, outermost
from core.train.requests import Look, request, requested
from core.train.taps import PLACES, Steps, along, norm

ASKED = 1 << 24  # numbers that may go back for matrices (gradients of a state, times rows): some seconds on a CPU
UNASKED = 1 << 21  # where nobody chose a state: a second at most
COARSE = 32  # rows: fewer of a longer sequence show nothing
SMALL = 64  # numbers in the states of a loop whose Jacobians are looked at unasked
REST = 60.0  # these looks rest for this many times what they cost, so that the others go on

Forward = Callable[[dict[str, Steps], int, bool], Mapping[str, Tensor]]
Length = Callable[[Sequence[str], int], int]


class Microscope:
    """`states`: keys that are looked at unasked. `forward` runs the twin on so many copies of the shown sequence, told how long
    it is, fills the taps and gives the losses; cut where training cuts, if it is told so: gradients then go no further, while
    a step of the recursion is the same with or without. `length` gives how many steps the sequence has along axes."""

    def __init__(
        self, program: Program, states: Sequence[str], extents: Mapping[str, int], forward: Forward, length: Length
    ) -> None:
        outside = outermost(program)
        self._points = {p.key: p for p in program.probes}
        self._loops = loops_of(program)
        inside = (key for loop in self._loops for key in loop.states)
        self._states = tuple(dict.fromkeys((*(outside[self._points[k].value] for k in states), *inside)))
        self._extents = extents
        self._forward, self._length = forward, length
        self._due, self._seen = 0.0, frozenset[str]()

    def wanted(self, keys: Sequence[str], whole: bool) -> bool:
        """Whether to look now. `whole`: a person waits to see all that is cheap."""
        if not self._matrices(keys, whole) and not self._chosen(keys, whole):
            return False
        return whole or time.monotonic() >= self._due or not _asked(keys) <= self._seen

    def look(self, parcel: Parcel, keys: Sequence[str], whole: bool, scales: Mapping[str, Tensor], steps: int) -> None:
        """Put what was found into `parcel`. `scales`: what each loss of the sequence counts in the loss that trains, over so
        many steps."""
        start = time.monotonic()
        matrices = self._matrices(keys, whole)
        with torch.enable_grad():
            if matrices:
                self._follow(parcel, matrices, scales, steps, bool(requested("matrix", keys)))
            for loop in self._chosen(keys, whole):
                self._step(parcel, loop)
        self._seen = _asked(keys)
        self._due = time.monotonic() + REST * (time.monotonic() - start)

    def _chosen(self, keys: Sequence[str], whole: bool) -> list[Loop]:
        asked = requested("jacobian", keys)
        return [p for p in self._loops if p.size <= (LARGEST if p.key in asked else SMALL if whole else 0)]

    def _matrices(self, keys: Sequence[str], whole: bool) -> list[str]:
        """The states whose gradient matrix is looked at."""
        found = dict.fromkeys((*requested("matrix", keys), *(self._states if whole else ())))
        return [k for k in found if k in self._points and len(self._points[k].sig.axes) == 1]

    def _follow(
        self, parcel: Parcel, keys: Sequence[str], scales: Mapping[str, Tensor], length: int, asked: bool
    ) -> None:
        """The gradient matrices of these states, followed back together."""
        taps: dict[str, Steps] = {}
        self._forward(taps, 1, True)
        learning = {k: len(taps[k]) for k in keys if taps.get(k) and all(s.requires_grad for s in taps[k])}
        numbers = sum(s.numel() for k in learning for s in taps[k])
        most = len(learning) * (ASKED if asked else UNASKED) // max(numbers, 1)
        found = moments(scales, length, min(most, ROWS)) if learning else None
        if found is None or len(found.at) < min(COARSE, found.steps or 1):
            return
        rows: dict[str, list[Tensor]] = {key: [] for key in learning}
        for some in portions(found.at, numbers):
            taps = {}
            parts = self._forward(taps, len(some), True)
            gradients = iter(itemised(found, some, parts, [s for key in learning for s in taps[key]]))
            for key, count in learning.items():
                given = {**self._extents, "B": len(some)}
                own = [next(gradients) for _ in range(count)]
                rows[key].append(norm(along(own, self._points[key], given, taps.get(PLACES, [])), (2,)))
        for key, of_rows in rows.items():
            norms = torch.cat(of_rows)
            at = torch.tensor(found.at, device=norms.device).unsqueeze(1)
            own_steps = self._length(self._points[key].sig.axes, norms.shape[1])
            parcel.put("matrices", key, torch.cat((at, norms[:, :own_steps]), 1))

    def _step(self, parcel: Parcel, loop: Loop) -> None:
        """The Jacobians of a loop."""
        steps = self._extents.get(self._points[loop.key].sig.axes[0], 1)
        size = max(AT_ONCE // max(steps * loop.size, 1), 1)
        parts = []
        for first in range(0, loop.size, size):
            rows = range(first, min(first + size, loop.size))
            taps: dict[str, Steps] = {}
            held = Held(taps, loop.states)
            with held:
                self._forward(taps, len(rows), False)
            states = [held.steps[key] for key in loop.states]
            steps = self._length(self._points[loop.key].sig.axes, len(states[0]))
            if steps < 2 or any(len(s) != len(states[0]) for s in states):
                return
            skip = skipped(steps, loop.size)
            parts.append(jacobians(states, steps, rows, skip))
        curves, roots = told(torch.cat(parts, 1), skip)
        parcel.put("jacobians", loop.key, curves)
        parcel.put("roots", loop.key, roots)


def _asked(keys: Sequence[str]) -> frozenset[str]:
    """What looks are asked for, whichever."""
    looks: tuple[Look, ...] = ("matrix", "jacobian")
    return frozenset(request(look, key) for look in looks for key in requested(look, keys))
