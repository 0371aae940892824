"""Growing numpy buffers for one number per training step, and the two ways of making a long one short."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
LONGEST = 1 << 20  # points of one series before it is thinned: 16 MB


class Track:
    """One series of (step, value) with steps that rise. O(1) amortised to add to, O(1) to read.

    One thread writes, another may read: what a reader got stays as it was, since only unread room is written to and
    anything else goes into a new buffer.
    """

    def __init__(self, longest: int = LONGEST) -> None:
        self._longest = longest
        self._head: tuple[Doubles, int] = (np.empty((2, 64)), 0)

    def __len__(self) -> int:
        return self._head[1]

    @property
    def nbytes(self) -> int:
        return self._head[0].nbytes

    def add(self, step: float, value: float) -> None:
        buffer, count = self._head
        if count and step <= buffer[0, count - 1]:
            self.cut(step - 1)
            buffer, count = self._head
        if count >= self._longest:
            buffer, count = self._thinned(buffer, count)
        if count == buffer.shape[1]:
            buffer = np.concatenate((buffer, np.empty_like(buffer)), axis=1)
        buffer[:, count] = step, value
        self._head = (buffer, count + 1)

    def read(self) -> tuple[Doubles, Doubles]:
        """(steps, values), views that never change."""
        buffer, count = self._head
        view = buffer[:, :count]
        view.flags.writeable = False
        return view[0], view[1]

    def cut(self, step: float) -> None:
        """Forget everything after `step`: a resumed run tells it again."""
        buffer, count = self._head
        keep = int(np.searchsorted(buffer[0, :count], step, side="right"))
        if keep < count:
            self._head = (buffer[:, : max(keep, 64)].copy(), keep)

    def fill(self, steps: Doubles, values: Doubles) -> None:
        """Take a whole saved series."""
        self._head = (np.stack((steps, values)).astype(np.float64), len(steps))

    def _thinned(self, buffer: Doubles, count: int) -> tuple[Doubles, int]:
        steps, values = halve(buffer[0, :count], buffer[1, :count])
        fresh = np.empty_like(buffer)
        fresh[:, : len(steps)] = steps, values
        return fresh, len(steps)


def halve(steps: Doubles, values: Doubles) -> tuple[Doubles, Doubles]:
    """Half the points: of every four, the lowest and the highest stay, in their order, so that no spike is lost."""
    whole = len(values) // 4 * 4
    fours = values[:whole].reshape(-1, 4)
    low, high = _extremes(fours)
    pick = np.sort(np.stack((low, high), axis=1), axis=1) + 4 * np.arange(len(fours))[:, None]
    index = np.concatenate((pick.reshape(-1), np.arange(whole, len(values))))
    return steps[index], values[index]


def decimate(x: Doubles, y: Doubles, columns: int) -> tuple[Doubles, Doubles]:
    """What a screen of `columns` pixels can show of a curve: lowest and highest point of each column, in their order.

    x must rise. Curves that are short already come back as they are.
    """
    if len(x) <= 4 * columns:
        return x, y
    size = -(-len(x) // columns)
    whole = len(x) // size * size
    rows = y[:whole].reshape(-1, size)
    low, high = _extremes(rows)
    pick = np.sort(np.stack((low, high), axis=1), axis=1) + size * np.arange(len(rows))[:, None]
    index = np.concatenate(([0], pick.reshape(-1), np.arange(whole, len(x))[:: max(size // 2, 1)], [len(x) - 1]))
    index = np.unique(index)
    return x[index], y[index]


def _extremes(rows: Doubles) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Positions of the lowest and the highest value of each row; where there is a NaN it is the highest, and is kept."""
    low, high = np.argmin(rows, axis=1), np.argmax(rows, axis=1)
    alike = low == high
    high[alike] = (low[alike] + 1) % rows.shape[1]
    return low, high
