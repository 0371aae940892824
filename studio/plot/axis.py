"""An axis whose ticks come from `core.observe.ticks`, so that the screen and the paper have the same ones."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import pairwise

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QGraphicsSceneResizeEvent

from core.observe.chart import Axis
from core.observe.colors import Palette
from core.observe.ticks import ticks
from core.words import say

MOST = 0.4  # of a chart's width that names of rows may take
MARGIN = 6.0  # px that Qt leaves around a label, and rounds letters by
OUT = 24.0  # px beyond its ends that the axis may write on
LEAST = 24.0  # px; an axis shorter than that has no room for words


class ChartAxis(pg.AxisItem):
    """Draws one `Axis`: grid lines behind the data, ticks thinned to what fits."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation, maxTickLength=0)
        self.enableAutoSIPrefix(False)
        self.setStyle(hideOverlappingLabels=False, tickTextOffset=6, autoExpandTextSpace=True)
        self._axis: Axis | None = None
        self._palette: Palette | None = None
        self._named: dict[float, str] = {}
        self._said = ("", "")  # label and its colour, as last set

    def setRange(self, mn: float, mx: float) -> None:
        # pyqtgraph sets both axes when one has moved, and draws the ticks anew each time
        if [mn, mx] != getattr(self, "range", None):
            super().setRange(mn, mx)

    def linkedViewChanged(self, view: pg.ViewBox, newRange: object = None) -> None:
        """Grid lines are as long as the view is wide or high: in one of another size they are drawn anew, and where they
        reached before is painted again."""
        super().linkedViewChanged(view, newRange)
        if newRange is None:
            self.picture = None
            self.prepareGeometryChange()

    def show_values(self, shown: bool) -> None:
        if shown != self.style["showValues"]:
            self.setStyle(showValues=shown)

    def show_axis(self, axis: Axis, palette: Palette, grid: bool) -> None:
        if axis == self._axis and palette is self._palette and grid == bool(self.grid):
            return
        before, self._axis = self._axis, axis
        if before is None or before.label != axis.label:
            self._say_label(palette)
        if palette is not self._palette:
            self._palette = palette
            self.setPen(pg.mkPen(palette.grid, width=1))
            self.setTickPen(pg.mkPen(palette.grid, width=1))
            self.setTextPen(palette.muted)
            self._say_label(palette)
        self._make_room(axis)
        self.setGrid(255 if grid else False)
        self.picture = None
        self.update()

    def _make_room(self, axis: Axis) -> None:
        """Named ticks have their room before they are first painted; pyqtgraph would only see afterwards that they need it."""
        if self.orientation == "left":
            low, high = (p + out for p, out in zip((0.0, len(axis.ticks) - 1.0), (-0.5, 0.5), strict=True))
            room = max(self.size().height(), LEAST)
            shown = ticks(axis, low, high, lambda texts: room / self._pitch(texts)) if axis.ticks else []
            widest = max((self._metrics.horizontalAdvance(self._short(text)) for _, text in shown), default=0.0)
            self.setWidth(round(widest + self._metrics.height() + 14) if axis.ticks else None)

    @property
    def _metrics(self) -> QFontMetricsF:
        return QFontMetricsF(self.style["tickFont"] or self.font())

    def _short(self, text: str) -> str:
        """A name of a row without its beginning, where the chart is too narrow for all of it: names differ at their ends."""
        if self.orientation != "left" or self.getViewWidget() is None:
            return text
        metrics = self._metrics
        room = max(MOST * self.getViewWidget().width(), LEAST)
        return metrics.elidedText(text, Qt.TextElideMode.ElideLeft, room)

    def retranslate(self) -> None:
        if self._axis is not None and self._palette is not None:
            self._say_label(self._palette)

    def resizeEvent(self, event: QGraphicsSceneResizeEvent | None = None) -> None:
        if getattr(self, "_palette", None) is not None:
            self._say_label(self._palette)
            if self._axis is not None and self._axis.ticks:
                self._make_room(self._axis)
        super().resizeEvent(event)

    def _say_label(self, palette: Palette | None) -> None:
        """The label, in an ellipsis where the axis is shorter than it. pyqtgraph puts labels into HTML."""
        if palette is None:
            return
        label = say(self._axis.label) if self._axis is not None else ""
        room = self.size().height() if self.orientation in ("left", "right") else self.size().width()
        laid_out = room > LEAST  # before that nobody sees it
        metrics = QFontMetricsF(self.label.font())
        fits = metrics.elidedText(label, Qt.TextElideMode.ElideRight, room - 2 * MARGIN) if laid_out else label
        if (fits, palette.muted) != self._said:
            self._said = (fits, palette.muted)
            self.setLabel(escape(fits), color=palette.muted)

    def boundingRect(self) -> QRectF:
        """With room for the half of a tick's text that stands out at the ends."""
        out = OUT if self.orientation == "bottom" else 0
        return super().boundingRect().adjusted(-out, 0 if out else -9, out, 0 if out else 9)

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:
        if self._axis is None:
            return []
        low, high = sorted((minVal, maxVal))
        found = ticks(self._axis, low, high, lambda texts: size / self._pitch(texts))
        if self.orientation == "bottom":
            found = [tick for tick in found if self._inside(tick, low, high, size)]
        self._named = dict(found)
        values = [place for place, _ in found]
        return [(values[1] - values[0] if len(values) > 1 else 1.0, values)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [self._short(self._named.get(value, "")) for value in values]

    def _inside(self, tick: tuple[float, str], low: float, high: float, size: float) -> bool:
        """Whether a tick's text stands within the axis and the room beside it."""
        place, half = (tick[0] - low) / (high - low) * size, self._metrics.horizontalAdvance(tick[1]) / 2
        return place - half >= -OUT and place + half <= size + OUT

    def _pitch(self, texts: Sequence[str]) -> float:
        """Pixels that one tick needs, so that no two touch."""
        metrics = self._metrics
        if self.orientation in ("left", "right"):
            return metrics.height() * (0.85 if texts else 2.6)
        widths = [metrics.horizontalAdvance(text) for text in texts]
        return max(((a + b) / 2 for a, b in pairwise(widths)), default=80.0) + 4
