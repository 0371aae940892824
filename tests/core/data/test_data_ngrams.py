"""Counts against a dictionary written from the paper's formula, and against what any distribution must be."""

import itertools
import math
from collections import Counter, defaultdict

import numpy as np
import pytest

from core.data.ngrams import count, log_p


def by_hand(text, size, order, history, symbol):
    """Interpolated Kneser-Ney, Chen & Goodman 1999, equations (12) and (17), one dictionary per order."""

    def table(m):
        if m == order:
            return Counter(tuple(text[i : i + m]) for i in range(len(text) - m + 1))
        before = defaultdict(set)
        for gram in table(m + 1):
            before[gram[1:]].add(gram[0])
        return Counter({gram: len(symbols) for gram, symbols in before.items()})

    def p(m, past, s):
        if m == 0:
            return 1 / size
        counts = table(m)
        ones, twos = (sum(c == n for c in counts.values()) for n in (1, 2))
        d = ones / (ones + 2 * twos) if ones and twos else 0.5
        past = past[len(past) - (m - 1) :]
        total = sum(c for g, c in counts.items() if g[:-1] == past)
        if not total:
            return p(m - 1, past, s)
        kinds = sum(g[:-1] == past for g in counts)
        return (max(counts[(*past, s)] - d, 0) + d * kinds * p(m - 1, past, s)) / total

    return p(min(order, len(history) + 1), tuple(history), symbol)


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_counts_say_what_the_formula_says(order):
    rng = np.random.default_rng(order)
    text = rng.choice(4, 60, p=[0.5, 0.3, 0.15, 0.05]).tolist()
    counts = count([np.array(text)], 5, order)
    for history in [(), (0,), (3, 3), (1, 0, 2), (4, 0, 0, 1)]:
        for symbol in range(5):
            got = log_p(counts, np.array([[*history, symbol]]))[0, -1]
            assert got == pytest.approx(math.log(by_hand(text, 5, order, history, symbol)), abs=1e-12)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_every_history_shares_out_exactly_one(order):
    counts = count([np.random.default_rng(0).integers(0, 6, 200)], 8, order)
    for history in itertools.product(range(8), repeat=2):
        rows = np.array([[*history, s] for s in range(8)])
        assert np.exp(log_p(counts, rows)[:, -1]).sum() == pytest.approx(1, abs=1e-12)


def test_a_row_is_the_product_of_its_steps_and_rows_do_not_meet():
    text = np.random.default_rng(1).integers(0, 5, 500)
    counts = count([text], 5, 3)
    rows = np.random.default_rng(2).integers(0, 5, (4, 9))
    together = log_p(counts, rows)
    for b, t in itertools.product(range(4), range(9)):
        alone = log_p(counts, rows[b : b + 1, max(0, t - 2) : t + 1])[0, -1]
        assert together[b, t] == pytest.approx(alone, abs=1e-12)


def test_counts_find_the_order_of_a_markov_chain():
    rng = np.random.default_rng(3)
    chain = rng.dirichlet(np.full(4, 0.3), (4, 4))  # the next symbol depends on two
    text = [0, 1]
    for _ in range(60_000):
        text.append(int(rng.choice(4, p=chain[text[-2], text[-1]])))
    train, held = np.array(text[:50_000]), np.array(text[50_000:])
    truth = -np.mean([math.log(chain[a, b, c]) for a, b, c in zip(held, held[1:], held[2:], strict=False)])
    nats = [-log_p(count([train], 4, k), held[None])[0, 2:].mean() for k in (1, 2, 3, 5)]
    assert nats[0] > nats[1] > nats[2]
    assert nats[2] == pytest.approx(truth, abs=0.005)
    assert nats[3] == pytest.approx(truth, abs=0.03)  # longer histories cost little


def test_too_long_histories_are_shortened_rather_than_overflowing():
    assert count([np.arange(100)], 50_000, 9).order == 3
    assert count([np.arange(2)], 5, 4).order == 2
    assert log_p(count([np.arange(100) % 7], 7, 5), np.array([[3]])).shape == (1, 1)


def test_texts_are_counted_each_by_itself():
    apart = count([np.array([0, 1]), np.array([2]), np.array([3, 1])], 4, 2)
    top = apart.levels[1]
    assert dict(zip(top.grams.tolist(), top.counts.tolist(), strict=True)) == {0 * 4 + 1: 1, 3 * 4 + 1: 1}
