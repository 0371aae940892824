"""Where copies lie that do not stand in a row: the nodes of a tree over its words, the cells of a grid on a board for each
of its boxes; and which of them hands what to which."""

from __future__ import annotations

from collections.abc import Sequence

from core.specs.sig import GRID
from core.train.messages import Floats

Ways = tuple[tuple[int, int, str], ...]  # from a copy, to a copy, along what
Spots = tuple[tuple[float, float], ...]

SOME_TREE = ((-1, -1), (-1, -1), (0, 1), (-1, -1), (-1, -1), (3, 4), (2, 5))  # shown before any tree is known
SOME_GRID = (4, 4)
ASIDE, ALOFT = 36.0, 46.0  # px between nodes of a tree: side by side, and above each other
CELL, SMALL_CELL = (46.0, 38.0), (34.0, 28.0)  # px of a cell, that hands a state on or not
ROOM, LITTLE = 24.0, 3.0  # px between cells: for arrows and what comes back along them, or for nothing


def tree_spots(children: Floats | Sequence[Sequence[float]], width: float, height: float) -> tuple[Spots, Ways]:
    """Left and top of every node's copy, the leaves in their order on the ground and each other node above the highest of
    its children, in the middle of both; and from which child each hears."""
    level, middle = dict[int, int](), dict[int, float]()
    leaves, ways = 0, []
    pairs = [(int(left), int(right)) for left, right in children]
    for n in _in_order(pairs):
        own = [c for c in pairs[n] if c >= 0]
        if own:
            level[n] = 1 + max(level[c] for c in own)
            middle[n] = sum(middle[c] for c in own) / len(own)
            ways += [(c, n, side) for c, side in zip(pairs[n], ("left", "right"), strict=True) if c >= 0]
        else:
            level[n], middle[n] = 0, float(leaves)
            leaves += 1
    spots = tuple((middle[n] * (width + ASIDE), -level[n] * (height + ALOFT)) for n in range(len(pairs)))
    return spots, tuple(ways)


def _in_order(pairs: Sequence[tuple[int, int]]) -> list[int]:
    """Every node after its children, left before right."""
    inside = {c for pair in pairs for c in pair if c >= 0}
    out: list[int] = []
    todo = [(n, False) for n in reversed(range(len(pairs))) if n not in inside]
    while todo:
        n, told = todo.pop()
        if told:
            out.append(n)
        else:
            todo += [(n, True), *((c, False) for c in reversed(pairs[n]) if c >= 0)]
    return out


def grid_spots(rows: int, columns: int, keeps: bool) -> Spots:
    """Left and top of every cell, row by row, the middle of the board at height 0. `keeps`: cells hand a state on."""
    wide, high = (n + (ROOM if keeps else LITTLE) for n in (CELL if keeps else SMALL_CELL))
    return tuple((j * wide, (i - (rows - 1) / 2) * high) for i in range(rows) for j in range(columns))


def grid_ways(rows: int, columns: int, turned: Sequence[str]) -> Ways:
    """From which neighbour each cell hears: the one before it on each axis, or after it where that is read from the end."""
    out = []
    for n in range(rows * columns):
        i, j = divmod(n, columns)
        down, on = (-1 if GRID[0] in turned else 1), (-1 if GRID[1] in turned else 1)
        if 0 <= i + down < rows:
            out.append((n, n + down * columns, GRID[0]))
        if 0 <= j + on < columns:
            out.append((n, n + on, GRID[1]))
    return tuple(out)
