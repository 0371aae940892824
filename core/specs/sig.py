"""What a wire carries: kind, size and named axes. B is implicit; a signal without a time axis is static."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SigKind = Literal["features", "tokens", "scalar"]
GRID = ("I", "J")  # the axes of a grid: rows and columns
DIAGONALS = "I+J"  # what a loop over a grid goes along: cells of one anti-diagonal are one step
TREE = "N"  # the axis of a tree: its nodes, children before parents, the root last
LEVELS = "N/levels"  # what a loop over trees goes along: nodes of one height are one step
CHILDREN = ("left", "right")  # what a wire may be delayed along on a tree


def ways(axes: tuple[str, ...]) -> tuple[str, ...]:
    """Along what a value over these axes may be delayed; the first is meant where nothing is said, if it is ""."""
    if axes == GRID:
        return GRID
    return () if len(axes) != 1 else ("", *CHILDREN) if axes == (TREE,) else ("",)


class Dim:
    """A size that is not known yet. Bound by unification; compare through `core.shapes.unify`."""

    __slots__ = ("bound", "name")

    def __init__(self, name: str = "?") -> None:
        self.name = name
        self.bound: int | Dim | None = None


Size = int | Dim


@dataclass(frozen=True)
class Sig:
    """The signature of a value.

    kind "features": floats (B, *axes, size); "tokens": integers (B, *axes), `size` the vocabulary;
    "scalar": floats (B, *axes), size 1 (losses per step, numbers).
    axes: names of the time axes present, in order: () static, ("T",), ("S", "T"), ("I", "J").
    """

    kind: SigKind
    size: Size = 1
    axes: tuple[str, ...] = ()

    def show(self) -> str:
        """How the wire is labelled: "B×T×128"; tokens "B×T ∈ 65"."""
        size = self.size.name if isinstance(self.size, Dim) else str(self.size)
        head = "×".join(("B", *self.axes))
        return {"features": f"{head}×{size}", "tokens": f"{head} ∈ {size}", "scalar": head}[self.kind]
