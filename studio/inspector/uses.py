"""Where else in a drawing the same cell stands: who changes one wants to know of the others."""

from __future__ import annotations

from collections.abc import Iterator

from core.graph.model import Graph, Node, Path
from core.specs.called import name_of
from core.specs.registry import Registry


def elsewhere(graph: Graph, path: Path, cell: Node, registry: Registry) -> list[str]:
    """The readable places of all nodes with the same body, but for the one at `path`. Bodies of the library are not
    looked into: what is in them is the library's."""
    found = []
    for place, names, node in _nodes(graph, (), (), registry):
        same = node.body == cell.body if cell.body is not None else node.kind == cell.kind and node.body is None
        if same and place != path:
            found.append(" › ".join(names))
    return found


def _nodes(
    graph: Graph, path: Path, names: tuple[str, ...], registry: Registry
) -> Iterator[tuple[Path, tuple[str, ...], Node]]:
    for node in graph.nodes.values():
        here, called = (*path, node.id), (*names, name_of(node, registry.node(node.kind)))
        yield here, called, node
        if node.body is not None:
            yield from _nodes(node.body, here, called, registry)
