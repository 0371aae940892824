"""The kinds of node: one `NodeSpec` each, found by the registry. A cell is a spec with a body instead of a `build`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from core.graph.model import Graph, ParamValue
from core.specs.ops import Builder
from core.specs.params import ParamSpec
from core.words import Text

PortKind = Literal["features", "tokens", "scalar", "any"]
Role = Literal["", "input", "target", "loss", "head", "stop", "length", "output", "cell_input", "cell_output"]
GROUPS: Mapping[str, Text] = {
    "input": Text("Inputs", "Entradas"),
    "layer": Text("Layers", "Capas"),
    "cell": Text("Cells", "Celdas"),
    "block": Text("Blocks", "Bloques"),
    "arithmetic": Text("Arithmetic", "Aritmética"),
    "activation": Text("Activations", "Activaciones"),
    "time": Text("Time", "Tiempo"),
    "head": Text("Heads", "Cabezas"),
    "loss": Text("Losses", "Pérdidas"),
    "structure": Text("Structure", "Estructura"),
}


@dataclass(frozen=True)
class PortSpec:
    """One port. `many` accepts several wires in order; `optional` may stay unwired."""

    name: str
    kind: PortKind
    label: Text
    many: bool = False
    optional: bool = False
    static: bool = False  # a value without time is expected (initial states)
    was: tuple[str, ...] = ()


Ports = tuple[tuple[PortSpec, ...], tuple[PortSpec, ...]]


@dataclass(frozen=True)
class NodeSpec:
    """A kind of node. `equation` is LaTeX. `build` composes primitives; cells have `body` instead.

    `ports_for` gives (inputs, outputs) where they depend on parameters (split); otherwise `inputs`, `outputs` hold.
    """

    category: ClassVar[str] = "node"
    kind: str
    name: Text
    group: str
    help: Text
    equation: str
    inputs: tuple[PortSpec, ...] = ()
    outputs: tuple[PortSpec, ...] = ()
    params: tuple[ParamSpec, ...] = ()
    build: Callable[[Builder], None] | None = None
    body: Graph | None = None
    ports_for: Callable[[Mapping[str, ParamValue]], Ports] | None = None
    role: Role = ""
    over_time: bool = False  # needs the whole time axis, so never inside a loop
    keywords: tuple[str, ...] = ()  # more words that the search finds it by
    was: tuple[str, ...] = ()
    pin: str = ""  # hash of a library cell's body

    def ports(self, params: Mapping[str, ParamValue]) -> Ports:
        return self.ports_for(params) if self.ports_for else (self.inputs, self.outputs)

    def param(self, name: str) -> ParamSpec | None:
        return next((p for p in self.params if p.name == name), None)

    def defaults(self) -> dict[str, ParamValue]:
        return {p.name: p.default for p in self.params}
