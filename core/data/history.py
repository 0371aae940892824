"""The full table of histories: what followed each run of k symbols, counted. The rival of a recurrent state.

An order-k table of V symbols has V^k rows, most of which no text ever fills: where a history was never seen, or seldom,
the table of the next shorter one answers (Witten and Bell 1991).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from core.data.dataset import Array, Batch, Dataset

MOST_SYMBOLS = 400_000  # read for a table; more changes little and makes a person wait
WIDEST = 2**62


@dataclass(frozen=True)
class Table:
    """Counts of one order: the codes of (history, symbol) pairs and of histories, ascending, with how often each came
    and, for histories, how many different symbols followed."""

    order: int
    pairs: Array
    pair_counts: Array
    contexts: Array
    context_counts: Array
    followers: Array


@dataclass(frozen=True)
class Histories:
    """Tables of order 0 to k over `size` symbols."""

    size: int
    tables: tuple[Table, ...]

    @property
    def order(self) -> int:
        return len(self.tables) - 1

    def probability(self, read: Array, answers: Array, order: int) -> Array:
        """(n,) p of each answer after the symbols read up to it: `read` (n,) what each step read, `answers` (n,) what
        was to follow. The first steps have shorter histories."""
        p = np.full(len(answers), 1.0 / self.size)
        for table in self.tables[: order + 1]:
            context, whole = _contexts(read, table.order, self.size)
            count, followers = (
                _at(table.contexts, table.context_counts, context),
                _at(table.contexts, table.followers, context),
            )
            pair = _at(table.pairs, table.pair_counts, context * self.size + answers)
            seen = whole & (count > 0)
            better = (pair + followers * p) / np.maximum(count + followers, 1)
            p = np.where(seen, better, p)
        return p

    def rows(self, order: int) -> tuple[int, float]:
        """Histories of an order that were ever seen, and all there could be."""
        return len(self.tables[order].contexts), float(self.size) ** order


def histories(sequences: list[tuple[Array, Array]], size: int, order: int) -> Histories:
    """Tables up to an order from pairs (symbols read, symbols that were to follow), as long as their codes fit 64 bits."""
    most = max(k for k in range(order + 1) if float(size) ** (k + 1) < WIDEST)
    return Histories(size, tuple(_table(sequences, size, k) for k in range(most + 1)))


def read_histories(dataset: Dataset, given: str, asked: str, size: int, order: int, seed: int = 0) -> Histories:
    """Tables from the training part of a dataset that reads `given` and asks for `asked` at every step."""
    stream, per_epoch = dataset.stream(seed), dataset.steps_per_epoch or 200
    found: list[tuple[Array, Array]] = []
    total = 0
    for batch in islice(iter(stream.next, None), per_epoch):
        found += rows_of(batch, given, asked)
        total += sum(len(a) for a, _ in found[-batch.size :])
        if total > MOST_SYMBOLS:
            break
    return histories(found, size, order)


def rows_of(batch: Batch, given: str, asked: str) -> Iterator[tuple[Array, Array]]:
    """The sequences of a batch without padding."""
    read, answers = batch.arrays[given], batch.arrays[asked]
    ends = next(iter(batch.lengths.values()), np.full(batch.size, read.shape[1]))
    return ((read[i, :n], answers[i, :n]) for i, n in enumerate(ends))


def _table(sequences: list[tuple[Array, Array]], size: int, order: int) -> Table:
    codes = []
    for read, answers in sequences:
        context, whole = _contexts(read, order, size)
        codes.append((context * size + answers)[whole & (answers >= 0)])
    pairs, counts = np.unique(np.concatenate(codes) if codes else np.zeros(0, np.int64), return_counts=True)
    contexts, first, followers = np.unique(pairs // size, return_index=True, return_counts=True)
    sums = np.add.reduceat(counts, first) if len(first) else counts
    return Table(order, pairs, counts, contexts, sums, followers)


def _contexts(read: Array, order: int, size: int) -> tuple[Array, Array]:
    """(n,) the code of the last `order` symbols at each step, and whether there are so many yet."""
    code = np.zeros(len(read), np.int64)
    for back in range(order):
        code[back:] += read[: len(read) - back] * size**back
    return code, np.arange(len(read)) >= order - 1


def _at(keys: Array, values: Array, wanted: Array) -> Array:
    """The values at these keys, 0 where there is none."""
    if not len(keys):
        return np.zeros(len(wanted), np.int64)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, values[place], 0)
