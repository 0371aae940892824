"""How files of older formats become today's. A file's `format` is the number of upgrades it has behind it.

To change the format: append a function that turns the JSON data of the present format into the new one, and put a file of
the old format into tests/files. Functions here are never edited or removed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from core.data.open import known_spec
from core.graph.model import Edge, Graph, Init, Node, ParamValue, Port, frozen
from core.project.model import DataChoice, Project
from core.project.strictjson import refuse
from core.specs.node import NodeSpec
from core.specs.params import ParamSpec
from core.specs.registry import Registry
from core.words import Text

Data = dict[str, Any]


def project_around_graph(data: Data) -> Data:
    """Format 0 is a bare drawing, as the clipboard and cell files spell it: the project around it is new."""
    return {"graph": {k: v for k, v in data.items() if k != "format"}}


def weight_decay_was_l2(data: Data) -> Data:
    """In format 1 the weight decay was decoupled in AdamW alone; elsewhere it was what is called the L2 penalty now."""
    training = data.get("training")
    if not isinstance(training, dict) or "weight_decay" not in training or training.get("optimizer") == "adamw":
        return data
    return {**data, "training": {("l2" if k == "weight_decay" else k): v for k, v in training.items()}}


UPGRADES: tuple[Callable[[Data], Data], ...] = (project_around_graph, weight_decay_was_l2)
FORMAT = len(UPGRADES)


def upgraded(data: Any, file: str = "") -> Data:
    """Data of any past format as data of the present one. Raises Refused where it is no project or of a later format."""
    if not isinstance(data, dict):
        refuse("file.field", "/", file, Text("an object is expected", "se espera un objeto"))
    format = data.get("format", 0 if "nodes" in data else None)
    if not isinstance(format, int) or isinstance(format, bool) or format < 0:
        what = Text("the number of the file format is expected", "se espera el número de formato del archivo")
        refuse("file.format", "/format", file, what)
    if format > FORMAT:
        what = Text(
            f"format {format} was written by a later Unfold; this one reads up to {FORMAT}",
            f"el formato {format} lo escribió un Unfold posterior; este lee hasta el {FORMAT}",
        )
        refuse("file.newer", "/format", file, what)
    for upgrade in UPGRADES[format:]:
        data = upgrade(data)
    return {**data, "format": FORMAT}


def renamed(project: Project, registry: Registry) -> Project:
    """The project with kinds, parameters and ports under their present names. What is not known stays as it is."""
    return replace(project, graph=_graph(project.graph, registry), data=_data(project.data, registry))


def _data(choice: DataChoice, registry: Registry) -> DataChoice:
    spec = known_spec(registry, choice.kind)
    return choice if spec is None else DataChoice(spec.kind, _params(choice.params, spec.params))


def _graph(graph: Graph, registry: Registry) -> Graph:
    specs = {id: registry.node(node.kind) for id, node in graph.nodes.items()}
    nodes = {id: _node(node, specs[id], registry) for id, node in graph.nodes.items()}
    ports = {id: _port_names(nodes[id], specs[id]) for id in nodes}
    return Graph(frozen(nodes), frozen({id: _edge(edge, ports) for id, edge in graph.edges.items()}), graph.frames)


def _node(node: Node, spec: NodeSpec | None, registry: Registry) -> Node:
    body = None if node.body is None else _graph(node.body, registry)
    if spec is None:
        return node if body == node.body else replace(node, body=body)
    params = _params(node.params, spec.params)
    if node.kind == spec.kind and params.keys() == node.params.keys() and body is node.body:
        return node
    return replace(node, kind=spec.kind, params=params, body=body)


def _params(values: Mapping[str, ParamValue], specs: tuple[ParamSpec, ...]) -> Mapping[str, ParamValue]:
    present = {old: p.name for p in specs for old in p.was if p.name not in values}
    return frozen({present.get(name, name): value for name, value in values.items()})


PortNames = Mapping[tuple[str, str], str]  # ("in" or "out", old name) -> present name


def _port_names(node: Node, spec: NodeSpec | None) -> PortNames:
    if spec is None or node.body is not None or spec.ports_for is not None:
        return {}
    sides = (("in", spec.inputs), ("out", spec.outputs))
    return {(side, old): port.name for side, ports in sides for port in ports for old in port.was}


def _edge(edge: Edge, names: Mapping[str, PortNames]) -> Edge:
    fed = edge.init.source
    if not (names[edge.source.node] or names[edge.target.node] or (fed is not None and names[fed.node])):
        return edge  # as nearly all: most ports never had another name
    source, target = _port(edge.source, "out", names), _port(edge.target, "in", names)
    init = edge.init if edge.init.source is None else Init("fed", _port(edge.init.source, "out", names))
    return replace(edge, source=source, target=target, init=init)


def _port(port: Port, side: str, names: Mapping[str, PortNames]) -> Port:
    return Port(port.node, names[port.node].get((side, port.port), port.port))
