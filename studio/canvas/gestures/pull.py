"""Pull a node out of its wire: the wire goes on without it, the node stands alone where the hand lets go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem

from core.graph.edit import move
from core.graph.model import Graph, Port
from core.words import Text, say
from studio.canvas.gestures.gesture import Pointer
from studio.canvas.gestures.shift import SLACK, snapped
from studio.canvas.passage import ends_of, passage, pulled
from studio.canvas.route import forward
from studio.canvas.scene import Picked

if TYPE_CHECKING:
    from studio.canvas.view import CanvasView

PULL = Text("Pull out of the wire", "Sacar del cable")
SAID = Text("Comes out, the wire stays. Ctrl+drag copies.", "Sale, el cable queda. Ctrl+arrastrar copia.")


class Pull:
    """Moves one node; its wires dim, and the wire as it will be is drawn past it."""

    def __init__(self, view: CanvasView, at: Pointer, id: str) -> None:
        self._view, self._board, self._scene, self._id = view, view.board, view.board.scene, id
        self._at, self._moving, self._shift = at, False, QPointF()
        graph = self._scene.graph
        self._own = [e.id for e in graph.edges.values() if id in (e.source.node, e.target.node)]
        self._past = QGraphicsPathItem()
        pen = QPen(view.tokens.accent, 2.4, Qt.PenStyle.DashLine)
        self._past.setPen(pen)
        self._past.setZValue(8.0)
        way = passage(self._board, graph, id)
        assert way is not None
        self._past.setPath(self._wires(*ends_of(graph, id, way)))

    def move(self, at: Pointer) -> None:
        if not self._moving:
            if (at.view - self._at.view).manhattanLength() < SLACK:
                return
            self._moving = True
            self._scene.addItem(self._past)
            for wire in self._own:
                self._scene.mark_wire(wire, dim=True)
        self._shift = snapped(self._scene.graph.nodes[self._id].at, at.scene - self._at.scene)
        self._scene.preview(self._shift, [self._id])
        self._view.note(say(SAID), at.view, True)

    def end(self, at: Pointer) -> None:
        if not self._moving:
            self._scene.pick(Picked(nodes=frozenset({self._id})))
            return
        self.move(at)
        shift = self._shift
        self.cancel()

        def change(graph: Graph) -> Graph:
            out = pulled(self._board, graph, self._id) or graph
            x, y = out.nodes[self._id].at
            return move(out, {self._id: (x + shift.x(), y + shift.y())})

        self._board.edit(PULL, change)

    def cancel(self) -> None:
        self._view.note("", self._at.view, True)
        if not self._moving:
            return
        self._scene.removeItem(self._past)
        for wire in self._own:
            if wire in self._scene.wires:
                self._scene.mark_wire(wire, dim=False)
        self._scene.put_back([self._id])

    def _wires(self, source: Port, targets: tuple[Port, ...]) -> QPainterPath:
        start = self._scene.nodes[source.node].anchor("out", source.port)[0]
        path = QPainterPath()
        for target in targets:
            path.addPath(forward(start, self._scene.nodes[target.node].anchor("in", target.port)[0]).path)
        return path
