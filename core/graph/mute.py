"""Muted nodes: drawn, kept in the file, and otherwise as though they were not there, with all their wires."""

from __future__ import annotations

from dataclasses import replace

from core.graph.edit import remove
from core.graph.model import Graph, frozen

DOORS = ("cell_input", "cell_output")
"""Ports of the cell around them: without them it would be another cell, so they are never muted."""


def heard(graph: Graph) -> Graph:
    """The graph without its muted nodes; what is inside cells is left as it is."""
    quiet = [n.id for n in graph.nodes.values() if n.muted and n.kind not in DOORS]
    return remove(graph, quiet) if quiet else graph


def heard_throughout(graph: Graph) -> Graph:
    """The graph without muted nodes at any depth."""
    found = heard(graph)
    inner = {n.id: replace(n, body=heard_throughout(n.body)) for n in found.nodes.values() if n.body is not None}
    return replace(found, nodes=frozen({**found.nodes, **inner})) if inner else found
