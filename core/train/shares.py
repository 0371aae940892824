"""Which weights have their steps told apart in a frame, and what is told of each: the shares of its gradient."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import prod

import torch
from torch import Tensor

from core.compile.program import DrawnWeight
from core.train.contributions import Copies, curves, timed
from core.train.module import part_of, weight_name
from core.train.parcel import Parcel
from core.train.sequences import Sequences

MANY = 1 << 26  # numbers, a weight times its steps: above that its steps are not told apart (256 MB in float32)
FEW = 1 << 22  # and above that, ...
LONG = 512  # or over more steps, only where somebody asked for this weight


class Shares:
    """`parameters` are the twin's by name, `weights` the drawn ones that learn, `seen` what probes look at."""

    def __init__(self, parameters: Mapping[str, Tensor], weights: Sequence[DrawnWeight], seen: Sequences) -> None:
        self._parameters, self._seen = parameters, seen
        self._drawn = {weight_name(w): w for w in weights}

    def copies(self, asked: Collection[str], whole: bool) -> Copies:
        """Tells the steps of weights apart: of those asked for, and if the whole is wanted of all that are small."""
        most = self._seen.longest
        room = {n: MANY if n in asked else FEW if whole and most <= LONG else 0 for n in self._drawn}
        chosen = {n: w for n, w in self._drawn.items() if timed(w) and prod(w.shape) * most <= room[n]}
        inside = [n for n, w in chosen.items() if w.in_scan]
        return Copies({n: part_of(self._parameters, w) for n, w in chosen.items()}, inside)

    def sources(self, copies: Copies) -> list[Tensor]:
        """What the loss is derived by besides: the copies of weights, and the tensors they are copies of."""
        found = copies.sources
        return [*found, *(p for p in self._parameters.values() if p.requires_grad)] if found else []

    def pack(self, parcel: Parcel, copies: Copies, found: Sequence[Tensor | None], asked: Sequence[str]) -> None:
        """`found`: the gradients of `sources`. Of a weight that somebody asked for and whose steps cannot be told apart,
        nothing (3, 0)."""
        names = [name for name, p in self._parameters.items() if p.requires_grad] if found else []
        count = len(found) - len(names)
        whole = {name: g for name, g in zip(names, found[count:], strict=True) if g is not None}
        apart: dict[str, Tensor] = {}
        for name, shares in (copies.steps(found[:count]) if found else {}).items():
            weight = self._drawn[name]
            if len(shares) > 1 and weight.tensor in whole:
                told = curves(shares, part_of(whole, weight), weight.pattern)
                if told is not None:
                    apart[name] = told[:, : self._reach(weight, len(shares))]
        nothing = {name: torch.empty(3, 0) for name in asked if name in self._drawn}
        for name, told in {**nothing, **apart}.items():
            parcel.put("shares", name, told)

    def _reach(self, weight: DrawnWeight, count: int) -> int:
        """Of the `count` steps at which a weight is used, those that any sequence has: after them there is padding alone."""
        along = weight.along
        own = len(along) == 1 and count == self._seen.extents.get(along[0])
        return self._seen.reach(along, count) if own else count
