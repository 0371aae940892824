"""Opens every cell of a drawing: one `Scope` per body, one `Leaf` per node that computes, parameters resolved.

Requires nothing of the graph; every mistake found is a Problem. Ensures that each leaf has a spec with a `build`, and
a checked value for each parameter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, cast

from core.graph.model import Edge, Graph, Node, ParamValue, Path, Port, Ref
from core.graph.mute import heard
from core.problems import Place, Problem
from core.shapes import fixes
from core.shapes.mistakes.all import TYPES, mistake
from core.specs.called import INSIDE, names_of, port_name
from core.specs.cellfile import body_ports
from core.specs.node import NodeSpec, PortKind, PortSpec
from core.specs.params import ParamSpec
from core.specs.registry import Registry
from core.words import Text

MAX_DEPTH = 16
MAX_LEAVES = 20_000
PORT_ROLES = ("cell_input", "cell_output")
Plain = bool | int | float | str
Side = Literal["in", "out"]


@dataclass(frozen=True)
class Leaf:
    """A node that computes: its place, spec and checked parameters."""

    path: Path
    node: Node
    spec: NodeSpec
    params: Mapping[str, Plain]


@dataclass(frozen=True)
class Scope:
    """The graph inside the cell at `path`, with the values of that cell's parameters. The project's graph is at ()."""

    path: Path
    graph: Graph
    params: Mapping[str, Plain]
    inputs: Mapping[str, tuple[PortSpec, ...]]  # by node id
    outputs: Mapping[str, tuple[PortSpec, ...]]
    names: tuple[str, ...] = ()  # readable path
    arriving: Mapping[Port, tuple[Edge, ...]] = field(default_factory=dict)
    called: Mapping[str, str] = field(default_factory=dict)  # node id -> what a person calls it

    def into(self, node: str, port: PortSpec) -> tuple[Edge, ...]:
        """The wires at an input port, in drawing order, also under names the port had in older files."""
        if not port.was:
            return self.arriving.get(Port(node, port.name), ())
        return tuple(
            e for e in self.graph.edges.values() if e.target.node == node and e.target.port in (port.name, *port.was)
        )

    def input(self, port: Port) -> PortSpec | None:
        return next((p for p in self.inputs.get(port.node, ()) if p.name == port.port or port.port in p.was), None)

    def output(self, port: Port) -> PortSpec | None:
        return next((p for p in self.outputs.get(port.node, ()) if p.name == port.port or port.port in p.was), None)

    def shown(self, node: str) -> str:
        """The readable path of one of its nodes, each called as on the canvas: "Encoder › LSTM"."""
        return INSIDE.join((*self.names, self.called.get(node, node)))

    def end(self, port: Port, side: Side) -> str:
        """ "LSTM / h": an output or an input as the canvas shows it."""
        table = self.outputs if side == "out" else self.inputs
        return f"{self.shown(port.node)} / {port_name(table.get(port.node, ()), port.port)}"

    def wire(self, edge: Edge) -> str:
        """ "LSTM / h → Dense / input" """
        return f"{self.end(edge.source, 'out')} → {self.end(edge.target, 'in')}"

    def at_edge(self, edge: Edge) -> Place:
        return Place((*self.path, edge.target.node), port=edge.target.port, edge=edge.id, label=self.wire(edge))

    def at_node(self, node: str, port: str = "", param: str = "") -> Place:
        inward = any(port in (p.name, *p.was) for p in self.inputs.get(node, ()))
        label = self.end(Port(node, port), "in" if inward else "out") if port else self.shown(node)
        return Place((*self.path, node), port=port, param=param, label=label)


@dataclass
class Opened:
    """All scopes and leaves in drawing order, cells opened in place; problems as they were found."""

    registry: Registry
    scopes: dict[Path, Scope] = field(default_factory=dict)
    leaves: dict[Path, Leaf] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def shown(self, path: Path) -> str:
        return self.scopes[path[:-1]].shown(path[-1])


def open_scopes(graph: Graph, registry: Registry) -> Opened:
    """Walk into every cell of the drawing."""
    opened = Opened(registry)
    _open(opened, graph, (), {}, (), ())
    return opened


def _ports(spec: NodeSpec, values: Mapping[str, Plain]) -> tuple[tuple[PortSpec, ...], tuple[PortSpec, ...]]:
    """A leaf's ports; a cell's own inputs and outputs carry the signal that they were given."""
    inputs, outputs = spec.ports(values)
    if spec.role in PORT_ROLES:
        kind = cast("PortKind", values["signal"])
        return tuple(replace(p, kind=kind) for p in inputs), tuple(replace(p, kind=kind) for p in outputs)
    return inputs, outputs


def _arriving(graph: Graph) -> dict[Port, tuple[Edge, ...]]:
    found: dict[Port, list[Edge]] = {}
    for edge in graph.edges.values():
        found.setdefault(edge.target, []).append(edge)
    return {port: tuple(edges) for port, edges in found.items()}


def is_cell(node: Node, spec: NodeSpec | None) -> bool:
    if spec is not None and spec.role in PORT_ROLES:
        return False  # a port stays a port, whatever a file hangs into it
    return node.body is not None or (spec is not None and spec.body is not None)


def _open(
    opened: Opened,
    graph: Graph,
    path: Path,
    params: Mapping[str, Plain],
    names: tuple[str, ...],
    kinds: tuple[str, ...],
) -> None:
    graph = heard(graph)
    inputs: dict[str, tuple[PortSpec, ...]] = {}
    outputs: dict[str, tuple[PortSpec, ...]] = {}
    called = names_of(graph, opened.registry)
    opened.scopes[path] = scope = Scope(path, graph, params, inputs, outputs, names, _arriving(graph), called)
    for node in graph.nodes.values():
        spec = opened.registry.node(node.kind)
        values = _params(opened, scope, node, spec)
        if is_cell(node, spec):
            body = node.body if node.body is not None else spec.body if spec else None
            assert body is not None
            inputs[node.id], outputs[node.id] = body_ports(body)
            _enter(opened, scope, node, body, values, kinds)
        elif spec is None or (spec.build is None and spec.role not in PORT_ROLES):
            opened.problems.append(_unknown_kind(opened, scope, node))
        else:
            inputs[node.id], outputs[node.id] = _ports(spec, values)
            if spec.role in PORT_ROLES:
                if not path:
                    fix = fixes.remove_node(opened.registry, (node.id,), scope.shown(node.id))
                    opened.problems.append(mistake("cell.outside", scope.at_node(node.id), (fix,)))
            elif not node.bypass:
                opened.leaves[(*path, node.id)] = Leaf((*path, node.id), node, spec, values)


def _enter(
    opened: Opened, scope: Scope, node: Node, body: Graph, values: Mapping[str, Plain], kinds: tuple[str, ...]
) -> None:
    problem = _refusal(opened, scope, node, body, kinds)
    opened.problems.extend(problem)
    if any(p.code in ("cell.recursive", "cell.too_deep", "graph.too_big") for p in problem) or node.bypass:
        return
    kinds = (*kinds, node.kind) if node.body is None else kinds
    _open(opened, body, (*scope.path, node.id), values, (*scope.names, scope.called[node.id]), kinds)


def _refusal(opened: Opened, scope: Scope, node: Node, body: Graph, kinds: tuple[str, ...]) -> list[Problem]:
    where = scope.at_node(node.id)
    remove = (fixes.remove_node(opened.registry, where.path, scope.shown(node.id)),)
    if node.body is None and node.kind in kinds:
        return [mistake("cell.recursive", where, remove, got=node.kind)]
    if len(scope.path) >= MAX_DEPTH:
        return [mistake("cell.too_deep", where, remove, expected=MAX_DEPTH)]
    if len(opened.leaves) + len(body.nodes) > MAX_LEAVES:
        return [mistake("graph.too_big", where, remove, expected=MAX_LEAVES)]
    found = []
    inputs, outputs = body_ports(body)
    if not outputs:
        found.append(mistake("cell.no_output", where))
    for ports in (inputs, outputs):
        names = [p.name for p in ports]
        found += [
            mistake("cell.double_port", where, got=n) for n in dict.fromkeys(names) if names.count(n) > 1
        ]  # fmt: skip
    return found


def _unknown_kind(opened: Opened, scope: Scope, node: Node) -> Problem:
    where = scope.at_node(node.id)
    fix = fixes.remove_node(opened.registry, where.path, scope.shown(node.id))
    return mistake("node.unknown_kind", where, (fix,), got=node.kind)


def _params(opened: Opened, scope: Scope, node: Node, spec: NodeSpec | None) -> dict[str, Plain]:
    """The checked value of every parameter; a mistaken one falls back to its default."""
    specs = {p.name: p for p in spec.params} if spec else {}
    older = {old: p.name for p in specs.values() for old in p.was}
    values: dict[str, Plain] = {p.name: p.default for p in specs.values()}
    free = spec is None or (spec.kind == "cell" and node.body is not None)
    for name, raw in node.params.items():
        known = specs.get(older.get(name, name))
        if known is None and not free:
            opened.problems.append(_unknown_param(opened, scope, node, name, specs))
            continue
        value = _deref(opened, scope, node, name, raw, known)
        if value is None:
            continue
        if known is None:
            values[name] = value
            continue
        problem = check_param(known, value)
        if problem is None:
            values[known.name] = float(value) if known.kind == "float" else value
        else:
            opened.problems.append(_bad_param(opened, scope, node, known, value, problem))
    return values


def _deref(
    opened: Opened, scope: Scope, node: Node, name: str, raw: ParamValue, known: ParamSpec | None
) -> Plain | None:
    if not isinstance(raw, Ref):
        return raw
    if raw.param in scope.params:
        return scope.params[raw.param]
    where = scope.at_node(node.id, param=name)
    fix = fixes.drop_param(opened.registry, where.path, name)
    expected = ", ".join(scope.params) or "–"
    opened.problems.append(
        mistake("param.ref", where, (fix,), got=raw.param, expected=expected, param=known.label if known else name)
    )
    return None


def check_param(spec: ParamSpec, value: Plain) -> tuple[str, str | Text] | None:
    """None where a value suits its parameter, else the code of the mistake and what was expected."""
    kinds = {"int": (int,), "float": (int, float), "bool": (bool,), "choice": (str,), "text": (str,), "path": (str,)}
    if not isinstance(value, kinds[spec.kind]) or (isinstance(value, bool) and spec.kind != "bool"):
        return "param.type", TYPES[spec.kind]
    if spec.kind == "choice" and value not in (choices := [c for c, _ in spec.choices]):
        return "param.choice", ", ".join(choices)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        low, high = spec.minimum, spec.maximum
        if value != value or (low is not None and value < low) or (high is not None and value > high):
            return "param.range", f"{'−∞' if low is None else f'{low:g}'} … {'∞' if high is None else f'{high:g}'}"
    return None


def _bad_param(
    opened: Opened, scope: Scope, node: Node, spec: ParamSpec, value: Plain, problem: tuple[str, str | Text]
) -> Problem:
    where = scope.at_node(node.id, param=spec.name)
    fixed = [fixes.set_param(opened.registry, where.path, spec.name, spec.default, scope.shown(node.id), spec)]
    for limit in (spec.minimum, spec.maximum):
        if problem[0] == "param.range" and limit is not None and isinstance(value, (int, float)):
            near = int(limit) if spec.kind == "int" else limit
            if (value < limit) == (limit == spec.minimum) and near != spec.default:
                fixed.insert(
                    0, fixes.set_param(opened.registry, where.path, spec.name, near, scope.shown(node.id), spec)
                )
    got = repr(value) if isinstance(value, str) else value
    return mistake(problem[0], where, tuple(fixed), got=got, expected=problem[1], param=spec.label)


def _unknown_param(opened: Opened, scope: Scope, node: Node, name: str, specs: Mapping[str, ParamSpec]) -> Problem:
    where = scope.at_node(node.id, param=name)
    fix = fixes.drop_param(opened.registry, where.path, name)
    return mistake(
        "param.unknown", where, (fix,), got=name, expected=", ".join(specs) or "–", kind=node.kind
    )  # fmt: skip
