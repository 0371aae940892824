"""What the check found, sorted by the items of one canvas level that show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.compile.program import Checked
from core.graph.model import Path
from core.problems import Problem, Severity
from core.specs.sig import Sig

WEIGHT: Mapping[Severity, int] = {"info": 0, "warning": 1, "error": 2}


@dataclass(frozen=True)
class Findings:
    """Problems and signatures by node and wire id of the level shown."""

    of_nodes: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    of_wires: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)
    wires: Mapping[str, Sig] = field(default_factory=dict)
    ports: Mapping[str, dict[str, Sig]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.of_nodes or self.of_wires or self.wires or self.ports)

    def worst_of_node(self, id: str) -> Severity | None:
        return _worst(self.of_nodes[id]) if id in self.of_nodes else None

    def worst_of_wire(self, id: str) -> Severity | None:
        return _worst(self.of_wires[id]) if id in self.of_wires else None


def findings(checked: Checked, path: Path) -> Findings:
    """Sort by place. What is wrong deeper inside a cell shows on the cell."""
    nodes: dict[str, list[Problem]] = {}
    wires: dict[str, list[Problem]] = {}
    here = {w.edge: w.sig for w in checked.wires if w.path == path}
    depth = len(path)
    for problem in checked.problems:
        where = problem.where
        if where.edge and where.path[:-1] == path:  # a wire's place is the node it arrives at
            wires.setdefault(where.edge, []).append(problem)
        elif where.path[:depth] == path and len(where.path) > depth:
            nodes.setdefault(where.path[depth], []).append(problem)
    ports: dict[str, dict[str, Sig]] = {}
    for (node, port), sig in checked.ports.items():
        if node[:-1] == path and node:
            ports.setdefault(node[-1], {})[port] = sig
    return Findings(_tuples(nodes), _tuples(wires), here, ports)


def _tuples(found: Mapping[str, list[Problem]]) -> Mapping[str, tuple[Problem, ...]]:
    return {id: tuple(problems) for id, problems in found.items()}


def _worst(problems: tuple[Problem, ...]) -> Severity | None:
    return max((p.severity for p in problems), key=WEIGHT.__getitem__, default=None)
