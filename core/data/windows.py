"""Cutting a long series into batches of windows: side by side with carried state, or anywhere with states anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from core.data.dataset import Array, Batch
from core.data.stream import TRAINING, checksum, generator


@dataclass(frozen=True)
class Series:
    """Aligned values over time by field name, each (N, ...) with the same N."""

    arrays: Mapping[str, Array]

    @property
    def size(self) -> int:
        return len(next(iter(self.arrays.values())))

    @property
    def identity(self) -> str:
        """A checksum of every value."""
        return checksum(self.arrays)

    def windows(self, starts: Array, length: int) -> dict[str, Array]:
        """The windows of `length` values that begin at `starts` (B,): arrays (B, length, ...)."""
        at = starts[:, None] + np.arange(length)
        return {name: values[at] for name, values in self.arrays.items()}

    def part(self, start: int, stop: int) -> Series:
        return Series({name: values[start:stop] for name, values in self.arrays.items()})


def windows_per_pass(series: Series, batch: int, length: int) -> int:
    """Batches until every row of `side_by_side` has been read once."""
    return series.size // batch // length


def side_by_side(series: Series, batch: int, length: int) -> Callable[[int], Batch]:
    """The series as `batch` rows read in parallel, `length` values at a time. Each batch goes on where the one before
    ended, so states are carried; they start anew when the rows do."""
    row = series.size // batch
    count = windows_per_pass(series, batch, length)
    heads = np.arange(batch) * row

    def make(number: int) -> Batch:
        at = number % count
        return Batch(series.windows(heads + at * length, length), carry=at > 0)

    return make


def anywhere(series: Series, batch: int, length: int, seed: int) -> Callable[[int], Batch]:
    """Windows that begin at random places, states anew each time."""

    def make(number: int) -> Batch:
        starts = generator(seed, TRAINING, number).integers(0, series.size - length + 1, batch)
        return Batch(series.windows(starts, length))

    return make


def whole(series: Series) -> Callable[[int], Batch]:
    """All of it as one sequence, again and again, states anew each time."""
    all_at_once = Batch(series.windows(np.zeros(1, np.int64), series.size))
    return lambda number: all_at_once


def in_order(before: Series, held: Series, stretch: int) -> Iterator[Batch]:
    """One row from its beginning to its end, `stretch` values at a time with the state carried on: what comes before the
    held-out part is only run, not scored."""
    start = np.zeros(1, np.int64)
    carry = False
    for series, scored in ((before, False), (held, True)):
        for at in range(0, series.size, stretch):
            arrays = series.windows(start + at, min(stretch, series.size - at))
            yield Batch(arrays, carry=carry, scored=scored)
            carry = True


def one_pass(series: Series, batch: int, length: int, carry: bool) -> Iterator[Batch]:
    """Everything once, in rows read in parallel; the last window is shorter where the rows do not divide evenly."""
    rows = max(1, min(batch, series.size // length))
    row = series.size // rows
    heads = np.arange(rows) * row
    for at in range(0, row, length):
        yield Batch(series.windows(heads + at, min(length, row - at)), carry=carry and at > 0)


def spread(series: Series, count: int, length: int) -> Batch:
    """`count` fixed windows, evenly spread over the series; fewer where it holds fewer places."""
    length = min(length, series.size)
    places = series.size - length + 1
    starts = np.unique(np.linspace(0, places - 1, min(count, places)).astype(np.int64))
    return Batch(series.windows(starts, length))
