"""Where a node in the hand would go into a wire: the wire is lit before the hand lets go."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF

from studio.canvas.board import Board
from studio.canvas.fitting import accepts, spec_of
from studio.canvas.hit import wire_under
from studio.canvas.kinds import fresh
from studio.canvas.look import Mark, look_of

REACH = 10.0


class Landing:
    """Lights one wire at a time."""

    def __init__(self, board: Board) -> None:
        self._board, self._scene = board, board.scene
        self.wire = ""

    def offer(self, wire: str) -> None:
        """Light this wire instead of the one before; none with ""."""
        if wire == self.wire:
            return
        for id, lit in ((self.wire, False), (wire, True)):
            if id in self._scene.wires:
                self._scene.mark_wire(id, offer=lit)
        self.wire = wire

    def below(self, kind: str, at: QPointF) -> str:
        """The wire under a point that a new node of a kind could go into."""
        spec = self._board.registry.node(kind)
        if spec is None:
            return ""
        marks = look_of(fresh(spec, "new", (0.0, 0.0)), self._board.registry).marks
        wire = wire_under(self._scene, QRectF(at.x() - REACH, at.y() - REACH, 2 * REACH, 2 * REACH))
        return wire if wire and fitting_ports(self._board, marks, wire) else ""


def fitting_ports(board: Board, marks: Iterable[Mark], wire: str) -> tuple[str, str] | None:
    """The input and output by which a node with these ports goes into a wire; None where it does not fit."""
    graph, registry = board.graph, board.registry
    edge, sig = graph.edges[wire], board.scene.findings.wires.get(wire)
    end = spec_of(graph, edge.target, "in", registry)
    start = spec_of(graph, edge.source, "out", registry)
    carried = sig.kind if sig is not None else (start.kind if start is not None else "any")
    ports = tuple(marks)
    inputs = [m.spec for m in ports if m.side == "in" and not m.spec.static]
    outputs = [m.spec for m in ports if m.side == "out"]
    into = next((p.name for p in inputs if accepts(p.kind, carried)), None)
    out = next((p.name for p in outputs if end is None or accepts(end.kind, p.kind)), None)
    return (into, out) if into is not None and out is not None else None
