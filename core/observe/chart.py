"""A chart as data: marks, axes, labels. pyqtgraph draws it live and matplotlib for paper; both show the same picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from core.words import Text

if TYPE_CHECKING:
    from core.observe.recording import Recording

Floats = NDArray[np.float32] | NDArray[np.float64]


@dataclass(frozen=True)
class Axis:
    label: Text
    log: bool = False
    limits: tuple[float, float] | None = None
    ticks: tuple[tuple[float, str], ...] = ()  # named ticks (symbols), else automatic
    whole: bool = False  # only whole numbers mean something here: units, steps
    along: str = ""  # the axis of the data it runs along (T, S, N): a step chosen on one chart is marked on all
    back: int | None = None  # where steps run from the end: the step that stands at 0


@dataclass(frozen=True)
class Line:
    """A curve; `color` is an index into the theme's palette; `band` (low, high) a confidence band."""

    x: Floats
    y: Floats
    label: str = ""
    color: int = 0
    dashed: bool = False
    band: tuple[Floats, Floats] | None = None
    faint: bool = False  # the raw curve behind a smoothed one


SHAPES = ("", "circle", "square", "triangle", "diamond", "cross", "star", "pentagon")
"""What tells curves and points apart besides their colour, by its index; the first has none."""


def shape(mark: Line | Points) -> str:
    """The sign on a mark; "" for none: on the first curve, on what has no name, and on a second curve that is dashed. Points
    always have one."""
    if isinstance(mark, Line) and (not mark.label or mark.faint or (mark.dashed and mark.color == 1)):
        return ""
    return SHAPES[mark.color % len(SHAPES)] or ("saltire" if isinstance(mark, Points) else "")


@dataclass(frozen=True)
class Points:
    x: Floats
    y: Floats
    label: str = ""
    color: int = 0


@dataclass(frozen=True)
class Heat:
    """A matrix as colours: z[row, column], rows along y. diverging: zero is the middle colour."""

    z: Floats  # NaN is left open
    diverging: bool = True
    limits: tuple[float, float] | None = None
    label: str = ""


@dataclass(frozen=True)
class Bars:
    x: Floats
    y: Floats
    label: str = ""
    color: int = 0


@dataclass(frozen=True)
class Ring:
    """A circle, e.g. the unit circle under eigenvalues."""

    radius: float = 1.0


@dataclass(frozen=True)
class Level:
    """A horizontal line with a name: chance, a baseline."""

    y: float
    label: str
    color: int = 0


DASHES = ((1.2, 2.4), (5.0, 2.4), (5.0, 2.4, 1.2, 2.4), (10.0, 2.4))
"""How levels are told apart besides their colour, in widths of the line: drawn, left open, ..."""


def dashes(level: Level) -> tuple[float, ...]:
    return DASHES[(level.color + 1) % len(DASHES)]


Mark = Line | Points | Heat | Bars | Ring | Level


@dataclass(frozen=True)
class Chart:
    title: Text
    x: Axis
    y: Axis
    marks: tuple[Mark, ...]
    equal: bool = False  # equal scales on both axes
    note: Text = Text("", "")  # shown when there is nothing to draw yet, and why
    subtitle: str = ""  # what is shown: a step, a probe; person's text, never markup


CHART_GROUPS: Mapping[str, Text] = {
    "course": Text("Course of the training", "Curso del entrenamiento"),
    "sequence": Text("Along a sequence", "A lo largo de una secuencia"),
    "gradient": Text("Gradients and updates", "Gradientes y actualizaciones"),
    "loop": Text("Memory of the loops", "Memoria de los bucles"),
}


@dataclass(frozen=True)
class ChartSpec:
    """A kind of chart: one plugin file. `draw(recording, step, key)` gives the picture at a training step (None = latest)
    of the chosen probe key ("" = the first that fits). What costs too much to be told unasked is asked for while the chart is
    open: `ask(recording, key)` says what to watch for, "" for nothing."""

    category: ClassVar[str] = "chart"
    kind: str
    name: Text
    help: Text
    draw: Callable[[Recording, int | None, str], Chart]
    keyed: bool = False  # wants a probe key
    keys: Callable[[Recording], tuple[str, ...]] | None = None
    ask: Callable[[Recording, str], str] | None = None
    group: str = ""  # a key of CHART_GROUPS
    rank: int = 99  # place in its group: the smaller, the sooner a person looks for it
    watches: bool = False  # what it shows of one probe it shows of any that is watched: all are offered
