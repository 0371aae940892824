"""A matrix as colours without axes, small enough for an inspector or a badge on the canvas."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.observe.colors import LIGHT, Palette, colorize

Floats = NDArray[np.floating]


class HeatView(QWidget):
    """Rows go down, columns to the right. `set_column` marks one column: the time step that is scrubbed to."""

    hovered = Signal(int, int)  # row, column; -1, -1 when the pointer leaves
    clicked = Signal(int, int)

    def __init__(self, palette: Palette = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._z: Floats = np.zeros((0, 0))
        self._diverging = True
        self._limits: tuple[float, float] | None = None
        self._image = QImage()
        self._column = -1
        self._under: tuple[int, int] | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def matrix(self) -> Floats:
        return self._z

    def show_matrix(self, z: Floats, diverging: bool = True, limits: tuple[float, float] | None = None) -> None:
        """Draw z (rows, columns) from now on; a vector becomes one row."""
        self._z, self._diverging, self._limits = np.atleast_2d(z), diverging, limits
        self._paint_image()

    def set_palette(self, palette: Palette) -> None:
        self._palette = palette
        self._paint_image()

    def set_column(self, column: int) -> None:
        if column != self._column:
            self._column = column
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(160, 80)

    def _paint_image(self) -> None:
        rows, columns = self._z.shape
        if self._z.size:
            colors = np.ascontiguousarray(colorize(self._z, self._palette, self._diverging, self._limits))
            # the copy owns its pixels: the array may go
            self._image = QImage(colors.data, columns, rows, 3 * columns, QImage.Format.Format_RGB888).copy()
        else:
            self._image = QImage()
        self.update()

    def cell_at(self, place: QPointF) -> tuple[int, int] | None:
        """(row, column) at a place of the widget."""
        rows, columns = self._z.shape
        if not self._z.size or not QRectF(self.rect()).contains(place):
            return None
        row = min(int(place.y() * rows / max(self.height(), 1)), rows - 1)
        return row, min(int(place.x() * columns / max(self.width(), 1)), columns - 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._palette.missing))
        if not self._image.isNull():
            # cells smaller than a pixel are averaged, larger ones keep their edges
            fine = self._image.width() > self.width() or self._image.height() > self.height()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, fine)
            painter.drawImage(QRectF(self.rect()), self._image)
            self._paint_marks(painter)
        painter.end()

    def _paint_marks(self, painter: QPainter) -> None:
        rows, columns = self._z.shape
        wide, high = self.width() / columns, self.height() / rows
        pen = QPen(QColor(self._palette.text), 1.2)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if 0 <= self._column < columns:
            painter.drawRect(QRectF(self._column * wide, 0.5, max(wide, 2), self.height() - 1))
        if self._under is not None:
            row, column = self._under
            painter.drawRect(QRectF(column * wide, row * high, max(wide, 3), max(high, 3)))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point(self.cell_at(event.position()))

    def leaveEvent(self, event: object) -> None:
        self._point(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit(*cell)

    def _point(self, cell: tuple[int, int] | None) -> None:
        if cell != self._under:
            self._under = cell
            self.hovered.emit(*(cell or (-1, -1)))
            self.update()
