"""The lesson of counted vectors is fair: two projects that differ in nothing else, and a file that knows the training part only."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.data.open import open_dataset
from core.data.ppmi import word_vectors
from core.data.text import NextSymbol
from core.data.vectors import read_vectors
from core.graph.edit import set_params
from core.project.gallery import shipped
from core.specs.registry import default_registry
from core.train.vectors import found

SIZE = 96
FILE = str(found("help-words.vec", None))


def text() -> NextSymbol:
    data = open_dataset(default_registry(), shipped("words-vectors").project.data, 0)
    assert isinstance(data, NextSymbol)
    return data


def drawn(name: str, **words: Any) -> dict[str, tuple[str, dict[str, Any]]]:
    graph = set_params(shipped(name).project.graph, "words", **words)
    return {id: (n.kind, dict(n.params)) for id, n in graph.nodes.items()}


def test_the_two_projects_differ_in_where_the_table_begins_and_in_nothing_else() -> None:
    random, counted = shipped("words-lm").project, shipped("words-vectors").project
    assert (random.data, random.training) == (counted.data, counted.training)
    assert drawn("words-lm", vectors="help-words.vec") == drawn("words-vectors") != drawn("words-lm")
    wires = ({(e.source, e.target, e.delay) for e in p.graph.edges.values()} for p in (random, counted))
    assert next(wires) == next(wires)


def test_the_file_has_a_vector_of_one_length_for_nearly_every_word() -> None:
    words = text().fields.items[0].vocabulary or ()
    vectors = read_vectors(FILE, words, SIZE)
    assert vectors.known > 0.75 * len(words)  # the help of another Python has some other words
    np.testing.assert_allclose(np.linalg.norm(vectors.rows, axis=1), np.sqrt(SIZE), rtol=1e-3)


def test_the_file_was_counted_on_the_training_part() -> None:
    """Anew from the same words, where this Python's help has them: each word's neighbours are those of the file."""
    data = text()
    words = data.fields.items[0].vocabulary or ()
    vectors = read_vectors(FILE, words, SIZE)
    if vectors.missing != ("\n",):
        pytest.skip("this Python's help is not the one that was counted")
    anew = word_vectors(data.symbols(), len(words), SIZE)[vectors.ids]
    likeness = (vectors.rows @ vectors.rows.T, anew @ anew.T)
    np.testing.assert_allclose(*likeness, atol=0.2)  # of 96, from three decimals


def test_counting_what_is_held_out_too_would_be_found_out() -> None:
    """The judge above: the whole text gives the same words other neighbours."""
    data = text()
    words = data.fields.items[0].vocabulary or ()
    vectors = read_vectors(FILE, words, SIZE)
    everything = np.append(data.symbols(), data.held.arrays["text"])
    anew = word_vectors(everything, len(words), SIZE)[vectors.ids]
    assert np.abs(vectors.rows @ vectors.rows.T - anew @ anew.T).max() > 10
