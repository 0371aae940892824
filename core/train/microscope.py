"""The costly looks: each step's loss followed back by itself, and the true Jacobians of a loop. Taken when a person asks.

They need a forward of one sequence that keeps its graph; the frame's own is of several, and gone once its gradients are.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor

from core.compile.program import Program
from core.train.gradient_matrix import ROWS, itemised, moments, portions
from core.train.jacobian import LARGEST, Held, jacobians, told
from core.train.parcel import Parcel
from core.train.recursion import Loop, loops_of, outermost
from core.train.requests import Look, request, requested
from core.train.taps import PLACES, Steps, along, norm

ASKED = 1 << 24  # numbers that may go back for matrices (gradients of a state, times rows): some seconds on a CPU
UNASKED = 1 << 21  # where nobody chose a state: a second at most
COARSE = 32  # rows: fewer of a longer sequence show nothing
SMALL = 64  # numbers in the states of a loop whose Jacobians are looked at unasked
REST = 60.0  # these looks rest for this many times what they cost, so that the others go on

Ran = tuple[Mapping[str, Tensor], int]  # losses of the sequence alone by name, (1, T) or (1,), and its number of steps
Forward = Callable[[dict[str, Steps], bool], Ran]
Length = Callable[[Sequence[str], int], int]


class Microscope:
    """`states`: keys that are looked at unasked. `forward` runs the twin on the shown sequence, told how long it is, and
    fills the taps; cut where training cuts, if it is told so: gradients then go no further, while a step of the recursion is
    the same with or without. `length` gives how many steps it has along axes."""

    def __init__(
        self, program: Program, states: Sequence[str], extents: Mapping[str, int], forward: Forward, length: Length
    ) -> None:
        outside = outermost(program)
        self._points = {p.key: p for p in program.probes}
        self._loops = loops_of(program)
        inside = (key for loop in self._loops for key in loop.states)
        self._states = tuple(dict.fromkeys((*(outside[self._points[k].value] for k in states), *inside)))
        self._extents = {**extents, "B": 1}
        self._forward, self._length = forward, length
        self._due, self._seen = 0.0, frozenset[str]()

    def wanted(self, keys: Sequence[str], whole: bool) -> bool:
        """Whether to look now. `whole`: a person waits to see all that is cheap."""
        if not self._matrices(keys, whole) and not self._chosen(keys, whole):
            return False
        return whole or time.monotonic() >= self._due or not _asked(keys) <= self._seen

    def look(self, parcel: Parcel, keys: Sequence[str], whole: bool, scales: Mapping[str, Tensor]) -> None:
        """Put what was found into `parcel`. `scales`: what each loss of the sequence counts in the loss that trains."""
        start = time.monotonic()
        loops, matrices = self._chosen(keys, whole), self._matrices(keys, whole)
        with torch.enable_grad():
            if matrices:
                taps: dict[str, Steps] = {}
                parts, steps = self._forward(taps, True)
                self._follow(parcel, matrices, taps, (parts, scales, steps), bool(requested("matrix", keys)))
            if loops:
                self._step(parcel, loops)
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
        self,
        parcel: Parcel,
        keys: Sequence[str],
        taps: Mapping[str, Steps],
        ran: tuple[Mapping[str, Tensor], Mapping[str, Tensor], int],
        asked: bool,
    ) -> None:
        """The gradient matrices of these states, followed back together. `ran`: losses, what they count, steps."""
        learning = {k: taps[k] for k in keys if taps.get(k) and all(s.requires_grad for s in taps[k])}
        steps = [step for of_key in learning.values() for step in of_key]
        if not steps:
            return
        most = len(learning) * (ASKED if asked else UNASKED) // sum(s.numel() for s in steps)
        found = moments(*ran, min(most, ROWS))
        if found is None or len(found.at) < min(COARSE, found.steps or 1):
            return
        rows: dict[str, list[Tensor]] = {key: [] for key in learning}
        for some in portions(found, steps):
            gradients = iter(itemised(found, some, steps))
            for key, of_key in learning.items():
                rows[key] += self._rows(key, [next(gradients) for _ in of_key], taps.get(PLACES, []))
        at = torch.tensor(found.at, device=steps[0].device).unsqueeze(1)
        for key, of_rows in rows.items():
            whole = torch.stack(of_rows)
            own = self._length(self._points[key].sig.axes, whole.shape[1])
            parcel.put("matrices", key, torch.cat((at, whole[:, :own]), 1))

    def _rows(self, key: str, gradients: Sequence[Tensor], levels: Steps) -> list[Tensor]:
        """Of each row the norm at every step."""
        apart = ([g[n] for g in gradients] for n in range(len(gradients[0])))
        return [norm(along(row, self._points[key], self._extents, levels)[0], (1,)) for row in apart]

    def _step(self, parcel: Parcel, loops: Sequence[Loop]) -> None:
        """The Jacobians of these loops."""
        taps: dict[str, Steps] = {}
        held = Held(taps, [key for loop in loops for key in loop.states])
        with held:
            self._forward(taps, False)
        for loop in loops:
            states = [held.steps[key] for key in loop.states]
            steps = self._length(self._points[loop.key].sig.axes, len(states[0]))
            if steps > 1 and all(len(s) == len(states[0]) for s in states):
                curves, roots = told(jacobians(states, steps))
                parcel.put("jacobians", loop.key, curves)
                parcel.put("roots", loop.key, roots)


def _asked(keys: Sequence[str]) -> frozenset[str]:
    """What looks are asked for, whichever."""
    looks: tuple[Look, ...] = ("matrix", "jacobian")
    return frozenset(request(look, key) for look in looks for key in requested(look, keys))
