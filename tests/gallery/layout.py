"""How a drawing lies on the canvas, measured with the studio's own node sizes and wire routes."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from core.graph.edit import move
from core.graph.model import Edge, Graph
from core.specs.registry import default_registry
from studio.canvas.arrange import arranged
from studio.canvas.look import Look, look_of
from studio.canvas.node import CAPTION
from studio.canvas.route import forward

PIECES = 24  # of a curve, to find crossings
CORNERED = 160  # of a wire that turns into another row
Point = tuple[float, float]


class Layout:
    """Node boxes and forward wires of one drawing. `at` overrides places; reroute points then do not count."""

    def __init__(self, graph: Graph, at: dict[str, Point] | None = None) -> None:
        self.graph = graph
        registry = default_registry()
        self.looks: dict[str, Look] = {id: look_of(n, registry, graph) for id, n in graph.nodes.items()}
        self.moved = at is not None
        self.at = at if at is not None else {id: n.at for id, n in graph.nodes.items()}
        self.boxes = {id: look.rect.translated(*self.at[id]) for id, look in self.looks.items()}
        self.forwards = [e for e in graph.edges.values() if not e.delay]

    def covered(self, id: str) -> QRectF:
        """A node with what is written under it."""
        return self.boxes[id].adjusted(0, 0, 0, CAPTION if self.looks[id].caption else 0)

    def line(self, edge: Edge) -> np.ndarray:
        """A forward wire as points (n, 2)."""
        start, end = self._anchor("out", edge.source), self._anchor("in", edge.target)
        points = [] if self.moved else [QPointF(*p) for p in edge.points]
        path, pieces = forward(start, end, points).path, CORNERED if points else PIECES
        return np.array([(p.x(), p.y()) for p in (path.pointAtPercent(i / pieces) for i in range(pieces + 1))])

    def _anchor(self, side: str, port) -> QPointF:
        mark = self.looks[port.node].mark(side, port.port)
        assert mark is not None, port
        return QPointF(*self.at[port.node]) + mark.at

    def overlaps(self) -> list[tuple[str, str]]:
        return [(a, b) for a, b in combinations(self.boxes, 2) if self.covered(a).intersects(self.covered(b))]

    def backwards(self) -> list[tuple[str, str]]:
        """Wires of this step that neither run from left to right nor turn into the row below."""
        ends = [(e.source.node, e.target.node) for e in self.forwards if self.moved or not self._turns(e)]
        return [(a, b) for a, b in ends if self.boxes[a].right() >= self.boxes[b].left()]

    def _turns(self, edge: Edge) -> bool:
        """Whether a wire leads back, by corners, through the lane between its row and the one below."""
        above, below = self.boxes[edge.source.node].bottom(), self.boxes[edge.target.node].top()
        return len(edge.points) == 2 and all(above < y < below for _, y in edge.points)

    @property
    def rows(self) -> bool:
        """Whether it is drawn in several rows, as a text is written."""
        return any(self._turns(e) for e in self.forwards)

    def hidden(self) -> list[tuple[str, str]]:
        """(wire, node) where a forward wire runs behind a node that it has nothing to do with."""
        found = []
        for edge in self.forwards:
            line = self.line(edge)
            for id, box in self.boxes.items():
                if id not in (edge.source.node, edge.target.node) and _through(line, box.adjusted(3, 3, -3, -3)):
                    found.append((edge.id, id))
        return found

    def crossings(self) -> list[tuple[str, str]]:
        """Pairs of forward wires that cross; wires of one port part or meet, which is no crossing."""
        lines = {e.id: self.line(e) for e in self.forwards}
        return [
            (a.id, b.id)
            for a, b in combinations(self.forwards, 2)
            if a.source != b.source and a.target != b.target and _cross(lines[a.id], lines[b.id])
        ]

    def better(self) -> str:
        """A layout with fewer crossings, in words; "" where the machine's and every exchange of two nodes of a column has
        as many. The machine's stands in one row, however wide, and is no rival to one in several."""
        most = len(self.crossings())
        if not most:
            return ""
        sizes = {id: (look.width, look.height) for id, look in self.looks.items()}
        automatic = Layout(self.graph, dict(arranged(self.graph, sizes)))
        if not self.rows and len(automatic.crossings()) < most:
            return f"arranging it gives {len(automatic.crossings())} crossings instead of {most}"
        for a, b in combinations(self.boxes, 2):
            if self._same_column(a, b):
                other = Layout(self.graph, {**self.at, **self._exchanged(a, b)})
                if not other.overlaps() and len(other.crossings()) < most:
                    return f"{a} and {b} exchanged: {len(other.crossings())} crossings instead of {most}"
        return ""

    def _same_column(self, a: str, b: str) -> bool:
        one, two = self.boxes[a], self.boxes[b]
        return one.left() < two.right() and two.left() < one.right()

    def _exchanged(self, a: str, b: str) -> dict[str, Point]:
        one, two = self.boxes[a], self.boxes[b]
        return {
            a: (one.left(), two.center().y() - one.height() / 2),
            b: (two.left(), one.center().y() - two.height() / 2),
        }

    def cut_by_frames(self) -> list[tuple[str, str]]:
        """(frame, node) where a node stands neither inside a frame, below its words, nor outside of it."""
        found = []
        for frame in self.graph.frames.values():
            whole = QRectF(*frame.at, *frame.size)
            room = whole.adjusted(4, 24, -4, -4)
            for id in self.boxes:
                if whole.intersects(self.covered(id)) and not room.contains(self.covered(id)):
                    found.append((frame.id, id))
        return found


def moved(graph: Graph, **places: Point) -> Graph:
    return move(graph, places)


def _through(line: np.ndarray, box: QRectF) -> bool:
    x, y = line[:, 0], line[:, 1]
    inside = (x > box.left()) & (x < box.right()) & (y > box.top()) & (y < box.bottom())
    return bool(inside.any())


def _cross(one: np.ndarray, two: np.ndarray) -> bool:
    """Whether some piece of one crosses some piece of the other, ends touching not counted."""
    p, r = one[:-1, None], np.diff(one, axis=0)[:, None]
    q, s = two[None, :-1], np.diff(two, axis=0)[None]
    across = _wedge(r, s)
    with np.errstate(divide="ignore", invalid="ignore"):
        t, u = _wedge(q - p, s) / across, _wedge(q - p, r) / across
    return bool(((across != 0) & (t >= 0) & (t < 1) & (u >= 0) & (u < 1)).any())


def _wedge(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
