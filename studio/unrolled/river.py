"""What lies behind the copies: states going from copy to copy, gradients coming back, wires between blocks, cuts.

One item for all of it. Every curve is the same at each step, so it is made once and painted where it is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from core.observe.unrolled import Link
from studio.canvas.look import font, metrics
from studio.canvas.signs import NO_PEN
from studio.theme import faded, mix
from studio.unrolled.column import CENTRE, FAR, FULL, small
from studio.unrolled.crossings import crossings
from studio.unrolled.curves import Trail, arrow, course, near, trails
from studio.unrolled.looks import Looks
from studio.unrolled.marks import paint_bracket, paint_cut_handles, paint_cut_lines, paint_parting
from studio.unrolled.net import Net
from studio.unrolled.sheet import BETWEEN, FOOT, Column, Lane, Sheet
from studio.unrolled.stage import Stage
from studio.unrolled.words import below

BROAD = 24.0  # px of the widest ribbon
HALF = 400.0  # px of the words over a lane that may stand out of what is painted
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
        paint_cut_lines(painter, self._stage, self._sheet, area)
        self._paint_brackets(painter, area, detail)
        paint_parting(painter, self._stage, self._sheet, detail)
        paint_cut_handles(painter, self._stage, self._sheet, area)

    def _paint_lane(self, painter: QPainter, lane: Lane, area: QRectF, detail: float) -> None:
        ways = self._ways[lane.index]
        reach = max((w.trail.link.delay for w in ways), default=1) * _pitch(lane) + BETWEEN
        shown = lane.within(area.left() - reach, area.right() + reach)
        self._paint_bands(painter, lane, shown)
        for way in ways:
            for column in shown:
                self._paint_state(painter, lane, way, column, detail)

    def _paint_brackets(self, painter: QPainter, area: QRectF, detail: float) -> None:
        """Over whatever passes there: these are words."""
        for lane in self._sheet.lanes if detail >= FAR else ():
            if lane.axis and lane.form == "row":
                paint_bracket(painter, self._stage, lane, lane.within(area.left() - HALF, area.right() + HALF), detail)

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
        """Whether no gradient came that way in what was recorded, wherever a person has drawn cuts since."""
        return b is not None and any(min(a, b) < c <= max(a, b) for c in self._stage.trained_cuts)

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


def _pitch(lane: Lane) -> float:
    return lane.width + BETWEEN


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
