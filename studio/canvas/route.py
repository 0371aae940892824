"""How a wire runs: forward as a soft curve, back through a delay as a rounded lane under the nodes of its loop.

Pure geometry, so that it can be tested without a window.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from PySide6.QtCore import QLineF, QPointF
from PySide6.QtGui import QPainterPath

from core.graph.model import Edge, Graph, Init, Port
from core.shapes.loops import loops as groups

STUB = 20.0
RADIUS = 14.0
LANE_GAP = 22.0
UNDER = 26.0
SHORT = 28.0  # a curve at least so long stays between its ends

Floor = Callable[[frozenset[str]], float]
"""The bottom of everything that stands where a loop stands."""

Bundle = tuple[Port, int, Init, str]
"""Feedback wires of one port with one delay along one way and one initial value run, and are edited, together."""

Area = tuple[float, float, float, float]
"""Left, top, right, bottom."""


class Route(Protocol):
    """A wire's path, where its z⁻ᵏ chip sits, where its shape label begins, how much room that has, its two ends, and an
    area that holds the path."""

    @property
    def path(self) -> QPainterPath: ...
    @property
    def chip(self) -> QPointF: ...
    @property
    def label(self) -> QPointF: ...
    @property
    def run(self) -> float: ...
    @property
    def ends(self) -> QLineF: ...
    @property
    def area(self) -> Area: ...


@dataclass(frozen=True, slots=True)
class Bent:
    """A route through corners or reroute points."""

    path: QPainterPath
    chip: QPointF
    label: QPointF
    run: float
    ends: QLineF

    @property
    def area(self) -> Area:
        box = self.path.boundingRect()
        return box.left(), box.top(), box.right(), box.bottom()


class Curve:
    """A route with nothing between its ends, as nearly all are: of a large drawing most are only seen from afar, so the
    rest is worked out when it is asked for. It is the same from both its ends, so that its middle is theirs."""

    __slots__ = ("_path", "ax", "ay", "bx", "by")

    def __init__(self, ax: float, ay: float, bx: float, by: float) -> None:
        self.ax, self.ay, self.bx, self.by = ax, ay, bx, by
        self._path: QPainterPath | None = None

    @property
    def path(self) -> QPainterPath:
        if self._path is None:
            self._path = QPainterPath(self.label)
            reach = self._reach()
            self._path.cubicTo(self.ax + reach, self.ay, self.bx - reach, self.by, self.bx, self.by)
        return self._path

    @property
    def chip(self) -> QPointF:
        return QPointF((self.ax + self.bx) / 2, (self.ay + self.by) / 2)

    @property
    def label(self) -> QPointF:
        return QPointF(self.ax, self.ay)

    @property
    def run(self) -> float:
        """How far it runs nearly level where it leaves, for words above it."""
        dx = self.bx - self.ax
        return dx if abs(self.by - self.ay) < 10.0 else dx * 0.62

    @property
    def ends(self) -> QLineF:
        return QLineF(self.ax, self.ay, self.bx, self.by)

    @property
    def area(self) -> Area:
        """Of the points that draw the curve: it bends no further out."""
        ax, bx = self.ax, self.bx
        top, bottom = (self.ay, self.by) if self.ay < self.by else (self.by, self.ay)
        if bx - ax >= SHORT:
            return ax, top, bx, bottom
        reach = self._reach()
        return min(ax, bx - reach), top, max(ax + reach, bx), bottom

    def _reach(self) -> float:
        return _reach(self.bx - self.ax, abs(self.by - self.ay))


def bundle_of(edge: Edge) -> Bundle:
    return (edge.source, edge.delay, edge.init, edge.along)


def loops(graph: Graph) -> Mapping[str, frozenset[str]]:
    """For each node on a cycle, the nodes of its loop (strongly connected component)."""
    before: dict[str, set[str]] = {id: set() for id in graph.nodes}
    for edge in graph.edges.values():
        before.setdefault(edge.target.node, set()).add(edge.source.node)
        before.setdefault(edge.source.node, set())
    out: dict[str, frozenset[str]] = {}
    for part in groups(tuple(before), before.__getitem__):
        out.update(dict.fromkeys(part, frozenset(part)))
    return out


def forward(start: QPointF, end: QPointF, points: Sequence[QPointF] = ()) -> Route:
    """A curve that leaves to the right and arrives from the left, through reroute points; round corners where the
    points lead back."""
    if not points:
        return Curve(start.x(), start.y(), end.x(), end.y())
    stops = [start, *points, end]
    if any(b.x() < a.x() for a, b in pairwise(stops)):
        return _cornered(stops)
    path = QPainterPath(start)
    for a, b in pairwise(stops):
        reach = _reach(b.x() - a.x(), abs(b.y() - a.y()))
        path.cubicTo(a.x() + reach, a.y(), b.x() - reach, b.y(), b.x(), b.y())
    return Bent(path, path.pointAtPercent(0.5), start, points[0].x() - start.x(), QLineF(start, end))


def _cornered(stops: Sequence[QPointF]) -> Route:
    start, *points, end = stops
    corners = [start, QPointF(points[0].x(), start.y()), *points, QPointF(points[-1].x(), end.y()), end]
    long = max(pairwise(corners), key=lambda pair: (pair[1] - pair[0]).manhattanLength())
    chip = (long[0] + long[1]) / 2.0
    label, run = QPointF(min(long[0].x(), long[1].x()), chip.y()), abs(long[1].x() - chip.x()) - 24.0
    return Bent(rounded(corners), chip, label, run, QLineF(start, end))


def _reach(dx: float, dy: float) -> float:
    if dx >= 0:
        return min(max(dx * 0.5, min(SHORT, dy * 0.5)), 160.0)
    return min(40.0 + abs(dx) * 0.45 + dy * 0.1, 220.0)


def under(start: QPointF, end: QPointF, lane: float, shift: float = 0.0) -> Route:
    """Down at the source, left along the lane, up into the target."""
    right, left = start.x() + STUB + shift, end.x() - STUB - shift
    corners = [start, QPointF(right, start.y()), QPointF(right, lane), QPointF(left, lane), QPointF(left, end.y()), end]
    path = rounded(corners)
    chip = QPointF(max(right - 46.0, (left + right) / 2.0), lane)
    return Bent(path, chip, QPointF(left, lane), chip.x() - left - 24.0, QLineF(start, end))


def rounded(corners: Sequence[QPointF], radius: float = RADIUS) -> QPainterPath:
    """A polyline with round corners."""
    path = QPainterPath(corners[0])
    for before, corner, after in zip(corners, corners[1:], corners[2:], strict=False):
        path.lineTo(_towards(corner, before, radius))
        path.quadTo(corner, _towards(corner, after, radius))
    path.lineTo(corners[-1])
    return path


def _towards(corner: QPointF, other: QPointF, radius: float) -> QPointF:
    dx, dy = other.x() - corner.x(), other.y() - corner.y()
    length = (dx * dx + dy * dy) ** 0.5
    share = 0.0 if length == 0.0 else min(radius, length / 2.0) / length
    return QPointF(corner.x() + dx * share, corner.y() + dy * share)


def lanes(feedback: Sequence[tuple[Bundle, frozenset[str], float]], floor: Floor) -> Mapping[Bundle, float]:
    """The height of each bundle's lane: under the `floor` of its loop; of several, short spans lie inside."""
    out: dict[Bundle, float] = {}
    used: dict[frozenset[str], int] = {}
    floors: dict[frozenset[str], float] = {}
    for bundle, loop, _ in sorted(feedback, key=lambda item: item[2]):
        if bundle in out:
            continue
        rank = used.get(loop, 0)
        used[loop] = rank + 1
        if loop not in floors:
            floors[loop] = floor(loop)
        out[bundle] = floors[loop] + UNDER + LANE_GAP * rank
    return out


def nearest_gap(path: QPainterPath, points: Sequence[tuple[float, float]], at: tuple[float, float]) -> int:
    """Where among a wire's reroute points a new one belongs: before the first point that lies further along."""
    along = [_along(path, p) for p in points]
    here = _along(path, at)
    return next((i for i, there in enumerate(along) if there > here), len(points))


def _along(path: QPainterPath, at: tuple[float, float]) -> float:
    """How far along a path (0 to 1) a point lies."""
    steps = [i / 64 for i in range(65)]
    return min(steps, key=lambda t: (path.pointAtPercent(t) - QPointF(*at)).manhattanLength())
