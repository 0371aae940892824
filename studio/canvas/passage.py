"""The way a wire takes through a node: what stays wired when the node is pulled out, or deleted with its wires joined."""

from __future__ import annotations

from core.graph.edit import remove
from core.graph.junction import bridge
from core.graph.model import Edge, Graph, Port
from studio.canvas.board import Board
from studio.canvas.fitting import accepts, spec_of


def passage(board: Board, graph: Graph, id: str) -> tuple[str, str] | None:
    """The input and the output by which a node stands in a wire; None where it does not, or where what arrives would not
    fit behind it."""
    arriving = [e for e in graph.edges.values() if e.target.node == id and e.source.node != id]
    leaving = [e for e in graph.edges.values() if e.source.node == id and e.target.node != id]
    for into in arriving:
        for out in leaving:
            if _carries_on(board, graph, into, [e for e in leaving if e.source == out.source]):
                return into.target.port, out.source.port
    return None


def _carries_on(board: Board, graph: Graph, into: Edge, behind: list[Edge]) -> bool:
    """Whether what a wire brings fits every port behind the node."""
    door = spec_of(graph, into.target, "in", board.registry)
    start = spec_of(graph, into.source, "out", board.registry)
    sig = board.scene.findings.wires.get(into.id)
    kind = sig.kind if sig is not None else start.kind if start is not None else "any"
    ends = [spec_of(graph, e.target, "in", board.registry) for e in behind]
    static = door is not None and door.static
    return not static and all(end is None or accepts(end.kind, kind) for end in ends)


def pulled(board: Board, graph: Graph, id: str) -> Graph | None:
    """The graph with a node out of its wire, which goes on without it; None where that is not possible."""
    way = passage(board, graph, id)
    return None if way is None else bridge(graph, id, *way)


def without(board: Board, graph: Graph, id: str) -> tuple[Graph, bool]:
    """The graph without a node, its wire joined where that says the same, and whether it was."""
    joined = pulled(board, graph, id)
    return remove(graph if joined is None else joined, [id]), joined is not None


def hangs_on(graph: Graph, id: str) -> bool:
    """Whether a node has wires on both sides."""
    starts = any(e.source.node == id for e in graph.edges.values())
    return starts and any(e.target.node == id for e in graph.edges.values())


def ends_of(graph: Graph, id: str, way: tuple[str, str]) -> tuple[Port, tuple[Port, ...]]:
    """Where the wire comes from, and where it goes on to, past a node with this passage."""
    source = graph.into(Port(id, way[0]))[0].source
    return source, tuple(e.target for e in graph.out_of(Port(id, way[1])))
