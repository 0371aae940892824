"""The legend: a strip of its own above the plot, so that it never covers data. Painted, so that names are never markup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.observe.chart import DASHES, Bars, Chart, Level, Line, Points, dashes, shape
from studio.plot.marks import SYMBOLS

Swatch = Literal["line", "dashed", "level", "dot", "box"]
SWATCH = 24.0
GAP = 16.0


@dataclass(frozen=True)
class Entry:
    label: str
    color: int
    swatch: Swatch
    shape: str = ""
    dashes: tuple[float, ...] = DASHES[0]  # of a level


def entries(chart: Chart) -> tuple[Entry, ...]:
    """One entry per named mark. Where the axis says it all, a chart leaves its curve without a name."""
    named = (m for m in chart.marks if isinstance(m, (Line, Points, Bars, Level)) and m.label)
    return tuple(map(entry_of, named))


def entry_of(mark: Line | Points | Bars | Level) -> Entry:
    sign = shape(mark) if isinstance(mark, (Line, Points)) else ""
    broken = dashes(mark) if isinstance(mark, Level) else DASHES[0]
    return Entry(mark.label, mark.color, _swatch(mark), sign, broken)


def _swatch(mark: Line | Points | Bars | Level) -> Swatch:
    match mark:
        case Line(dashed=dashed):
            return "dashed" if dashed else "line"
        case Points():
            return "dot"
        case Level():
            return "level"
        case Bars():
            return "box"


def paint_swatch(painter: QPainter, entry: Entry, color: QColor, box: QRectF) -> None:
    middle, swatch = box.center(), entry.swatch
    if entry.shape:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(middle)
        painter.scale(8.0, 8.0)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawPath(Symbols[SYMBOLS[entry.shape]])
        painter.restore()
        if swatch == "dot":
            return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if swatch == "box":
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRoundedRect(QRectF(middle.x() - 5, middle.y() - 5, 10, 10), 2, 2)
        return
    style = Qt.PenStyle.DashLine if swatch == "dashed" else Qt.PenStyle.SolidLine
    pen = QPen(color, 1.6 if swatch == "level" else 2.2, style, Qt.PenCapStyle.FlatCap)
    if swatch == "level":
        pen.setDashPattern(list(entry.dashes))
    painter.setPen(pen)
    painter.drawLine(QPointF(box.left(), middle.y()), QPointF(box.right(), middle.y()))


class Legend(QWidget):
    """Entries in reading order, wrapped into as many rows as the width needs, at most three."""

    ROWS = 3

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: tuple[Entry, ...] = ()
        self._colors: tuple[QColor, ...] = ()
        self._text = QColor("black")
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_entries(self, shown: Sequence[Entry], colors: Sequence[str], text: str) -> None:
        colors_now = tuple(QColor(c) for c in colors)
        if tuple(shown) == self._entries and colors_now == self._colors and self._text == QColor(text):
            return
        self._entries, self._colors, self._text = tuple(shown), colors_now, QColor(text)
        self.setVisible(bool(shown))
        self.setToolTip("")
        self.updateGeometry()
        self.update()

    def heightForWidth(self, width: int) -> int:
        rows = 1 + max((row for row, _, _, _ in self._placed(width)), default=-1)
        return round(rows * self._line())

    def sizeHint(self) -> QSize:
        return QSize(200, self.heightForWidth(max(self.width(), 200)))

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.heightForWidth(max(self.width(), 40)))

    def _line(self) -> float:
        return QFontMetricsF(self.font()).height() + 3

    def _placed(self, width: float) -> list[tuple[int, float, str, Entry]]:
        """(row, x, text, entry); names too long for a row are cut, entries beyond the last row are left off."""
        metrics = QFontMetricsF(self.font())
        placed: list[tuple[int, float, str, Entry]] = []
        row, x = 0, 0.0
        for entry in self._entries:
            text = metrics.elidedText(entry.label, Qt.TextElideMode.ElideMiddle, max(width - SWATCH - 8, 40))
            wide = SWATCH + 6 + metrics.horizontalAdvance(text)
            if x > 0 and x + wide > width:
                row, x = row + 1, 0.0
            if row >= self.ROWS:
                break
            placed.append((row, x, text, entry))
            x += wide + GAP
        return placed

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        line = self._line()
        for row, x, text, entry in self._placed(self.width()):
            box = QRectF(x, row * line, SWATCH, line)
            paint_swatch(painter, entry, self._colors[entry.color % len(self._colors)], box)
            painter.setPen(self._text)
            place = QRectF(box.right() + 6, box.top(), self.width(), line)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.end()
