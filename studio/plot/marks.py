"""Marks of a chart as pyqtgraph items that are made once and then only given new data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor

from core.observe.chart import Bars, Chart, Heat, Level, Line, Mark, Points, Ring, dashes, shape
from core.observe.colors import Palette, colorize
from core.observe.track import decimate

SIGNS = 5  # on each curve that has some
SYMBOLS = {"saltire": "x", "circle": "o", "square": "s", "triangle": "t1", "diamond": "d", "cross": "+", "star": "star", "pentagon": "p"}  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """What a mark needs to know besides itself: colours, logarithmic axes, what can be seen and how finely."""

    palette: Palette
    x_log: bool
    y_log: bool
    visible: tuple[float, float]  # x, as drawn
    columns: int  # pixels

    def x(self, values: Any) -> Any:
        return logged(values) if self.x_log else np.asarray(values, dtype=float)

    def y(self, values: Any) -> Any:
        return logged(values) if self.y_log else np.asarray(values, dtype=float)


def logged(values: Any) -> Any:
    """log10, with a gap where there is none."""
    values = np.asarray(values, dtype=float)
    out = np.full(values.shape, np.nan)
    np.log10(values, out=out, where=values > 0)
    return out


def kinds(chart: Chart) -> tuple[Any, ...]:
    """Two charts of equal kinds can share their items."""
    return tuple((type(mark), isinstance(mark, Line) and mark.band is not None) for mark in chart.marks)


def make(mark: Mark) -> list[Any]:
    """The empty items for a mark, from back to front."""
    match mark:
        case Line(band=None):
            return [_signs(), _curve()]
        case Line():
            low, high = _curve(), _curve()
            return [pg.FillBetweenItem(low, high), low, high, _signs(), _curve()]
        case Points():
            return [_signs()]
        case Heat():
            image = pg.ImageItem(axisOrder="row-major")
            image.setAutoDownsample(True)
            image.setZValue(-20)
            return [image]
        case Bars():
            return [pg.BarGraphItem(x=[], height=[], width=0.7)]
        case Ring():
            return [_curve()]
        case Level():
            return [pg.InfiniteLine(angle=0)]


def draw(mark: Mark, items: list[Any], scene: Scene) -> None:
    """Give a mark's data to its items."""
    _DRAW[type(mark)](mark, items, scene)


def visible_part(line: Line, scene: Scene) -> tuple[Any, Any]:
    """The line as drawn: logarithms taken, what lies outside left off, no more points than pixels can show."""
    x, y = np.asarray(line.x, np.float64), np.asarray(line.y, np.float64)
    if len(x) > 2 * scene.columns and (np.diff(x[:: max(len(x) // 64, 1)]) >= 0).all():
        low, high = scene.visible
        if scene.x_log:
            low, high = 10**low, 10**high
        first, last = np.searchsorted(x, (low, high))
        inside = slice(max(int(first) - 1, 0), int(last) + 1)
        x, y = decimate(x[inside], y[inside], scene.columns)
    return scene.x(x), scene.y(y)


def _curve() -> Any:
    return pg.PlotCurveItem(connect="finite", antialias=True, skipFiniteCheck=False)


def _signs() -> Any:
    return pg.ScatterPlotItem(pxMode=True, antialias=True)


def _line(mark: Line, items: list[Any], scene: Scene) -> None:
    signs, curve = items[-2:]
    x, y = visible_part(mark, scene)
    curve.setData(x, y)
    at = places(len(x), mark.color) if shape(mark) else []
    at = [i for i in at if np.isfinite(y[i])]
    brush, pen = pg.mkBrush(scene.palette.color(mark.color)), pg.mkPen(scene.palette.background, width=0.7)
    signs.setData(x[at], y[at], symbol=SYMBOLS.get(shape(mark), "o"), size=8, brush=brush, pen=pen)
    signs.setZValue(4)
    curve.setPen(_pen(mark, scene.palette))
    curve.setZValue(1 if mark.faint else 3)
    if mark.band is not None:
        for item, edge in zip(items[1:3], mark.band, strict=True):
            item.setData(*visible_part(Line(mark.x, edge), scene))
            item.setPen(pg.mkPen(None))
        items[0].setBrush(pg.mkBrush(_faded(scene.palette.color(mark.color), 45)))


def places(points: int, color: int) -> list[int]:
    """Where on a curve its signs stand: evenly, and elsewhere on each curve."""
    spread = (np.arange(SIGNS) + 0.25 + 0.5 * (color % 4) / 4) / SIGNS
    return sorted({int(i) for i in spread * (points - 1)}) if points > 1 else []


def _pen(mark: Line, palette: Palette) -> Any:
    color = palette.color(mark.color)
    if mark.faint:
        return pg.mkPen(_faded(color, 80), width=1)
    return pg.mkPen(color, width=2, style=Qt.PenStyle.DashLine if mark.dashed else Qt.PenStyle.SolidLine)


def _faded(color: str, alpha: int) -> QColor:
    faded = QColor(color)
    faded.setAlpha(alpha)
    return faded


def _points(mark: Points, items: list[Any], scene: Scene) -> None:
    x, y = scene.x(mark.x), scene.y(mark.y)
    good = np.isfinite(x) & np.isfinite(y)
    color = scene.palette.color(mark.color)
    items[0].setData(
        x[good],
        y[good],
        symbol=SYMBOLS[shape(mark)],
        size=7 if good.sum() <= 100 else 5,
        brush=pg.mkBrush(_faded(color, 200)),
        pen=pg.mkPen(scene.palette.background, width=0.7),
    )
    items[0].setZValue(4)


def _heat(mark: Heat, items: list[Any], scene: Scene) -> None:
    rows, columns = mark.z.shape
    if mark.z.size == 0:
        items[0].clear()
        return
    items[0].setImage(colorize(mark.z, scene.palette, mark.diverging, mark.limits), levels=(0, 255))
    items[0].setRect(QRectF(-0.5, -0.5, columns, rows))


def _bars(mark: Bars, items: list[Any], scene: Scene) -> None:
    color = pg.mkBrush(scene.palette.color(mark.color))
    x = np.asarray(mark.x, dtype=float)
    width = 0.8 * float(np.diff(x).min()) if len(x) > 1 else 0.8
    items[0].setOpts(x=x, height=scene.y(mark.y), width=width, brush=color, pen=pg.mkPen(None))


def _ring(mark: Ring, items: list[Any], scene: Scene) -> None:
    turn = np.linspace(0, 2 * np.pi, 181)
    items[0].setData(mark.radius * np.cos(turn), mark.radius * np.sin(turn))
    items[0].setPen(pg.mkPen(scene.palette.muted, width=1.2))


def _level(mark: Level, items: list[Any], scene: Scene) -> None:
    place = float(scene.y(mark.y))
    items[0].setVisible(bool(np.isfinite(place)))
    if np.isfinite(place):
        items[0].setValue(place)
    pen = pg.mkPen(scene.palette.color(mark.color), width=1.6)
    pen.setDashPattern(list(dashes(mark)))
    items[0].setPen(pen)


_DRAW: dict[type, Callable[[Any, list[Any], Scene], None]] = {
    Line: _line,
    Points: _points,
    Heat: _heat,
    Bars: _bars,
    Ring: _ring,
    Level: _level,
}
