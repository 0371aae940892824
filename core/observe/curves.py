"""What charts make of numbers in a row: a curve, its smooth course, the course of a part of every frame, a half-life."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.observe.chart import Line, Points
from core.observe.recording import Recording
from core.train.messages import Frame

Doubles = NDArray[np.float64]
MEANS, REACH = 240, 0.02  # of a smooth curve


def smooth(x: Doubles, y: Doubles) -> tuple[Doubles, Doubles]:
    """At most MEANS means of a noisy curve, each over a centred window of REACH of its length. NaN is left out."""
    n = len(x)
    if n < 8:
        return x, y
    half = max(1, int(n * REACH))
    good = np.isfinite(y)
    sums = np.concatenate(([0.0], np.cumsum(np.where(good, y, 0.0))))
    counts = np.concatenate(([0], np.cumsum(good)))
    centre = np.unique(np.linspace(0, n - 1, min(MEANS, n)).astype(np.intp))
    # the window shrinks towards the start, where curves are steep, and is one-sided at the end, where they are noisy
    low = centre - np.minimum(centre, half)
    high = np.minimum(centre + np.minimum(centre, half), n - 1) + 1
    with np.errstate(invalid="ignore", divide="ignore"):
        return x[centre], (sums[high] - sums[low]) / (counts[high] - counts[low])


def curve(x: Any, y: Any, label: str, color: int, dashed: bool = False) -> Line | Points:
    """A line; a point where there is only one, which makes no line."""
    return Line(x, y, label, color, dashed) if len(x) > 1 else Points(x, y, label, color)


def course(recording: Recording, read: Callable[[Frame], Any]) -> tuple[Doubles, Doubles]:
    """Training steps, and what `read` finds in the frame of each; frames in which it finds nothing (None) are left out."""
    found = [(f.step, value) for f in recording.all_frames() if (value := read(f)) is not None]
    return np.array([s for s, _ in found], dtype=float), np.array([v for _, v in found], dtype=float)


def half_life(norms: NDArray[np.floating]) -> float | None:
    """Steps over which a gradient that comes back through time halves (negative: doubles), from the slope of its log.

    None where it does not fall or grow evenly enough (less than nine tenths of the variance explained).
    """
    good = np.isfinite(norms) & (norms > 0)
    if good.sum() < 4:
        return None
    t, logs = np.flatnonzero(good).astype(float), np.log(norms[good].astype(float))
    slope, start = np.polyfit(t, logs, 1)
    spread = float(np.var(logs))
    if spread < 1e-12 or abs(slope) < 1e-9:
        return None
    explained = 1 - float(np.var(logs - (slope * t + start))) / spread
    return math.log(2) / float(slope) if explained > 0.9 else None
