"""Adding nodes: by the search, from the palette, or at the loose end of a wire, which then connects."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QGraphicsPathItem

from core.graph import edit
from core.graph.edit import Names
from core.graph.model import Graph, Port
from core.specs.node import NodeSpec
from core.specs.registry import Registry
from core.words import Text
from studio.canvas.board import Board
from studio.canvas.fitting import verdict
from studio.canvas.gestures.gesture import Pointer
from studio.canvas.kinds import door_for, fresh, offered
from studio.canvas.landing import fitting_ports
from studio.canvas.look import GRID, Look, Side, look_of
from studio.canvas.node import NodeItem
from studio.canvas.route import forward
from studio.canvas.scene import Picked
from studio.canvas.search import Search
from studio.canvas.view import CanvasView

DOWN, FAR = 3 * GRID, 60
Held = tuple[Port, Side]
"""The fixed end of a wire whose other end was let go, and the side it is on."""


class Adding:
    """Remembers where the search was asked for, and with which wire in the hand: that one stays in sight meanwhile."""

    def __init__(self, board: Board, view: CanvasView, search: Search) -> None:
        self._board, self._view, self._search = board, view, search
        self._wire: Held | None = None
        self._into = ""
        self._place = QPointF()
        self._loose = QGraphicsPathItem()
        self._loose.setZValue(8.0)
        search.closed.connect(self._let_go)

    def ask(self, at: Pointer, wire: Held | None, everything: bool) -> None:
        self._wire, self._into, self._place = wire, "", at.scene
        specs = offered(self._board.registry, bool(self._board.path))
        filtered = wire is not None and not everything
        if wire is not None and filtered:
            specs = [s for s in specs if self._door(s, wire) is not None]
        self._search.open(at.view, specs, filtered)
        if wire is not None:
            self._show_loose(*wire)

    def ask_into(self, at: Pointer, wire: str) -> None:
        """Ask for a node that goes into a wire."""
        self._wire, self._into, self._place = None, wire, at.scene
        self._search.open(
            at.view, [s for s in offered(self._board.registry, bool(self._board.path)) if self._fits(s)], True
        )

    def _fits(self, spec: NodeSpec) -> bool:
        marks = look_of(fresh(spec, "new", (0.0, 0.0)), self._board.registry).marks
        return fitting_ports(self._board, marks, self._into) is not None

    def _show_loose(self, fixed: Port, side: Side) -> None:
        """The wire in the hand, from where it hangs to where the new node will be."""
        self._let_go()
        here = self._board.scene.nodes[fixed.node].anchor(side, fixed.port)[0]
        ends = (here, self._place) if side == "out" else (self._place, here)
        self._loose.setPath(forward(*ends).path)
        self._loose.setPen(QPen(self._view.tokens.accent, 2.4))
        self._board.scene.addItem(self._loose)

    def _let_go(self) -> None:
        if self._loose.scene() is not None:
            self._board.scene.removeItem(self._loose)

    def _door(self, spec: NodeSpec, wire: Held) -> str | None:
        mark = self._board.scene.nodes[wire[0].node].look.mark(wire[1], wire[0].port)
        sig = self._board.scene.findings.ports.get(wire[0].node, {}).get(wire[0].port) if wire[1] == "out" else None
        kind = sig.kind if sig is not None else mark.spec.kind if mark is not None else "any"
        door = door_for(spec, wire[1], kind)
        return door.name if door is not None else None

    def add_chosen(self, spec: NodeSpec) -> None:
        wire, self._wire = self._wire, None
        into = self._into if self._into in self._board.graph.edges else ""
        self.show(self.add(spec.kind, self._place, wire, into))

    def add(self, kind: str, at: QPointF, wire: Held | None = None, into: str = "") -> str:
        """Add a node of a kind at a place of the paper, joined to the wire in the hand where it fits, or `into` a wire that
        lies there. Its id."""
        spec = self._board.registry.node(kind)
        assert spec is not None
        id = Names(self._board.graph).take(kind)
        node = fresh(spec, id, (0.0, 0.0))
        look = look_of(node, self._board.registry)
        door = self._door(spec, wire) if wire is not None else None
        corner = _corner(at, look.width, look.height, wire[1] if wire is not None else None)
        node = fresh(spec, id, corner if into else self._free(corner, look))

        def change(graph: Graph) -> Graph:
            graph = edit.add_node(graph, node)
            ports = fitting_ports(self._board, look.marks, into) if into else None
            if ports is not None:
                return edit.insert_on_edge(graph, into, node, *ports)
            return graph if wire is None or door is None else _joined(graph, wire, Port(id, door), self._board.registry)

        self._board.edit(Text(f"Add {spec.name.en}", f"Añadir {spec.name.es}"), change)
        self._board.scene.pick(Picked(nodes=frozenset({id})))
        return id

    def show(self, id: str) -> None:
        """Bring a new node into sight: keys may have put it outside."""
        self._view.ensureVisible(self._board.scene.nodes[id].box, 24, 24)

    def _free(self, corner: tuple[float, float], look: Look) -> tuple[float, float]:
        """The first place from there downwards where a new node covers no other."""
        x, y = corner
        for step in range(FAR):
            box = look.rect.translated(x, y + step * DOWN)
            if not any(isinstance(i, NodeItem) and i.box.intersects(box) for i in self._board.scene.items(box)):
                return x, y + step * DOWN
        return corner

    def drop(self, kind: str, at: QPointF, wire: str) -> None:
        """A kind dragged here from the palette, onto a wire where one is named."""
        if self._board.registry.node(kind) is not None:
            self.add(kind, at, into=wire)
            self._view.setFocus()


def _joined(graph: Graph, wire: Held, door: Port, registry: Registry) -> Graph:
    source, target = (wire[0], door) if wire[1] == "out" else (door, wire[0])
    judged = verdict(graph, source, target, registry, {})
    return edit.connect(graph, source, target, judged.delay, many=judged.many)


def _corner(at: QPointF, width: float, height: float, side: Side | None) -> tuple[float, float]:
    """A new node lies under the mouse; one that takes a wire meets it with its edge."""
    left = {None: at.x() - width / 2, "out": at.x(), "in": at.x() - width}[side]
    return (round(left / GRID) * GRID, round((at.y() - min(height, 56.0) / 2) / GRID) * GRID)
