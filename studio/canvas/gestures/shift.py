"""Move nodes and frames on the grid, or a copy of them; a node held over a wire is put into it, unless Alt is held."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsPathItem

from core.graph.edit import insert_on_edge, move
from core.graph.fragment import extract, merge
from core.graph.model import Graph, frozen
from core.words import Text
from studio.canvas.gestures.gesture import Pointer
from studio.canvas.hit import wire_under
from studio.canvas.landing import Landing, fitting_ports
from studio.canvas.look import GRID
from studio.canvas.scene import Picked

if TYPE_CHECKING:
    from studio.canvas.view import CanvasView

MOVE = Text("Move", "Mover")
COPY = Text("Duplicate", "Duplicar")
INSERT = Text("Insert into a wire", "Insertar en un cable")
SLACK = 4


class Shift:
    """Holds what is selected. Nothing is written until the hand lets go; a click that never moved only selects."""

    def __init__(self, view: CanvasView, at: Pointer, anchor: str, on_click: Picked, copy: bool = False) -> None:
        self._view, self._board, self._scene = view, view.board, view.board.scene
        self._at, self._anchor, self._on_click = at, anchor, on_click
        self._nodes = self._scene.picked.nodes | self._on_frames()
        self._frames = self._scene.picked.frames
        self._copy = copy
        self._landing = Landing(view.board)
        self._moving = False
        self._shift = QPointF()
        self._ghost: QGraphicsPathItem | None = None

    def move(self, at: Pointer) -> None:
        if not self._moving and (at.view - self._at.view).manhattanLength() < SLACK:
            return
        self._moving = True
        self._shift = self._snapped(at.scene - self._at.scene)
        if self._copy:
            self._show_ghost()
            return
        self._scene.preview(self._shift, self._nodes, self._frames)
        self._landing.offer("" if at.alt else self._wire_below())

    def end(self, at: Pointer) -> None:
        if not self._moving:
            self._scene.pick(self._on_click)
            return
        self.move(at)
        wire, shift = self._landing.wire, self._shift
        self._clear()
        if self._copy:
            self._drop_copy(shift)
        elif wire:
            self._board.edit(INSERT, lambda g: self._inserted(self._moved(g, shift), wire))
        else:
            self._board.edit(MOVE, lambda g: self._moved(g, shift))
            if shift.isNull():
                self._scene.put_back(self._nodes, self._frames)

    def cancel(self) -> None:
        self._clear()
        self._scene.put_back(self._nodes, self._frames)

    def _clear(self) -> None:
        self._landing.offer("")
        if self._ghost is not None:
            self._scene.removeItem(self._ghost)
            self._ghost = None

    def _on_frames(self) -> frozenset[str]:
        """Nodes that lie on a selected frame go with it."""
        boxes = [self._scene.frames[f].box for f in self._scene.picked.frames]
        return frozenset(id for id, n in self._scene.nodes.items() if any(b.contains(n.box) for b in boxes))

    def _snapped(self, shift: QPointF) -> QPointF:
        graph = self._scene.graph
        return snapped(
            (graph.nodes[self._anchor] if self._anchor in graph.nodes else graph.frames[self._anchor]).at, shift
        )

    def _moved(self, graph: Graph, shift: QPointF) -> Graph:
        nodes = {id: graph.nodes[id].at for id in self._nodes if id in graph.nodes}
        frames = {id: graph.frames[id].at for id in self._frames if id in graph.frames}
        moved = move(graph, {id: (x + shift.x(), y + shift.y()) for id, (x, y) in {**nodes, **frames}.items()})
        edges = {
            e.id: replace(e, points=tuple((x + shift.x(), y + shift.y()) for x, y in e.points))
            if e.points and {e.source.node, e.target.node} <= self._nodes
            else e
            for e in moved.edges.values()
        }
        return replace(moved, edges=frozen(edges)) if any(e.points for e in moved.edges.values()) else moved

    def _show_ghost(self) -> None:
        if self._ghost is None:
            self._ghost = QGraphicsPathItem()
            self._ghost.setPen(QPen(self._view.tokens.accent, 2.0))
            self._ghost.setZValue(9.0)
            outline = QPainterPath()
            for id in self._nodes:
                outline.addRoundedRect(self._scene.nodes[id].box, 9.0, 9.0)
            for id in self._frames:
                outline.addRoundedRect(self._scene.frames[id].box, 9.0, 9.0)
            self._ghost.setPath(outline)
            self._scene.addItem(self._ghost)
        self._ghost.setPos(self._shift)

    def _drop_copy(self, shift: QPointF) -> None:
        graph, ids = self._scene.graph, {*self._nodes, *self._frames}
        made, names = merge(graph, extract(graph, ids), (shift.x(), shift.y()))
        self._board.edit(COPY, lambda _: made)
        frames = frozenset(f for f in made.frames if f not in graph.frames)
        self._scene.pick(Picked(frozenset(names.values()), frames=frames))

    def _wire_below(self) -> str:
        """The wire that the one unwired node in the hand could be put into."""
        if len(self._nodes) != 1 or self._frames:
            return ""
        (id,) = self._nodes
        if self._scene.nodes[id].wired:
            return ""
        middle = self._scene.nodes[id].box.adjusted(14, 10, -14, -10)
        wire = wire_under(self._scene, middle, frozenset({id}))
        return wire if wire and self._doors(id, wire) else ""

    def _inserted(self, graph: Graph, wire: str) -> Graph:
        (id,) = self._nodes
        ports = self._doors(id, wire)
        return insert_on_edge(graph, wire, graph.nodes[id], *ports) if ports else graph

    def _doors(self, id: str, wire: str) -> tuple[str, str] | None:
        return fitting_ports(self._board, self._scene.nodes[id].look.marks, wire)


def snapped(at: tuple[float, float], shift: QPointF) -> QPointF:
    """A shift that brings something that stands `at` a place onto the grid."""
    x, y = at
    return QPointF(round((x + shift.x()) / GRID) * GRID - x, round((y + shift.y()) / GRID) * GRID - y)
