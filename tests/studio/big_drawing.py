"""A drawing of any size, such as a person could make: local wires, about three for two nodes, and a few loops."""

from __future__ import annotations

from core.graph.model import Edge, Graph, Node, Port, frozen
from core.specs.fields import DataField, Fields
from core.specs.sig import Sig

ACROSS, DOWN = 208.0, 128.0
KINDS = ("dense", "tanh", "add", "dropout", "sigmoid", "add", "dense", "layer_norm", "add", "relu", "multiply", "tanh")
JOINS = ("add", "multiply")
LOOP_EVERY = 8  # of the adding nodes, so many share one that hears the step before
FIELDS = Fields((DataField("x", Sig("features", 8, ("T",))),))


def big_drawing(count: int) -> Graph:
    """`count` nodes in rows that run to the right; a node that joins takes a wire from the row above too."""
    wide = max(2, round(count**0.5))
    nodes = {f"n{i}": _node(i, wide) for i in range(count)}
    edges: dict[str, Edge] = {}

    def wire(source: int, target: int, delay: int = 0) -> None:
        id = f"w{len(edges)}"
        edges[id] = Edge(id, Port(f"n{source}", _out(source, wide)), Port(f"n{target}", "x"), delay)

    joins = 0
    for i in range(count):
        if i % wide == 0:
            continue
        wire(i - 1, i)
        if _kind(i, wide) in JOINS:
            joins += 1
            if i >= wide:
                wire(i - wide, i)
            if joins % 2 and i >= wide and (i + 1) % wide:
                wire(i - wide + 1, i)
            if joins % LOOP_EVERY == 0 and i % wide + 2 < wide and i + 2 < count:
                wire(i + 2, i, delay=1)
    return Graph(frozen(nodes), frozen(edges))


def _kind(i: int, wide: int) -> str:
    return "features" if i % wide == 0 else KINDS[(i % wide + 5 * (i // wide)) % len(KINDS)]


def _out(i: int, wide: int) -> str:
    return "x" if i % wide == 0 else "y"


def _node(i: int, wide: int) -> Node:
    params = {"field": "x"} if i % wide == 0 else {"units": 8} if _kind(i, wide) == "dense" else {}
    title = f"Part {i}" if i % 7 == 3 else ""
    return Node(f"n{i}", _kind(i, wide), title, frozen(params), at=(i % wide * ACROSS, i // wide * DOWN))
