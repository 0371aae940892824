"""The moment that is looked at, marked on a chart: a line across curves, a framed row or column of a matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QGraphicsRectItem

from core.observe.chart import Bars, Chart, Heat, Line, Points
from core.observe.colors import Palette
from core.observe.times import Moment, moment_at, place_on

GRIP = 6.0  # px from which the mouse takes hold of the line


@dataclass(frozen=True)
class Span:
    """The places of the steps of a chart along x and along y."""

    columns: int
    rows: int


def span_of(chart: Chart) -> Span:
    """How many steps each axis of a chart has room for."""
    columns = rows = 0
    for mark in chart.marks:
        if isinstance(mark, Heat):
            rows, columns = max(rows, mark.z.shape[0]), max(columns, mark.z.shape[1])
        elif isinstance(mark, (Line, Points, Bars)) and len(mark.x):
            columns = max(columns, int(np.max(mark.x)) + 1)
    return Span(columns, rows)


def moment_of(chart: Chart, x: float, y: float) -> Moment | None:
    """What is meant by a place of a chart: a step of the axis across, else of the one upright; clipped to what there is."""
    span = span_of(chart)
    for axis, place, count in ((chart.x, x, span.columns), (chart.y, y, span.rows)):
        if axis.along and count:
            return moment_at(axis, min(max(place, 0.0), count - 1.0))
    return None


class Cursor:
    """The marks of a moment in one plot."""

    def __init__(self, box: Any) -> None:
        self._box = box
        self._lines = {"x": pg.InfiniteLine(angle=90), "y": pg.InfiniteLine(angle=0)}
        self._frames = {"x": QGraphicsRectItem(), "y": QGraphicsRectItem()}
        for item in (*self._lines.values(), *self._frames.values()):
            item.setZValue(8)
            item.hide()
            box.addItem(item, ignoreBounds=True)
        self._across: float | None = None

    def recolor(self, palette: Palette) -> None:
        pen = pg.mkPen(palette.text, width=1.6)
        for item in (*self._lines.values(), *self._frames.values()):
            item.setPen(pen)

    def show(self, chart: Chart, moment: Moment | None) -> None:
        """Mark the moment where the chart has it."""
        span = span_of(chart)
        heat = any(isinstance(mark, Heat) for mark in chart.marks)
        places = {"x": _within(place_on(chart.x, moment), span.columns), "y": _within(place_on(chart.y, moment), span.rows)}  # fmt: skip
        self._across = places["x"]
        for side, place in places.items():
            line, frame = self._lines[side], self._frames[side]
            line.setVisible(place is not None and not heat)
            frame.setVisible(place is not None and heat)
            if place is not None:
                line.setValue(place)
                rect = QRectF(place - 0.5, -0.5, 1, span.rows) if side == "x" else QRectF(-0.5, place - 0.5, span.columns, 1)  # fmt: skip
                frame.setRect(rect)

    def held_at(self, spot: QPointF, pixel: float) -> bool:
        """Whether the mouse, at a place of the chart, takes hold of the mark across."""
        return self._across is not None and abs(spot.x() - self._across) <= max(GRIP * pixel, 0.5)


def _within(place: int | None, count: int) -> float | None:
    return float(place) if place is not None and 0 <= place < count else None
