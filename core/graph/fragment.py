"""Parts of a drawing: cut out for the clipboard, pasted anywhere with fresh ids, wires inside the part kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from core.graph.edit import ZEROS, Names, Point
from core.graph.model import Edge, Graph, Init, Node, Port, frozen

STEP = 24.0
"""How far a copy lies from its original where no place is given."""


def extract(graph: Graph, ids: Collection[str]) -> Graph:
    """The chosen nodes and frames, and the wires that run between chosen nodes. An initial value fed from outside
    becomes zeros."""
    chosen = set(ids)
    nodes = {n.id: n for n in graph.nodes.values() if n.id in chosen}
    edges = {e.id: _own_feed(e, chosen) for e in graph.edges.values() if {e.source.node, e.target.node} <= chosen}
    frames = {f.id: f for f in graph.frames.values() if f.id in chosen}
    return Graph(frozen(nodes), frozen(edges), frozen(frames))


def corner(graph: Graph) -> Point:
    """The top left corner of everything in a graph; (0, 0) of an empty one."""
    places = [n.at for n in graph.nodes.values()] + [f.at for f in graph.frames.values()]
    return (min((x for x, _ in places), default=0.0), min((y for _, y in places), default=0.0))


def paste(graph: Graph, fragment: Graph, at: Point | None = None) -> tuple[Graph, tuple[str, ...]]:
    """Add a fragment with its top left corner at a place, under new ids, which are given back (nodes, then frames)."""
    left, top = corner(fragment)
    shift = (STEP, STEP) if at is None else (at[0] - left, at[1] - top)
    merged, _ = merge(graph, fragment, shift)
    return merged, tuple(
        id for id in (*merged.nodes, *merged.frames) if id not in graph.nodes and id not in graph.frames
    )


def merge(graph: Graph, fragment: Graph, shift: Point = (0.0, 0.0)) -> tuple[Graph, Mapping[str, str]]:
    """Both graphs in one, the fragment's ids made new where they are taken: the graph and the map from old node ids to
    new ones."""
    names = Names(graph)
    ids = {n.id: names.keep(n.id, _stem(n)) for n in fragment.nodes.values()}
    nodes = {ids[n.id]: replace(n, id=ids[n.id], at=_moved(n.at, shift)) for n in fragment.nodes.values()}
    frames = [replace(f, id=names.keep(f.id, "frame"), at=_moved(f.at, shift)) for f in fragment.frames.values()]
    edges = [_renamed(e, names.keep(e.id, "w"), ids, shift) for e in fragment.edges.values()]
    merged = Graph(
        frozen({**graph.nodes, **nodes}),
        frozen({**graph.edges, **{e.id: e for e in edges}}),
        frozen({**graph.frames, **{f.id: f for f in frames}}),
    )
    return merged, ids


def with_inputs(graph: Graph, copies: Mapping[str, str]) -> Graph:
    """The graph with a wire to every copied node from wherever its original's came, delay and initial value included."""
    names, edges = Names(graph), dict(graph.edges)
    for e in graph.edges.values():
        if e.target.node in copies and e.source.node not in copies:
            id = names.take("w")
            edges[id] = replace(e, id=id, target=Port(copies[e.target.node], e.target.port), points=())
    return replace(graph, edges=frozen(edges))


def _stem(node: Node) -> str:
    """Ids of a person's own spelling stay readable in copies; others follow the kind."""
    return node.id if node.id.isidentifier() and node.id.isascii() else node.kind


def _renamed(edge: Edge, id: str, ids: Mapping[str, str], shift: Point) -> Edge:
    source = Port(ids[edge.source.node], edge.source.port)
    target = Port(ids[edge.target.node], edge.target.port)
    fed = edge.init.source
    init = edge.init if fed is None else Init("fed", Port(ids[fed.node], fed.port))
    return Edge(id, source, target, edge.delay, init, tuple(_moved(p, shift) for p in edge.points), edge.along)


def _own_feed(edge: Edge, chosen: set[str]) -> Edge:
    fed = edge.init.source
    return edge if fed is None or fed.node in chosen else replace(edge, init=ZEROS)


def _moved(point: Point, shift: Point) -> Point:
    return (point[0] + shift[0], point[1] + shift[1])
