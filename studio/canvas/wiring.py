"""Which wires a change makes run anew, and how each runs: the scene asks, this remembers the loops of the drawing.

What it costs to move a node grows with what is near the node, not with the drawing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from PySide6.QtCore import QPointF, QRectF

from core.graph.model import Edge, Graph
from studio.canvas.look import Side
from studio.canvas.node import NodeItem, around
from studio.canvas.places import Places
from studio.canvas.route import Bundle, Curve, Route, bundle_of, forward, lanes, loops, under

Items = Mapping[str, NodeItem]
Loop = frozenset[str]
Lane = tuple[float, float]
"""Its height, and how far its ends are shifted sideways."""
ASIDE = 7.0
BEYOND = 24.0  # a wire's end may lie so far ahead of its start and the wire still runs back


class Wiring:
    """Routes of one graph's wires between the items that show its nodes; `boxes` is where these stand."""

    def __init__(self, graph: Graph, items: Items, boxes: Places[str]) -> None:
        self.graph = graph
        self._items, self._boxes = items, boxes
        self._touching: dict[str, list[str]] = defaultdict(list)
        for e in graph.edges.values():
            for node in {e.source.node, e.target.node}:
                self._touching[node].append(e.id)
            if e.init.source is not None:
                self._touching[e.init.source.node].append(e.id)
        self._loops: Mapping[str, Loop] = loops(graph) if any(e.delay for e in graph.edges.values()) else {}
        self._inner: dict[Loop, list[str]] = defaultdict(list)
        for e in graph.edges.values():
            if e.delay and (loop := self._loop(e)):
                self._inner[loop].append(e.id)
        self._areas: Places[Loop] = Places()
        self._held: tuple[frozenset[str], dict[Loop, QRectF]] = (frozenset(), {})
        self._spans: dict[str, tuple[Bundle, float] | None] = {}
        self._lanes: dict[Loop, Mapping[Bundle, Lane]] = {}
        for loop in self._inner:
            self._areas.put(loop, _area(loop, items))
            self._lanes[loop] = self._levels(loop)

    @property
    def inner(self) -> set[str]:
        """The delayed wires of loops: those that run back under the nodes."""
        return {id for ids in self._inner.values() for id in ids}

    def at(self, nodes: Iterable[str]) -> set[str]:
        """The wires of these nodes."""
        return {id for n in nodes for id in self._touching.get(n, ())}

    def moved(self, nodes: Iterable[str]) -> set[str]:
        """These nodes stand elsewhere now, or are of another size: the wires to run anew. Of those that run back under
        nodes it is all whose lane has changed with that."""
        ids = frozenset(nodes)
        again = self.at(ids)
        for wire in again:
            self._spans.pop(wire, None)
        for loop in self._concerned(ids):
            if not loop.isdisjoint(ids):
                self._areas.put(loop, self._area_now(loop, ids))
            before, now = self._lanes[loop], self._levels(loop)
            self._lanes[loop] = now
            if before != now:
                changed = {b for b in {*before, *now} if before.get(b) != now.get(b)}
                again.update(id for id in self._inner[loop] if bundle_of(self.graph.edges[id]) in changed)
        return again

    def _concerned(self, nodes: Iterable[str]) -> set[Loop]:
        """Loops of these nodes, and those under which the nodes stood or stand."""
        found: set[Loop] = set()
        for n in nodes:
            loop, box = self._loops.get(n), self._items[n].box
            if loop is not None and loop in self._inner:
                found.add(loop)
            was = self._boxes.box(n)
            found |= self._areas.within(box if was is None else box.united(was))
            self._boxes.put(n, box)
        return found

    def _area_now(self, loop: Loop, moved: frozenset[str]) -> QRectF:
        """The area of a loop. While one hand holds the same nodes, the others are looked at once."""
        if self._held[0] != moved:
            self._held = (moved, {})
        resting = self._held[1].get(loop)
        if resting is None:
            resting = self._held[1][loop] = _area(loop - moved, self._items)
        return resting.united(_area(loop & moved, self._items))

    def routes(self, edges: Iterable[str]) -> dict[str, tuple[Route, bool]]:
        """Each wire's route, and whether both its ports exist."""
        return {id: self._route(self.graph.edges[id]) for id in edges}

    def _route(self, e: Edge) -> tuple[Route, bool]:
        ax, ay, there = self._items[e.source.node].spot("out", e.source.port)
        bx, by, here = self._items[e.target.node].spot("in", e.target.port)
        lane = None
        if e.points:
            return forward(QPointF(ax, ay), QPointF(bx, by), [QPointF(*p) for p in e.points]), there and here
        if e.delay and (loop := self._loop(e)) and bx < ax + BEYOND:
            lane = self._lanes[loop].get(bundle_of(e))
        route = under(QPointF(ax, ay), QPointF(bx, by), *lane) if lane else Curve(ax, ay, bx, by)
        return route, there and here

    def bundle(self, id: str) -> tuple[str, ...]:
        """The wires that run together with this one: its like, from the same port back through the same delay."""
        edge = self.graph.edges[id]
        if not (edge.delay and self._span(id)):
            return (id,)
        like = bundle_of(edge)
        return tuple(
            i for i in self._inner[self._loop(edge)] if bundle_of(self.graph.edges[i]) == like and self._span(i)
        )

    def _levels(self, loop: Loop) -> Mapping[Bundle, Lane]:
        """Lane of each bundle of a loop."""
        spans = [found for id in self._inner[loop] if (found := self._span(id))]
        if not spans:
            return {}
        area = self._areas.box(loop)
        heights = lanes([(bundle, loop, span) for bundle, span in spans], lambda _: self._boxes.floor(area or QRectF()))
        order: dict[str, int] = defaultdict(int)
        out: dict[Bundle, Lane] = {}
        for bundle, lane in heights.items():
            node = bundle[0].node
            out[bundle] = (lane, ASIDE * order[node])
            order[node] += 1
        return out

    def _span(self, id: str) -> tuple[Bundle, float] | None:
        """The bundle and width of a wire of a loop that runs back; None of one that does not."""
        if id not in self._spans:
            e = self.graph.edges[id]
            source, target = self._items[e.source.node], self._items[e.target.node]
            back = bool(self._loop(e)) and _x(target, "in", e.target.port) < _x(source, "out", e.source.port) + BEYOND
            self._spans[id] = (bundle_of(e), source.x() - target.x()) if back else None
        return self._spans[id]

    def _loop(self, e: Edge) -> Loop:
        loop = self._loops.get(e.source.node, frozenset())
        return loop if e.target.node in loop else frozenset()


def _x(item: NodeItem, side: Side, port: str) -> float:
    return item.spot(side, port)[0]


def _area(nodes: Iterable[str], items: Items) -> QRectF:
    return around(items[id] for id in nodes if id in items)
