"""The soft grid of dots on the paper, every fifth row and column a little stronger; drawn only where it has to be."""

from __future__ import annotations

from functools import lru_cache
from math import ceil, floor

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from studio.theme import Scheme, Theme, theme

STEP = 24
DOTTED = 0.5  # the zoom from which there are dots


def draw_dots(painter: QPainter, area: QRectF, zoom: float, tokens: Theme) -> None:
    """The dots that lie in an area. Each row is one dashed line: that is quick."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for step, pen in _pens(tokens.name, zoom):
        half = pen.widthF() / 2
        first, last = ceil((area.left() - half) / step), floor((area.right() + half) / step)
        top, bottom = ceil((area.top() - half) / step), floor((area.bottom() + half) / step)
        if first <= last and top <= bottom:
            left, right = first * step - half, last * step + half
            painter.setPen(pen)
            painter.drawLines([QLineF(left, y * step, right, y * step) for y in range(top, bottom + 1)])
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)


@lru_cache(maxsize=8)
def _pens(scheme: Scheme, zoom: float) -> tuple[tuple[int, QPen], ...]:
    """Distance of the dots, and the pen that dashes them."""
    tokens = theme(scheme)
    return tuple(
        (step, _dashed(QPen(colour, size / zoom), step))
        for step, size, colour in ((STEP, 1.8, tokens.grid), (STEP * 5, 2.6, tokens.grid_strong))
    )


def _dashed(pen: QPen, step: int) -> QPen:
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    pen.setDashPattern([1.0, step / pen.widthF() - 1.0])
    return pen
