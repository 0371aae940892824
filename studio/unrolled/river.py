"""What lies behind the copies: states going from copy to copy, gradients coming back, wires between blocks, cuts.

One item for all of it. Every curve is the same at each step, so it is made once and painted where it is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from core.observe.unrolled import Link
from core.words import Text, say
from studio.canvas.look import font, metrics
from studio.canvas.signs import NO_PEN
from studio.theme import faded, mix
from studio.unrolled.column import CENTRE, FAR, FULL, small
from studio.unrolled.crossings import crossings
from studio.unrolled.curves import Trail, arrow, course, near, trails
from studio.unrolled.looks import Looks
from studio.unrolled.net import Net
from studio.unrolled.sheet import BETWEEN, FOOT, HEAD, Column, Lane, Sheet
from studio.unrolled.stage import Stage
from studio.unrolled.words import below, brief

BROAD = 24.0  # px of the widest ribbon
EVERY = 6  # copies between two notes that their weights are shared
SHARED = Text("the same weights in all {n} copies", "los mismos pesos en las {n} copias")
HEARS = {
    "taught": Text("hears the truth", "oye la verdad"),
    "free": Text("hears what it said itself", "oye lo que ella misma dijo"),
}
A_STEP = Text("L = {loss} a step", "L = {loss} por paso")
PART = Text("from here on they hear different things", "desde aquí oyen cosas distintas")
ROOM = 34.0  # px left of the first copy for what a state starts from


@dataclass(frozen=True)
class _Way:
    """A trail with its curve, drawn from the left of the copy it leaves."""

    trail: Trail
    path: QPainterPath
    back: bool
    straight: bool
    share: int  # states that leave the same box
    last: bool  # the lowest of them
    first: bool  # of the ways that one value takes


class River(QGraphicsItem):
    """Paints only what the exposed part of the paper needs."""

    def __init__(self, stage: Stage, sheet: Sheet) -> None:
        super().__init__()
        self._stage, self._sheet = stage, sheet
        self._ways = {lane.index: _ways(sheet, lane) for lane in sheet.lanes if lane.axis and lane.form == "row"}
        self._nets = {lane.index: Net(stage, sheet, lane) for lane in sheet.lanes if lane.form != "row"}
        self.looks = Looks(stage, sheet)
        self._crossings = crossings(sheet)
        self.setZValue(1.0)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def boundingRect(self) -> QRectF:
        return self._sheet.area

    def state_at(self, lane: Lane, at: QPointF, reach: float) -> tuple[Link, Column] | None:
        """The state whose way passes a place, and the copy it leaves."""
        if lane.index in self._nets:
            return self._nets[lane.index].at(at, reach)
        for way in self._ways.get(lane.index, ()):
            far = way.trail.link.delay * _pitch(lane)
            span = (at.x(), at.x() + far) if way.back else (at.x() - far, at.x())
            for column in lane.within(*span):
                end = column.place + (-1 if way.back else 1) * way.trail.link.delay
                inside = column.copied and 0 <= end < len(lane.columns)
                if inside and near(way.path, QPointF(at.x() - column.x, at.y()), reach):
                    return way.trail.link, column
        return None

    def crossing_at(self, at: QPointF, reach: float) -> Link | None:
        return next((link for link, path, _ in self._crossings if near(path, at, reach)), None)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        detail = option.levelOfDetailFromTransform(painter.worldTransform())
        area = option.exposedRect
        for lane in self._sheet.lanes:
            if lane.index in self._nets:
                self._nets[lane.index].paint(painter, area, detail)
            elif lane.axis:
                self._paint_lane(painter, lane, area, detail)
        self._paint_crossings(painter, detail)
        self.looks.paint(painter, area)
        self._paint_parting(painter, detail)
        if self._stage.cuts:
            self._paint_cuts(painter, area, detail)

    def _paint_lane(self, painter: QPainter, lane: Lane, area: QRectF, detail: float) -> None:
        ways = self._ways[lane.index]
        reach = max((w.trail.link.delay for w in ways), default=1) * _pitch(lane) + BETWEEN
        shown = lane.within(area.left() - reach, area.right() + reach)
        self._paint_bands(painter, lane, shown)
        for way in ways:
            for column in shown:
                self._paint_state(painter, lane, way, column, detail)
        if detail >= FAR:
            self._paint_bracket(painter, lane, shown, detail)

    def _paint_bands(self, painter: QPainter, lane: Lane, shown: tuple[Column, ...]) -> None:
        for column in shown:
            if self._stage.step_chosen(column):
                box = QRectF(column.x - 16, lane.top - 14, lane.width + 32, lane.bottom - lane.top + FOOT + 12)
                painter.setPen(NO_PEN)
                painter.setBrush(faded(self._stage.tokens.accent, 0.10))
                painter.drawRoundedRect(box, 10.0, 10.0)

    # states and what comes back along them

    def _paint_state(self, painter: QPainter, lane: Lane, way: _Way, column: Column, detail: float) -> None:
        k = way.trail.link
        place = column.place
        if self._first(lane, way, place):
            self._paint_start(painter, lane, way, column, detail)
        end = place - k.delay if way.back else place + k.delay
        if not 0 <= end < len(lane.columns):
            return
        painter.translate(column.x, 0.0)
        if way.first and column.step is not None and not self._cut_between(column.step, lane.columns[end].step):
            self._paint_ribbon(painter, lane, way, column.step, lane.columns[end].step or 0, detail)
        self._paint_arrow(painter, way, column, detail)
        painter.translate(-column.x, 0.0)

    def _first(self, lane: Lane, way: _Way, place: int) -> bool:
        """Whether nothing comes to this copy from an earlier one."""
        k = way.trail.link.delay
        return bool(way.trail.link.start) and (place >= len(lane.columns) - k if way.back else place < k)

    def _cut_between(self, a: int, b: int | None) -> bool:
        return b is not None and any(min(a, b) < c <= max(a, b) for c in self._stage.cuts)

    def _paint_ribbon(self, painter: QPainter, lane: Lane, way: _Way, step: int, later: int, detail: float) -> None:
        film = self._stage.film_of(lane)
        norms = film.norms(way.trail.link)
        if norms is None or max(step, later) >= len(norms):
            return
        near, far = film.width(float(norms[step])), film.width(float(norms[later]))
        most = BROAD / way.share
        colour = faded(mix(self._stage.gradient, self._stage.tokens.canvas, 0.35 + 0.6 * near), 0.85)
        if near <= 0.0 and far <= 0.0:
            pen = QPen(faded(self._stage.gradient, 0.5), 1.0, Qt.PenStyle.DotLine)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(pen)
            painter.drawPath(way.path.translated(0.0, 4.0))
            return
        if way.straight:
            _tapered(painter, way, max(1.0, most * near), max(1.0, most * far), colour)
        else:
            pen = QPen(colour, max(1.0, most * (near + far) / 2))
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(pen)
            painter.drawPath(way.path)
        if detail >= FULL and most * near > 5.0:
            self._paint_chevrons(painter, way, most * near)

    def _paint_chevrons(self, painter: QPainter, way: _Way, width: float) -> None:
        """Against time: this is what comes back."""
        pen = QPen(faded(self._stage.tokens.canvas, 0.9), 1.8)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        side = -1.0 if way.back else 1.0
        high = min(5.0, width / 2 - 1.0)
        for share in (0.36, 0.5):
            at = way.path.pointAtPercent(share)
            if abs(way.path.angleAtPercent(share) % 180.0) > 1.0:
                continue
            for shift in (1.0, -1.0):
                painter.drawLine(
                    QPointF(at.x() + 4 * side, at.y() + shift * high), QPointF(at.x() - 1.0 * side, at.y())
                )

    def _paint_arrow(self, painter: QPainter, way: _Way, column: Column, detail: float) -> None:
        stage, k = self._stage, way.trail.link
        chosen = stage.wire_chosen(k)
        colour = stage.tokens.accent if chosen else stage.state
        painter.setBrush(Qt.BrushStyle.NoBrush)
        pen = QPen(colour, 2.6 if chosen else 1.8)
        painter.setPen(pen)
        painter.drawPath(way.path)
        if detail < FAR:
            return
        painter.setPen(NO_PEN)
        painter.setBrush(colour)
        side = -1.0 if way.back else 1.0
        if way.trail.rises:
            tip = way.path.currentPosition()
            painter.drawPath(arrow(QPointF(tip.x(), way.trail.end.y()), 0.0, -1.0))
        else:
            painter.drawPath(arrow(way.path.currentPosition(), side, 0.0, 6.0))
        if detail >= FULL and k.name and way.trail.under is None and way.first and column.copied:
            self._paint_name(painter, way, column, small(detail))

    def _paint_name(self, painter: QPainter, way: _Way, column: Column, size: float) -> None:
        text = f"{way.trail.link.name[:12]}{below(column.label)}"
        start = way.trail.start
        width = metrics(size).horizontalAdvance(text)
        x = start.x() - 6 - width if way.back else start.x() + 6
        painter.setPen(self._stage.tokens.text)
        painter.setFont(font(size))
        low = way.share > 1 and way.last
        painter.drawText(
            QPointF(x, start.y() + (BROAD / 2 / way.share + size + 2 if low else -BROAD / 2 / way.share - 3.0)), text
        )

    def _paint_start(self, painter: QPainter, lane: Lane, way: _Way, column: Column, detail: float) -> None:
        """Zeros, or something learned, before the first step; what is fed comes by a wire of its own."""
        start = way.trail.link.start
        if start == "fed" or detail < FAR:
            return
        side = -1.0 if way.back else 1.0
        if way.trail.rises:
            return
        end = QPointF(way.trail.end.x() + column.x, way.trail.end.y())
        at = QPointF(end.x() - side * ROOM, end.y())
        colour = mix(self._stage.state, self._stage.tokens.canvas, 0.7)
        painter.setPen(QPen(colour, 1.6))
        painter.drawLine(QPointF(at.x() + side * 8, at.y()), QPointF(end.x() - side * 5, end.y()))
        painter.setPen(NO_PEN)
        painter.setBrush(colour)
        painter.drawPath(arrow(end, side, 0.0))
        painter.setPen(QPen(colour, 1.4))
        painter.setBrush(self._stage.tokens.canvas)
        painter.drawEllipse(at, 8.0, 8.0)
        painter.setPen(self._stage.tokens.muted)
        painter.setFont(font(8.0))
        painter.drawText(QRectF(at.x() - 8, at.y() - 8, 16, 16), CENTRE, "0" if start == "zeros" else "θ")

    # what all copies have in common

    def _paint_bracket(self, painter: QPainter, lane: Lane, shown: tuple[Column, ...], detail: float) -> None:
        y = lane.top - 22.0
        painter.setPen(QPen(mix(self._stage.tokens.muted, self._stage.tokens.canvas, 0.6), 1.2))
        painter.drawLine(QLineF(lane.left, y, lane.right, y))
        for x in (lane.left, lane.right):
            painter.drawLine(QLineF(x, y, x, y + 6.0))
        if detail < FULL:
            return
        text = row_words(self._stage, lane)
        size = small(detail)
        width = metrics(size).horizontalAdvance(text) + 20.0
        painter.setFont(font(size))
        for x in _notes(lane, shown):
            box = QRectF(x - width / 2, y - 9.0, width, 18.0)
            painter.setPen(NO_PEN)
            painter.setBrush(self._stage.tokens.canvas)
            painter.drawRect(box)
            painter.setPen(self._stage.tokens.muted)
            painter.drawText(box, CENTRE, text)

    def _paint_parting(self, painter: QPainter, detail: float) -> None:
        """From which step on both rows hear different things: a line through both, with a flag."""
        stage = self._stage
        at = stage.free.parting if stage.free is not None else None
        rows = [n for n in self._sheet.lanes if n.block.row and at is not None and at < len(n.columns)]
        if at is None or len(rows) != 2 or rows[0].columns[0].step is None:
            return
        x = rows[0].columns[at].x - BETWEEN * 0.36
        top, bottom = min(n.top for n in rows) - 8.0, max(n.bottom for n in rows) + FOOT
        colour = stage.tokens.warning
        painter.setPen(QPen(colour, 2.0, Qt.PenStyle.DotLine))
        painter.drawLine(QLineF(x, top, x, bottom))
        if detail < FULL:
            return
        size = small(detail)
        text = f"≠ {say(PART)}"
        y = max(n.top for n in rows) - HEAD - size * 2.2
        box = QRectF(x, y, metrics(size, True).horizontalAdvance(text) + 16.0, size * 2.2)
        painter.setPen(QPen(colour, 1.4))
        painter.setBrush(stage.tokens.canvas)
        painter.drawRoundedRect(box, 5.0, 5.0)
        painter.setPen(stage.tokens.text)
        painter.setFont(font(size, True))
        painter.drawText(box, CENTRE, text)

    def _paint_cuts(self, painter: QPainter, area: QRectF, detail: float) -> None:
        """Where truncated back-propagation stops: no gradient passes."""
        for lane in self._sheet.lanes:
            for cut in self._stage.cuts if lane.axis else ():
                if cut < len(lane.columns) and lane.columns[0].step is not None:
                    x = cut_x(lane, cut)
                    if area.left() - 40 <= x <= area.right() + 40:
                        self._paint_cut(painter, lane, x, detail)

    def _paint_cut(self, painter: QPainter, lane: Lane, x: float, detail: float) -> None:
        t = self._stage.tokens
        pen = QPen(t.warning, 2.0, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawLine(QLineF(x, lane.top - HEAD + 6, x, lane.bottom + FOOT - 8))
        painter.setPen(QPen(t.canvas, 1.5))
        painter.setBrush(t.warning)
        y = lane.top - HEAD + 2
        painter.drawPolygon(QPolygonF([QPointF(x - 8, y - 6), QPointF(x + 8, y - 6), QPointF(x, y + 8)]))

    # between blocks

    def _paint_crossings(self, painter: QPainter, detail: float) -> None:
        for link, path, head in self._crossings:
            chosen = self._stage.wire_chosen(link)
            colour = self._stage.tokens.accent if chosen else self._stage.wire
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour, 2.4 if chosen else 1.8))
            painter.drawPath(path)
            if detail >= FAR:
                painter.setPen(NO_PEN)
                painter.setBrush(colour)
                painter.drawPath(head)


def row_words(stage: Stage, lane: Lane) -> str:
    """What is written over a lane: what its copies share, or what its row hears and what that costs."""
    if not lane.block.row:
        return say(SHARED, n=len(lane.columns) if lane.columns[0].step is not None else lane.axis)
    loss = stage.film_of(lane).mean_loss
    cost = [say(A_STEP, loss=brief(loss))] if loss is not None and (stage.free is not None or not lane.free) else []
    return "  ·  ".join([say(HEARS[lane.block.row]), *cost])


def cut_x(lane: Lane, cut: int) -> float:
    """Where the line of a cut stands: between the copy before and the copy after."""
    return lane.columns[cut].x - BETWEEN / 2


def _pitch(lane: Lane) -> float:
    return lane.width + BETWEEN


def _notes(lane: Lane, shown: tuple[Column, ...]) -> list[float]:
    """Where it is written that weights are shared: over every few copies, or once over a few."""
    if len(lane.columns) <= EVERY:
        return [(lane.left + lane.right) / 2]
    return [c.x + lane.width / 2 for c in shown if c.place % EVERY == EVERY // 2]


def _ways(sheet: Sheet, lane: Lane) -> tuple[_Way, ...]:
    found = trails(sheet, lane)
    out = []
    for trail in found:
        box = next(b for b in lane.block.boxes if b.id == trail.link.source)
        shift = _pitch(lane) * trail.link.delay
        path = course(trail, -shift if box.back else shift, box.back)
        straight = trail.under is None and abs(trail.start.y() - trail.end.y()) < 1.0
        beside = [t for t in found if t.link.source == trail.link.source]
        lowest = max(t.start.y() for t in beside) == trail.start.y()
        first = next(t for t in found if t.link.keys == trail.link.keys) is trail
        out.append(_Way(trail, path, box.back, straight, len({t.link.keys for t in beside}), lowest, first))
    return tuple(out)


def _tapered(painter: QPainter, way: _Way, near: float, far: float, colour: QColor) -> None:
    """A ribbon between two copies, as wide at each end as the gradient is there."""
    a, b = way.path.elementAt(0), way.path.currentPosition()
    middle = (a.x + b.x()) / 2
    ribbon = QPainterPath(QPointF(a.x, a.y - near / 2))
    ribbon.cubicTo(middle, a.y - near / 2, middle, b.y() - far / 2, b.x(), b.y() - far / 2)
    ribbon.lineTo(b.x(), b.y() + far / 2)
    ribbon.cubicTo(middle, b.y() + far / 2, middle, a.y + near / 2, a.x, a.y + near / 2)
    ribbon.closeSubpath()
    painter.setPen(NO_PEN)
    painter.setBrush(colour)
    painter.drawPath(ribbon)
