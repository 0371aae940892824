"""The scale beside a heat map: which colour is which number."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.observe.chart import Heat
from core.observe.colors import Palette, limits_of, table
from core.observe.ticks import number

BAR = 11


class ColorBar(QWidget):
    """A narrow strip, highest on top, with its numbers and the name of what they measure."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self._label = ""
        self._limits = (0.0, 1.0)
        self._diverging = False
        self._palette: Palette | None = None
        self._span: tuple[float, float] | None = None

    def set_span(self, top: float, bottom: float) -> None:
        """From where to where the strip runs, in its own pixels."""
        self._span = (top, bottom)
        self.update()

    def show_scale(self, heat: Heat, palette: Palette) -> None:
        limits = heat.limits or limits_of(heat.z, heat.diverging)
        if (heat.label, limits, heat.diverging, palette) == (self._label, self._limits, self._diverging, self._palette):
            return
        self._label, self._limits, self._diverging, self._palette = heat.label, limits, heat.diverging, palette
        self.updateGeometry()
        self.update()

    def _marks(self) -> list[tuple[float, str]]:
        low, high = self._limits
        return [(place, number(low + place * (high - low))) for place in (0.0, 0.5, 1.0)]

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(self.font())
        widest = max(metrics.horizontalAdvance(text) for _, text in self._marks())
        return QSize(round(BAR + 10 + widest + (metrics.height() + 4 if self._label else 0)), 80)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._palette is None:
            return
        painter = QPainter(self)
        metrics = QFontMetricsF(self.font())
        air = metrics.height() / 2
        top, bottom = self._span or (air, self.height() - air)
        bar = QRectF(2, top, BAR, max(bottom - top, 1))
        painter.drawImage(bar, _strip(self._palette, self._diverging))
        painter.setPen(QColor(self._palette.grid))
        painter.drawRect(bar)
        painter.setPen(QColor(self._palette.muted))
        for place, text in self._marks():
            y = bar.bottom() - place * bar.height()
            box = QRectF(bar.right() + 5, y - air, self.width(), 2 * air)
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        if self._label:
            painter.translate(self.width(), 0)
            painter.rotate(90)
            room = QRectF(top, 0, bar.height(), metrics.height() + 2)
            text = metrics.elidedText(self._label, Qt.TextElideMode.ElideRight, bar.height())
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)
        painter.end()


def _strip(palette: Palette, diverging: bool) -> QImage:
    colors = np.ascontiguousarray(table(palette.diverging if diverging else palette.sequential)[::-1, None, :])
    return QImage(colors.tobytes(), 1, len(colors), 3, QImage.Format.Format_RGB888).copy()
