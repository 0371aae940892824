"""How far a chart reaches along each axis, the same live and on paper."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from core.observe.chart import Axis, Bars, Chart, Heat, Level, Line, Points, Ring

Range = tuple[float, float]


def extent(chart: Chart) -> tuple[Range, Range]:
    """Ranges of x and y with a little air, as drawn: log10 of the values on a log axis."""
    heat = any(isinstance(mark, Heat) for mark in chart.marks)
    dots = any(isinstance(mark, Points) for mark in chart.marks)
    x = _range(chart.x, _values(chart, 0), 0.0 if heat else 0.05 if dots else 0.015)
    y = _range(chart.y, _values(chart, 1), 0.0 if heat else 0.06)
    return x, y


def _range(axis: Axis, values: Iterator[Any], air: float) -> Range:
    if axis.limits is not None:
        low, high = axis.limits
        return (math.log10(low), math.log10(high)) if axis.log else (low, high)
    low, high = math.inf, -math.inf
    for some in values:
        some = np.asarray(some, dtype=float)
        some = some[np.isfinite(some) & (some > 0)] if axis.log else some[np.isfinite(some)]
        if some.size:
            low, high = min(low, float(some.min())), max(high, float(some.max()))
    if low > high:
        return (-1.0, 0.0) if axis.log else (0.0, 1.0)
    if axis.log:
        low, high = math.log10(low), math.log10(high)
    if high - low < 1e-12 * max(abs(low), abs(high), 1e-30):
        half = 0.5 if axis.log else (abs(low) / 2 or 0.5)
        return low - half, high + half
    return low - air * (high - low), high + air * (high - low)


def _values(chart: Chart, axis: int) -> Iterator[Any]:
    for mark in chart.marks:
        match mark:
            case Line(x=x, y=y, band=band):
                yield y if axis else x
                if axis and band is not None:
                    yield from band
            case Points(x=x, y=y):
                yield y if axis else x
            case Bars(x=x, y=y):
                places = np.asarray(x, dtype=float)
                yield np.append(np.asarray(y, dtype=float), 0.0) if axis else np.append(places - 0.6, places + 0.6)
            case Heat(z=z):
                yield (-0.5, z.shape[1 - axis] - 0.5)
            case Ring(radius=radius):
                yield (-radius * 1.08, radius * 1.08)
            case Level(y=y) if axis:
                yield (y,)
