"""Cut wires with a stroke."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem

from core.graph.edit import remove
from core.words import Text
from studio.canvas.gestures.gesture import Pointer
from studio.canvas.scene import CanvasScene
from studio.canvas.wire import WireItem

if TYPE_CHECKING:
    from studio.canvas.view import CanvasView

CUT = Text("Cut wires", "Cortar cables")


class Cut:
    """Draws a line; the wires that it crosses go when it ends."""

    def __init__(self, view: CanvasView, at: Pointer) -> None:
        self._board, self._scene = view.board, view.board.scene
        self._path = QPainterPath(at.scene)
        self._dimmed: set[str] = set()
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
        for id in crossed ^ self._dimmed:
            self._scene.wires[id].put(dim=id in crossed)
        self._dimmed = crossed

    def end(self, at: Pointer) -> None:
        self.move(at)
        crossed = self._crossed()
        self.cancel()
        if crossed:
            self._board.edit(CUT, lambda g: remove(g, edge_ids=crossed))

    def cancel(self) -> None:
        self._scene.removeItem(self._line)
        for id in self._dimmed:
            self._scene.wires[id].put(dim=False)
        self._dimmed = set()

    def _crossed(self) -> list[str]:
        return list(crossed(self._scene, self._path))


def crossed(scene: CanvasScene, stroke: QPainterPath) -> dict[str, QPointF]:
    """The wires that a stroke crosses, and where. Only what lies near it is looked at."""
    area = stroke.boundingRect().adjusted(-1, -1, 1, 1)
    near = scene.items(area, Qt.ItemSelectionMode.IntersectsItemBoundingRect)
    found = {i.edge.id: crossing(stroke, i.route.path) for i in near if isinstance(i, WireItem)}
    return {id: place for id, place in found.items() if place is not None}


def crossing(stroke: QPainterPath, wire: QPainterPath) -> QPointF | None:
    """Where two open lines meet first: their segments are tested, since paths would be closed for a filled test."""
    cuts = _segments(stroke)
    for piece in _segments(wire):
        for cut in cuts:
            kind, place = piece.intersects(cut)
            if kind == QLineF.IntersectionType.BoundedIntersection:
                return QPointF(place)
    return None


def _segments(path: QPainterPath) -> list[QLineF]:
    return [QLineF(a, b) for line in path.toSubpathPolygons() for a, b in pairwise(list(line))]
