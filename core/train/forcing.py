"""How much of the truth a model with teachers hears: the schedule of scheduled sampling (Bengio et al. 2015, section 2.4),
and the arguments that one forward pass takes for it.

The share falls over the run; which steps of which sequences are told is drawn anew for each batch, as a pure function of
seed and step, so that a resumed run draws what it would have drawn. Nothing here touches another generator.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from core.compile.program import Program
from core.data.stream import generator
from core.train.settings import Training

if TYPE_CHECKING:
    from torch import Tensor

FORCED = 0x7EAC  # first key of the generator, apart from those of the data
SETTINGS = ("forcing", "forcing_start", "forcing_end", "forcing_pace")
Masks = Callable[[int, int], Any]  # (B, T) -> the numbers in [0, 1) that are compared with the share


def share_at(step: int, t: Training) -> float:
    """The share of the truth that is heard in the update after `step` updates."""
    return t.forcing_end + (t.forcing_start - t.forcing_end) * FALLS[t.forcing](step, t)


def _linear(step: int, t: Training) -> float:
    return max(0.0, 1.0 - step / (t.forcing_pace or t.steps))


def _exponential(step: int, t: Training) -> float:
    """kⁱ with k = e^(-1/pace)."""
    return math.exp(-step / (t.forcing_pace or t.steps / 5))


def _inverse_sigmoid(step: int, t: Training) -> float:
    """k / (k + e^(i/k)): one half after k·ln k updates."""
    k = t.forcing_pace or half_after(t.steps / 2)
    return k / (k + math.exp(min(step / k, 700.0)))


FALLS: Mapping[str, Callable[[int, Training], float]] = {
    "constant": lambda step, t: 1.0,
    "linear": _linear,
    "exponential": _exponential,
    "inverse_sigmoid": _inverse_sigmoid,
}


def half_after(steps: float) -> float:
    """The k of an inverse sigmoid that falls to one half after these steps (k·ln k = steps, by Newton's method)."""
    k = max(steps, math.e)
    for _ in range(50):
        k = max(k - (k * math.log(k) - steps) / (math.log(k) + 1), 1.0)
    return k


def drawn(seed: int, step: int) -> Masks:
    """The masks of one update."""
    return lambda batch, steps: generator(seed, FORCED, step).random((batch, steps))


def told(program: Program, arrays: Mapping[str, Tensor], share: float, draw: Masks | None = None) -> dict[str, Any]:
    """What `forward` takes besides: nothing without teachers, else the truth and where it is heard. `arrays` are the
    batch's by field name, on the device. Steps that a teacher gives are told at any share."""
    import torch

    if not program.teachers:
        return {}
    truth = {t.name: arrays[t.field.name] for t in program.teachers}
    if share >= 1:
        return {"truth": truth}
    first = next(iter(truth.values()))
    batch, steps = first.shape[:2]
    given = max(t.given for t in program.teachers)
    if share <= 0 and not given:
        return {"steps": steps}
    told_at = np.broadcast_to(np.arange(steps) < given, (batch, steps))
    if share > 0 and draw is not None:
        told_at = told_at | (draw(batch, steps) < share)
    return {"truth": truth, "forced": torch.from_numpy(np.array(told_at)).to(first.device)}


def unended(program: Program, lengths: Mapping[str, Tensor] | None) -> dict[str, Tensor] | None:
    """The lengths without those of the answers, where no input has them: nobody tells a free model where to end."""
    own = {axis for a in program.inputs for axis in a.field.sig.axes}
    answers = {axis for t in program.teachers for axis in t.field.sig.axes} - own
    return {axis: n for axis, n in (lengths or {}).items() if axis not in answers} or None
