"""What leads from copy to copy in trees and grids, and the gradient that comes back along it as ribbons."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from core.observe.unrolled import Link
from studio.canvas.signs import NO_PEN
from studio.theme import faded, mix
from studio.unrolled.column import FAR, FULL
from studio.unrolled.curves import arrow, near
from studio.unrolled.sheet import Column, Lane, Sheet
from studio.unrolled.stage import Stage

BROAD = {"tree": 18.0, "grid": 15.0}  # px of the widest ribbon
SPLAY = 12.0  # px between the states that leave one node


@dataclass(frozen=True)
class _Way:
    """One state's way from a copy to another."""

    link: Link
    source: Column
    target: Column
    path: QPainterPath
    tip: QPainterPath
    share: int  # states that leave the same box


class Net:
    """Of one lane; its curves are made once."""

    def __init__(self, stage: Stage, sheet: Sheet, lane: Lane) -> None:
        self._stage, self._lane = stage, lane
        links = [k for k in sheet.links("state", lane) if k.target in lane.rects]
        values = list(dict.fromkeys((k.source, k.keys) for k in links))
        self._ways = tuple(
            self._way(k, lane.columns[a], lane.columns[b], values.index((k.source, k.keys)), len(values))
            for k in links
            for a, b, along in lane.ways
            if along == k.along
        )

    def _way(self, link: Link, a: Column, b: Column, index: int, count: int) -> _Way:
        source = self._lane.rects[link.source].translated(a.x, a.y)
        target = self._lane.rects[link.target].translated(b.x, b.y)
        shift = (index - (count - 1) / 2) * SPLAY
        path = _branch(source, target, shift) if self._lane.form == "tree" else _step(source, target)
        end, back = path.currentPosition(), path.pointAtPercent(0.9)
        length = max(1e-6, (end - back).manhattanLength())
        tip = arrow(end, (end.x() - back.x()) / length, (end.y() - back.y()) / length)
        return _Way(link, a, b, path, tip, count)

    def at(self, place: QPointF, reach: float) -> tuple[Link, Column] | None:
        """The state whose way passes a place, and the copy it leaves."""
        return next(((w.link, w.source) for w in self._ways if near(w.path, place, reach)), None)

    def paint(self, painter: QPainter, area: QRectF, detail: float) -> None:
        ways = [w for w in self._ways if w.path.controlPointRect().adjusted(-20, -20, 20, 20).intersects(area)]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for way in ways:
            self._paint_ribbon(painter, way)
        for way in ways:
            self._paint_arrow(painter, way, detail)

    def _paint_ribbon(self, painter: QPainter, way: _Way) -> None:
        """As wide as the gradient is at the copy that it comes back to."""
        film = self._stage.film
        norms = film.norms(way.link)
        if norms is None or way.source.step is None or way.source.step >= len(norms):
            return
        share = film.width(float(norms[way.source.step]))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if share <= 0.0:
            painter.setPen(QPen(faded(self._stage.gradient, 0.5), 1.0, Qt.PenStyle.DotLine))
        else:
            colour = faded(mix(self._stage.gradient, self._stage.tokens.canvas, 0.35 + 0.6 * share), 0.85)
            pen = QPen(colour, max(1.0, BROAD[self._lane.form] / min(way.share, 2) * share))
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            painter.setPen(pen)
        painter.drawPath(way.path)

    def _paint_arrow(self, painter: QPainter, way: _Way, detail: float) -> None:
        chosen = self._stage.wire_chosen(way.link)
        colour = self._stage.tokens.accent if chosen else self._stage.state
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, 2.6 if chosen else 1.6 if detail >= FULL else 1.2))
        painter.drawPath(way.path)
        if detail >= FAR:
            painter.setPen(NO_PEN)
            painter.setBrush(colour)
            painter.drawPath(way.tip)


def _branch(child: QRectF, parent: QRectF, shift: float) -> QPainterPath:
    """From the top of a child into the side of its parent, or from below where it stands right under it."""
    start = QPointF(child.center().x() + shift, child.top())
    left, right = start.x() < parent.left() - 4, start.x() > parent.right() + 4
    side = parent.left() if left else parent.right() if right else 0.0
    path = QPainterPath(start)
    if left or right:
        end = QPointF(side, parent.center().y() + shift * 0.6)
        path.cubicTo(start.x(), (start.y() + end.y()) / 2, start.x(), end.y(), end.x(), end.y())
    else:
        end = QPointF(start.x(), parent.bottom())
        path.cubicTo(start.x(), (start.y() + end.y()) / 2, end.x(), (start.y() + end.y()) / 2, end.x(), end.y())
    return path


def _step(a: QRectF, b: QRectF) -> QPainterPath:
    """Straight from a cell to its neighbour."""
    across = abs(b.center().x() - a.center().x()) > abs(b.center().y() - a.center().y())
    on = (b.center().x() > a.center().x()) if across else (b.center().y() > a.center().y())
    if across:
        y = a.center().y()
        ends = (QPointF(a.right() if on else a.left(), y), QPointF(b.left() if on else b.right(), y))
    else:
        x = a.center().x()
        ends = (QPointF(x, a.bottom() if on else a.top()), QPointF(x, b.top() if on else b.bottom()))
    path = QPainterPath(ends[0])
    path.lineTo(ends[1])
    return path
