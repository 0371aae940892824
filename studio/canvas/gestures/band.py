"""Select with a rubber band: Shift adds, Ctrl toggles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QGraphicsRectItem

from studio.canvas.gestures.gesture import Pointer
from studio.canvas.scene import Picked
from studio.theme import faded

if TYPE_CHECKING:
    from studio.canvas.view import CanvasView


class RubberBand:
    """Selects what the rectangle touches while it is drawn."""

    def __init__(self, view: CanvasView, at: Pointer) -> None:
        self._scene, self._from = view.board.scene, at.scene
        self._before = self._scene.picked
        pen = QPen(view.tokens.accent, 1.0)
        pen.setCosmetic(True)
        self._band = QGraphicsRectItem()
        self._band.setPen(pen)
        self._band.setBrush(faded(view.tokens.accent, 0.12))
        self._band.setZValue(9.0)
        self._scene.addItem(self._band)

    def move(self, at: Pointer) -> None:
        area = QRectF(self._from, at.scene).normalized()
        self._band.setRect(area)
        self._scene.pick(self._joined(self._inside(area), at))

    def end(self, at: Pointer) -> None:
        self.move(at)
        self._scene.removeItem(self._band)

    def cancel(self) -> None:
        self._scene.removeItem(self._band)
        self._scene.pick(self._before)

    def _inside(self, area: QRectF) -> Picked:
        nodes = frozenset(self._scene.standing(area))
        frames = frozenset(id for id, item in self._scene.frames.items() if area.contains(item.box))
        return Picked(nodes, frames=frames)

    def _joined(self, found: Picked, at: Pointer) -> Picked:
        if at.shift:
            return self._before | found
        return self._before ^ found if at.ctrl else found
