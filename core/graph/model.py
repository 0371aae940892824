"""The central value: a ROLLED graph of nodes and wires. Immutable; an edit makes a new one (see `edit.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeVar

from core.words import Wording

Path = tuple[str, ...]
"""Node ids from the project's graph down into bodies: ("memory", "forget") is node `forget` inside cell `memory`."""


@dataclass(frozen=True, slots=True)
class Ref:
    """A parameter's value inside a cell's body that is bound to a parameter of the cell itself."""

    param: str


ParamValue = bool | int | float | str | Ref


class Port(NamedTuple):
    """One end of a wire: a port of a node of the same graph."""

    node: str
    port: str


@dataclass(frozen=True, slots=True)
class Init:
    """What a delayed wire carries before its first value: zeros, a learned vector, or the value of a static port."""

    kind: Literal["zeros", "learned", "fed"] = "zeros"
    source: Port | None = None  # only when kind == "fed"


@dataclass(frozen=True, slots=True)
class Edge:
    """A wire. `delay` 0 carries this step's value; k carries the value of k steps ago (z⁻ᵏ).

    `along` says along what: "" the value's own time axis; "I" or "J" of a grid (the upper or the left neighbour); "left"
    or "right" of a tree (the value of that child).
    """

    id: str
    source: Port
    target: Port
    delay: int = 0
    init: Init = Init()
    points: tuple[tuple[float, float], ...] = ()  # reroute points, scene coordinates
    along: str = ""


K = TypeVar("K")
V = TypeVar("V")


def frozen(items: Mapping[K, V] | None = None) -> Mapping[K, V]:
    """A read-only copy."""
    return MappingProxyType(dict(items or {}))


@dataclass(frozen=True, slots=True)
class Node:
    """A node on the canvas.

    `kind` names a `NodeSpec` of the registry. `title` is the person's own text ("" shows the kind's name), in both
    languages where it ships with a cell or gallery project, and never reaches emitted code. A cell node (library or own) is one whose spec has a body; `body` is the project's own copy
    of it once the person edited it, else None (linked to the library, `pin` holding the hash it was linked at).
    """

    id: str
    kind: str
    title: Wording = ""
    params: Mapping[str, ParamValue] = field(default_factory=frozen)
    body: Graph | None = None
    pin: str = ""
    at: tuple[float, float] = (0.0, 0.0)  # scene coordinates of the top left corner
    collapsed: bool = False
    bypass: bool = False  # passes its first input through to its first output
    muted: bool = False  # takes no part, as though it and its wires were not drawn


@dataclass(frozen=True, slots=True)
class Frame:
    """A comment frame behind nodes. Its text is the person's, in both languages where it ships."""

    id: str
    text: Wording = ""
    at: tuple[float, float] = (0.0, 0.0)
    size: tuple[float, float] = (200.0, 120.0)
    color: str = ""


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes, wires and frames by id, in drawing order. Equality is by value."""

    nodes: Mapping[str, Node] = field(default_factory=frozen)
    edges: Mapping[str, Edge] = field(default_factory=frozen)
    frames: Mapping[str, Frame] = field(default_factory=frozen)

    def into(self, port: Port) -> tuple[Edge, ...]:
        """The wires that arrive at an input port, in drawing order."""
        return tuple(e for e in self.edges.values() if e.target == port)

    def out_of(self, port: Port) -> tuple[Edge, ...]:
        """The wires that leave an output port, in drawing order (fed initial values excluded)."""
        return tuple(e for e in self.edges.values() if e.source == port)
