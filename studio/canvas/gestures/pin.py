"""Bend several wires with one stroke: each gets a reroute point where the stroke crosses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem

from core.graph.edit import set_edge
from core.graph.model import Graph
from core.words import Text
from studio.canvas.gestures.bend import Points, with_point
from studio.canvas.gestures.cut import crossed
from studio.canvas.gestures.gesture import Pointer

if TYPE_CHECKING:
    from studio.canvas.view import CanvasView

PIN = Text("Bend wires", "Doblar cables")


class Pin:
    """Draws a line; nothing is written until it ends."""

    def __init__(self, view: CanvasView, at: Pointer) -> None:
        self._board, self._scene = view.board, view.board.scene
        self._path = QPainterPath(at.scene)
        self._line = QGraphicsPathItem()
        pen = QPen(view.tokens.accent, 2.0, Qt.PenStyle.DotLine)
        pen.setCosmetic(True)
        self._line.setPen(pen)
        self._line.setZValue(9.0)
        self._scene.addItem(self._line)

    def move(self, at: Pointer) -> None:
        self._path.lineTo(at.scene)
        self._line.setPath(self._path)

    def end(self, at: Pointer) -> None:
        self.move(at)
        self.cancel()
        points = {id: self._bent(id, place) for id, place in crossed(self._scene, self._path).items()}

        def change(graph: Graph) -> Graph:
            for id, bends in points.items():
                graph = set_edge(graph, id, points=bends)
            return graph

        if points:
            self._board.edit(PIN, change)

    def cancel(self) -> None:
        self._scene.removeItem(self._line)

    def _bent(self, id: str, place: QPointF) -> Points:
        wire = self._scene.wires[id]
        return with_point(wire.edge.points, wire.route.path, place)[0]
