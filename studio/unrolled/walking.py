"""From copy to copy and from box to box: where keys lead on the unrolled drawing, and what a click means on the rolled one."""

from __future__ import annotations

from core.observe.unrolled import Unrolled
from studio.canvas.scene import Picked
from studio.unrolled.hits import Hit
from studio.unrolled.sheet import Column, Sheet


def meant(caught: Hit) -> Picked:
    """What is selected: a box, or the wires that a link is made of; its box where they lie inside a closed cell."""
    if caught.kind == "box":
        return Picked(nodes=frozenset({caught.id}))
    if caught.kind != "wire" or caught.link is None:
        return Picked()
    edges = frozenset(caught.link.edges)
    return Picked(wires=edges) if edges else Picked(nodes=frozenset({caught.link.source}))


def walked(sheet: Sheet, now: tuple[str, int] | None, by: int) -> Column | None:
    """The copy so many steps on from the one that is looked at; a single step leads over the end of one axis into the next.
    Of two rows it is that which hears the truth, of a grid that of its last board. None before any step is known."""
    lanes = list({n.axis: n for n in sheet.lanes if n.axis}.values())
    lane = next((n for n in lanes if now is not None and n.axis == now[0]), next(iter(lanes), None))
    if lane is None or lane.columns[0].step is None:
        return None
    at = now[1] + by if now is not None else 0
    beside = lanes.index(lane) + (1 if at >= len(lane.columns) else -1 if at < 0 else 0)
    if abs(by) == 1 and 0 <= beside < len(lanes) and lanes[beside] is not lane:
        lane = lanes[beside]
        at = 0 if by > 0 else len(lane.columns) - 1
    return lane.columns[min(max(at, 0), len(lane.columns) - 1)]


def climbed(plan: Unrolled, chosen: str, by: int) -> str:
    """The box so many above the chosen one, in the order in which they stand; the lowest where none is chosen."""
    ids = [b.id for block in plan.blocks for b in sorted(block.boxes, key=lambda b: (b.rank, b.slot))]
    ids = list(dict.fromkeys(ids))
    at = ids.index(chosen) + by if chosen in ids else 0
    return ids[min(max(at, 0), len(ids) - 1)] if ids else ""
