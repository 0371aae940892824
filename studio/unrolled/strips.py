"""How the units of a box lie as coloured cells, and how far their colours reach."""

from __future__ import annotations

import math

import numpy as np

from core.train.messages import Floats

FLAT = 32  # units up to which a strip has one row


def grid(units: int) -> tuple[int, int]:
    """Rows and columns in which units are shown: one row of few, a field of many."""
    if units <= FLAT:
        return 1, units
    rows = max(2, round(math.sqrt(units / 4.5)))
    return rows, -(-units // rows)


def mosaic(units: int) -> tuple[int, int]:
    """Rows and columns of units in a cell of a grid: as square as may be."""
    rows = max(1, math.floor(math.sqrt(units)))
    return rows, -(-units // rows)


def reach(values: Floats) -> tuple[bool, tuple[float, float]]:
    """(diverging, limits): 0 to 1 for gates and chances, -1 to 1 for squashed values, others as far as they reach."""
    if not values.size or not np.isfinite(values).any():
        return True, (-1.0, 1.0)
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if low >= 0:
        return False, (0.0, 1.0 if high <= 1 else high)
    most = max(-low, high)
    return True, (-1.0, 1.0) if 0.3 < most <= 1 else (-most, most)
