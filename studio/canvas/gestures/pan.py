"""Drag the paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from studio.canvas.gestures.gesture import Pointer

if TYPE_CHECKING:
    from studio.canvas.view import CanvasView


class Pan:
    """Moves what the view shows; the document knows nothing of it."""

    def __init__(self, view: CanvasView, at: Pointer) -> None:
        self._view, self._last = view, at.view
        self.moved = False
        view.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def move(self, at: Pointer) -> None:
        step = at.view - self._last
        self._last = at.view
        self.moved = self.moved or not step.isNull()
        self._view.scroll_by(-step.x(), -step.y())

    def end(self, at: Pointer) -> None:
        self.cancel()

    def cancel(self) -> None:
        self._view.viewport().unsetCursor()
