"""Where everything of the unrolled drawing lies on its paper: columns along time, boxes in a column, curves of wires.

Time runs to the right and a copy grows upwards from its input. All columns of an axis have the same boxes at the same
places, so only the place of a column depends on the step.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from PySide6.QtCore import QRectF

from core.observe.unrolled import Block, Box, Link, Unrolled
from core.specs.sig import GRID
from core.train.messages import Floats
from studio.unrolled.fields import CELL, SMALL_CELL, SOME_GRID, SOME_TREE, Ways, grid_spots, grid_ways, tree_spots

WIDE, NARROW = 120.0, 96.0  # px of a box, where few or many stand side by side
MANY = 3.5  # slots from which boxes are narrow
TALL, LOW, THIN = 46.0, 30.0, 26.0
BESIDE = 14.0  # px between boxes of a rank
ABOVE, FAR_ABOVE = 20.0, 34.0  # px between ranks; where wires go far across
CLOSE = 14.0  # px between ranks where all is drawn close
BETWEEN = 70.0  # px between two copies: room for the arrows of a state
APART = 60.0  # px between blocks
FOOT = 26.0  # px under a column: its step and its symbol
HEAD = 34.0  # px over a lane: that its copies share their weights
CORRIDOR, GAP = 130.0, 44.0  # px between two lanes that stand above each other, with lines of attention and without
FLAG = 74.0  # px between two rows of the same copies: room for the flag where they part
NARROWER = 0.7  # of the corridor where all is drawn close
LOW_ROLES = ("input", "target", "loss", "cell_input", "cell_output")
Children = Floats | Sequence[Sequence[float]]
SYMBOLIC = ("0", "1", "", "T−1")  # copies shown before anything is known; "" stands for many


@dataclass(frozen=True)
class Column:
    """A copy. `step` is None before a run is known, and `label` then says which copy is meant; "" stands for many. Of a
    tree the step is the node, of a grid it counts cells row by row."""

    lane: int
    place: int
    step: int | None
    label: str
    x: float
    y: float = 0.0
    axis: str = ""

    @property
    def copied(self) -> bool:
        return bool(self.label)


@dataclass(frozen=True)
class Lane:
    """A block on the paper. `rects` of boxes: x from the column's left, y on the paper. `axis` "" has one column."""

    index: int
    block: Block
    width: float
    columns: tuple[Column, ...]
    rects: Mapping[str, QRectF]
    rows: Mapping[int, tuple[float, float]]  # rank -> top, bottom
    xs: tuple[float, ...] = field(repr=False, default=())
    ways: Ways = field(repr=False, default=())  # of a tree or a grid: who hands on to whom
    size: tuple[int, int] = (1, 0)  # rows and columns of a grid

    @property
    def axis(self) -> str:
        return self.block.axis

    @property
    def form(self) -> str:
        return self.block.form

    @property
    def free(self) -> bool:
        """Whether its copies hear what they said themselves."""
        return self.block.row == "free"

    @cached_property
    def left(self) -> float:
        return min(c.x for c in self.columns) if self.form != "row" else self.columns[0].x

    @cached_property
    def right(self) -> float:
        return (max(c.x for c in self.columns) if self.form != "row" else self.columns[-1].x) + self.width

    @cached_property
    def top(self) -> float:
        return self.copy_top + min((c.y for c in self.columns), default=0.0)

    @cached_property
    def bottom(self) -> float:
        return self.copy_bottom + max((c.y for c in self.columns), default=0.0)

    @cached_property
    def copy_top(self) -> float:
        """Of a copy, from where it stands."""
        return min(r.top() for r in self.rects.values())

    @cached_property
    def copy_bottom(self) -> float:
        return max(r.bottom() for r in self.rects.values())

    @property
    def whole(self) -> QRectF:
        """All copies together."""
        return QRectF(self.left, self.top, self.right - self.left, self.bottom - self.top)

    def place_x(self, slot: float) -> float:
        """Where a slot's middle lies in a column."""
        box = NARROW if self.block.slots > MANY else WIDE
        return slot * (box + BESIDE) + box / 2

    def within(self, left: float, right: float) -> tuple[Column, ...]:
        """The columns that a stretch of the paper meets."""
        if self.form != "row":
            return tuple(c for c in self.columns if c.x + self.width >= left and c.x <= right)
        return self.columns[max(0, bisect_left(self.xs, left - self.width)) : bisect_right(self.xs, right)]


@dataclass(frozen=True)
class Sheet:
    """The whole paper. `close`: boxes that keep no state are thin, so that more of them fit above each other."""

    plan: Unrolled
    lanes: tuple[Lane, ...]
    area: QRectF
    close: bool = False

    def lane_of(self, id: str) -> Lane | None:
        """Where a box stands; of two rows, the one that hears the truth."""
        return next(reversed(self.lanes_of(id)), None)

    def lanes_of(self, id: str) -> tuple[Lane, ...]:
        return tuple(lane for lane in self.lanes if id in lane.rects)

    def rect(self, column: Column, id: str) -> QRectF:
        """A box of a copy, on the paper."""
        return self.lanes[column.lane].rects[id].translated(column.x, column.y)

    def links(self, way: str, lane: Lane | None = None) -> tuple[Link, ...]:
        """Of one way; of those that leave a lane, what its row has."""
        found = (k for k in self.plan.links if k.way == way)
        return tuple(k for k in found if lane is None or (k.source in lane.rects and k.row in ("", lane.block.row)))


@dataclass(frozen=True)
class Heights:
    """How high boxes and the rooms between them are. `holding`: boxes that keep a state, which stand out where all others
    are thin; None where there is room for all."""

    holding: frozenset[str] | None = None

    def of(self, b: Box) -> float:
        if self.holding is not None:
            return TALL if b.id in self.holding else THIN
        return LOW if b.role in LOW_ROLES else TALL

    def above(self, wide: bool) -> float:
        """px between ranks; more where wires go far across."""
        roomy, close = (FAR_ABOVE, ABOVE) if wide else (ABOVE, CLOSE)
        return roomy if self.holding is None else close


def lay(plan: Unrolled, lengths: Mapping[str, int], close: bool = False, children: Children = ()) -> Sheet:
    """Put a plan on paper. Axes without a length are shown by a few copies that stand for all. `children`: of each node of
    a tree."""
    lanes: list[Lane] = []
    tall = Heights(_holding(plan) if close else None)
    lefts: dict[str, float] = {}
    floor = 0.0
    for storey in _storeys(plan):
        rows = _rows(tuple(plan.blocks[i] for i in storey), floor, tall)
        x = 0.0
        for i in storey:
            block = plan.blocks[i]
            x = max(x, lefts.get(block.axis, 0.0)) if block.axis else x  # two rows of an axis have the same steps
            if block.form == "grid":
                lanes += _boards(len(lanes), block, x, lengths, _holding(plan))
            elif block.form == "tree":
                lanes.append(_tree(_lane(len(lanes), block, x, rows, 1, tall), x, children))
            else:
                lane = _lane(len(lanes), block, x, rows, lengths.get(block.axis, 0), tall)
                lanes.append(_hung(lane, lanes[-1]) if lanes and lanes[-1].form != "row" else lane)
            lane = lanes[-1]
            x = lane.right + APART
            lefts.setdefault(block.axis, lane.left)
        floor = min(lane.top for lane in lanes) - HEAD - _corridor(plan, storey, close)
    area = QRectF()
    for lane in lanes:
        area = area.united(
            QRectF(lane.left, lane.top - HEAD, lane.right - lane.left, lane.bottom - lane.top + HEAD + FOOT)
        )
    return Sheet(plan, tuple(lanes), area.adjusted(-APART, -10.0, APART, 10.0), close)


def _tree(lane: Lane, left: float, children: Children) -> Lane:
    """The same copy at every node."""
    known = len(children) > 0
    height = lane.copy_bottom - lane.copy_top
    spots, ways = tree_spots(children if known else SOME_TREE, lane.width, height)
    columns = tuple(
        Column(lane.index, n, n if known else None, str(n) if known else "n", left + x, y, lane.axis)
        for n, (x, y) in enumerate(spots)
    )
    return replace(lane, columns=columns, ways=ways)


def _hung(lane: Lane, beside: Lane) -> Lane:
    """What stands once beside a tree or a board: beside its top, where it is read."""
    shift = beside.top - lane.top
    rects = {id: r.translated(0.0, shift) for id, r in lane.rects.items()}
    rows = {rank: (top + shift, bottom + shift) for rank, (top, bottom) in lane.rows.items()}
    return replace(lane, rects=rects, rows=rows)


def _boards(first: int, block: Block, left: float, lengths: Mapping[str, int], keeping: frozenset[str]) -> list[Lane]:
    """A board for each box, in the order in which they feed each other."""
    rows, across = (lengths.get(axis, 0) for axis in GRID)
    known = bool(rows and across)
    size = (rows, across) if known else SOME_GRID
    out: list[Lane] = []
    for box in sorted(block.boxes, key=lambda b: (b.rank, b.slot)):
        index, keeps = first + len(out), box.id in keeping
        width, height = CELL if keeps else SMALL_CELL
        cells = tuple(
            Column(index, n, n if known else None, cell_name(n, size) if known else "i, j", left + x, y, block.axis)
            for n, (x, y) in enumerate(grid_spots(*size, keeps))
        )
        rect = QRectF(0.0, -height / 2, width, height)
        ways = grid_ways(*size, box.turned) if keeps else ()
        own = Block(block.axis, (box,))
        out.append(
            Lane(index, own, width, cells, {box.id: rect}, {box.rank: (rect.top(), rect.bottom())}, (), ways, size)
        )
        left = out[-1].right + APART * 1.5
    return out


def cell_name(cell: int, size: tuple[int, int]) -> str:
    """Row and column of a cell that is counted row by row."""
    i, j = divmod(cell, size[1])
    return f"{i}, {j}"


def _holding(plan: Unrolled) -> frozenset[str]:
    """The boxes that keep a state of numbers."""
    sources = {k.source for k in plan.links if k.way == "state"}
    boxes = (b for block in plan.blocks for b in block.boxes)
    return frozenset(b.id for b in boxes if b.id in sources and b.role == "" and b.kind != "teacher")


def _storeys(plan: Unrolled) -> list[list[int]]:
    """The blocks that stand side by side, from the ground up: where they are stacked, each axis has a storey of its own."""
    out: list[list[int]] = [[]]
    for i, block in enumerate(plan.blocks):
        if plan.stacked and block.axis and any(plan.blocks[k].axis for k in out[-1]):
            out.append([])
        out[-1].append(i)
    return [storey for storey in out if storey]


def _corridor(plan: Unrolled, storey: list[int], close: bool) -> float:
    """px over a storey."""
    inside = {b.id for i in storey for b in plan.blocks[i].boxes}
    looks = any(k.way == "look" and k.source in inside for k in plan.links)
    if looks:
        return CORRIDOR * (NARROWER if close else 1.0)
    return FLAG if any(plan.blocks[i].row for i in storey) else GAP


def _rows(storey: tuple[Block, ...], floor: float, tall: Heights) -> dict[int, tuple[float, float]]:
    """Top and bottom of each rank: as high as its highest box."""
    high: dict[int, float] = {}
    for block in storey:
        for b in block.boxes:
            high[b.rank] = max(high.get(b.rank, 0.0), tall.of(b))
    wide = any(block.slots > MANY for block in storey)
    above = tall.above(wide)
    out, y = {}, floor
    for rank in range(min(high), max(high) + 1):
        out[rank] = (y - high.get(rank, LOW), y)
        y -= high.get(rank, LOW) + above
    return out


def _lane(
    index: int, block: Block, x: float, rows: Mapping[int, tuple[float, float]], length: int, tall: Heights
) -> Lane:
    box = NARROW if block.slots > MANY else WIDE
    piled = not block.axis and block.slots > 1.0 and len({b.rank for b in block.boxes}) == 1
    width = box if piled else block.slots * (box + BESIDE) - BESIDE
    columns = _columns(index, block.axis, x, width, length)
    rects = {b.id: _rect(b, box, rows[b.rank], tall.of(b)) for b in block.boxes}
    if piled:  # side by side, the wires of one would run behind the other
        for i, b in enumerate(block.boxes):
            rects[b.id] = QRectF(0.0, rects[b.id].top() + (i - (len(rects) - 1) / 2) * (TALL + BESIDE), box, tall.of(b))
    return Lane(index, block, width, columns, rects, rows, tuple(c.x for c in columns))


def _rect(b: Box, width: float, row: tuple[float, float], height: float) -> QRectF:
    return QRectF(b.slot * (width + BESIDE), sum(row) / 2 - height / 2, width, height)


def _columns(index: int, axis: str, x: float, width: float, length: int) -> tuple[Column, ...]:
    if not axis:
        return (Column(index, 0, None, "1", x),)
    if length:
        return tuple(Column(index, t, t, str(t), x + t * (width + BETWEEN), axis=axis) for t in range(length))
    pitch = width + BETWEEN
    return tuple(
        Column(index, i, None, label.replace("T", axis), x + i * pitch, axis=axis) for i, label in enumerate(SYMBOLIC)
    )  # fmt: skip
