"""Batches as a pure function of (seed, number): so a position is one integer, exact on every machine.

Batch k draws from its own generator; nothing random is carried from one batch to the next, hence nothing can be lost
when a run stops and resumes.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.random import PCG64, Generator, SeedSequence

from core.data.dataset import Array, Baseline, Batch, no_baselines
from core.problems import Place, Problem, Refused
from core.specs.fields import Fields
from core.words import Text

TRAINING, HELD_OUT, ORDER = 0, 1, 2  # first key of a generator: what its numbers are for
HELD_OUT_BATCH = 256


def generator(seed: int, *key: int) -> Generator:
    """The random generator that belongs to a seed and a key, independent of every other key's."""
    return Generator(PCG64(SeedSequence((seed, *key))))


class BatchStream:
    """Endless batches `make(0), make(1), ...`. `identity` names the data read, so that a resumed run notices other data."""

    def __init__(self, make: Callable[[int], Batch], identity: str = "") -> None:
        self._make = make
        self._identity = identity
        self._number = 0

    def next(self) -> Batch:
        batch = self._make(self._number)
        self._number += 1
        return batch

    def position(self) -> dict[str, Any]:
        return {"batch": self._number, "data": self._identity}

    def restore(self, position: Mapping[str, Any]) -> None:
        """Continue where `position` was taken. Raises Refused where the data is not the same any more."""
        if position["data"] != self._identity:
            raise Refused(_changed(str(position["data"]), self._identity))
        self._number = int(position["batch"])


@dataclass(frozen=True)
class Generated:
    """A task whose sequences are made up as they are needed, with a fixed held-out set. `make(rng, count)` gives the
    arrays of `count` sequences by field name, and where they are padded their lengths by axis name; `baselines()` what
    simple competitors score on the held-out ones. `make_held_out` where those are drawn otherwise, such as longer."""

    fields: Fields
    make: Callable[[Generator, int], Mapping[str, Array]]
    batch: int
    seed: int
    held_out: int
    chance: Mapping[str, float] = field(default_factory=dict)
    steps_per_epoch: int = 0
    baselines: Callable[[], tuple[Baseline, ...]] = no_baselines
    make_held_out: Callable[[Generator, int], Mapping[str, Array]] | None = None

    def stream(self, seed: int) -> BatchStream:
        def make(number: int) -> Batch:
            return as_batch(self.fields, self.make(generator(seed, TRAINING, number), self.batch))

        return BatchStream(make, checksum(make(0).arrays))

    def validation(self) -> Iterator[Batch]:
        return cut(self._held_out(), HELD_OUT_BATCH)

    def examples(self, count: int) -> Batch:
        return rows(self._held_out(), slice(count))

    def _held_out(self) -> Batch:
        make = self.make_held_out or self.make
        return as_batch(self.fields, make(generator(self.seed, HELD_OUT), self.held_out))


def as_batch(fields: Fields, values: Mapping[str, Array]) -> Batch:
    """Arrays under the names of fields, lengths under all other names."""
    arrays = {f.name: values[f.name] for f in fields.items}
    return Batch(arrays, {axis: a for axis, a in values.items() if axis not in arrays})


def rows(batch: Batch, which: slice | Array) -> Batch:
    """Some of the batch's sequences."""
    return Batch({n: a[which] for n, a in batch.arrays.items()}, {n: a[which] for n, a in batch.lengths.items()})


def trimmed(fields: Fields, batch: Batch) -> Batch:
    """The batch without the steps that are padding in every one of its sequences."""
    longest = {axis: max(1, int(n.max())) for axis, n in batch.lengths.items() if n.ndim == 1 and n.size}
    arrays = {f.name: _shortened(batch.arrays[f.name], f.sig.axes, longest) for f in fields.items}
    lengths = {
        name: _shortened(a, (name.split("/")[0],), longest) if "/" in name else a for name, a in batch.lengths.items()
    }
    return replace(batch, arrays=arrays, lengths=lengths)


def _shortened(values: Array, axes: Sequence[str], longest: Mapping[str, int]) -> Array:
    return values[(slice(None), *(slice(longest.get(axis)) for axis in axes))]


def cut(batch: Batch, size: int) -> Iterator[Batch]:
    """All of the batch's sequences in order, `size` at a time."""
    for start in range(0, batch.size, size):
        yield rows(batch, slice(start, start + size))


def checksum(arrays: Mapping[str, Array]) -> str:
    """Of every value, its name and the number of rows."""
    crc = 0
    for name, values in arrays.items():
        crc = zlib.crc32(np.ascontiguousarray(values).tobytes(), zlib.crc32(name.encode(), crc))
    return f"{len(next(iter(arrays.values())))}-{crc:08x}"


def one_of(rng: Generator, count: int, low: int, high: int) -> Array:
    """`count` whole numbers in [low, high)."""
    return rng.integers(low, high, count, dtype=np.int64)


def _changed(was: str, now: str) -> Problem:
    return Problem(
        code="data.changed",
        message=Text(
            "The data is not the data this run was stopped on.",
            "Los datos no son los que esta ejecución leía al parar.",
        ),
        hint=Text(
            "Put the file, the data settings and the seed back as they were, or start a new run.",
            "Deje el archivo, los ajustes de datos y la semilla como estaban, o empiece de nuevo.",
        ),
        where=Place(param="data", label="data"),
        got=now,
        expected=was,
    )
