"""A signal made by a formula: one long run to train on, whole or in windows, and other runs held out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.random import Generator

from core.data.dataset import Array, Baseline, Batch, no_baselines
from core.data.stream import HELD_OUT, ORDER, TRAINING, BatchStream, checksum, generator
from core.specs.fields import Fields

Runs = Mapping[str, Array]


@dataclass(frozen=True)
class Signal:
    """`make(rng)` gives the training run by field name, (steps, size) each; `held_out(rng)` the held-out runs, (B, steps,
    size). `length` 0 trains on the whole run at once, else on `batch` windows of that many steps, each begun anywhere.
    Without `held_out` there is nothing else to be right about, and the training run itself is judged: learned by heart."""

    fields: Fields
    make: Callable[[Generator], Runs]
    seed: int
    held_out: Callable[[Generator], Runs] | None = None
    length: int = 0
    batch: int = 1
    chance: Mapping[str, float] = field(default_factory=dict)
    baselines: Callable[[], tuple[Baseline, ...]] = no_baselines

    def stream(self, seed: int) -> BatchStream:
        run = _plain(self.make(generator(seed, TRAINING)))
        steps = len(next(iter(run.values())))

        def make(number: int) -> Batch:
            if not self.length or self.length >= steps:
                return Batch({name: values[None] for name, values in run.items()})
            starts = generator(seed, ORDER, number).integers(0, steps - self.length + 1, self.batch)
            return Batch({n: np.stack([v[s : s + self.length] for s in starts]) for n, v in run.items()})

        return BatchStream(make, checksum(run))

    def validation(self) -> Iterator[Batch]:
        yield self.examples(0)

    def examples(self, count: int) -> Batch:
        """The first held-out runs; all of them for 0."""
        if self.held_out is None:
            runs: Runs = {n: v[None] for n, v in self.make(generator(self.seed, TRAINING)).items()}
        else:
            runs = self.held_out(generator(self.seed, HELD_OUT))
        return Batch({n: v[: count or None] for n, v in _plain(runs).items()})

    @property
    def steps_per_epoch(self) -> int:
        """The whole run is one batch; windows are cut from it without end."""
        return 0 if self.length else 1


def _plain(runs: Runs) -> dict[str, Array]:
    return {n: v.astype(np.float32) if v.dtype.kind == "f" else v for n, v in runs.items()}
