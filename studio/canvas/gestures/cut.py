"""Cut wires with a stroke."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from core.graph.edit import remove
from core.words import Text
from studio.canvas.gestures.gesture import Pointer
from studio.canvas.gestures.stroke import Stroke

if TYPE_CHECKING:
    from studio.canvas.view import CanvasView

CUT = Text("Cut wires", "Cortar cables")


class Cut:
    """Draws a line; the wires that it crosses go when it ends."""

    def __init__(self, view: CanvasView, at: Pointer) -> None:
        self._board, self._scene = view.board, view.board.scene
        self._stroke = Stroke(self._scene, at, view.tokens.error, Qt.PenStyle.DashLine)
        self._dimmed: set[str] = set()

    def move(self, at: Pointer) -> None:
        self._stroke.draw(at)
        crossed = set(self._stroke.crossed())
        for id in crossed ^ self._dimmed:
            self._scene.mark_wire(id, dim=id in crossed)
        self._dimmed = crossed

    def end(self, at: Pointer) -> None:
        self.move(at)
        crossed = list(self._stroke.crossed())
        self.cancel()
        if crossed:
            self._board.edit(CUT, lambda g: remove(g, edge_ids=crossed))

    def cancel(self) -> None:
        self._stroke.lift()
        for id in self._dimmed:
            self._scene.mark_wire(id, dim=False)
        self._dimmed = set()
