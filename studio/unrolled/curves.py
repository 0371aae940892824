"""The curves of the unrolled drawing: wires that climb within a copy, and the ways that states take from copy to copy."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath, QPainterPathStroker, QPolygonF

from core.observe.unrolled import Link
from studio.unrolled.sheet import ABOVE, BETWEEN, Lane, Sheet

HEAD = 5.0
BEND = 10.0


@dataclass(frozen=True)
class Inner:
    """A wire within a copy, in coordinates of its column."""

    link: Link
    path: QPainterPath
    head: QPainterPath


@dataclass(frozen=True)
class Trail:
    """How a state goes on, from the right of its copy to the left of a later one (mirrored where time runs back): places
    of both ends in their columns, and where between copies it changes height."""

    link: Link
    start: QPointF
    end: QPointF
    turn: float  # px left of the later copy
    under: float | None = None  # the height at which it passes the copies between, where it skips some
    rises: bool = False  # it arrives from below, since other boxes stand before the one it goes to


def inner_wires(sheet: Sheet, lane: Lane) -> tuple[Inner, ...]:
    """The wires of every copy of a lane."""
    links = [k for k in sheet.links("within", lane) if k.target in lane.rects]
    arriving: dict[str, list[Link]] = {}
    for k in links:
        arriving.setdefault(k.target, []).append(k)
    for group in arriving.values():
        group.sort(key=lambda k: lane.place_x(k.via[-1][1]) if k.via else lane.rects[k.source].center().x())
    return tuple(_inner(lane, k, arriving[k.target]) for k in links)


def _inner(lane: Lane, link: Link, group: list[Link]) -> Inner:
    source, target = lane.rects[link.source], lane.rects[link.target]
    falls = source.center().y() < target.center().y()
    mates = [k for k in group if (lane.rects[k.source].center().y() < target.center().y()) == falls]
    step = min(16.0, (target.width() - 24.0) / len(mates))
    x = target.center().x() + (mates.index(link) - (len(mates) - 1) / 2) * step
    start = QPointF(source.center().x(), source.bottom() if falls else source.top())
    end = QPointF(x, target.top() if falls else target.bottom())
    stops = [QPointF(lane.place_x(slot), sum(lane.rows[rank]) / 2) for rank, slot in link.via if rank in lane.rows]
    path = QPainterPath(start)
    last = start
    tip = QPointF(end.x(), end.y() + (-HEAD if falls else HEAD))
    for point in (*stops, tip):
        reach = (point.y() - last.y()) * 0.45
        path.cubicTo(last.x(), last.y() + reach, point.x(), point.y() - reach, point.x(), point.y())
        last = point
    return Inner(link, path, arrow(end, 0.0, 1.0 if falls else -1.0))


def arrow(tip: QPointF, dx: float, dy: float, size: float = HEAD) -> QPainterPath:
    """An arrow's head that points along (dx, dy)."""
    back = QPointF(tip.x() - dx * size * 1.3, tip.y() - dy * size * 1.3)
    side = QPointF(-dy * size * 0.75, dx * size * 0.75)
    path = QPainterPath()
    path.addPolygon(QPolygonF([tip, back + side, back - side]))
    path.closeSubpath()
    return path


def near(path: QPainterPath, at: QPointF, reach: float) -> bool:
    """Whether a curve passes a place."""
    if not path.boundingRect().adjusted(-reach, -reach, reach, reach).contains(at):
        return False
    stroker = QPainterPathStroker()
    stroker.setWidth(2 * reach)
    return stroker.createStroke(path).contains(at)


def trails(sheet: Sheet, lane: Lane) -> tuple[Trail, ...]:
    """The ways of a lane's states; those of one box leave it one above the other."""
    links = sheet.links("state", lane)
    leaving: dict[str, list[tuple[str, ...]]] = {}
    values = list(dict.fromkeys(k.keys for k in links))
    for k in links:
        group = leaving.setdefault(k.source, [])
        if k.keys not in group:
            group.append(k.keys)
    return tuple(
        _trail(lane, k, leaving[k.source].index(k.keys), len(leaving[k.source]), values.index(k.keys)) for k in links
    )


def _trail(lane: Lane, link: Link, index: int, count: int, order: int) -> Trail:
    source, target = lane.rects[link.source], lane.rects[link.target]
    share = (index + 1) / (count + 1) if count != 2 else 0.28 + 0.44 * index
    box = next(b for b in lane.block.boxes if b.id == link.source)
    start = QPointF(source.left() if box.back else source.right(), source.top() + share * source.height())
    same = link.source == link.target
    end = QPointF(target.right() if box.back else target.left(), start.y() if same else target.center().y())
    under = None
    if link.delay > 1:
        under = max(source.bottom(), target.bottom()) + 6.0 + 4.0 * ((link.delay + order) % 4)
    rises = not same and under is None and _hidden(lane, link.target, box.back)
    if rises:
        end = QPointF(target.left() + 14.0, target.bottom())
    return Trail(link, start, end, BETWEEN / 2 + (order % 5 - 2) * 8.0, under, rises)


def _hidden(lane: Lane, id: str, back: bool) -> bool:
    """Whether other boxes stand between this one and the copy that comes before it."""
    own = lane.rects[id]
    others = [r for other, r in lane.rects.items() if other != id and r.top() < own.bottom() and own.top() < r.bottom()]
    return any(r.left() > own.left() if back else r.left() < own.left() for r in others)


def course(trail: Trail, shift: float, back: bool) -> QPainterPath:
    """The way on the paper from a copy to one `shift` px further (or, where time runs back, before it)."""
    a, b = trail.start, QPointF(trail.end.x() + shift, trail.end.y())
    path = QPainterPath(a)
    turn = -trail.turn if back else shift - trail.turn
    if trail.under is not None:
        side = -1.0 if back else 1.0
        path.cubicTo(a.x() + 24 * side, a.y(), a.x() + 8 * side, trail.under, a.x() + 34 * side, trail.under)
        path.lineTo(b.x() - 34 * side, trail.under)
        path.cubicTo(b.x() - 8 * side, trail.under, b.x() - 24 * side, b.y(), b.x(), b.y())
    elif trail.rises:
        below = QPointF(b.x(), b.y() + ABOVE * 0.55)
        _corner(path, a, QPointF(below.x() - BEND * 0.5, below.y()), turn, back)
        path.quadTo(below.x(), below.y(), b.x(), b.y() + HEAD)
    elif abs(a.y() - b.y()) < 1.0:
        path.lineTo(b)
    else:
        _corner(path, a, b, turn, back)
    return path


def _corner(path: QPainterPath, a: QPointF, b: QPointF, x: float, back: bool) -> None:
    """Level, upright in the room between two copies, and level again."""
    side = -1.0 if back else 1.0
    down = 1.0 if b.y() > a.y() else -1.0
    bend = min(BEND, abs(b.y() - a.y()) / 2)
    path.lineTo(x - side * bend, a.y())
    path.quadTo(x, a.y(), x, a.y() + down * bend)
    path.lineTo(x, b.y() - down * bend)
    path.quadTo(x, b.y(), x + side * bend, b.y())
    path.lineTo(b)


def crossing(a: QRectF, b: QRectF) -> QPainterPath:
    """A wire from one block to another: from the right of the one to the left of the other."""
    start, end = QPointF(a.right(), a.center().y()), QPointF(b.left(), b.center().y())
    path = QPainterPath(start)
    if abs(start.y() - end.y()) < 1.0:
        path.lineTo(end)
    else:
        reach = max(30.0, (end.x() - start.x()) * 0.5)
        path.cubicTo(start.x() + reach, start.y(), end.x() - reach, end.y(), end.x(), end.y())
    return path
