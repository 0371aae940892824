"""Naive Bayes over character trigrams: what a model that reads names in order has to beat."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from core.data.dataset import Array

EDGE = "\x00"  # before and after a name, so that beginnings and ends count
SMOOTHING = (1.0, 0.3, 0.1, 0.03, 0.01)


@dataclass(frozen=True)
class Bayes:
    """`columns` trigram -> column of `logp` (classes, trigrams); trigrams never seen say nothing."""

    columns: dict[str, int]
    prior: Array
    logp: Array


def trigrams(name: str) -> list[str]:
    padded = f"{EDGE}{EDGE}{name}{EDGE}"
    return [padded[i : i + 3] for i in range(len(padded) - 2)]


def fitted(names: Sequence[str], classes: Array, count: int, smoothing: float) -> Bayes:
    """Multinomial naive Bayes with additive smoothing (Manning, Raghavan & Schütze 2008, section 13.2)."""
    columns = {t: i for i, t in enumerate(sorted({t for name in names for t in trigrams(name)}))}
    counts = np.zeros((count, len(columns)))
    for name, c in zip(names, classes, strict=True):
        for t in trigrams(name):
            counts[c, columns[t]] += 1
    smooth = counts + smoothing
    prior = np.log(np.maximum(np.bincount(classes, minlength=count), 1e-12) / len(names))
    return Bayes(columns, prior, np.log(smooth / smooth.sum(1, keepdims=True)))


def log_joint(bayes: Bayes, names: Iterable[str]) -> Array:
    """log p(class, name) (names, classes), up to the trigrams never seen."""
    rows = [[bayes.columns[t] for t in trigrams(name) if t in bayes.columns] for name in names]
    return np.stack([bayes.prior + bayes.logp[:, row].sum(1) for row in rows])


def chosen(names: Sequence[str], classes: Array, count: int) -> Bayes:
    """Fitted with the smoothing that does best on every fifth training name, the others counted."""
    aside = np.arange(len(names)) % 5 == 4
    kept = [n for n, out in zip(names, aside, strict=True) if not out]
    asked = [n for n, out in zip(names, aside, strict=True) if out]

    def right(smoothing: float) -> float:
        guess = log_joint(fitted(kept, classes[~aside], count, smoothing), asked).argmax(1)
        return float((guess == classes[aside]).mean())

    return fitted(names, classes, count, max(SMOOTHING, key=right))


def scores(bayes: Bayes, names: Sequence[str], classes: Array) -> dict[str, float]:
    """Accuracy, and nats per name of the normalised p(class | name)."""
    joint = log_joint(bayes, names)
    top = joint.max(1, keepdims=True)
    logp = joint - top - np.log(np.exp(joint - top).sum(1, keepdims=True))
    nats = -float(logp[np.arange(len(names)), classes].mean())
    return {"accuracy": float((joint.argmax(1) == classes).mean()), "loss": nats, "nats": nats}
