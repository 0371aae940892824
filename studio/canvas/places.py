"""Where boxes stand, sorted into squares, so that neighbours are found without looking at everything."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from typing import Generic, TypeVar

from PySide6.QtCore import QRectF

K = TypeVar("K", bound=Hashable)
SQUARE = 512.0
Square = tuple[int, int]


class Places(Generic[K]):
    """Boxes by name."""

    def __init__(self) -> None:
        self._boxes: dict[K, tuple[QRectF, list[Square]]] = {}
        self._squares: dict[Square, set[K]] = defaultdict(set)

    def put(self, name: K, box: QRectF) -> None:
        """A box stands here, or stands here now."""
        known, here = self._boxes.get(name), squares(box)
        if known is None or known[1] != here:
            self.drop(name)
            for square in here:
                self._squares[square].add(name)
        self._boxes[name] = (box, here)

    def drop(self, name: K) -> None:
        known = self._boxes.pop(name, None)
        for square in known[1] if known is not None else ():
            self._squares[square].discard(name)

    def box(self, name: K) -> QRectF | None:
        known = self._boxes.get(name)
        return known[0] if known is not None else None

    def within(self, area: QRectF) -> set[K]:
        """The names of the boxes that meet an area."""
        near = set().union(*(self._squares.get(square, ()) for square in squares(area)))
        return {name for name in near if self._boxes[name][0].intersects(area)}

    def floor(self, area: QRectF) -> float:
        """The bottom of everything that meets an area; the area's own where nothing does. Looked for from below, so
        that a large area costs no more than its lowest row of squares."""
        columns = range(int(area.left() // SQUARE), int(area.right() // SQUARE) + 1)
        for row in range(int(area.bottom() // SQUARE), int(area.top() // SQUARE) - 1, -1):
            near = (self._boxes[name][0] for i in columns for name in self._squares.get((i, row), ()))
            lowest = max((box.bottom() for box in near if box.intersects(area)), default=None)
            if lowest is not None:
                return lowest
        return area.bottom()


def squares(box: QRectF, side: float = SQUARE) -> list[Square]:
    """The squares of the paper that a box touches."""
    left, right = int(box.left() // side), int(box.right() // side)
    top, bottom = int(box.top() // side), int(box.bottom() // side)
    if left == right and top == bottom:
        return [(left, top)]
    return [(i, k) for i in range(left, right + 1) for k in range(top, bottom + 1)]
