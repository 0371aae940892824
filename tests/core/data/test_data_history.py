"""Counted histories against the definition worked out one symbol at a time."""

from collections import Counter

import numpy as np
import pytest

from core.data.history import histories


def by_hand(text: str, letters: str, order: int, context: str, symbol: str) -> float:
    """Witten-Bell by its definition, counting in the text itself."""
    if order < 0:
        return 1 / len(letters)
    shorter = by_hand(text, letters, order - 1, context, symbol)
    if len(context) < order:
        return shorter
    tail = context[len(context) - order :]
    after = Counter(
        text[i + order] for i in range(max(1, order) - order, len(text) - order) if text[i : i + order] == tail
    )
    if not after:
        return shorter
    return (after[symbol] + len(after) * shorter) / (sum(after.values()) + len(after))


@pytest.mark.parametrize("order", [0, 1, 2, 3])
def test_probabilities_are_those_of_the_definition(order):
    letters = "abcd"
    rng = np.random.default_rng(3)
    text = "".join(rng.choice(list(letters), 400, p=[0.6, 0.2, 0.15, 0.05]))
    ids = np.array([letters.index(c) for c in text])
    tables = histories([(ids[:-1], ids[1:])], 4, 3)
    asked = "abcadbbacdd"
    codes = np.array([letters.index(c) for c in asked])
    found = tables.probability(codes[:-1], codes[1:], order)
    expected = [by_hand(text, letters, order, asked[: i + 1], asked[i + 1]) for i in range(len(asked) - 1)]
    # order 0 counts what was asked for, which leaves out the text's first symbol
    assert found == pytest.approx(expected, rel=1e-12)


def test_every_row_sums_to_one():
    rng = np.random.default_rng(1)
    ids = rng.integers(0, 7, 500)
    tables = histories([(ids[:-1], ids[1:])], 7, 2)
    for context in ([0, 1], [6, 6], [3, 2]):
        read = np.array(context)
        total = sum(tables.probability(read, np.array([0, s]), 2)[1] for s in range(7))
        assert total == pytest.approx(1.0, rel=1e-12)


def test_a_table_too_wide_for_its_codes_is_cut_to_a_shorter_order():
    ids = np.arange(100_000)
    assert histories([(ids[:-1], ids[1:])], 100_000, 5).order == 2
