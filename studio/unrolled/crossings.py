"""The curves of wires between blocks: out of time, into it, into every step, and to the storey above."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from core.observe.unrolled import Link
from studio.unrolled.curves import arrow, crossing
from studio.unrolled.sheet import FOOT, HEAD, Lane, Sheet


def crossings(sheet: Sheet) -> list[tuple[Link, QPainterPath, QPainterPath]]:
    """Wires out of time, into it, and from block to block."""
    out = []
    for link in (k for k in sheet.plan.links if k.way not in ("state", "look")):
        source = sheet.lane_of(link.source)
        for target in sheet.lanes_of(link.target) if source is not None else ():
            if source is None or (link.way == "within" and (source.form != "grid" or source is target)):
                continue
            if "row" not in (source.form, target.form) or source.form == "grid":
                path = _between(sheet, source, target)
                out.append((link, path, arrow(path.currentPosition(), 1.0, 0.0)))
                continue
            path = _across(sheet, link, source, target)
            tip = path.currentPosition()
            upward = link.way in ("every", "all")
            side = 1.0 if _from_left(link, source, target) else -1.0
            out.append((link, path, arrow(tip, 0.0, -1.0) if upward else arrow(tip, side, 0.0)))
    return out


def _between(sheet: Sheet, source: Lane, target: Lane) -> QPainterPath:
    """From one board to another: straight where they are neighbours, over those between where they are not."""
    a, b = source.whole, target.whole
    between = [n for n in sheet.lanes if source.right < n.left and n.right < target.left]
    if not between or target.form != "grid":
        return crossing(a, b)
    y = min(n.top for n in between) - HEAD - 12.0 * len(between)
    path = QPainterPath(QPointF(a.right() - 20.0, a.top()))
    path.cubicTo(a.right() - 20.0, y, a.right() - 10.0, y, a.right() + 20.0, y)
    path.lineTo(b.left() - 40.0, y)
    path.cubicTo(b.left() - 14.0, y, b.left() - 34.0, b.center().y() - 40.0, b.left(), b.center().y() - 40.0)
    return path


def _from_left(link: Link, source: Lane, target: Lane) -> bool:
    box = next((b for b in target.block.boxes if b.id == link.target), None)
    return not (link.way == "start" and box is not None and box.back)


def _across(sheet: Sheet, link: Link, source: Lane, target: Lane) -> QPainterPath:
    a = source.rects[link.source].translated(source.columns[0].x, source.columns[0].y)
    b = target.rects[link.target].translated(target.columns[0].x, target.columns[0].y)
    if source.form == "tree":  # its root comes last
        root = source.columns[-1]
        return crossing(source.rects[link.source].translated(root.x, root.y), b)
    if target.form == "tree":
        return crossing(a, target.whole)
    back = next(x for x in source.block.boxes if x.id == link.source).back
    if link.way == "last":
        column = source.columns[0 if back else -1]
        return crossing(source.rects[link.source].translated(column.x, 0.0), b)
    if link.way == "every":
        return _bus(a, [target.rects[link.target].translated(c.x, 0.0) for c in target.columns if c.copied])
    if link.way == "all":
        return _gather([source.rects[link.source].translated(c.x, 0.0) for c in source.columns if c.copied], b)
    if link.way == "start" and not _from_left(link, source, target):
        last = target.rects[link.target].translated(target.columns[-1].x, 0.0)
        path = QPainterPath(QPointF(a.right(), a.center().y()))
        path.lineTo(last.right(), last.center().y())
        return path
    if b.left() < a.right() and source.index != target.index:
        return _round(sheet, a, b, target)
    return crossing(a, b)


def _bus(a: QRectF, boxes: list[QRectF]) -> QPainterPath:
    """One value for every step: a line under the row, with a branch up into each copy."""
    y = boxes[0].bottom() + 11.0
    path = QPainterPath(QPointF(a.right(), a.center().y()))
    x = a.right() + 22.0
    path.cubicTo(x, a.center().y(), x - 6, y, x + 14, y)
    path.lineTo(boxes[-1].left() + 14.0, y)
    for box in boxes:
        path.moveTo(box.left() + 14.0, y)
        path.lineTo(box.left() + 14.0, box.bottom() + 5.0)
    return path


def _gather(boxes: list[QRectF], b: QRectF) -> QPainterPath:
    """All steps into one value: a branch up from each copy, and a line over the row."""
    y = boxes[0].top() - 9.0
    path = QPainterPath()
    for box in boxes:
        path.moveTo(box.right() - 14.0, box.top())
        path.lineTo(box.right() - 14.0, y)
    path.moveTo(boxes[0].right() - 14.0, y)
    path.lineTo(b.left() - 22.0, y)
    path.quadTo(b.left() - 10.0, y, b.left() - 10.0, b.bottom() + 14.0 if b.bottom() < y else y)
    path.quadTo(b.left() - 10.0, b.center().y(), b.left(), b.center().y())
    return path


def _round(sheet: Sheet, a: QRectF, b: QRectF, target: Lane) -> QPainterPath:
    """Up and back to the storey above, through the room between the two."""
    y = target.bottom + FOOT + 14.0
    path = QPainterPath(QPointF(a.right(), a.center().y()))
    x = a.right() + 18.0
    path.cubicTo(x + 12, a.center().y(), x + 12, y, x - 10, y)
    path.lineTo(b.left() - 26.0, y)
    path.cubicTo(b.left() - 52.0, y, b.left() - 52.0, b.center().y(), b.left(), b.center().y())
    return path
