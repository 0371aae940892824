"""Bend several wires with one stroke: each gets a reroute point where the stroke crosses it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

from core.graph.edit import set_edge
from core.graph.model import Graph
from core.words import Text
from studio.canvas.gestures.bend import Points, with_point
from studio.canvas.gestures.gesture import Pointer
from studio.canvas.gestures.stroke import Stroke

if TYPE_CHECKING:
    from studio.canvas.view import CanvasView

PIN = Text("Bend wires", "Doblar cables")


class Pin:
    """Draws a line; nothing is written until it ends."""

    def __init__(self, view: CanvasView, at: Pointer) -> None:
        self._board, self._scene = view.board, view.board.scene
        self._stroke = Stroke(self._scene, at, view.tokens.accent, Qt.PenStyle.DotLine)

    def move(self, at: Pointer) -> None:
        self._stroke.draw(at)

    def end(self, at: Pointer) -> None:
        self.move(at)
        self.cancel()
        points = {id: self._bent(id, place) for id, place in self._stroke.crossed().items()}

        def change(graph: Graph) -> Graph:
            for id, bends in points.items():
                graph = set_edge(graph, id, points=bends)
            return graph

        if points:
            self._board.edit(PIN, change)

    def cancel(self) -> None:
        self._stroke.lift()

    def _bent(self, id: str, place: QPointF) -> Points:
        wire = self._scene.wires[id]
        return with_point(wire.edge.points, wire.route.path, place)[0]
