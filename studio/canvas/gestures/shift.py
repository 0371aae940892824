"""Move nodes and frames on the grid; Alt drags a copy; a node held over a wire is put into it."""

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
from studio.canvas.fitting import accepts, spec_of
from studio.canvas.gestures.gesture import Pointer
from studio.canvas.hit import wire_under
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

    def __init__(self, view: CanvasView, at: Pointer, anchor: str, on_click: Picked) -> None:
        self._view, self._board, self._scene = view, view.board, view.board.scene
        self._at, self._anchor, self._on_click = at, anchor, on_click
        self._nodes = self._scene.picked.nodes | self._on_frames()
        self._frames = self._scene.picked.frames
        self._copy = at.alt
        self._moving = False
        self._shift = QPointF()
        self._wire = ""
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
        self._offer("" if at.alt else self._wire_below())

    def end(self, at: Pointer) -> None:
        if not self._moving:
            self._scene.pick(self._on_click)
            return
        self.move(at)
        wire, shift = self._wire, self._shift
        self._clear()
        if self._copy:
            self._drop_copy(shift)
        elif wire:
            self._board.edit(INSERT, lambda g: self._inserted(self._moved(g, shift), wire))
        else:
            self._board.edit(MOVE, lambda g: self._moved(g, shift))
            if shift.isNull():
                self._scene.preview(shift, self._nodes, self._frames)

    def cancel(self) -> None:
        self._clear()
        self._scene.preview(QPointF(), self._nodes, self._frames)

    def _clear(self) -> None:
        self._offer("")
        if self._ghost is not None:
            self._scene.removeItem(self._ghost)
            self._ghost = None

    def _on_frames(self) -> frozenset[str]:
        """Nodes that lie on a selected frame go with it."""
        boxes = [self._scene.frames[f].box for f in self._scene.picked.frames]
        return frozenset(id for id, n in self._scene.nodes.items() if any(b.contains(n.box) for b in boxes))

    def _snapped(self, shift: QPointF) -> QPointF:
        graph = self._scene.graph
        x, y = (graph.nodes[self._anchor] if self._anchor in graph.nodes else graph.frames[self._anchor]).at
        return QPointF(
            round((x + shift.x()) / GRID) * GRID - x,
            round((y + shift.y()) / GRID) * GRID - y,
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
        if any(id in (e.source.node, e.target.node) for e in self._scene.graph.edges.values()):
            return ""
        middle = self._scene.nodes[id].box.adjusted(14, 10, -14, -10)
        wire = wire_under(self._scene, middle, frozenset({id}))
        return wire if wire and fitting_ports(self._view, id, wire) else ""

    def _inserted(self, graph: Graph, wire: str) -> Graph:
        (id,) = self._nodes
        ports = fitting_ports(self._view, id, wire)
        return insert_on_edge(graph, wire, graph.nodes[id], *ports) if ports else graph

    def _offer(self, wire: str) -> None:
        if self._wire in self._scene.wires:
            self._scene.wires[self._wire].put(offer=False)
        self._wire = wire
        if wire:
            self._scene.wires[wire].put(offer=True)


def fitting_ports(view: CanvasView, id: str, wire: str) -> tuple[str, str] | None:
    """The input and output by which a node goes into a wire; None where it does not fit."""
    graph, registry = view.board.graph, view.board.registry
    edge, item = graph.edges[wire], view.board.scene.nodes[id]
    sig = view.board.scene.findings.wires.get(wire)
    end = spec_of(graph, edge.target, "in", registry)
    start = spec_of(graph, edge.source, "out", registry)
    carried = sig.kind if sig is not None else (start.kind if start is not None else "any")
    inputs = [m.spec for m in item.look.marks if m.side == "in" and not m.spec.static]
    outputs = [m.spec for m in item.look.marks if m.side == "out"]
    into = next((p.name for p in inputs if accepts(p.kind, carried)), None)
    out = next((p.name for p in outputs if end is None or accepts(end.kind, p.kind)), None)
    return (into, out) if into is not None and out is not None else None
