"""Order-k counts: how probable each symbol is given the k - 1 before it, by counting a text.

What a language model has to beat, and the full table of histories that a recurrent state replaces. Interpolated
Kneser-Ney smoothing (Kneser & Ney 1995; Chen & Goodman 1999, section 4.1): a history that was seen rarely leaves most of
its probability to the shorter one, and in a shorter one a symbol counts by how many different symbols it followed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np

from core.data.dataset import Array

LARGEST_KEY = 2**62
MOST_SYMBOLS = 20_000_000  # of a training part, the first ones; more changes little and makes a person wait


@dataclass(frozen=True)
class Level:
    """Counts of histories of one length with the symbol after them, as sorted keys: digits in base V, the symbol last."""

    grams: Array
    counts: Array
    histories: Array
    totals: Array  # of each history, summed over the symbols after it
    kinds: Array  # different symbols after each history
    discount: float


@dataclass(frozen=True)
class Counts:
    """Counts of a text over `size` symbols; level m - 1 looks at m symbols."""

    size: int
    levels: tuple[Level, ...]

    @property
    def order(self) -> int:
        return len(self.levels)


@runtime_checkable
class Counted(Protocol):
    """A dataset whose training part can be counted."""

    def counts(self, order: int) -> Counts: ...


def count(texts: Sequence[Array], size: int, order: int) -> Counts:
    """The counts of texts of ids (N,), each read by itself. The order is lowered where keys of that many symbols would not
    fit a number, or no text has so many."""
    longest = max(len(ids) for ids in texts)
    while order > 1 and (size**order > LARGEST_KEY or longest < order):
        order -= 1
    keys, counts = np.unique(np.concatenate([_keys(ids, size, order) for ids in texts]), return_counts=True)
    levels = [_level(keys, counts, size)]
    for m in range(order - 1, 0, -1):
        keys, counts = np.unique(keys % size**m, return_counts=True)  # how many symbols stood before each
        levels.insert(0, _level(keys, counts, size))
    return Counts(size, tuple(levels))


def log_p(counts: Counts, rows: Array) -> Array:
    """log p (B, N) of each symbol of the rows (B, N) given those before it in its row, as many as the counts look at."""
    length = rows.shape[1]
    p = np.full(rows.shape, 1 / counts.size)
    key = np.zeros(rows.shape, np.int64)
    for m, level in enumerate(counts.levels, start=1):
        if m > length:
            break
        key = key[:, (m > 1) :] + rows[:, : length - m + 1] * counts.size ** (m - 1)
        p[:, m - 1 :] = _interpolated(level, key, counts.size, p[:, m - 1 :])
    return np.asarray(np.log(p))


def _keys(ids: Array, size: int, order: int) -> Array:
    """The number of every run of `order` symbols, (N - order + 1,)."""
    last = max(0, len(ids) - order + 1)
    keys = np.zeros(last, np.int64)
    for i in range(order):
        keys = keys * size + ids[i : i + last]
    return keys


def _level(grams: Array, counts: Array, size: int) -> Level:
    histories, starts = np.unique(grams // size, return_index=True)
    kinds = np.diff(np.append(starts, len(grams)))
    once, twice = int((counts == 1).sum()), int((counts == 2).sum())
    discount = once / (once + 2 * twice) if once and twice else 0.5
    return Level(grams, counts, histories, np.add.reduceat(counts, starts), kinds, discount)


def _interpolated(level: Level, keys: Array, size: int, shorter: Array) -> Array:
    """Each key's probability, what its discounts leave going to the shorter history's."""
    seen, at = _found(level.histories, keys // size)
    there, gram = _found(level.grams, keys)
    counts = np.where(there, np.maximum(level.counts[gram] - level.discount, 0), 0)
    left = level.discount * level.kinds[at] * shorter
    return np.where(seen, (counts + left) / level.totals[at], shorter)


def _found(table: Array, keys: Array) -> tuple[Array, Array]:
    """Whether each key is in the sorted table, and a place in it that may be read."""
    at = np.minimum(np.searchsorted(table, keys), len(table) - 1)
    return table[at] == keys, at
