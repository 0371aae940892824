"""Shows where nodes went when many of them moved at once: outlines glide from the old places to the new ones.

The scene itself is at the new places from the first moment; this only draws over it, and costs nothing once it is over.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEasingCurve, QPointF, QRectF, Qt, QVariantAnimation
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from studio.canvas.view import CanvasView
from studio.theme import faded

LAST = 180  # ms
MOST = 300  # outlines; of more, nobody could follow one


class Glide(QWidget):
    """Takes itself away when it is done."""

    def __init__(self, view: CanvasView, before: Mapping[str, QRectF], after: Mapping[str, QRectF]) -> None:
        super().__init__(view.viewport())
        self._view = view
        moved = [(before[id], after[id]) for id in after if id in before and before[id] != after[id]]
        self._ways = moved[:MOST]
        self._share = 0.0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setGeometry(view.viewport().rect())
        self._clock = QVariantAnimation(self)
        self._clock.setDuration(LAST)
        self._clock.setStartValue(0.0)
        self._clock.setEndValue(1.0)
        self._clock.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._clock.valueChanged.connect(self._step)
        self._clock.finished.connect(self.deleteLater)
        self.show()
        self._clock.start()

    def _step(self, share: object) -> None:
        self._share = float(share)  # type: ignore[arg-type]
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setWorldTransform(self._view.viewportTransform())
        accent = self._view.tokens.accent
        pen = QPen(faded(accent, 1.0 - 0.7 * self._share), 2.0)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(faded(accent, 0.25 * (1.0 - self._share)))
        for old, new in self._ways:
            corner = old.topLeft() + (new.topLeft() - old.topLeft()) * self._share
            painter.drawRoundedRect(QRectF(QPointF(corner), new.size()), 9.0, 9.0)
        painter.end()
