"""Taking a pass-through node out of a drawing by joining the wires on both its sides."""

from __future__ import annotations

from dataclasses import replace

from core.graph.edit import ZEROS, put_node, remove
from core.graph.model import Edge, Graph, Init, Port, frozen


def dissolve(graph: Graph, id: str) -> Graph:
    """The graph without node `id` (in `x`, out `x` or `y`), its wires joined. It stays, as an `identity`, where a join
    would say something else. Without a wire coming in, what hung on it is unwired."""
    arriving = [e for e in graph.edges.values() if e.target.node == id]
    if not arriving:
        return remove(graph, [id])
    joined = _joined(graph, id, arriving[0])
    if len(arriving) > 1 or joined is None:
        return _as_identity(graph, id)
    return remove(joined, [id])


def bridge(graph: Graph, id: str, input: str, output: str) -> Graph | None:
    """The graph with the wires at an input and an output of a node joined past it. The node stays, without any wire; None
    where no join would say the same."""
    arriving = [e for e in graph.edges.values() if e.target == Port(id, input)]
    leaving = [e for e in graph.edges.values() if e.source == Port(id, output)]
    if len(arriving) != 1 or not leaving or arriving[0].source.node == id:
        return None
    joined = _joined(_through(graph, id, {arriving[0].id, *(e.id for e in leaving)}, Port(id, output)), id, arriving[0])
    if joined is None:
        return None
    return replace(joined, edges=frozen({e.id: e for e in joined.edges.values() if e.target.node != id}))


def _through(graph: Graph, id: str, kept: set[str], output: Port) -> Graph:
    """The graph without a node's other wires, and without what was fed from its other outputs."""
    edges: dict[str, Edge] = {}
    for e in graph.edges.values():
        fed = e.init.source
        if e.id in kept or id not in (e.source.node, e.target.node):
            lost = fed is not None and fed.node == id and fed != output
            edges[e.id] = replace(e, init=ZEROS) if lost else e
    return replace(graph, edges=frozen(edges))


def _joined(graph: Graph, id: str, into: Edge) -> Graph | None:
    leaving = [e for e in graph.edges.values() if e.source.node == id]
    shared_start = into.delay > 0 and into.init.kind == "learned" and len(leaving) > 1
    edges: dict[str, Edge] = {}
    for e in graph.edges.values():
        if e.source.node == id:
            both = None if shared_start else _join(into, e)
            if both is None:
                return None
            e = both
        if e.init.source is not None and e.init.source.node == id:
            if into.delay:
                return None
            e = replace(e, init=Init("fed", into.source))
        edges[e.id] = e
    return replace(graph, edges=frozen(edges))


def _join(first: Edge, second: Edge) -> Edge | None:
    """One wire for two in a row; None where no single initial value says the same."""
    wire = replace(second, source=first.source, points=first.points + second.points)
    if first.delay == 0:
        return wire
    if second.delay == 0:
        return replace(wire, delay=first.delay, init=first.init)
    if first.init == second.init == ZEROS:
        return replace(wire, delay=first.delay + second.delay)
    return None


def _as_identity(graph: Graph, id: str) -> Graph:
    """The border node as an ordinary one that passes its value on."""
    node = graph.nodes[id]
    edges = {
        e.id: replace(e, source=e.source._replace(port="y")) if e.source.node == id else e for e in graph.edges.values()
    }
    for e in tuple(edges.values()):
        if e.init.source is not None and e.init.source.node == id:
            edges[e.id] = replace(e, init=Init("fed", e.init.source._replace(port="y")))
    return put_node(replace(graph, edges=frozen(edges)), replace(node, kind="identity", params=frozen()))
