"""Packing a selection into a cell of its own and unpacking it again: the round trip changes nothing but ids and places.

Delays stay where they were drawn: on outer wires where a wire crosses the border, on inner wires inside. Only the border
gets new nodes: one `cell_input` for each distinct thing that comes in, one `cell_output` for each port that leaves.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from itertools import count

from core.graph.body import Library, body_of
from core.graph.edit import Names, Point, add_node, put_edges, remove
from core.graph.fragment import merge
from core.graph.junction import dissolve
from core.graph.model import Edge, Graph, Init, Node, ParamValue, Port, Ref, frozen

GAP = 140.0
"""How far the border nodes lie from what was packed."""

BORDER = ("cell_input", "cell_output")

Signals = Mapping[Port, str]
"""The kind of signal that a source port carries: features, tokens or scalar. Features where it is not known."""


def pack(graph: Graph, ids: Collection[str], kind: str = "cell", signals: Signals = frozen()) -> tuple[Graph, str]:
    """The graph with the chosen nodes (and frames) inside one new cell, and the cell's id. Border nodes of the cell
    around belong to it and stay outside."""
    chosen = {id for id in ids if id in graph.nodes and graph.nodes[id].kind not in BORDER}
    border = _Border(graph, chosen, signals)
    inner, outer = border.cross()
    frames = {f.id: f for f in graph.frames.values() if f.id in ids}
    nodes = {n.id: n for n in graph.nodes.values() if n.id in chosen}
    body = Graph(frozen({**nodes, **border.nodes()}), frozen(inner), frozen(frames))
    cell = Node(border.cell, kind, params=frozen(_refs(nodes.values())), body=body, at=_middle(nodes.values()))
    rest = {n.id: n for n in graph.nodes.values() if n.id not in chosen}
    left = {f.id: f for f in graph.frames.values() if f.id not in ids}
    return add_node(Graph(frozen(rest), frozen(outer), frozen(left)), cell), cell.id


def unpack(graph: Graph, id: str, library: Library | None = None) -> tuple[Graph, tuple[str, ...]]:
    """The graph with a cell's body in its place, and the ids that came out of it. A border node stays as an `identity`
    only where its wires cannot be joined (two delays in a row that start from different values)."""
    cell = graph.nodes[id]
    body = body_of(cell, library)
    params = {**_defaults(cell, library), **cell.params}
    body = replace(body, nodes=frozen({n.id: _bound(n, params) for n in body.nodes.values()}))
    places = [n for n in body.nodes.values() if n.kind not in BORDER]
    middle = _middle(places)
    merged, names = merge(graph, body, (cell.at[0] - middle[0], cell.at[1] - middle[1]))
    joined = remove(_rewired(merged, id, body, names), [id])
    for old in body.nodes.values():
        if old.kind in BORDER:
            joined = dissolve(joined, names[old.id])
    frames = (f for f in joined.frames if f not in graph.frames)
    return joined, (*(n for n in names.values() if n in joined.nodes), *frames)


class _Border:
    """The border nodes of a new cell, made as wires ask for them."""

    def __init__(self, graph: Graph, chosen: set[str], signals: Signals) -> None:
        self._graph, self._chosen, self._signals = graph, chosen, signals
        self._names = Names(graph)
        self.cell = self._names.take("cell")
        self._inputs: dict[object, Node] = {}
        self._outputs: dict[Port, Node] = {}
        self._inner: dict[str, Edge] = {}
        self._outer: dict[str, Edge] = {}
        xs = [graph.nodes[i].at for i in chosen] or [(0.0, 0.0)]
        self._left, self._right = min(x for x, _ in xs) - GAP, max(x for x, _ in xs) + GAP
        self._top = min(y for _, y in xs)

    def nodes(self) -> dict[str, Node]:
        return {n.id: n for n in (*self._inputs.values(), *self._outputs.values())}

    def cross(self) -> tuple[dict[str, Edge], dict[str, Edge]]:
        """The wires inside and outside, in drawing order."""
        for edge in self._graph.edges.values():
            starts, ends = edge.source.node in self._chosen, edge.target.node in self._chosen
            if starts and ends:
                self._inner[edge.id] = replace(edge, init=self._inner_init(edge.init))
            elif ends:
                self._arrive(edge)
            else:
                source = self._leave(edge.source) if starts else edge.source
                self._outer[edge.id] = replace(edge, source=source, init=self._outer_init(edge.init))
        return self._inner, self._outer

    def _arrive(self, edge: Edge) -> None:
        """A wire coming in: delay and initial value stay outside. Wires that carry the very same values share a port;
        learned starts are each their own."""
        key = (edge.source, edge.delay, edge.init, edge.id if edge.init.kind == "learned" else "")
        if key not in self._inputs:
            kind = self._signals.get(edge.source, "features")
            port = self._input(key, edge.target.port, {"signal": kind})
            self._outer[edge.id] = replace(edge, target=port, init=self._outer_init(edge.init))
        inner = self._names.take("w")
        self._inner[inner] = Edge(inner, Port(self._inputs[key].id, "x"), edge.target)

    def _inner_init(self, init: Init) -> Init:
        """An initial value fed from outside comes in by a static port."""
        if init.source is None or init.source.node in self._chosen:
            return init
        key = ("init", init.source)
        if key not in self._inputs:
            kind = self._signals.get(init.source, "features")
            port = self._input(key, "start", {"signal": kind, "static": True, "optional": True})
            wire = self._names.take("w")
            self._outer[wire] = Edge(wire, init.source, port)
        return Init("fed", Port(self._inputs[key].id, "x"))

    def _outer_init(self, init: Init) -> Init:
        if init.source is None or init.source.node not in self._chosen:
            return init
        return Init("fed", self._leave(init.source))

    def _leave(self, source: Port) -> Port:
        if source not in self._outputs:
            name = _free(source.port, {str(n.params["name"]) for n in self._outputs.values()})
            params: dict[str, ParamValue] = {"name": name, "signal": self._signals.get(source, "features")}
            at = (self._right, self._top + 60.0 * len(self._outputs))
            node = Node(self._names.take("cell_output"), "cell_output", params=frozen(params), at=at)
            self._outputs[source] = node
            inner = self._names.take("w")
            self._inner[inner] = Edge(inner, source, Port(node.id, "x"))
        return Port(self.cell, str(self._outputs[source].params["name"]))

    def _input(self, key: object, stem: str, params: Mapping[str, ParamValue]) -> Port:
        name = _free(stem, {str(n.params["name"]) for n in self._inputs.values()})
        at = (self._left, self._top + 60.0 * len(self._inputs))
        id = self._names.take("cell_input")
        self._inputs[key] = Node(id, "cell_input", params=frozen({"name": name, **params}), at=at)
        return Port(self.cell, name)


def _rewired(graph: Graph, cell: str, body: Graph, names: Mapping[str, str]) -> Graph:
    """Wires that ended at the cell's ports end at the border nodes that came out of it."""
    doors = {(n.kind, str(n.params.get("name", n.id))): names[n.id] for n in body.nodes.values()}
    edges: dict[str, Edge] = {}
    for e in graph.edges.values():
        into, out_of = doors.get(("cell_input", e.target.port)), doors.get(("cell_output", e.source.port))
        fed = e.init.source
        if e.target.node == cell and into is not None:
            e = replace(e, target=Port(into, "x"))
        if e.source.node == cell and out_of is not None:
            e = replace(e, source=Port(out_of, "y"))
        if fed is not None and fed.node == cell and (start := doors.get(("cell_output", fed.port))) is not None:
            e = replace(e, init=Init("fed", Port(start, "y")))
        edges[e.id] = e
    return put_edges(graph, edges)


def _defaults(cell: Node, library: Library | None) -> Mapping[str, ParamValue]:
    spec = library.node(cell.kind) if library is not None else None
    return {} if spec is None else spec.defaults()


def _bound(node: Node, params: Mapping[str, ParamValue]) -> Node:
    """A node of the body with the cell's own values where it referred to them; also inside bodies of its own, whose
    references go through the node itself."""
    values = {k: params.get(v.param, v) if isinstance(v, Ref) else v for k, v in node.params.items()}
    return node if values == node.params else replace(node, params=frozen(values))


def _refs(nodes: Collection[Node]) -> dict[str, ParamValue]:
    """Parameters of the cell around that the packed nodes refer to: the new cell hands them on."""
    return {v.param: v for n in nodes for v in n.params.values() if isinstance(v, Ref)}


def _free(stem: str, taken: set[str]) -> str:
    names = (stem if n == 1 else f"{stem}{n}" for n in count(1))
    return next(name for name in names if name not in taken)


def _middle(nodes: Collection[Node]) -> Point:
    places = [n.at for n in nodes] or [(0.0, 0.0)]
    return (sum(x for x, _ in places) / len(places), sum(y for _, y in places) / len(places))
