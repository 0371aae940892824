"""What lies under a point of the unrolled drawing: a box of a copy, a wire, a cut, a copy's own ground."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF

from core.observe.unrolled import Link
from studio.unrolled.curves import Inner, near
from studio.unrolled.marks import cut_places
from studio.unrolled.river import River
from studio.unrolled.sheet import FOOT, HEAD, Column, Lane, Sheet
from studio.unrolled.stage import Stage


@dataclass(frozen=True)
class Hit:
    """`id` of a box; `link` of a wire or of a state that leaves `column`; `cut` the number of a cut in its row."""

    kind: Literal["", "box", "wire", "cut", "column"] = ""
    id: str = ""
    column: Column | None = None
    link: Link | None = None
    cut: int = -1


def hit(
    sheet: Sheet, stage: Stage, inner: Mapping[int, tuple[Inner, ...]], river: River, at: QPointF, reach: float
) -> Hit:
    """The thing on top at a place of the paper."""
    ground = Hit()
    for lane in sheet.lanes:
        if not lane.top - HEAD - 8 <= at.y() <= lane.bottom + FOOT:
            continue
        if (found := _cut(lane, stage, at, reach)) >= 0:
            return Hit("cut", cut=found)
        column = next((c for c in lane.within(at.x(), at.x()) if _stands(lane, c, at)), None)
        if column is not None and column.copied:
            ground = Hit("column", column=column)
            if (thing := _inside(lane, column, inner[lane.index], at, reach)) is not None:
                return thing
        if (state := river.state_at(lane, at, reach)) is not None:
            return Hit("wire", column=state[1], link=state[0])
    link = river.crossing_at(at, reach)
    return Hit("wire", link=link) if link is not None else ground


def _stands(lane: Lane, column: Column, at: QPointF) -> bool:
    """Whether a place belongs to a copy."""
    if not column.x <= at.x() <= column.x + lane.width:
        return False
    return lane.form == "row" or lane.copy_top <= at.y() - column.y <= lane.copy_bottom


def _inside(lane: Lane, column: Column, wires: tuple[Inner, ...], at: QPointF, reach: float) -> Hit | None:
    """A box or a wire of one copy."""
    local = QPointF(at.x() - column.x, at.y() - column.y)
    box = next((id for id, r in lane.rects.items() if r.contains(local)), "")
    if box:
        return Hit("box", box, column)
    wire = next((w.link for w in wires if near(w.path, local, reach)), None)
    return Hit("wire", column=column, link=wire) if wire is not None else None


def _cut(lane: Lane, stage: Stage, at: QPointF, reach: float) -> int:
    """The number of a cut; one that waits is caught by its head alone, since states begin below it."""
    if not lane.axis or lane.form != "row" or lane.columns[0].step is None:
        return -1
    places = cut_places(stage, lane)
    found = next((i for i, x in enumerate(places) if abs(at.x() - x) <= reach + 2.0), -1)
    return found if found != len(stage.cuts) or at.y() <= lane.top - HEAD + 10 + reach else -1
