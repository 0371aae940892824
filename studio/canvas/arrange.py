"""Automatic layout: columns by depth along undelayed wires, rows by the middle of the neighbours. Pure geometry.

A small Sugiyama: longest-path layers, some sweeps of barycentre ordering, then heights settled without overlap.
Delayed wires run back under the drawing and take no part in the layering.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from core.graph.model import Graph
from studio.canvas.route import LANE_GAP, UNDER, Area, bundle_of, loops

if TYPE_CHECKING:  # a fifth of a second to import, which the first window does not need
    import networkx as nx

Point = tuple[float, float]
Size = tuple[float, float]
Spot = str | tuple[str, str, int]
"""A node, or the place that a long wire takes in a column."""
Layers = dict[Spot, int]
Sizes = dict[Spot, Size]
Near = Mapping[Spot, tuple[Spot, ...]]
ACROSS, DOWN, GRID, SWEEPS = 72.0, 40.0, 8.0, 12
BEFORE = 48.0  # px that an initial value lies left of where the wire comes out whose delay it begins


def arranged(graph: Graph, sizes: Mapping[str, Size], ids: Collection[str] | None = None) -> dict[str, Point]:
    """New places for the nodes (all, or the chosen ones), the top left corner of the whole kept where it was."""
    chosen = [id for id in graph.nodes if ids is None or id in ids]
    if not chosen:
        return {}
    starts = _starts(graph, chosen)
    net = _forward(graph, [id for id in chosen if id not in starts] or chosen)
    layers = _layers(net)
    net, levels, room = _with_lanes(net, layers, sizes)
    order = _ordered(net, levels)
    rows = _rows(net, order, room)
    left = min(graph.nodes[id].at[0] for id in chosen)
    top = min(graph.nodes[id].at[1] for id in chosen)
    shift = top - min(rows[id] for id in net if isinstance(id, str))
    places: dict[str, Point] = {}
    x = left
    for layer in order:
        width = max(room[id][0] for id in layer)
        for id in (id for id in layer if isinstance(id, str)):
            places[id] = (_snap(x + (width - sizes[id][0]) / 2), _snap(rows[id] + shift))
        x += width + ACROSS
    return {**places, **_by_their_delays(graph, starts, places, sizes)}


def _starts(graph: Graph, chosen: Collection[str]) -> dict[str, str]:
    """What does nothing but begin a delay, and where the wire of that delay comes from."""
    wired = {end for e in graph.edges.values() for end in (e.source.node, e.target.node)}
    fed = ((e.init.source.node, e.source.node) for e in graph.edges.values() if e.init.source is not None)
    return {a: b for a, b in fed if a in chosen and b in chosen and a not in wired}


def _by_their_delays(
    graph: Graph, starts: Mapping[str, str], places: Mapping[str, Point], sizes: Mapping[str, Size]
) -> dict[str, Point]:
    """Under the lanes on which the delays run back, left of where their signs are."""
    found: dict[str, Point] = {}
    for id, source in starts.items():
        loop = loops(graph).get(source, frozenset()) & places.keys()
        if source in loop:
            boxes = {n: (*places[n], places[n][0] + sizes[n][0], places[n][1] + sizes[n][1]) for n in places}
            lanes = len({bundle_of(e) for e in graph.edges.values() if e.delay and e.source.node in loop})
            y = _floor([boxes[n] for n in loop], list(boxes.values())) + UNDER + LANE_GAP * lanes
            found[id] = (_snap(boxes[source][2] - sizes[id][0] - BEFORE), _snap(y))
    return found


def _floor(loop: list[Area], every: list[Area]) -> float:
    """The bottom of everything that stands where a loop stands."""
    left, top = min(b[0] for b in loop), min(b[1] for b in loop)
    right, bottom = max(b[2] for b in loop), max(b[3] for b in loop)
    return max(b[3] for b in every if b[0] < right and b[2] > left and b[1] < bottom and b[3] > top)


def _forward(graph: Graph, chosen: Collection[str]) -> nx.DiGraph:
    """The wires of this step as an acyclic net; wires that would close a circle are left out."""
    import networkx as nx

    net: nx.DiGraph = nx.DiGraph()
    net.add_nodes_from(chosen)
    wires = [(e.source.node, e.target.node) for e in graph.edges.values() if not e.delay]
    net.add_edges_from((a, b) for a, b in wires if a in net and b in net and a != b)
    while not nx.is_directed_acyclic_graph(net):
        net.remove_edge(*nx.find_cycle(net)[-1])
    return net


def _layers(net: nx.DiGraph) -> dict[str, int]:
    """Longest path from the sources; then sources move right, next to what they feed."""
    import networkx as nx

    layer: dict[str, int] = {}
    for id in nx.topological_sort(net):
        layer[id] = max((layer[p] + 1 for p in net.predecessors(id)), default=0)
    for id in reversed(list(nx.topological_sort(net))):
        after = [layer[s] for s in net.successors(id)]
        if after and net.in_degree(id) == 0:
            layer[id] = min(after) - 1
    return layer


def _with_lanes(net: nx.DiGraph, layers: dict[str, int], sizes: Mapping[str, Size]) -> tuple[nx.DiGraph, Layers, Sizes]:
    """A wire over several columns gets a thin place of its own in each, so that it does not run behind nodes."""
    import networkx as nx

    wide: nx.DiGraph = nx.DiGraph()
    wide.add_nodes_from(net)
    levels: Layers = {id: layer for id, layer in layers.items()}  # noqa: C416 - its keys are of a wider type
    room: Sizes = {id: size for id, size in sizes.items()}  # noqa: C416
    for a, b in net.edges:
        before: Spot = a
        for layer in range(layers[a] + 1, layers[b]):
            spot = (a, b, layer)
            levels[spot], room[spot] = layer, (0.0, 0.0)
            wide.add_edge(before, spot)
            before = spot
        wide.add_edge(before, b)
    return wide, levels, room


def _ordered(net: nx.DiGraph, layers: Layers) -> list[list[Spot]]:
    """Each layer's nodes from top to bottom, with few crossings."""
    columns: dict[int, list[Spot]] = defaultdict(list)
    for id, column in layers.items():
        columns[column].append(id)
    order = [columns[i] for i in sorted(columns)]
    above = {id: tuple(net.predecessors(id)) for id in layers}
    below = {id: tuple(net.successors(id)) for id in layers}
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        rank = {
            id: i / max(1, len(layer) - 1) if len(layer) > 1 else 0.5 for layer in order for i, id in enumerate(layer)
        }
        for layer in order if down else reversed(order):
            near = above if down else below

            def middle(id: Spot, near: Near = near, rank: Mapping[Spot, float] = rank) -> float:
                found = [rank[n] for n in near[id]]
                return sum(found) / len(found) if found else rank[id]

            layer.sort(key=middle)
            rank |= {id: i / max(1, len(layer) - 1) if len(layer) > 1 else 0.5 for i, id in enumerate(layer)}
    return order


def _rows(net: nx.DiGraph, order: list[list[Spot]], sizes: Sizes) -> dict[Spot, float]:
    """Heights: every node wants the middle of its neighbours; order and distance are kept."""
    top: dict[Spot, float] = {}
    for layer in order:
        y = 0.0
        for id in layer:
            top[id] = y
            y += sizes[id][1] + DOWN
    beside = {id: (*net.predecessors(id), *net.successors(id)) for layer in order for id in layer}
    for sweep in range(SWEEPS):
        for layer in order if sweep % 2 == 0 else list(reversed(order)):
            _settle(layer, {id: _wish(beside[id], id, top, sizes) for id in layer}, top, sizes)
    return top


def _wish(near: tuple[Spot, ...], id: Spot, top: Mapping[Spot, float], sizes: Sizes) -> float:
    if not near:
        return top[id]
    return sum(top[n] + sizes[n][1] / 2 for n in near) / len(near) - sizes[id][1] / 2


def _settle(layer: list[Spot], wish: Mapping[Spot, float], top: dict[Spot, float], sizes: Sizes) -> None:
    """Move a column as near to its wishes as order allows: blocks that collide share their mean."""
    blocks: list[tuple[list[Spot], float, float]] = []  # ids, wished top of the first, height of all
    for id in layer:
        blocks.append(([id], wish[id], sizes[id][1] + DOWN))
        while len(blocks) > 1 and blocks[-2][1] + blocks[-2][2] > blocks[-1][1]:
            (later, at, low), (first, start, high) = blocks.pop(), blocks.pop()
            mean = (start * len(first) + (at - high) * len(later)) / (len(first) + len(later))
            blocks.append((first + later, mean, high + low))
    for ids, at, _ in blocks:
        for id in ids:
            top[id] = at
            at += sizes[id][1] + DOWN


def _snap(value: float) -> float:
    return round(value / GRID) * GRID
