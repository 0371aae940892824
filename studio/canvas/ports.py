"""The ports that a node shows, whatever it is: a known kind, an own cell, or a kind that this Unfold does not know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from core.graph.model import Edge, Graph, Node, ParamValue, Port, Ref
from core.specs.called import name_of, port_name
from core.specs.cellfile import body_ports
from core.specs.node import NodeSpec, Ports, PortSpec
from core.specs.registry import Registry
from core.words import Text

LONGEST = 60  # letters of a name in a sentence


def ports_of(node: Node, registry: Registry, around: Graph | None = None) -> Ports:
    """(inputs, outputs). An unknown kind shows those that wires of the graph `around` it use."""
    if node.body is not None:
        return body_ports(node.body)
    spec = registry.node(node.kind)
    if spec is None:
        return _seen(node, around or Graph())
    return spec.ports(plain_params(node, spec))


def node_name(graph: Graph, id: str, registry: Registry) -> str:
    """On one line, however long the title."""
    node = graph.nodes[id]
    return " ".join(name_of(node, registry.node(node.kind)).split())[:LONGEST]


def end_name(graph: Graph, port: Port, side: Literal["in", "out"], registry: Registry) -> str:
    """A port as people read it: "LSTM / h", in the words that its node shows."""
    inputs, outputs = ports_of(graph.nodes[port.node], registry, graph)
    return f"{node_name(graph, port.node, registry)} / {port_name(outputs if side == 'out' else inputs, port.port)}"


def wire_name(graph: Graph, edge: Edge, registry: Registry) -> str:
    """ "LSTM / h → Dense / input" """
    return f"{end_name(graph, edge.source, 'out', registry)} → {end_name(graph, edge.target, 'in', registry)}"


def plain_params(node: Node, spec: NodeSpec) -> Mapping[str, ParamValue]:
    """All parameters; where one refers to the cell around it, the kind's default stands in."""
    own = {k: v for k, v in node.params.items() if not isinstance(v, Ref)}
    return {**spec.defaults(), **own}


def is_cell(node: Node, registry: Registry) -> bool:
    """Whether the node has a body that can be entered."""
    spec = registry.node(node.kind)
    return node.body is not None or (spec is not None and spec.body is not None)


def _seen(node: Node, around: Graph) -> Ports:
    ends = (e.target.port for e in around.edges.values() if e.target.node == node.id)
    starts = (e.source.port for e in around.edges.values() if e.source.node == node.id)
    return _guessed(ends), _guessed(starts)


def _guessed(names: Iterable[str]) -> tuple[PortSpec, ...]:
    return tuple(PortSpec(name, "any", Text(name, name), many=True) for name in dict.fromkeys(names))
