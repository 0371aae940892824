"""Going about a drawing with keys: from a node along a wire to the next one, up and down between neighbours."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from core.graph.model import Edge
from studio.canvas.board import Board
from studio.canvas.scene import Picked

Step = tuple[int, int]
"""Right and left are (1, 0) and (-1, 0), down and up (0, 1) and (0, -1)."""


def walked(board: Board, step: Step, eye: QPointF) -> Picked | None:
    """What is selected after one step; None where there is no way. Without a selection, the node nearest to `eye`."""
    scene = board.scene
    wire = next(iter(sorted(scene.picked.wires)), None)
    node = next((id for id in scene.graph.nodes if id in scene.picked.nodes), None)
    if wire is not None and node is None:
        return _from_wire(board, scene.graph.edges[wire], step)
    if node is None:
        return _node(_nearest(board, eye))
    return _from_node(board, node, step)


def _from_node(board: Board, id: str, step: Step) -> Picked | None:
    across, down = step
    if down:
        return _node(_above_or_below(board, id, down))
    wires = _leaving(board, id) if across > 0 else _arriving(board, id)
    return _wire(wires[0]) if wires else None


def _from_wire(board: Board, edge: Edge, step: Step) -> Picked | None:
    """On along the wire to its node, or to the wire above or below that shares an end."""
    across, down = step
    if across:
        return _node(edge.target.node if across > 0 else edge.source.node)
    beside = _leaving(board, edge.source.node)
    beside = beside if len(beside) > 1 else _arriving(board, edge.target.node)
    at = next(i for i, e in enumerate(beside) if e.id == edge.id) + down
    return _wire(beside[at]) if 0 <= at < len(beside) else None


def _leaving(board: Board, id: str) -> list[Edge]:
    """A node's wires from its upper port to its lower, of one port by where they lead."""
    scene = board.scene
    wires = [e for e in scene.graph.edges.values() if e.source.node == id]
    return sorted(wires, key=lambda e: (_height(board, e, "out"), _height(board, e, "in"), e.id))


def _arriving(board: Board, id: str) -> list[Edge]:
    wires = [e for e in board.scene.graph.edges.values() if e.target.node == id]
    return sorted(wires, key=lambda e: (_height(board, e, "in"), _height(board, e, "out"), e.id))


def _height(board: Board, e: Edge, side: str) -> float:
    if side == "out":
        return board.scene.nodes[e.source.node].anchor("out", e.source.port)[0].y()
    return board.scene.nodes[e.target.node].anchor("in", e.target.port)[0].y()


def _above_or_below(board: Board, id: str, down: int) -> str | None:
    """The nearest node in that direction: sideways counts double."""
    here = board.scene.nodes[id].box.center()
    there = {n: item.box.center() - here for n, item in board.scene.nodes.items() if n != id}
    ahead = {n: abs(p.y()) + 2 * abs(p.x()) for n, p in there.items() if p.y() * down > 8}
    return _least(ahead)


def _nearest(board: Board, eye: QPointF) -> str | None:
    return _least({n: (item.box.center() - eye).manhattanLength() for n, item in board.scene.nodes.items()})


def _least(found: dict[str, float]) -> str | None:
    return min(found, key=lambda n: found[n], default=None)


def _node(id: str | None) -> Picked | None:
    return None if id is None else Picked(nodes=frozenset({id}))


def _wire(edge: Edge) -> Picked:
    return Picked(wires=frozenset({edge.id}))
