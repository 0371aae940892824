"""Every edit of a drawing as a pure function `Graph -> Graph`: one edit, one undo step, nothing shared to break.

An id that is not there is a bug of the caller and raises KeyError; what a person may get wrong is checked elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import count

from core.graph.model import Edge, Frame, Graph, Init, Node, ParamValue, Port, frozen
from core.words import reworded

Point = tuple[float, float]
ZEROS = Init()


def new_id(graph: Graph, stem: str) -> str:
    """A free, readable id: the stem and the first number that makes it unique ("dense2", "w7")."""
    return Names(graph).take(stem)


class Names:
    """Hands out ids that are free in a graph and in everything handed out before."""

    def __init__(self, graph: Graph) -> None:
        self._taken = {*graph.nodes, *graph.edges, *graph.frames}
        self._next: dict[str, count[int]] = {}

    def take(self, stem: str) -> str:
        bare = stem.rstrip("0123456789")[:150] or "n"
        numbers = self._next.setdefault(bare, count(1))
        name = next(name for n in numbers if (name := f"{bare}{n}") not in self._taken)
        self._taken.add(name)
        return name

    def keep(self, id: str, stem: str) -> str:
        """The id itself where it is free, else a new one from the stem."""
        if id in self._taken:
            return self.take(stem)
        self._taken.add(id)
        return id


def add_node(graph: Graph, node: Node) -> Graph:
    """Append a node. Raises ValueError where its id is taken."""
    if node.id in graph.nodes:
        raise ValueError(f"node id {node.id!r} exists already")
    return replace(graph, nodes=frozen({**graph.nodes, node.id: node}))


def put_frame(graph: Graph, frame: Frame) -> Graph:
    """Add a comment frame, or replace the one with its id."""
    return replace(graph, frames=frozen({**graph.frames, frame.id: frame}))


def remove(
    graph: Graph, node_ids: Iterable[str] = (), edge_ids: Iterable[str] = (), frame_ids: Iterable[str] = ()
) -> Graph:
    """Take away nodes, wires and frames. Wires of a removed node go with it; an initial value that was fed from it
    becomes zeros."""
    gone, cut, torn = set(node_ids), set(edge_ids), set(frame_ids)
    edges = {
        e.id: _without_feed(e, gone)
        for e in graph.edges.values()
        if e.id not in cut and e.source.node not in gone and e.target.node not in gone
    }
    nodes = {n.id: n for n in graph.nodes.values() if n.id not in gone}
    frames = {f.id: f for f in graph.frames.values() if f.id not in torn}
    return Graph(frozen(nodes), frozen(edges), frozen(frames))


def connect(
    graph: Graph, source: Port, target: Port, delay: int = 0, init: Init = ZEROS, *, many: bool = False
) -> Graph:
    """Draw a wire. An input that takes a single wire gives up the one it had; `many` (of its PortSpec) adds one more."""
    edges = {e.id: e for e in graph.edges.values() if many or e.target != target}
    wire = Edge(new_id(graph, "w"), source, target, delay, init if delay else ZEROS)
    return replace(graph, edges=frozen({**edges, wire.id: wire}))


def set_edge(
    graph: Graph,
    id: str,
    delay: int | None = None,
    init: Init | None = None,
    points: Iterable[Point] | None = None,
    along: str | None = None,
) -> Graph:
    """Change what is given of a wire. A wire without delay has no initial value, and is delayed along nothing."""
    edge = graph.edges[id]
    delay = edge.delay if delay is None else delay
    init = edge.init if init is None else init
    path = edge.points if points is None else tuple(points)
    way = edge.along if along is None else along
    kept = (init, way) if delay else (ZEROS, "")
    return put_edges(graph, {id: replace(edge, delay=delay, init=kept[0], points=path, along=kept[1])})


def set_params(graph: Graph, id: str, /, **values: ParamValue | None) -> Graph:
    """Set parameters of a node; None takes the value away, so that the default holds."""
    params = {**graph.nodes[id].params, **values}
    return put_node(graph, replace(graph.nodes[id], params=frozen({k: v for k, v in params.items() if v is not None})))


def rename(graph: Graph, id: str, title: str) -> Graph:
    """Give a node the person's own title; "" shows its kind's name again."""
    return put_node(graph, replace(graph.nodes[id], title=reworded(graph.nodes[id].title, title)))


def move(graph: Graph, places: Mapping[str, Point]) -> Graph:
    """Put nodes and frames at new places (scene coordinates of their top left corners)."""
    nodes = {n.id: replace(n, at=places[n.id]) if n.id in places else n for n in graph.nodes.values()}
    frames = {f.id: replace(f, at=places[f.id]) if f.id in places else f for f in graph.frames.values()}
    return replace(graph, nodes=frozen(nodes), frames=frozen(frames))


def set_flags(
    graph: Graph,
    ids: Iterable[str],
    *,
    collapsed: bool | None = None,
    bypass: bool | None = None,
    muted: bool | None = None,
) -> Graph:
    """Collapse, bypass or mute nodes, or the reverse."""
    nodes = dict(graph.nodes)
    for id in ids:
        node = nodes[id]
        nodes[id] = replace(
            node,
            collapsed=node.collapsed if collapsed is None else collapsed,
            bypass=node.bypass if bypass is None else bypass,
            muted=node.muted if muted is None else muted,
        )
    return replace(graph, nodes=frozen(nodes))


def insert_on_edge(graph: Graph, edge_id: str, node: Node, input: str, output: str) -> Graph:
    """Put a node into a wire: the first half keeps id, delay and initial value; the second takes the wire's place in
    the order of its target port. The node is added where it is not there yet."""
    graph = graph if node.id in graph.nodes else add_node(graph, node)
    old = graph.edges[edge_id]
    first = replace(old, target=Port(node.id, input), points=())
    second = Edge(new_id(graph, "w"), Port(node.id, output), old.target)
    edges: dict[str, Edge] = {}
    for e in graph.edges.values():
        edges |= {first.id: first, second.id: second} if e.id == edge_id else {e.id: e}
    return replace(graph, edges=frozen(edges))


def put_node(graph: Graph, node: Node) -> Graph:
    """Replace the node with this id, in its place. Raises KeyError where there is none."""
    graph.nodes[node.id]
    return replace(graph, nodes=frozen({**graph.nodes, node.id: node}))


def put_edges(graph: Graph, edges: Mapping[str, Edge]) -> Graph:
    """Replace the wires with these ids, in their places; new ones are appended."""
    return replace(graph, edges=frozen({**graph.edges, **edges}))


def _without_feed(edge: Edge, gone: set[str]) -> Edge:
    fed = edge.init.source
    return replace(edge, init=ZEROS) if fed is not None and fed.node in gone else edge
