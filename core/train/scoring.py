"""How probable a typed text is: what the model gave each symbol, step by step, beside a full table of histories."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.compile.program import Program
from core.data.dataset import Batch, Dataset
from core.data.history import Histories, read_histories
from core.data.vocabulary import END, ids_of
from core.train.examples import asked
from core.train.generation import fields_of_loop, loop_of, symbols_of
from core.train.messages import Floats

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class Scored:
    """`logp` (n,) is ln p of each of `symbols` given those before it, by its row of `likely` (n, V), the model's own
    probabilities; `counted[k]` the same by the table of order k. A model without a teacher is given the first symbol of
    the text, which is none of the n; where a text ends with a symbol, that is one of them."""

    text: str
    symbols: tuple[str, ...]
    logp: NDArray[np.float64]
    likely: Floats
    counted: Mapping[int, Floats] = field(default_factory=dict)

    @property
    def total(self) -> float:
        """ln p of the whole, given its first symbol where that is given."""
        return float(self.logp.sum())

    def counted_total(self, order: int) -> float:
        return float(self.counted[order].astype(np.float64).sum())


def score_text(
    program: Program, module: nn.Module, text: str, example: Batch | None = None, tables: Histories | None = None
) -> Scored:
    """Score a text. `example`: what a model with a teacher answers to; `tables` are of one without. Raises Refused where the
    program does not write, or the text holds a symbol that it never saw."""
    from core.train.decoding import log_shares
    from core.train.module import answering

    vocabulary, loop = symbols_of(program), loop_of(program)
    ids = ids_of(text, vocabulary)
    if loop.end is not None and vocabulary[loop.end] == END:
        ids = np.append(ids, loop.end)
    if len(ids) <= (not loop.heard):  # nothing to weigh: what is given is certain
        return Scored(text, (), np.zeros(0), np.zeros((0, len(vocabulary)), np.float32))
    inputs, lengths = asked(program, example) if example is not None else ([], None)
    with answering(module):
        rows = log_shares(module, loop, ids.tolist(), inputs, lengths).cpu().numpy()
    said = ids[len(ids) - len(rows) :]
    orders = range(tables.order + 1) if tables is not None else ()
    counted = {k: np.log(tables.probability(ids[:-1], said, k)).astype(np.float32) for k in orders if tables}
    symbols = tuple(vocabulary[i] for i in said)
    return Scored(text, symbols, rows[range(len(said)), said], np.exp(rows).astype(np.float32), counted)


def read_tables(program: Program, dataset: Dataset, order: int) -> Histories:
    """The histories that the training data of a program that writes holds, up to an order."""
    given, asked_for = fields_of_loop(program)
    return read_histories(dataset, given, asked_for, len(symbols_of(program)), order)
