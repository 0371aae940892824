"""The drawing as one flat network: where each port's value comes from, through cells, bypasses and delays.

Requires nothing. Ensures: every arrival at a leaf is a `Source` (a leaf's output and the wires it came along, in
order), or says why nothing comes. Nothing is computed here; sizes are inference's affair.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from core.graph.model import Edge, Graph, Node, ParamValue, Path, Port
from core.problems import Fix, Problem, filled
from core.shapes import fixes
from core.shapes.mistakes.all import KINDS, mistake
from core.shapes.scope import Leaf, Opened, Scope, open_scopes
from core.specs.called import port_name
from core.specs.node import PortSpec
from core.specs.registry import Registry
from core.words import Text

MAX_DELAY = 10_000


class Nothing(Enum):
    """Why no value comes: an optional input of a cell was left unwired, or a mistake was reported already."""

    UNWIRED = "unwired"
    BROKEN = "broken"


@dataclass(frozen=True)
class Hop:
    """One wire on the way, in the graph inside `path`."""

    path: Path
    edge: Edge


@dataclass(frozen=True)
class Source:
    """A leaf's output port and the wires its value came along, first wire first."""

    path: Path
    port: str
    hops: tuple[Hop, ...] = ()

    @property
    def delay(self) -> int:
        return sum(h.edge.delay for h in self.hops)


Arrival = Source | Nothing


@dataclass(frozen=True)
class Flat:
    """The flat network. `arrivals` are the values at each leaf's input ports, in wire order; `wires` what each drawn
    wire carries; `ports` what leaves by the ports of cells, cell inputs and bypassed nodes; `fed` the initial values."""

    leaves: Mapping[Path, Leaf]
    scopes: Mapping[Path, Scope]
    arrivals: Mapping[tuple[Path, str], tuple[Arrival, ...]]
    wires: Mapping[tuple[Path, str], Arrival]
    ports: Mapping[tuple[Path, str], Arrival]
    fed: Mapping[tuple[Path, str], Arrival]
    problems: tuple[Problem, ...]
    registry: Registry

    def shown(self, path: Path) -> str:
        return self.scopes[path[:-1]].shown(path[-1])

    def set_param(self, path: Path, name: str, value: ParamValue) -> Fix:
        """The repair that sets one parameter of a node."""
        spec = self.registry.node(self.scopes[path[:-1]].graph.nodes[path[-1]].kind)
        return fixes.set_param(
            self.registry, path, name, value, self.shown(path), spec.param(name) if spec is not None else None
        )


def flatten(graph: Graph, registry: Registry) -> Flat:
    """Open every cell and follow every wire to the node that makes its value."""
    opened = open_scopes(graph, registry)
    follow = _Follow(opened)
    for scope in list(opened.scopes.values()):
        _check_wires(opened, scope)
    arrivals = {
        (leaf.path, port.name): follow.into(opened.scopes[leaf.path[:-1]], leaf.node, port)
        for leaf in opened.leaves.values()
        for port in opened.scopes[leaf.path[:-1]].inputs[leaf.node.id]
    }
    wires: dict[tuple[Path, str], Arrival] = {}
    ports: dict[tuple[Path, str], Arrival] = {}
    fed: dict[tuple[Path, str], Arrival] = {}
    for scope in opened.scopes.values():
        for edge in scope.graph.edges.values():
            wires[scope.path, edge.id] = follow.along(scope, edge)
            if edge.delay and edge.init.kind == "fed" and edge.init.source is not None:
                fed[scope.path, edge.id] = follow.out(scope, edge.init.source)
        read = {e.source for e in scope.graph.edges.values()}
        for node in scope.graph.nodes.values():
            for port in scope.outputs.get(node.id, ()):
                quiet = node.bypass and Port(node.id, port.name) not in read
                if (*scope.path, node.id) not in opened.leaves and not quiet:
                    ports[(*scope.path, node.id), port.name] = follow.out(scope, Port(node.id, port.name))
    opened.problems.extend(_cut_circles(opened, fed))
    return Flat(
        opened.leaves, opened.scopes, arrivals, wires, ports, fed, _unique(opened.problems), registry
    )  # fmt: skip


def _cut_circles(opened: Opened, fed: dict[tuple[Path, str], Arrival]) -> Iterator[Problem]:
    """Break initial values that are fed over the wire they start, and tell of them."""
    for key in list(fed):
        seen: set[tuple[Path, str]] = set()
        todo = [key]
        while todo:
            found = fed.get(todo.pop())
            fresh = {(h.path, h.edge.id) for h in found.hops} - seen if isinstance(found, Source) else set()
            seen |= fresh
            todo += fresh
        if key in seen:
            fed[key] = Nothing.BROKEN
            scope = opened.scopes[key[0]]
            zeros = fixes.start_from(opened.registry, key[0], key[1], fixes.ZEROS)
            yield mistake("start.circle", scope.at_edge(scope.graph.edges[key[1]]), (zeros,))


NO_INPUT = Text("it has no input", "no tiene entrada")
NO_OUTPUT = Text("it has no output", "no tiene salida")


class _Follow:
    """Follows wires backwards. A circle of wires without a leaf is reported once and breaks."""

    def __init__(self, opened: Opened) -> None:
        self.opened = opened
        self._known: dict[tuple[Path, Port], Arrival] = {}
        self._open: dict[tuple[Path, Port], None] = {}

    def into(self, scope: Scope, node: Node, port: PortSpec) -> tuple[Arrival, ...]:
        """What arrives at an input port of a leaf."""
        edges = scope.into(node.id, port)
        if not edges:
            if port.optional:
                return ()
            self.opened.problems.append(_missing(self.opened, scope, node, port))
            return (Nothing.BROKEN,)
        found = tuple(self.along(scope, e) for e in (edges if port.many else edges[:1]))
        kept = tuple(a for a in found if a is not Nothing.UNWIRED)
        if not kept and not port.optional:
            self.opened.problems.append(self._missing_inside(scope, node, edges[0]))
            return (Nothing.BROKEN,)
        return kept

    def along(self, scope: Scope, edge: Edge) -> Arrival:
        """What a wire carries."""
        found = self.out(scope, edge.source)
        if isinstance(found, Source):
            return Source(found.path, found.port, (*found.hops, Hop(scope.path, edge)))
        return found

    def out(self, scope: Scope, port: Port) -> Arrival:
        """What leaves by an output port."""
        key = (scope.path, port)
        if key in self._known:
            return self._known[key]
        if key in self._open:
            self._report_circle(key)
            return Nothing.BROKEN
        self._open[key] = None
        found = self._out(scope, port)
        del self._open[key]
        self._known[key] = found
        return found

    def _out(self, scope: Scope, port: Port) -> Arrival:
        node = scope.graph.nodes.get(port.node)
        spec = scope.output(port)
        if node is None or spec is None:
            return Nothing.BROKEN
        path = (*scope.path, node.id)
        if path in self.opened.leaves:
            return Source(path, spec.name)
        if node.bypass:
            return self._around(scope, node, spec)
        inner = self.opened.scopes.get(path)
        if inner is not None:
            return self._inner(inner, spec.name)
        if node.kind == "cell_input":
            return self._outer(scope, node)
        return Nothing.BROKEN

    def _inner(self, inner: Scope, port: str) -> Arrival:
        end = _port_node(inner.graph, "cell_output", port)
        edges = inner.arriving.get(Port(end.id, "x"), ()) if end else ()
        if end is not None and not edges:
            self.opened.problems.append(_missing(self.opened, inner, end, inner.inputs[end.id][0]))
        return self.along(inner, edges[0]) if edges else Nothing.BROKEN

    def _outer(self, scope: Scope, node: Node) -> Arrival:
        if not scope.path:
            return Nothing.BROKEN
        outer = self.opened.scopes[scope.path[:-1]]
        cell = outer.graph.nodes[scope.path[-1]]
        name = str(node.params.get("name") or node.id)
        port = next((p for p in outer.inputs[cell.id] if p.name == name), None)
        if port is None:
            return Nothing.BROKEN
        edges = outer.into(cell.id, port)
        if edges:
            return self.along(outer, edges[0])
        if port.optional:
            return Nothing.UNWIRED
        self.opened.problems.append(_missing(self.opened, outer, cell, port))
        return Nothing.BROKEN

    def _around(self, scope: Scope, node: Node, port: PortSpec) -> Arrival:
        """A bypassed node passes its first input through to its first output."""
        inputs, outputs = scope.inputs[node.id], scope.outputs[node.id]
        why = no_bypass(inputs, outputs, port.name)
        if why:
            where = scope.at_node(node.id, port.name)
            fix = fixes.add(
                fixes.NO_BYPASS, fixes.at(scope.path, self.opened.registry, fixes.without_bypass(node.id))
            )  # fmt: skip
            problem = mistake("bypass.impossible", where, (fix,), why=why)
            self.opened.problems.append(problem)
            return Nothing.BROKEN
        edges = scope.into(node.id, inputs[0])
        if not edges:
            self.opened.problems.append(_missing(self.opened, scope, node, inputs[0]))
            return Nothing.BROKEN
        return self.along(scope, edges[0])

    def _missing_inside(self, scope: Scope, node: Node, edge: Edge) -> Problem:
        """An optional cell input was left unwired, but somebody inside cannot do without."""
        inner, start = scope, edge.source
        while inner.path and inner.graph.nodes[start.node].kind == "cell_input":
            name = str(inner.graph.nodes[start.node].params.get("name") or start.node)
            outer = self.opened.scopes[inner.path[:-1]]
            arriving = outer.arriving.get(Port(inner.path[-1], name), ())
            cell, inner = inner.path[-1], outer
            if not arriving:
                return mistake(
                    "wire.missing_inside", outer.at_node(cell, name), port=outer.end(Port(cell, name), "in"),
                    node=scope.shown(node.id),
                )  # fmt: skip
            start = arriving[0].source
        return mistake(
            "wire.missing_inside", scope.at_edge(edge), port=scope.wire(edge), node=scope.shown(node.id)
        )  # fmt: skip

    def _report_circle(self, key: tuple[Path, Port]) -> None:
        around = list(self._open)
        around = around[around.index(key) :]
        names = [self.opened.scopes[p].end(q, "out") for p, q in reversed(around)]
        scope = self.opened.scopes[key[0]]
        cuts = tuple(
            fixes.cut(self.opened.registry, s.path, e.id, s.wire(e))
            for p, q in around
            for s in [self.opened.scopes[p]]
            for e in s.graph.out_of(q)[:1]
        )
        shown = " → ".join([*names, names[0]])
        self.opened.problems.append(mistake("loop.empty", scope.at_node(key[1].node, key[1].port), cuts, got=shown))


def _check_wires(opened: Opened, scope: Scope) -> None:
    """Mistakes that one wire shows on its own."""
    for edge in scope.graph.edges.values():
        opened.problems.extend(_wire_problems(opened, scope, edge))
    for port, edges in scope.arriving.items():
        spec = scope.input(port)
        if spec is not None and not spec.many and len(edges) > 1:
            cuts = tuple(fixes.cut(opened.registry, scope.path, e.id, scope.wire(e)) for e in reversed(edges))
            where = scope.at_edge(edges[-1])
            opened.problems.append(mistake("wire.doubled", where, cuts, got=len(edges)))


def _wire_problems(opened: Opened, scope: Scope, edge: Edge) -> Iterator[Problem]:
    where, shown = scope.at_edge(edge), scope.wire(edge)
    cut = fixes.cut(opened.registry, scope.path, edge.id, shown)
    for port, table, find in (
        (edge.source, scope.outputs, scope.output),
        (edge.target, scope.inputs, scope.input),
    ):
        if port.node not in scope.graph.nodes:
            yield mistake("wire.dangling", where, (cut,), got=port.node)
        elif port.node in table and find(port) is None:
            names = ", ".join(port_name((p,), p.name) for p in table[port.node]) or "–"
            yield mistake("wire.unknown_port", where, (cut,), got=port.port, expected=names)
    if not 0 <= edge.delay <= MAX_DELAY:
        steps = 1 if edge.delay < 0 else MAX_DELAY
        fix = fixes.delay(opened.registry, scope.path, edge.id, steps, shown)
        yield mistake("delay.range", where, (fix,), got=edge.delay, expected=f"0 … {MAX_DELAY}")
    yield from _start_problems(opened, scope, edge)


def _start_problems(opened: Opened, scope: Scope, edge: Edge) -> Iterator[Problem]:
    where = scope.at_edge(edge)
    zeros = fixes.start_from(opened.registry, scope.path, edge.id, fixes.ZEROS)
    if edge.init.kind != "zeros" and not edge.delay:
        put = fixes.delay(opened.registry, scope.path, edge.id, 1, scope.wire(edge))
        yield mistake("start.no_delay", where, (put, zeros))
    if edge.init.kind == "fed" and edge.delay:
        source = edge.init.source
        if source is None or scope.output(source) is None:
            got = scope.end(source, "out") if source else "–"
            yield mistake("start.no_source", where, (zeros,), got=got)


def _missing(opened: Opened, scope: Scope, node: Node, port: PortSpec) -> Problem:
    """Nothing arrives where something must; if one output alone could, wiring it is the fix."""
    target = Port(node.id, port.name)
    fits = list(_candidates(opened, scope, node, port)) if not scope.path else []
    shown = scope.end(target, "in")
    fix: tuple[Fix, ...] = ()
    if len(fits) == 1:
        name = f"{scope.end(fits[0], 'out')} → {shown}"
        fix = (fixes.wire(opened.registry, scope.path, fits[0], target, name, many=port.many),)
    return mistake("wire.missing", scope.at_node(node.id, port.name), fix, expected=KINDS[port.kind], port=shown)


def _candidates(opened: Opened, scope: Scope, node: Node, port: PortSpec) -> Iterator[Port]:
    """Outputs that nothing uses yet, of the wanted kind, not downstream of the node itself. A loss is where a model ends."""
    used = {e.source for e in scope.graph.edges.values()}
    after = _downstream(scope.graph, node.id)
    for other in scope.graph.nodes.values():
        spec = opened.registry.node(other.kind)
        if other.id in after or (spec is not None and spec.role == "loss"):
            continue
        for out in scope.outputs.get(other.id, ()):
            free = Port(other.id, out.name) not in used
            if free and (out.kind == port.kind or "any" in (out.kind, port.kind)):
                yield Port(other.id, out.name)


def _downstream(graph: Graph, start: str) -> set[str]:
    found, todo = {start}, [start]
    while todo:
        here = todo.pop()
        for edge in graph.edges.values():
            if edge.source.node == here and edge.target.node not in found:
                found.add(edge.target.node)
                todo.append(edge.target.node)
    return found


def _port_node(body: Graph, kind: str, name: str) -> Node | None:
    return next((n for n in body.nodes.values() if n.kind == kind and str(n.params.get("name") or n.id) == name), None)


def no_bypass(inputs: tuple[PortSpec, ...], outputs: tuple[PortSpec, ...], port: str = "") -> Text | None:
    """Why a node cannot pass its first input through to this output (to its first, where none is named)."""
    if not inputs or not outputs:
        return NO_INPUT if not inputs else NO_OUTPUT
    if port and port != outputs[0].name:
        return filled(Text("{p} is not its first output", "{p} no es su primera salida"), p=port_name(outputs, port))
    if len({inputs[0].kind, outputs[0].kind} - {"any"}) > 1:
        a, b = KINDS[inputs[0].kind], KINDS[outputs[0].kind]
        return Text(f"it turns {a.en} into {b.en}", f"convierte {a.es} en {b.es}")
    return None


def _unique(problems: list[Problem]) -> tuple[Problem, ...]:
    """The same mistake may be met along several wires; it is told once."""
    seen = {(p.code, p.where, p.message): p for p in reversed(problems)}
    return tuple(p for p in problems if seen.pop((p.code, p.where, p.message), None) is not None)
