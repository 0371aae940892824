"""Which wires a change makes run anew, and how each runs: the scene asks, this remembers the loops of the drawing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from PySide6.QtCore import QPointF, QRectF

from core.graph.model import Edge, Graph
from studio.canvas.node import NodeItem
from studio.canvas.route import Bundle, Route, bundle_of, forward, lanes, loops, under

Items = Mapping[str, NodeItem]
SQUARE = 1024.0


class Wiring:
    """Routes of one graph's wires between the items that show its nodes."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._touching: dict[str, set[str]] = defaultdict(set)
        for e in graph.edges.values():
            for node in _nodes_of(e):
                self._touching[node].add(e.id)
        self._loops: Mapping[str, frozenset[str]] = loops(graph)
        self._inner = [e for e in graph.edges.values() if e.delay and self._loop(e)]

    @property
    def inner(self) -> set[str]:
        """The delayed wires of loops: those that run back under the nodes."""
        return {e.id for e in self._inner}

    def touched(self, nodes: Iterable[str]) -> set[str]:
        """The wires to run anew when these nodes have changed: their own, and all that run back under nodes."""
        return self._at(nodes) | self.inner

    def near(self, nodes: Iterable[str], items: Items) -> set[str]:
        """The same while a hand moves them: of those that run back, only what is near, so that dragging stays quick."""
        moved = list(nodes)
        boxes = [items[n].box for n in moved]
        out = self._at(moved)
        for loop in {self._loop(e) for e in self._inner}:
            area = _area(loop, items).adjusted(-60, -60, 60, 200)
            if any(n in loop for n in moved) or any(area.intersects(b) for b in boxes):
                out |= {e.id for e in self._inner if self._loop(e) == loop}
        return out

    def _at(self, nodes: Iterable[str]) -> set[str]:
        return set().union(*(self._touching.get(n, set()) for n in nodes))

    def routes(self, edges: Iterable[str], items: Items) -> dict[str, tuple[Route, bool]]:
        """Each wire's route, and whether both its ports exist."""
        wanted = [self.graph.edges[id] for id in edges]
        levels = self._levels(wanted, items)
        out: dict[str, tuple[Route, bool]] = {}
        for e in wanted:
            start, there = items[e.source.node].anchor("out", e.source.port)
            end, here = items[e.target.node].anchor("in", e.target.port)
            lane = levels.get(bundle_of(e)) if self._runs_back(e, items) else None
            if lane is None or e.points:
                route = forward(start, end, [QPointF(*p) for p in e.points])
            else:
                route = under(start, end, *lane)
            out[e.id] = (route, there and here)
        return out

    def bundle(self, id: str, items: Items) -> tuple[str, ...]:
        """The wires that run together with this one: its like, from the same port back through the same delay."""
        edge = self.graph.edges[id]
        if not self._runs_back(edge, items):
            return (id,)
        return tuple(e.id for e in self._inner if bundle_of(e) == bundle_of(edge) and self._runs_back(e, items))

    def _levels(self, wanted: list[Edge], items: Items) -> dict[Bundle, tuple[float, float]]:
        """Lane height and sideways shift of each bundle of the loops that the wanted wires belong to."""
        concerned = {self._loop(e) for e in wanted if e.delay}
        back = [e for e in self._inner if self._loop(e) in concerned and self._runs_back(e, items)]
        found = [(bundle_of(e), self._loop(e), items[e.source.node].x() - items[e.target.node].x()) for e in back]
        heights = lanes(found, Floors(items)) if found else {}
        order: dict[str, int] = defaultdict(int)
        out: dict[Bundle, tuple[float, float]] = {}
        for bundle, lane in heights.items():
            node = bundle[0].node
            out[bundle] = (lane, 7.0 * order[node])
            order[node] += 1
        return out

    def _loop(self, e: Edge) -> frozenset[str]:
        loop = self._loops.get(e.source.node, frozenset())
        return loop if e.target.node in loop else frozenset()

    def _runs_back(self, e: Edge, items: Items) -> bool:
        if not e.delay or not self._loop(e):
            return False
        start, _ = items[e.source.node].anchor("out", e.source.port)
        end, _ = items[e.target.node].anchor("in", e.target.port)
        return end.x() < start.x() + 24.0


def _nodes_of(e: Edge) -> tuple[str, ...]:
    fed = (e.init.source.node,) if e.init.source is not None else ()
    return (e.source.node, e.target.node, *fed)


class Floors:
    """Finds the bottom of everything that stands where a loop stands. Boxes are sorted into squares once."""

    def __init__(self, items: Items) -> None:
        self._items = items
        self._squares: dict[tuple[int, int], list[QRectF]] = defaultdict(list)
        for item in items.values():
            box = item.box
            for square in _squares(box):
                self._squares[square].append(box)

    def __call__(self, loop: frozenset[str]) -> float:
        area = _area(loop, self._items)
        there = (box for square in _squares(area) for box in self._squares.get(square, ()))
        return max((b.bottom() for b in there if b.intersects(area)), default=area.bottom())


def _squares(box: QRectF) -> Iterator[tuple[int, int]]:
    for i in range(int(box.left() // SQUARE), int(box.right() // SQUARE) + 1):
        for k in range(int(box.top() // SQUARE), int(box.bottom() // SQUARE) + 1):
            yield i, k


def _area(loop: frozenset[str], items: Items) -> QRectF:
    area = QRectF()
    for id in loop:
        if id in items:
            area = area.united(items[id].box)
    return area
