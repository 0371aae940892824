"""The colours of charts, light and dark, the same live and on paper. Chosen to be told apart also by colour-blind eyes.

Curves: Okabe and Ito's set (2008), yellow left out on white, lightened on dark. Heat: maps of even lightness (steps of
OKLab), with the background as the zero, so that what is nothing looks like nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Colors = NDArray[np.uint8]


@dataclass(frozen=True)
class Palette:
    """Colours as "#rrggbb". `sequential` runs from nothing to most; `diverging` from most negative through zero."""

    name: str
    background: str
    text: str
    muted: str  # ticks, axis labels, notes
    grid: str
    series: tuple[str, ...]
    sequential: tuple[str, ...]
    diverging: tuple[str, ...]
    missing: str  # where a matrix has no number

    def color(self, index: int) -> str:
        return self.series[index % len(self.series)]


LIGHT = Palette(
    "light",
    background="#ffffff",
    text="#1f2430",
    muted="#5d6472",
    grid="#e4e7ec",
    series=("#0072b2", "#d55e00", "#009e73", "#b0528f", "#b07800", "#2b8bc2", "#6b5bb5", "#7a5c3e"),
    sequential=("#ffffff", "#d9ecf2", "#a6d3e2", "#68b3d2", "#338fc0", "#1f69a5", "#1b4582", "#172457"),
    diverging=("#0b3a6f", "#2a6fae", "#6ba5d3", "#b6d3ea", "#f7f7f7", "#f6c8a9", "#e8895b", "#c24a27", "#7a1d12"),
    missing="#eceef2",
)
DARK = Palette(
    "dark",
    background="#1b1e25",
    text="#e6e9ef",
    muted="#98a1b0",
    grid="#2f3540",
    series=("#56b4e9", "#ff8a4c", "#2fc79a", "#e39ac6", "#f0c04a", "#8fa8ff", "#c3b1f2", "#c9a98a"),
    sequential=("#1b1e25", "#1d3347", "#1c4d6b", "#20698c", "#3088a6", "#55a9b8", "#8fcac4", "#e2f0d9"),
    diverging=("#a6dcff", "#5fb0ea", "#2f7cb8", "#21496d", "#1f232b", "#70371d", "#b65a2a", "#ee8f55", "#ffd2b0"),
    missing="#262a33",
)
PALETTES = {palette.name: palette for palette in (LIGHT, DARK)}


def rgb(color: str) -> tuple[int, int, int]:
    """("#rrggbb") as three numbers."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


@lru_cache(maxsize=16)
def table(stops: tuple[str, ...]) -> Colors:
    """256 colours along the stops, (256, 3)."""
    points = np.array([rgb(stop) for stop in stops], dtype=float)
    place = np.linspace(0, len(stops) - 1, 256)
    mixed = np.stack([np.interp(place, np.arange(len(stops)), points[:, c]) for c in range(3)], axis=1)
    result: Colors = np.rint(mixed).astype(np.uint8)
    result.flags.writeable = False
    return result


def limits_of(z: NDArray[np.floating], diverging: bool) -> tuple[float, float]:
    """The range of a matrix's colours: symmetric about zero where zero is the middle."""
    finite = z[np.isfinite(z)]
    if not finite.size:
        return (-1.0, 1.0) if diverging else (0.0, 1.0)
    low, high = float(finite.min()), float(finite.max())
    if diverging:
        reach = max(abs(low), abs(high)) or 1.0
        return -reach, reach
    return (low, high) if high > low else (low, low + 1.0)


def colorize(
    z: NDArray[np.floating], palette: Palette, diverging: bool, limits: tuple[float, float] | None = None
) -> Colors:
    """A matrix as colours (rows, columns, 3); numbers beyond the limits take the end colours, NaN `missing`."""
    low, high = limits or limits_of(z, diverging)
    colors = table(palette.diverging if diverging else palette.sequential)
    scaled = (np.nan_to_num(z, nan=low, posinf=high, neginf=low) - low) / ((high - low) or 1.0)
    index = np.clip(scaled * (len(colors) - 1) + 0.5, 0, len(colors) - 1).astype(np.intp)
    out: Colors = colors[index]
    out[np.isnan(z)] = rgb(palette.missing)
    return out
