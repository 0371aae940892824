"""What is marked on the unrolled drawing beside its boxes: what copies share, where two rows part, where gradients are cut."""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from core.words import Text, say
from studio.canvas.look import font, metrics
from studio.canvas.signs import NO_PEN
from studio.theme import mix
from studio.unrolled.column import CENTRE, FULL, small
from studio.unrolled.sheet import BETWEEN, FOOT, HEAD, Column, Lane, Sheet
from studio.unrolled.stage import Stage
from studio.unrolled.words import brief

EVERY, APART = 6, 900.0  # copies and px at most between two notes that their weights are shared
SHARED = Text("the same weights in all {n} copies", "los mismos pesos en las {n} copias")
HEARS = {
    "taught": Text("hears the truth", "oye la verdad"),
    "free": Text("hears what it said itself", "oye lo que ella misma dijo"),
}
A_STEP = Text("L = {loss} a step", "L = {loss} por paso")
PART = Text("from here on they hear different things", "desde aquí oyen cosas distintas")


def paint_bracket(painter: QPainter, stage: Stage, lane: Lane, shown: tuple[Column, ...], detail: float) -> None:
    y = lane.top - 22.0
    painter.setPen(QPen(mix(stage.tokens.muted, stage.tokens.canvas, 0.6), 1.2))
    painter.drawLine(QLineF(lane.left, y, lane.right, y))
    for x in (lane.left, lane.right):
        painter.drawLine(QLineF(x, y, x, y + 6.0))
    if detail < FULL:
        return
    text = row_words(stage, lane)
    size = small(detail)
    width = metrics(size).horizontalAdvance(text) + 20.0
    painter.setFont(font(size))
    for x in notes(lane, shown):
        box = QRectF(x - width / 2, y - 9.0, width, 18.0)
        painter.setPen(NO_PEN)
        painter.setBrush(stage.tokens.canvas)
        painter.drawRect(box)
        painter.setPen(stage.tokens.muted)
        painter.drawText(box, CENTRE, text)


def paint_parting(painter: QPainter, stage: Stage, sheet: Sheet, detail: float) -> None:
    """From which step on both rows hear different things: a line through both, with a flag."""
    at = stage.free.parting if stage.free is not None else None
    rows = [n for n in sheet.lanes if n.block.row and at is not None and at < len(n.columns)]
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


def paint_cut_lines(painter: QPainter, stage: Stage, sheet: Sheet, area: QRectF) -> None:
    """Where truncated back-propagation stops: no gradient passes. Words over the copies are painted on these lines."""
    painter.setPen(QPen(stage.tokens.warning, 2.0, Qt.PenStyle.DashLine))
    for lane, x, parked in _cuts_in(stage, sheet, area):
        if not parked:
            painter.drawLine(QLineF(x, lane.top - HEAD + 6, x, lane.bottom + FOOT - 8))


def paint_cut_handles(painter: QPainter, stage: Stage, sheet: Sheet, area: QRectF) -> None:
    """By what the lines are dragged. Before the first copy one more waits to be dragged in."""
    t = stage.tokens
    for lane, x, parked in _cuts_in(stage, sheet, area):
        y = lane.top - HEAD + 2
        painter.setPen(QPen(t.warning if parked else t.canvas, 1.5))
        painter.setBrush(t.canvas if parked else t.warning)
        painter.drawPolygon(QPolygonF([QPointF(x - 8, y - 6), QPointF(x + 8, y - 6), QPointF(x, y + 8)]))


def _cuts_in(stage: Stage, sheet: Sheet, area: QRectF) -> list[tuple[Lane, float, bool]]:
    """Lane and place of each cut in a part of the paper, and whether it is the one that waits."""
    lane = next((n for n in sheet.lanes if n.axis), None)
    if lane is None or lane.form != "row" or lane.columns[0].step is None:
        return []
    found = enumerate(cut_places(stage, lane))
    return [(lane, x, i == len(stage.cuts)) for i, x in found if area.left() - 40 <= x <= area.right() + 40]


def cut_places(stage: Stage, lane: Lane) -> list[float]:
    """Where the cuts stand; last the one that waits, where there may be one more."""
    found = [cut_x(lane, c) for c in stage.cuts if c < len(lane.columns)]
    return [*found, cut_x(lane, 0)] if stage.parked else found


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


def notes(lane: Lane, shown: tuple[Column, ...]) -> list[float]:
    """Where it is written that weights are shared: over every few copies, so that one is in sight, or once over a few."""
    every = min(EVERY, max(1, round(APART / (lane.width + BETWEEN))))
    if len(lane.columns) <= every:
        return [(lane.left + lane.right) / 2]
    return [c.x + lane.width / 2 for c in shown if c.place % every == every // 2]
