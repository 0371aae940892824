"""What looks alike is painted once and then copied: cards, labels and chips, at the scale in which they are on screen.

Painting a card takes a dozen antialiased shapes and words; copying it takes one. Pictures are only for the screen: whoever
paints into a file gets shapes.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from math import ceil, floor

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QTransform

LARGEST = 2.6  # screen pixels for one of the paper: beyond, few things are in sight and their pictures are large
MOST = 48 << 20  # bytes kept
HINTS = QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing
FORMAT, CLEAR = QImage.Format.Format_ARGB32_Premultiplied, Qt.GlobalColor.transparent


@dataclass(frozen=True, slots=True)
class Picture:
    """Pixels, and where they lie from the origin of what is painted, in pixels of the screen."""

    image: QImage
    left: int
    top: int
    ratio: float

    def paint(self, painter: QPainter, world: QTransform, x: float = 0.0, y: float = 0.0) -> None:
        """Copy it where (x, y) of the item lies, on whole pixels. Leaves the painter in coordinates of the view."""
        across = round((world.m11() * x + world.dx()) * self.ratio) + self.left
        down = round((world.m22() * y + world.dy()) * self.ratio) + self.top
        painter.resetTransform()
        if self.ratio == 1.0:
            painter.drawImage(QPoint(across, down), self.image)
        else:
            painter.drawImage(QRectF(across / self.ratio, down / self.ratio, *self._size()), self.image)

    def _size(self) -> tuple[float, float]:
        return self.image.width() / self.ratio, self.image.height() / self.ratio


class Pictures:
    """Keeps what was painted last; what was painted first is forgotten first."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, Picture] = {}
        self._bytes = 0
        self.painted = 0  # how many were ever painted, for tests

    def find(self, key: Hashable, scale: float, ratio: float) -> Picture | None:
        """The picture of something on this scale, by a key that says everything that it depends on."""
        return self._kept.get((key, scale, ratio))

    def make(
        self, key: Hashable, scale: float, ratio: float, bounds: QRectF, paint: Callable[[QPainter], None]
    ) -> Picture:
        """Keep a picture of what `paint` paints within `bounds`."""
        made = self._kept[key, scale, ratio] = _painted(scale * ratio, ratio, bounds, paint)
        self.painted += 1
        self._bytes += made.image.sizeInBytes()
        while self._bytes > MOST:
            self._bytes -= self._kept.pop(next(iter(self._kept))).image.sizeInBytes()
        return made


def _painted(scale: float, ratio: float, bounds: QRectF, paint: Callable[[QPainter], None]) -> Picture:
    left, top = floor(bounds.left() * scale), floor(bounds.top() * scale)
    image = QImage(ceil(bounds.right() * scale) - left, ceil(bounds.bottom() * scale) - top, FORMAT)
    image.fill(CLEAR)
    painter = QPainter(image)
    painter.setRenderHints(HINTS)
    painter.translate(-left, -top)
    painter.scale(scale, scale)
    paint(painter)
    painter.end()
    return Picture(image, left, top, ratio)


PICTURES = Pictures()
