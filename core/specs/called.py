"""How a person calls what is drawn: by the words that the canvas shows of a node and of its ports, in the current language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from core.graph.model import Graph, Node, ParamValue, Ref
from core.specs.node import NodeSpec, PortSpec
from core.specs.registry import Registry
from core.words import Text, say, worded

OWN = "cell"  # what packing makes: known by its drawing, not by a spec
CELL = Text("Cell", "Celda")
INSIDE = " › "  # between a cell and what lies in it
NAMED = ("cell_input", "cell_output", "output")  # kinds that are called by the name they give


def name_of(node: Node, spec: NodeSpec | None) -> str:
    """What a node is called on screen: the person's title, the door's port name, or the kind's name."""
    if node.title:
        return worded(node.title)
    if node.kind in NAMED and node.params.get("name"):
        return value_text(node.params["name"])
    return kind_name(node, spec)


def kind_name(node: Node, spec: NodeSpec | None) -> str:
    """How a kind is called: a project's own cell is one; what is not installed here goes by its own word."""
    if spec is None and node.kind == OWN:
        return say(CELL)
    return say(spec.name) if spec is not None else node.kind


def names_of(graph: Graph, registry: Registry) -> Mapping[str, str]:
    """The nodes of a graph by id, told apart: where several are called the same, each with its id."""
    names = {node.id: name_of(node, registry.node(node.kind)) for node in graph.nodes.values()}
    often = Counter(names.values())
    return {id: name if often[name] == 1 else f"{name} ({id})" for id, name in names.items()}


def port_name(ports: Iterable[PortSpec], name: str) -> str:
    """What stands beside a port on its node; its own name where there is none such."""
    return next((say(p.label) or p.name for p in ports if name == p.name or name in p.was), name)


def value_text(value: ParamValue) -> str:
    """A parameter's value as short text."""
    if isinstance(value, Ref):
        return f"‹{value.param}›"
    return f"{value:g}" if isinstance(value, float) else str(value)
