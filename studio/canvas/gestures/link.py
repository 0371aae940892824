"""Draw a wire: what fits glows, the rest dims and says why; dropped on empty space it asks what to put there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QGraphicsPathItem

from core.graph.edit import connect, put_edges, remove, set_edge
from core.graph.model import Edge, Graph, Port
from core.specs.sig import ways
from core.words import Text, say
from studio.canvas.fitting import Verdict, tried, verdict
from studio.canvas.gestures.gesture import Pointer
from studio.canvas.hit import Hit, hit
from studio.canvas.look import Side
from studio.canvas.node import Fit, NodeItem
from studio.canvas.route import forward

if TYPE_CHECKING:
    from studio.canvas.view import CanvasView

CONNECT = Text("Connect", "Conectar")
REPLUG = Text("Move a wire", "Mover un cable")
UNPLUG = Text("Disconnect", "Desconectar")
REACH = 16.0
MANY = 400


class Link:
    """Holds one end of a wire; the other stays at `fixed`. A wire taken off an input is held by its source."""

    def __init__(self, view: CanvasView, at: Pointer, caught: Hit) -> None:
        self._view, self._board, self._scene = view, view.board, view.board.scene
        self._start = at.view
        self._taken = self._taken_off(caught)
        self.fixed: Port = self._taken.source if self._taken is not None else caught.end
        self.side: Side = "out" if self._taken is not None else caught.side
        self._aim: tuple[Port, Verdict] | None = None
        self._wire = QGraphicsPathItem()
        self._wire.setZValue(8.0)
        self._scene.addItem(self._wire)
        if self._taken is not None:
            self._scene.mark_wire(self._taken.id, dim=True)
        self._judged: set[str] = set()
        self._answers: dict[Port, Verdict] = {}
        self._judge(view.shown())
        self.move(at)

    def move(self, at: Pointer) -> None:
        caught = hit(self._scene, at.scene, REACH)
        self._aim = self._tried(self._aimed(caught))
        self._draw(at)
        words = self._aim[1].words if self._aim is not None else Text("", "")
        self._view.note(say(words), at.view, self._aim is None or self._aim[1].ok)

    @property
    def verdict(self) -> Verdict | None:
        """What was last said of the port under the hand."""
        return self._aim[1] if self._aim is not None else None

    def end(self, at: Pointer) -> None:
        self.move(at)
        aim, taken = self._aim, self._taken
        self.cancel()
        if aim is not None and (aim[1].ok or (aim[1].soft and at.shift)):
            self._connect(*aim)
        elif aim is not None:
            same_place = taken is not None and aim[0] == taken.target
            if not same_place:
                self._view.flash_note(say(aim[1].words), at.view)
                self._board.refuse(aim[1].words, aim[0].node)
        elif (at.view - self._start).manhattanLength() < REACH:
            return
        elif taken is not None:
            self._board.edit(UNPLUG, lambda g: remove(g, edge_ids=[taken.id]))
        elif not self._over_node(at):
            self._view.ask_for_node(at, (self.fixed, self.side), everything=at.shift)

    def cancel(self) -> None:
        self._view.note("", self._start, True)
        self._scene.removeItem(self._wire)
        for item in self._scene.nodes.values():
            item.put(fit=None)
        if self._taken is not None and self._taken.id in self._scene.wires:
            self._scene.mark_wire(self._taken.id, dim=False)

    def _taken_off(self, caught: Hit) -> Edge | None:
        """The wire that is pulled off a wired input; a port for many wires starts a new one instead."""
        if caught.side == "out":
            return None
        there = self._scene.graph.into(caught.end)
        mark = self._scene.nodes[caught.id].look.mark("in", caught.port)
        return there[-1] if there and mark is not None and not mark.spec.many else None

    def _of(self, other: Port, side: Side) -> Verdict:
        source, target = (self.fixed, other) if side == "in" else (other, self.fixed)
        graph = self._scene.graph if self._taken is None else remove(self._scene.graph, edge_ids=[self._taken.id])
        return verdict(graph, source, target, self._board.registry, self._scene.findings.ports)

    def judge_all(self) -> None:
        """Also what lies out of sight: keys go there too. A drawing too large for that is judged where it is seen."""
        if len(self._scene.nodes) <= MANY:
            self._judge(self._scene.content())

    def _judge(self, area: QRectF) -> None:
        """Light up what fits, on the nodes there."""
        for item in self._scene.items(area):
            if isinstance(item, NodeItem) and item.node.id not in self._judged:
                self._judged.add(item.node.id)
                item.put(fit=self._fit(item))

    def _fit(self, item: NodeItem) -> Fit:
        wanted: Side = "in" if self.side == "out" else "out"
        fit = {
            (m.side, m.spec.name): m.side == wanted and self._of(Port(item.node.id, m.spec.name), m.side).ok
            for m in item.look.marks
        }
        return {**fit, (self.side, self.fixed.port): True} if item.node.id == self.fixed.node else fit

    def _aimed(self, caught: Hit) -> tuple[Port, Verdict] | None:
        """The port under the hand; on a node's body its first port that fits, else its first one with its reason."""
        wanted: Side = "in" if self.side == "out" else "out"
        if caught.kind == "port" and caught.side == wanted:
            return caught.end, self._of(caught.end, wanted)
        if caught.kind not in ("node", "title", "port") or caught.id == self.fixed.node:
            return None
        marks = [m for m in self._scene.nodes[caught.id].look.marks if m.side == wanted]
        judged = [(Port(caught.id, m.spec.name), self._of(Port(caught.id, m.spec.name), wanted)) for m in marks]
        fits = [pair for pair in judged if pair[1].ok]
        free = [pair for pair in fits if wanted == "out" or not self._scene.graph.into(pair[0])]
        return next(iter((*free, *fits, *judged)), None)

    def _tried(self, aim: tuple[Port, Verdict] | None) -> tuple[Port, Verdict] | None:
        """The compiler is asked once for each port that the hand comes to."""
        if aim is None:
            return None
        port, judged = aim
        if port not in self._answers:
            source, target = (self.fixed, port) if self.side == "out" else (port, self.fixed)
            self._answers[port] = judged if self._taken is not None else tried(judged, self._board, source, target)
        return port, self._answers[port]

    def _over_node(self, at: Pointer) -> bool:
        return hit(self._scene, at.scene).kind in ("node", "title", "port")

    def _draw(self, at: Pointer) -> None:
        here = self._scene.nodes[self.fixed.node].anchor(self.side, self.fixed.port)[0]
        there = at.scene
        if self._aim is not None:
            other: Side = "in" if self.side == "out" else "out"
            there = self._scene.nodes[self._aim[0].node].anchor(other, self._aim[0].port)[0]
        ends: tuple[QPointF, QPointF] = (here, there) if self.side == "out" else (there, here)
        self._wire.setPath(forward(*ends).path)
        tokens = self._view.tokens
        bad = self._aim is not None and not self._aim[1].ok
        pen = QPen(tokens.error if bad else tokens.accent, 2.4)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setStyle(Qt.PenStyle.DashLine if bad else Qt.PenStyle.SolidLine)
        self._wire.setPen(pen)

    def _connect(self, other: Port, judged: Verdict) -> None:
        source, target = (self.fixed, other) if self.side == "out" else (other, self.fixed)
        taken = self._taken
        if taken is not None:
            self._board.edit(REPLUG, lambda g: _replugged(g, taken, target, judged))
            return
        along = self._way(source) if judged.delay else ""
        self._board.edit(CONNECT, lambda g: _along(connect(g, source, target, judged.delay, many=judged.many), along))
        if judged.delay:
            self._view.offer_delay(source, target)

    def _way(self, source: Port) -> str:
        """Along what a value is delayed where a grid leaves no plain time."""
        sig = self._scene.findings.ports.get(source.node, {}).get(source.port)
        return next(iter(ways(sig.axes)), "") if sig is not None else ""


def _along(graph: Graph, way: str) -> Graph:
    """The newest wire delayed along a way."""
    return set_edge(graph, list(graph.edges)[-1], along=way) if way else graph


def _replugged(graph: Graph, wire: Edge, target: Port, judged: Verdict) -> Graph:
    """The wire with its delay and initial value, at another input."""
    old = [] if judged.many else [e.id for e in graph.into(target) if e.id != wire.id]
    delay = max(wire.delay, judged.delay)
    return put_edges(remove(graph, edge_ids=old), {wire.id: replace(wire, target=target, delay=delay, points=())})
