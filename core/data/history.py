"""The full table of histories: what followed each run of k symbols, counted. The rival of a recurrent state.

A table of k symbols of history over V symbols has V^k rows, most of which no text ever fills.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from core.data.dataset import Array, Batch, Dataset
from core.data.ngrams import Counted, Counts, count, log_p

MOST_SYMBOLS = 400_000  # read from batches; more changes little and makes a person wait


@dataclass(frozen=True)
class Histories:
    """Tables of 0 to k symbols of history over `size` symbols."""

    size: int
    tables: tuple[Counts, ...]

    @property
    def order(self) -> int:
        return len(self.tables) - 1

    def probability(self, read: Array, answers: Array, order: int) -> Array:
        """(n,) p of each answer after the symbols read up to it: `read` (n,) what each step read, `answers` (n,) what
        followed. The first steps have shorter histories."""
        row = np.append(read, answers[-1:])[None]
        return np.asarray(np.exp(log_p(self.tables[order], row)[0, 1:]))

    def rows(self, order: int) -> tuple[int, float]:
        """Histories of an order that were ever seen, and all there could be."""
        return len(self.tables[order].levels[-1].histories), float(self.size) ** order


def histories(texts: list[Array], size: int, order: int) -> Histories:
    """Tables up to an order from texts of ids, as long as their keys fit a number."""
    return Histories(size, _different(count(texts, size, k + 1) for k in range(order + 1)))


def read_histories(dataset: Dataset, given: str, asked: str, size: int, order: int) -> Histories:
    """Tables from the training part of a dataset that reads `given` and at every step asks for the next of it, `asked`."""
    if isinstance(dataset, Counted):
        return Histories(size, _different(dataset.counts(k + 1) for k in range(order + 1)))
    stream, per_epoch = dataset.stream(0), dataset.steps_per_epoch or 200
    texts: list[Array] = []
    for batch in islice(iter(stream.next, None), per_epoch):
        texts += texts_of(batch, given, asked)
        if sum(map(len, texts)) > MOST_SYMBOLS:
            break
    return histories(texts, size, order)


def texts_of(batch: Batch, given: str, asked: str) -> Iterator[Array]:
    """The sequences of a batch without padding, each with the symbol after its last."""
    read, answers = batch.arrays[given], batch.arrays[asked]
    ends = next(iter(batch.lengths.values()), np.full(batch.size, read.shape[1]))
    return (np.append(read[i, :n], answers[i, n - 1 : n]) for i, n in enumerate(ends))


def _different(tables: Iterator[Counts]) -> tuple[Counts, ...]:
    """Up to the first that had to be cut to a shorter order."""
    return tuple(table for k, table in enumerate(tables, start=1) if table.order == k)
