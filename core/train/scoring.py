"""How probable a typed sequence is: what the model gave each symbol, step by step, beside a full table of histories."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.compile.program import Program
from core.data.dataset import Dataset
from core.data.history import Histories, read_histories
from core.data.vocabulary import ids_of
from core.problems import Place, Problem, Refused
from core.train.messages import Floats
from core.train.sampling import fields_of_loop, symbols_of
from core.words import Text


@dataclass(frozen=True)
class Scored:
    """`logp` (n - 1,) is ln p of each symbol but the first given those before it, a row of `distribution` (n - 1, V) per
    step; `counted[k]` the same by the table of order k. The sums are ln p of the whole, given its first symbol."""

    symbols: tuple[str, ...]
    text: str
    logp: Floats
    distribution: Floats
    counted: Mapping[int, Floats]

    @property
    def total(self) -> float:
        return float(self.logp.astype(np.float64).sum())

    def counted_total(self, order: int) -> float:
        return float(self.counted[order].astype(np.float64).sum())


def score_text(program: Program, weights: Mapping[str, Any], text: str, tables: Histories | None = None) -> Scored:
    """Score a text with trained weights (state_dict name -> tensor). Raises Refused where the program does not write, the
    text holds a symbol it never saw, or less than two."""
    vocabulary = symbols_of(program)
    ids = ids_of(text, vocabulary)
    if len(ids) < 2:
        raise Refused(_too_short())
    logp, rows = _score(program, weights, ids)
    orders = range(tables.order + 1) if tables is not None else ()
    counted = {k: np.log(tables.probability(ids[:-1], ids[1:], k)).astype(np.float32) for k in orders if tables}
    return Scored(tuple(vocabulary[i] for i in ids), text, logp, rows, counted)


def read_tables(program: Program, dataset: Dataset, order: int) -> Histories:
    """The histories that the training data of a program that writes holds, up to an order."""
    given, asked = fields_of_loop(program)
    return read_histories(dataset, given, asked, len(symbols_of(program)), order)


def _score(program: Program, weights: Mapping[str, Any], ids: Any) -> tuple[Floats, Floats]:
    from core.train.generate import likelihood
    from core.train.module import make

    module = make(program)
    module.load_state_dict(dict(weights))
    return likelihood(module, program, [int(i) for i in ids])


def _too_short() -> Problem:
    return Problem(
        "sample.too_short",
        Text("A sequence of at least two symbols is needed.", "Hace falta una secuencia de al menos dos símbolos."),
        Place(label="text"),
        Text("The first symbol is given; the model answers for those after it.",
             "El primer símbolo se da por sabido; el modelo responde por los siguientes."),
    )  # fmt: skip
