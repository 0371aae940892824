"""What a chart says at the place under the pointer, as plain values first, then as a small card beside the pointer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from core.observe.chart import Axis, Bars, Chart, Heat, Line, Points
from core.observe.colors import Palette
from core.observe.ticks import number
from core.words import say

NEAR = 14.0  # pixels
LONGEST = 46  # characters of a name


@dataclass(frozen=True)
class Reading:
    """One row of the card; `color` is an index into the palette, None for a plain row. x, y: the point it reads."""

    label: str
    value: str
    color: int | None = None
    x: float | None = None
    y: float | None = None


def read(chart: Chart, x: float, y: float, pixel: tuple[float, float]) -> list[Reading]:
    """What lies at (x, y), in the chart's own units; `pixel` is the size of a pixel in drawn units (log10 on log axes)."""
    for mark in chart.marks:
        if isinstance(mark, Heat):
            return _cell(chart, mark, x, y)
    points = [mark for mark in chart.marks if isinstance(mark, Points)]
    if points:
        return _nearest(chart, points, x, y, pixel)
    return _column(chart, x)


def _column(chart: Chart, x: float) -> list[Reading]:
    """Every curve's value at the nearest x; a faint raw curve only where nothing else is there to be read."""
    curves = [m for m in chart.marks if isinstance(m, (Line, Bars)) and len(m.x)]
    named = [m for m in curves if not (isinstance(m, Line) and m.faint)] or curves
    rows: list[Reading] = []
    at: float | None = None
    for mark in named:
        index = _index(np.asarray(mark.x), x)
        at = float(mark.x[index]) if at is None or abs(mark.x[index] - x) < abs(at - x) else at
        value = float(mark.y[index])
        rows.append(Reading(mark.label or say(chart.y.label), number(value), mark.color, float(mark.x[index]), value))
    if at is None:
        return []
    return [Reading(say(chart.x.label), _place(chart.x, at)), *rows]


def _index(x: np.ndarray, wanted: float) -> int:
    """Of rising x, the nearest."""
    right = int(np.clip(np.searchsorted(x, wanted), 0, len(x) - 1))
    left = max(right - 1, 0)
    return left if abs(x[left] - wanted) <= abs(x[right] - wanted) else right


def _cell(chart: Chart, heat: Heat, x: float, y: float) -> list[Reading]:
    row, column = round(y), round(x)
    if not (0 <= row < heat.z.shape[0] and 0 <= column < heat.z.shape[1]):
        return []
    return [
        Reading(say(chart.x.label), _place(chart.x, column), x=column, y=row),
        Reading(say(chart.y.label), _place(chart.y, row)),
        Reading(heat.label, number(float(heat.z[row, column]))),
    ]


def _nearest(chart: Chart, marks: Iterable[Points], x: float, y: float, pixel: tuple[float, float]) -> list[Reading]:
    best: tuple[float, Points, int] | None = None
    for mark in marks:
        if not len(mark.x):
            continue
        across = (_drawn(chart.x, mark.x) - _drawn(chart.x, x)) / pixel[0]
        up = (_drawn(chart.y, mark.y) - _drawn(chart.y, y)) / pixel[1]
        away = np.hypot(across, up)
        away = np.where(np.isfinite(away), away, np.inf)
        index = int(np.argmin(away))
        if away[index] <= NEAR and (best is None or away[index] < best[0]):
            best = (float(away[index]), mark, index)
    if best is None:
        return []
    _, mark, index = best
    px, py = float(mark.x[index]), float(mark.y[index])
    head = [Reading(mark.label, "", mark.color)] if mark.label else []
    return [
        *head,
        Reading(say(chart.x.label), _place(chart.x, px), x=px, y=py),
        Reading(say(chart.y.label), _place(chart.y, py)),
    ]


def _drawn(axis: Axis, values: object) -> np.ndarray:
    numbers = np.asarray(values, dtype=float)
    return np.log10(np.where(numbers > 0, numbers, np.nan)) if axis.log else numbers


def _place(axis: Axis, value: float) -> str:
    """A place on an axis: its name too where it has one."""
    name = next((text for place, text in axis.ticks if place == value), "")
    return f"{number(value)}  {name}" if name else number(value)


class Card(QWidget):
    """The readings beside the pointer. Painted, so that names are never markup; never in the way of the mouse."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._rows: list[Reading] = []
        self._palette: Palette | None = None
        self.hide()

    def show_at(self, rows: list[Reading], palette: Palette, pointer: QPointF) -> None:
        """Beside the pointer, on the side where there is room."""
        self._rows = [Reading(_short(r.label), r.value, r.color) for r in rows]
        self._palette = palette
        size = self._size()
        room = self.parentWidget().rect()
        x = pointer.x() + 14 if pointer.x() + 14 + size.width() < room.width() else pointer.x() - 14 - size.width()
        y = min(max(pointer.y() - size.height() / 2, 2), room.height() - size.height() - 2)
        self.setGeometry(round(max(x, 2)), round(max(y, 2)), round(size.width()), round(size.height()))
        self.show()
        self.raise_()
        self.update()

    def _widths(self) -> tuple[float, float]:
        metrics = QFontMetricsF(self.font())
        return (
            max(metrics.horizontalAdvance(r.label) for r in self._rows),
            max(metrics.horizontalAdvance(r.value) for r in self._rows),
        )

    def _size(self) -> QSizeF:
        label, value = self._widths()
        return QSizeF(label + value + 44, len(self._rows) * (QFontMetricsF(self.font()).height() + 2) + 12)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._palette is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._palette.grid), 1))
        painter.setBrush(QColor(self._palette.background))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        line = QFontMetricsF(self.font()).height() + 2
        for number_, row in enumerate(self._rows):
            box = QRectF(10, 6 + number_ * line, self.width() - 20, line)
            if row.color is not None:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(self._palette.color(row.color)))
                painter.drawEllipse(QPointF(box.left() + 4, box.center().y()), 3.5, 3.5)
            painter.setPen(QColor(self._palette.muted))
            text = box.adjusted(13, 0, 0, 0)
            painter.drawText(text, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, row.label)
            painter.setPen(QColor(self._palette.text))
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, row.value)
        painter.end()


def _short(label: str) -> str:
    return label if len(label) <= LONGEST else label[: LONGEST - 1] + "…"
