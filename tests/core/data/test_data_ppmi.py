"""Word vectors against the definition, written with loops over a dense table."""

import math

import numpy as np
import pytest

from core.data.ppmi import SMOOTHED, WINDOW, word_vectors, write_vectors
from core.data.vectors import read_vectors


def by_hand(ids, count):
    near = np.zeros((count, count))
    for i, word in enumerate(ids):
        for j in range(max(0, i - WINDOW), min(len(ids), i + WINDOW + 1)):
            if i != j:
                near[word, ids[j]] += 1 / abs(i - j)
    table, total = np.zeros((count, count)), near.sum()
    smooth = near.sum(0) ** SMOOTHED
    for w in range(count):
        for c in range(count):
            if near[w, c]:
                joint, apart = near[w, c] / total, near[w].sum() / total * smooth[c] / smooth.sum()
                table[w, c] = max(0.0, math.log(joint / apart))
    return table


def test_vectors_are_those_of_the_best_plane_through_the_table_all_of_one_length():
    ids = np.random.default_rng(0).zipf(1.5, 800) % 12
    left, scale, _ = np.linalg.svd(by_hand(ids.tolist(), 12))
    vectors = word_vectors(ids, 12, 4)
    best = left[:, :4] * np.sqrt(scale[:4])
    best *= 2 / np.linalg.norm(best, axis=1, keepdims=True)
    assert np.allclose(vectors @ vectors.T, best @ best.T, atol=1e-8)  # the same up to signs
    assert np.array_equal(vectors, word_vectors(ids, 12, 4))


def test_words_of_one_use_come_out_alike():
    rng = np.random.default_rng(1)
    days, months = [0, 1, 2], [3, 4, 5]
    text = [
        w for _ in range(3000) for w in ((6, rng.choice(days), 7) if rng.random() < 0.5 else (8, rng.choice(months), 9))
    ]
    v = word_vectors(np.array(text), 10, 3)
    unit = v / np.linalg.norm(v, axis=1, keepdims=True)
    assert min((unit @ unit.T)[np.ix_(days, days)].min(), (unit @ unit.T)[np.ix_(months, months)].min()) > 0.9
    assert (unit @ unit.T)[np.ix_(days, months)].max() < 0.5


def test_what_is_written_is_read_again(tmp_path):
    words = ("<unk>", "\n", "uno", "dos")
    rows = np.random.default_rng(2).normal(size=(4, 3))
    assert write_vectors(tmp_path / "w.vec", words, rows) == 3
    read = read_vectors(str(tmp_path / "w.vec"), words, 3)
    assert read.ids.tolist() == [0, 2, 3] and read.missing == ("\n",)
    assert read.rows == pytest.approx(rows[[0, 2, 3]], abs=6e-4)
