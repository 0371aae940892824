"""What lies under a point of the unrolled drawing: a box of a copy, a wire, a cut, a copy's own ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath, QPainterPathStroker

from core.observe.unrolled import Link
from studio.unrolled.curves import Inner
from studio.unrolled.river import cut_x
from studio.unrolled.sheet import FOOT, HEAD, Column, Lane, Sheet
from studio.unrolled.stage import Stage

REACH = 6.0


@dataclass(frozen=True)
class Hit:
    """`id` of a box; `link` of a wire or state; `cut` the number of a cut in its row."""

    kind: Literal["", "box", "wire", "cut", "column"] = ""
    id: str = ""
    column: Column | None = None
    link: Link | None = None
    cut: int = -1


def hit(sheet: Sheet, stage: Stage, inner: dict[int, tuple[Inner, ...]], at: QPointF, reach: float = REACH) -> Hit:
    """The thing on top at a place of the paper."""
    for lane in sheet.lanes:
        if not lane.top - HEAD - 8 <= at.y() <= lane.bottom + FOOT:
            continue
        if (found := _cut(lane, stage, at, reach)) >= 0:
            return Hit("cut", cut=found)
        column = next((c for c in lane.within(at.x(), at.x()) if c.x <= at.x() <= c.x + lane.width), None)
        if column is None or not column.copied:
            continue
        local = QPointF(at.x() - column.x, at.y())
        box = next((id for id, r in lane.rects.items() if r.contains(local)), "")
        if box:
            return Hit("box", box, column)
        wire = next((w.link for w in inner[lane.index] if _near(w.path, local, reach)), None)
        return Hit("wire", column=column, link=wire) if wire is not None else Hit("column", column=column)
    return Hit()


def _cut(lane: Lane, stage: Stage, at: QPointF, reach: float) -> int:
    if not lane.axis or lane.columns[0].step is None:
        return -1
    places = [cut_x(lane, c) for c in stage.cuts if c < len(lane.columns)]
    return next((i for i, x in enumerate(places) if abs(at.x() - x) <= reach + 2.0), -1)


def _near(path: QPainterPath, at: QPointF, reach: float) -> bool:
    if not path.boundingRect().adjusted(-reach, -reach, reach, reach).contains(at):
        return False
    stroker = QPainterPathStroker()
    stroker.setWidth(2 * reach)
    return stroker.createStroke(path).contains(at)
