"""Word vectors from counting which words stand near each other: positive pointwise mutual information, cut down by a
singular value decomposition, every vector made as long as the others (Levy, Goldberg & Dagan 2015). What a text knows about
its words before any training."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core.data.dataset import Array

WINDOW = 4  # words to either side; a word k steps away counts 1/k
SMOOTHED = 0.75  # power of the context counts, so that rare contexts do not look telling


def word_vectors(ids: Array, count: int, size: int) -> Array:
    """Vectors (count, size) of the words 0 .. count-1 of a text of ids (N,); `size` < `count`. The same text gives the same
    vectors. Each is √size long, as a random start is: left as they come, a network hardly hears its rare words. A word
    without company gets zeros."""
    from scipy.sparse import csr_array
    from scipy.sparse.linalg import svds

    pairs, near = _near(ids, count)
    table = csr_array((_information(pairs, near, count), (pairs // count, pairs % count)), shape=(count, count))
    left, scale, _ = svds(table, k=size, v0=np.ones(count))
    order = np.argsort(-scale)
    vectors = left[:, order] * np.sqrt(scale[order])
    signs = np.sign(vectors[np.abs(vectors).argmax(0), np.arange(size)])  # a decomposition leaves them open
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors * signs * np.sqrt(size) / np.where(length > 0, length, 1))


def _near(ids: Array, count: int) -> tuple[Array, Array]:
    """(word · count + context) of every pair that stands within the window, ascending, and its weight."""
    steps = range(1, WINDOW + 1)
    one = np.concatenate([ids[:-k] * count + ids[k:] for k in steps])
    other = np.concatenate([ids[k:] * count + ids[:-k] for k in steps])
    weight = np.concatenate([np.full(len(ids) - k, 1 / k) for k in steps])
    pairs, place = np.unique(np.concatenate([one, other]), return_inverse=True)
    return pairs, np.bincount(place, np.concatenate([weight, weight]))


def _information(pairs: Array, near: Array, count: int) -> Array:
    """max(0, ln p(word, context) / (p(word) p(context))) of each pair, contexts smoothed."""
    word, context = (np.bincount(which, near, count) for which in (pairs // count, pairs % count))
    smoothed = context**SMOOTHED / (context**SMOOTHED).sum()
    return np.asarray(np.maximum(np.log(near / (word[pairs // count] * smoothed[pairs % count])), 0))


def write_vectors(path: Path, words: Sequence[str], vectors: Array) -> int:
    """Write them as word2vec text, without words that a line could not hold (spaces, line ends). How many were written."""
    lines = [
        f"{word} {' '.join(f'{v:.3f}' for v in row)}"
        for word, row in zip(words, vectors, strict=True)
        if word.split() == [word]
    ]
    path.write_text(f"{len(lines)} {vectors.shape[1]}\n" + "\n".join(lines) + "\n", "utf-8")
    return len(lines)
