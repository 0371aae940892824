"""Limits of a chart that grows: they move rarely, in large strides, because each move makes every tick and curve be drawn anew."""

from __future__ import annotations

from core.observe.chart import Chart, Heat
from core.observe.extent import Range

ROOM = 0.3  # of the span, left free on the side that grows
AIR = 0.2  # of that room; less below zero is the air that `extent` leaves under data that begins at zero
EMPTY = 0.5  # of the span; less data than this in it, and the limits close in


def growing(chart: Chart) -> bool:
    """Whether its limits may differ from its data: curves, but neither matrices nor what needs equal units."""
    return bool(chart.marks) and not chart.equal and not any(isinstance(mark, Heat) for mark in chart.marks)


def keep(old: Range, new: Range) -> Range:
    """The old limits while the data stays inside and fills enough of them, else new ones with room to grow."""
    low, high = new
    if old[0] <= low and high <= old[1] and high - low >= EMPTY * (old[1] - old[0]):
        return old
    if high - low < EMPTY * (old[1] - old[0]):  # the data went elsewhere, or is another
        return new
    room = ROOM * (high - low)
    return (_below(low, room) if low < old[0] else old[0], high + room if high > old[1] else old[1])


def _below(low: float, room: float) -> float:
    """Room under the data, but no half of a chart below zero for what, but for its air, never is."""
    return low - room if low < -AIR * room else max(low - room, min(2 * low, 0.0))
