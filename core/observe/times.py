"""The axes that steps run along: how a chart names them, which symbols stand at its ticks, and where a chosen step lies.

A moment is one step of one axis of the data; a person chooses it on one chart, and every chart that has this axis marks it.
"""

from __future__ import annotations

from typing import NamedTuple

from core.observe.chart import Axis
from core.observe.recording import Recording
from core.observe.symbols import symbol_ticks
from core.specs.sig import DIAGONALS, GRID, LEVELS, TREE
from core.train.messages import Frame
from core.words import Text

TRAINING = "training"  # no axis of the data: the steps of the run itself
TRAINING_STEPS = Axis(Text("training step", "paso de entrenamiento"), whole=True, along=TRAINING)
TIME = Text("time step t", "paso de tiempo t")
NAMES = {
    "S": Text("step s of what is read", "paso s de lo que se lee"),
    GRID[0]: Text("row i", "fila i"),
    GRID[1]: Text("column j", "columna j"),
    DIAGONALS: Text("anti-diagonal i + j", "antidiagonal i + j"),
    TREE: Text("node n, the children before it", "nodo n, tras sus hijos"),
    LEVELS: Text("level, from the leaves up", "nivel, desde las hojas"),
}


class Moment(NamedTuple):
    """Step `step` of the axis `axis`."""

    axis: str
    step: int


def axis_name(axis: str) -> Text:
    """What a step of this axis of the data is called."""
    return NAMES.get(axis, TIME)


def steps_axis(recording: Recording, frame: Frame | None, key: str, length: int, label: Text | None = None) -> Axis:
    """The axis of a chart along which the `length` steps of a probe key, a weight or a field lie, symbols at its ticks."""
    axis = recording.along(key)
    spelt = recording.spelt(frame, key, length) if frame is not None and length else ()
    back = length - 1 if recording.backward(key) else None
    return Axis(label or axis_name(axis), whole=True, ticks=symbol_ticks(spelt), along=axis, back=back)


def place_on(axis: Axis, moment: Moment | None) -> int | None:
    """Where a moment stands on a chart's axis; None where that runs along something else."""
    if moment is None or not axis.along or axis.along != moment.axis:
        return None
    return moment.step if axis.back is None else axis.back - moment.step


def moment_at(axis: Axis, place: float) -> Moment | None:
    """The moment at a place of a chart's axis."""
    at = round(place)
    step = at if axis.back is None else axis.back - at
    return Moment(axis.along, step) if axis.along and step >= 0 else None


def length_of(recording: Recording, frame: Frame | None, axis: str) -> int:
    """How many steps the sequence that is shown has along an axis."""
    found = frame.values.items() if frame is not None else ()
    return max((len(v) for key, v in found if recording.along(key) == axis), default=0)


def axes_of(recording: Recording, frame: Frame | None) -> tuple[str, ...]:
    """The axes with more than one step that something shown runs along, in the order in which they were told."""
    found = dict.fromkeys(recording.along(key) for key in (frame.values if frame is not None else ()))
    return tuple(axis for axis in found if axis and length_of(recording, frame, axis) > 1)
