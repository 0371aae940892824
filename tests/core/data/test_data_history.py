"""Tables of histories: what a typed sequence scores by counting. The counts themselves are judged with the n-grams."""

import numpy as np
import pytest

from core.data.dataset import Batch
from core.data.history import histories, read_histories, texts_of
from core.data.ngrams import count, log_p
from core.data.open import open_dataset
from core.project.model import DataChoice
from core.specs.registry import default_registry


def test_an_answer_is_counted_after_the_symbols_read_up_to_it():
    ids = np.random.default_rng(3).choice(4, 400, p=[0.6, 0.2, 0.15, 0.05])
    tables = histories([ids], 4, 3)
    asked = np.array([0, 1, 2, 0, 3, 1, 1, 0, 2, 3, 3])
    for order in range(4):
        found = tables.probability(asked[:-1], asked[1:], order)
        for t, p in enumerate(found):
            alone = asked[max(0, t + 1 - order) : t + 2][None]
            assert p == pytest.approx(np.exp(log_p(count([ids], 4, order + 1), alone)[0, -1]), rel=1e-12)


def test_every_row_sums_to_one():
    ids = np.random.default_rng(1).integers(0, 7, 500)
    tables = histories([ids], 7, 2)
    for context in ([0, 1], [6, 6], [3, 2]):
        read = np.array(context)
        total = sum(tables.probability(read, np.array([context[1], s]), 2)[1] for s in range(7))
        assert total == pytest.approx(1.0, rel=1e-12)


def test_rows_that_were_seen_and_rows_there_could_be():
    tables = histories([np.array([0, 1, 0, 1, 2])], 3, 2)
    assert [tables.rows(k) for k in range(3)] == [(1, 1.0), (2, 3.0), (2, 9.0)]


def test_a_table_too_wide_for_its_keys_is_cut_to_a_shorter_order():
    assert histories([np.arange(100_000)], 100_000, 5).order == 2


def test_a_text_is_counted_whole_and_other_data_by_its_batches(tmp_path):
    (tmp_path / "t.txt").write_text("abcabd" * 200)
    choice = DataChoice("text", {"path": str(tmp_path / "t.txt"), "batch": 2, "length": 7})
    data = open_dataset(default_registry(), choice, 0)
    assert read_histories(data, "text", "next", 4, 2).rows(2) == (5, 16.0)  # ab bc ca bd da
    hello = open_dataset(default_registry(), DataChoice("hello"), 0)
    assert read_histories(hello, "text", "next", 4, 1).rows(1) == (3, 4.0)


def test_padding_is_no_history():
    batch = Batch(
        {"r": np.array([[1, 2, 0], [3, 0, 0]]), "a": np.array([[2, 3, 0], [1, 0, 0]])}, {"T": np.array([2, 1])}
    )
    assert [t.tolist() for t in texts_of(batch, "r", "a")] == [[1, 2, 3], [3, 1]]
