"""Would this wire fit? Answered for the canvas while a wire is being dragged, with the reason if not."""

from __future__ import annotations

from core.graph import edit
from core.graph.body import body_at, inside
from core.graph.model import Graph, Path, Port
from core.problems import Problem
from core.shapes.infer import infer
from core.specs.cellfile import body_ports
from core.specs.fields import Fields
from core.specs.node import PortSpec
from core.specs.registry import Registry


def fits(
    graph: Graph, source: Port, target: Port, path: Path, fields: Fields, registry: Registry, delay: int = 0
) -> Problem | None:
    """None where a wire inside the cell at `path` would bring no new error; else the first one: a missing port, a
    wrong kind, a loop without delay, a size or a time that does not agree. The wire is tried on a copy, so the answer
    is the compiler's own."""
    body = body_at(graph, path, registry)
    port = _input(body, target, registry)
    many = port is not None and port.many
    old = infer(graph, fields, registry).problems
    tried = inside(graph, path, lambda g: edit.connect(g, source, target, delay, many=many), registry)
    before = {(p.code, p.where.path, p.where.port, p.message) for p in old}
    new = [p for p in infer(tried, fields, registry).problems if p.severity == "error"]
    fresh = [p for p in new if (p.code, p.where.path, p.where.port, p.message) not in before]
    about = [p for p in fresh if p.where.edge or p.code in _OF_WIRES]
    return next(iter(about), None)


_OF_WIRES = ("loop.over_time", "loop.algebraic", "loop.empty", "size.sum", "size.split")


def _input(body: Graph, port: Port, registry: Registry) -> PortSpec | None:
    node = body.nodes.get(port.node)
    if node is None:
        return None
    spec = registry.node(node.kind)
    if node.body is not None:
        inputs = body_ports(node.body)[0]
    else:
        inputs = spec.ports({**spec.defaults(), **node.params})[0] if spec else ()
    return next((p for p in inputs if p.name == port.port), None)
