"""A stroke of the mouse over wires: the line that is drawn, and which wires it crosses where."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem

from studio.canvas.gestures.gesture import Pointer
from studio.canvas.scene import CanvasScene
from studio.canvas.wire import WireItem


class Stroke:
    """On the paper from its first point until it is lifted."""

    def __init__(self, scene: CanvasScene, at: Pointer, colour: QColor, style: Qt.PenStyle) -> None:
        self._scene = scene
        self._path = QPainterPath(at.scene)
        self._line = QGraphicsPathItem()
        pen = QPen(colour, 2.0, style)
        pen.setCosmetic(True)
        self._line.setPen(pen)
        self._line.setZValue(9.0)
        scene.addItem(self._line)

    def draw(self, at: Pointer) -> None:
        self._path.lineTo(at.scene)
        self._line.setPath(self._path)

    def lift(self) -> None:
        self._scene.removeItem(self._line)

    def crossed(self) -> dict[str, QPointF]:
        """The wires that it crosses, and where. Only what lies near it is looked at."""
        area = self._path.boundingRect().adjusted(-1, -1, 1, 1)
        near = self._scene.items(area, Qt.ItemSelectionMode.IntersectsItemBoundingRect)
        found = {i.edge.id: crossing(self._path, i.route.path) for i in near if isinstance(i, WireItem)}
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
    return [QLineF(a, b) for line in path.toSubpathPolygons() for a, b in pairwise(line.toList())]
