"""What the outline says of a drawing, line by line: pure text, so that a screen reader hears what the canvas shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from core.compile.program import Checked
from core.graph.model import Edge, Graph, Node, Path, Port
from core.problems import Severity
from core.specs.called import CELL, kind_name, name_of
from core.specs.node import PortSpec
from core.specs.registry import Registry
from core.words import Text, say
from studio.canvas.findings import WEIGHT
from studio.canvas.look import Side
from studio.canvas.ports import end_name, is_cell, ports_of
from studio.canvas.signs import chip_text, tag_of
from studio.parts import shown

NONE = Text("not wired", "sin cable")
LEVELS: Mapping[Severity, Text] = {
    "error": Text("error", "error"),
    "warning": Text("warning", "aviso"),
    "info": Text("note", "nota"),
}


@dataclass(frozen=True)
class Line:
    """One row: what it is called, its shape or state, what is wrong, and what is read aloud. `wires` of a port."""

    name: str
    detail: str = ""
    severity: Severity | None = None
    spoken: str = ""
    wires: tuple[str, ...] = ()
    inside: bool = False


def worst(checked: Checked) -> Mapping[Path, tuple[Severity, str]]:
    """The most severe problem at or inside each node, with its words."""
    out: dict[Path, tuple[Severity, str]] = {}
    for problem in checked.problems:
        for depth in range(1, len(problem.where.path) + 1):
            at = problem.where.path[:depth]
            if at not in out or WEIGHT[problem.severity] > WEIGHT[out[at][0]]:
                out[at] = (problem.severity, say(problem.message))
    return out


def node_line(
    node: Node, path: Path, registry: Registry, checked: Checked, wrong: Mapping[Path, tuple[Severity, str]]
) -> Line:
    """A node: its name, what leaves it, and in words whether it is a cell, muted, or wrong."""
    spec = registry.node(node.kind)
    name, cell = name_of(node, spec), is_cell(node, registry)
    kind = kind_name(node, spec)
    outputs = ports_of(node, registry)[1]
    sig = next((s for p in outputs if (s := checked.ports.get((path, p.name))) is not None), None)
    tag = tag_of(node)
    detail = say(tag) if tag else sig.show() if sig is not None else ""
    problem = wrong.get(path)
    said = (
        [shown(name)]
        + ([kind] if kind != name else [])
        + ([say(Text("cell", "celda"))] if cell and kind != say(CELL) else [])
    )
    said += [detail] if detail else []
    said += [f"{say(LEVELS[problem[0]])}: {problem[1]}"] if problem else []
    return Line(shown(" ".join(name.split())), detail, problem[0] if problem else None, ", ".join(said), (), cell)


def port_lines(graph: Graph, node: Node, path: Path, registry: Registry, checked: Checked) -> Iterator[Line]:
    """A node's ports, inputs first: where their wires lead, and what they carry."""
    inputs, outputs = ports_of(node, registry, graph)
    sigs = {w.edge: w.sig for w in checked.wires if w.path == path[:-1]} if inputs else {}
    for port in inputs:
        wires = graph.into(Port(node.id, port.name))
        sig = next((s for e in wires if (s := sigs.get(e.id)) is not None), None)
        yield _port(port, "←", wires, [_end(graph, e, "out", registry) for e in wires], sig.show() if sig else "")
    for port in outputs:
        wires = graph.out_of(Port(node.id, port.name))
        sig = checked.ports.get((path, port.name))
        yield _port(port, "→", wires, [_end(graph, e, "in", registry) for e in wires], sig.show() if sig else "")


def _port(port: PortSpec, arrow: str, wires: tuple[Edge, ...], ends: list[str], shape: str) -> Line:
    label = say(port.label)
    where = ", ".join(ends) or say(NONE)
    side = Text("input", "entrada") if arrow == "←" else Text("output", "salida")
    way = Text("from", "desde") if arrow == "←" else Text("to", "hacia")
    spoken = f"{say(side)} {label}, {say(way)} {where}" if ends else f"{say(side)} {label}, {where}"
    return Line(
        f"{label} {arrow} {where}", shape, None, f"{spoken}, {shape}" if shape else spoken, tuple(e.id for e in wires)
    )


def _end(graph: Graph, edge: Edge, side: Side, registry: Registry) -> str:
    port, fed = edge.source if side == "out" else edge.target, edge.init.source
    start = f" {end_name(graph, fed, 'out', registry)}" if fed is not None else ""
    return shown(end_name(graph, port, side, registry) + (f" {chip_text(edge)}{start}" if edge.delay else ""))
