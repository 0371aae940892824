"""What shape inference gives: the flat ops with every size known, and where each drawn port and wire lies in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.graph.model import Path, Port
from core.problems import Problem
from core.specs.ops import Op
from core.specs.sig import Sig


@dataclass(frozen=True)
class Wire:
    """The inferred signature of one wire, for the canvas and `unfold check`."""

    path: Path  # cell path the wire lies in; () is the project's graph
    edge: str
    source: Port
    target: Port
    sig: Sig


@dataclass(frozen=True)
class Typed:
    """The flat graph with its signatures.

    `ops` stand in an order where only a `delay` may read values made later. `ports` gives the value id that leaves by
    an output port, also of cells and inside them. Where `problems` holds an error the ops are what could be worked
    out, and must not be compiled.
    """

    ops: tuple[Op, ...]
    ports: Mapping[tuple[Path, str], int] = field(default_factory=dict)
    wires: tuple[Wire, ...] = ()
    problems: tuple[Problem, ...] = ()
    sigs: Mapping[int, Sig] = field(default_factory=dict)  # by value id

    @property
    def ok(self) -> bool:
        return not any(p.severity == "error" for p in self.problems)

    def sig(self, path: Path, port: str) -> Sig | None:
        """The signature of what leaves by a port, where it is known."""
        value = self.ports.get((path, port))
        return None if value is None else self.sigs.get(value)
