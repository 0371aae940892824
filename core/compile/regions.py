"""Finds the scans: strongly connected components of the op graph. Everything else runs over the whole time axis."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import networkx as nx

from core.specs.ops import Op


def scans(ops: Sequence[Op]) -> tuple[tuple[Op, ...], ...]:
    """The ops of each cycle, in the order given. Every cycle goes through a delay (infer has refused the others)."""
    graph = op_graph(ops)
    found = []
    for part in nx.strongly_connected_components(graph):
        if len(part) > 1 or any(graph.has_edge(v, v) for v in part):
            found.append(tuple(op for op in ops if op.output.id in part))
    return tuple(sorted(found, key=lambda scan: scan[0].output.id))


def op_graph(ops: Sequence[Op]) -> nx.DiGraph:
    """Values as nodes, an edge from each value an op reads to the one it makes."""
    graph = nx.DiGraph()
    graph.add_nodes_from(op.output.id for op in ops)
    graph.add_edges_from((i, op.output.id) for op in ops for i in op.inputs)
    return graph


def merge_delays(ops: Sequence[Op]) -> tuple[tuple[Op, ...], dict[int, int]]:
    """Delays of one value by one count inside one cycle, starting from the same zeros or the same fed value, are one.

    Returns the ops left and which merged value stands for which.
    """
    same: dict[int, int] = {}
    for scan in scans(ops):
        first: dict[object, int] = {}
        for op in scan:
            if op.name == "delay" and not op.weights:
                key = (op.inputs, op.attrs["k"], op.attrs.get("init", "zeros"), op.attrs.get("along", ""))
                kept = first.setdefault(key, op.output.id)
                if kept != op.output.id:
                    same[op.output.id] = kept
    left = (op for op in ops if op.output.id not in same)
    return tuple(replace(op, inputs=tuple(same.get(i, i) for i in op.inputs)) for op in left), same


def part_delays(ops: Sequence[Op]) -> tuple[Op, ...]:
    """A delay of a cycle that is also read outside gets a copy for there: a shift, so that the cycle may still be fused."""
    copies: dict[int, Op] = {}
    moved: dict[int, Op] = {}
    fresh = max((op.output.id for op in ops), default=0)
    for scan in scans(ops):
        inside = {op.output.id for op in scan}
        delays = {op.output.id: op for op in scan if op.name == "delay" and not op.weights}
        for op in ops:
            read = [i for i in op.inputs if i in delays] if op.output.id not in inside else []
            for i in read:
                if i not in copies:
                    fresh += 1
                    copies[i] = replace(delays[i], output=replace(delays[i].output, id=fresh))
            if read:
                own = moved.get(op.output.id, op)
                renamed = (copies[i].output.id if i in read else i for i in own.inputs)
                moved[op.output.id] = replace(own, inputs=tuple(renamed))
    return (*(moved.get(op.output.id, op) for op in ops), *copies.values())


def arrange(ops: Sequence[Op], groups: Iterable[Iterable[int]]) -> tuple[tuple[int, ...], ...]:
    """All ops in an order in which each group (values) stands together after everything it reads.

    Ties keep the given order, so that emitted text is the same every time.
    """
    owner = {op.output.id: op.output.id for op in ops}
    members: dict[int, list[int]] = {v: [v] for v in owner}
    rank = {op.output.id: n for n, op in enumerate(ops)}
    for group in groups:
        inside = sorted(group, key=rank.__getitem__)
        for v in inside:
            owner[v] = inside[0]
            members.pop(v, None)
        members[inside[0]] = inside
    graph = nx.DiGraph()
    graph.add_nodes_from(members)
    edges = ((owner[i], owner[op.output.id]) for op in ops for i in op.inputs)
    graph.add_edges_from((a, b) for a, b in edges if a != b)
    order = nx.lexicographical_topological_sort(graph, key=rank.__getitem__)
    return tuple(tuple(members[v]) for v in order)
