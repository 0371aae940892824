"""What unrolling gives, as data: boxes with copies along an axis, boxes that stand once, and what leads where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.observe.ranks import Place
from core.specs.sig import GRID, TREE
from core.words import Text

Way = Literal["within", "state", "start", "every", "last", "first", "all", "look"]
Row = Literal["", "taught", "free"]  # of two rows of the same copies: one hears the truth, the other itself


@dataclass(frozen=True)
class Box:
    """A node of the level shown. `axis`: along which it has copies, "" where it stands once. `keys`: probe keys of what it
    says, likeliest first. `back`: it reads the sequence from its end."""

    id: str
    kind: str
    role: str
    axis: str
    keys: tuple[str, ...] = ()
    back: bool = False
    rank: int = 0
    slot: float = 0.0
    turned: tuple[str, ...] = ()  # axes of a grid that it reads from the end


@dataclass(frozen=True)
class Link:
    """What leads from one box to another. `edges` are drawn wires of this level, none where it lies inside a closed cell. A
    state carries what is probed under `keys`, `delay` steps on; it starts from zeros, something learned, or something fed."""

    source: str
    target: str
    way: Way
    edges: tuple[str, ...] = ()
    delay: int = 0
    keys: tuple[str, ...] = ()
    name: str = ""
    start: Literal["", "zeros", "learned", "fed"] = ""
    via: tuple[Place, ...] = ()
    row: Row = ""  # the only row that has it, "" where both do
    along: str = ""  # of a tree: from the left or the right child; of a grid: from the neighbour before on this axis


@dataclass(frozen=True)
class Block:
    """Boxes that stand together: the copy of an axis, or boxes that stand once, with `axis` ""."""

    axis: str
    boxes: tuple[Box, ...]
    row: Row = ""

    @property
    def form(self) -> Literal["row", "tree", "grid"]:
        """How its copies lie."""
        return "tree" if self.axis == TREE else "grid" if self.axis == GRID[0] else "row"

    @property
    def slots(self) -> float:
        """Widths of a box from the left end to the right one."""
        return max((b.slot for b in self.boxes), default=0.0) + 1.0


@dataclass(frozen=True)
class Unrolled:
    """Blocks from left to right. `stacked`: there are two axes, and the second stands above the first; `note` says why there
    is nothing to show."""

    blocks: tuple[Block, ...] = ()
    links: tuple[Link, ...] = ()
    stacked: bool = False
    note: Text | None = None
    axis: str = ""  # along which there are two rows

    @property
    def axes(self) -> tuple[str, ...]:
        return tuple(b.axis for b in self.blocks if b.axis)

    def box(self, id: str) -> Box | None:
        return next((b for block in self.blocks for b in block.boxes if b.id == id), None)
