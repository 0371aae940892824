"""How numbers of a run are written: counts, times, losses, names of metrics. Aligned digits, no false precision."""

from __future__ import annotations

import math

from core import words
from core.train.measures import measure_name
from core.words import Text, say

LEFT = Text("{t} left", "quedan {t}")  # of a run, wherever it is told


def metric_name(name: str) -> str:
    return say(measure_name(name))


def amount(value: float | None) -> str:
    """Four significant digits; a dash where there is nothing."""
    if value is None:
        return "–"
    if math.isnan(value):
        return "NaN"
    size = abs(value)
    if size == 0 or 0.1 <= size < 1e5:
        return f"{value:.4g}"
    return f"{value:.3g}" if 1e-3 <= size < 0.1 else f"{value:.2e}"


def count(value: int) -> str:
    return words.grouped(value)


def clock(seconds: float | None) -> str:
    """0:07, 12:34, 1:02:03."""
    if seconds is None or not math.isfinite(seconds):
        return "–"
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def roughly(seconds: float | None) -> str:
    """As exactly as an estimate deserves: 1 h 20 min, 3 min, 40 s; steps of five seconds do not flicker."""
    if seconds is None or not math.isfinite(seconds):
        return ""
    if seconds < 57.5:
        return f"{max(5, 5 * round(seconds / 5))} s"
    minutes = max(1, round(seconds / 60))
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def percent(share: float | None) -> str:
    return "–" if share is None else words.percent(share, 1)
