"""Cut wires with a stroke."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, Qt
from PySide6.QtGui import QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem

from core.graph.edit import remove
from core.words import Text
from studio.canvas.gestures.gesture import Pointer

if TYPE_CHECKING:
    from studio.canvas.view import CanvasView

CUT = Text("Cut wires", "Cortar cables")


class Cut:
    """Draws a line; the wires that it crosses go when it ends."""

    def __init__(self, view: CanvasView, at: Pointer) -> None:
        self._board, self._scene = view.board, view.board.scene
        self._path = QPainterPath(at.scene)
        self._line = QGraphicsPathItem()
        pen = QPen(view.tokens.error, 2.0, Qt.PenStyle.DashLine)
        pen.setCosmetic(True)
        self._line.setPen(pen)
        self._line.setZValue(9.0)
        self._scene.addItem(self._line)

    def move(self, at: Pointer) -> None:
        self._path.lineTo(at.scene)
        self._line.setPath(self._path)
        crossed = set(self._crossed())
        for id, wire in self._scene.wires.items():
            wire.put(dim=id in crossed)

    def end(self, at: Pointer) -> None:
        self.move(at)
        crossed = self._crossed()
        self.cancel()
        if crossed:
            self._board.edit(CUT, lambda g: remove(g, edge_ids=crossed))

    def cancel(self) -> None:
        self._scene.removeItem(self._line)
        for wire in self._scene.wires.values():
            wire.put(dim=False)

    def _crossed(self) -> list[str]:
        area = self._path.boundingRect().adjusted(-1, -1, 1, 1)
        near = ((id, w) for id, w in self._scene.wires.items() if w.boundingRect().intersects(area))
        return [id for id, w in near if _crosses(self._path, w.route.path)]


def _crosses(stroke: QPainterPath, wire: QPainterPath) -> bool:
    """Whether two open lines meet: their segments are tested, since paths would be closed for a filled test."""
    meet = QLineF.IntersectionType.BoundedIntersection
    cuts = _segments(stroke)
    return any(piece.intersects(cut)[0] == meet for piece in _segments(wire) for cut in cuts)


def _segments(path: QPainterPath) -> list[QLineF]:
    return [QLineF(a, b) for line in path.toSubpathPolygons() for a, b in pairwise(list(line))]
