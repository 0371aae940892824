"""Going into a cell: reading the body at a path and editing it, wherever it lies, as one edit of the whole graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Protocol

from core.graph.edit import put_node
from core.graph.model import Graph, Node, ParamValue, Path


class Bodied(Protocol):
    """What the library knows of a kind of node."""

    @property
    def body(self) -> Graph | None: ...

    def defaults(self) -> Mapping[str, ParamValue]: ...


class Library(Protocol):
    """Where bodies of library cells come from: the registry."""

    def node(self, kind: str) -> Bodied | None: ...


def body_of(node: Node, library: Library | None = None) -> Graph:
    """A cell's own body, else its library's. Raises KeyError where the node is no cell."""
    if node.body is not None:
        return node.body
    spec = library.node(node.kind) if library is not None else None
    if spec is None or spec.body is None:
        raise KeyError(node.id)
    return spec.body


def body_at(graph: Graph, path: Path, library: Library | None = None) -> Graph:
    """The graph inside the cell at a path; the whole graph at (). Raises KeyError where there is none."""
    for step in path:
        graph = body_of(graph.nodes[step], library)
    return graph


def inside(graph: Graph, path: Path, edit: Callable[[Graph], Graph], library: Library | None = None) -> Graph:
    """Edit the graph inside the cell at a path. A library cell on the way becomes the project's own copy, if the edit
    changes anything."""
    if not path:
        return edit(graph)
    node = graph.nodes[path[0]]
    old = body_of(node, library)
    new = inside(old, path[1:], edit, library)
    return graph if new is old or new == old else put_node(graph, replace(node, body=new))
