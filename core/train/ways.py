"""The ways a model is judged: one, or two where it has teachers. Hearing the truth, for its loss and for how probable the
truth is; and running free, for what it says then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.compile.program import Program
from core.data.dataset import Array, Batch, Dataset
from core.problems import filled
from core.train.measures import MEASURES
from core.words import Text

if TYPE_CHECKING:
    from torch import Tensor

    from core.train.metrics import Scores

FREE_LOSS = "free_loss"


@dataclass
class Way:
    """One pass over the held-out data: the share of the truth that is heard, its scores, and the state it carries."""

    share: float
    scores: Scores
    state: dict[str, Tensor] | None = None


def judged_ways(program: Program, names: Sequence[str], variances: Mapping[str, Array]) -> tuple[Way, ...]:
    """The passes that these metrics need; the last one is what the model does by itself."""
    from core.train.metrics import Scores

    if not program.teachers:
        return (Way(1.0, Scores(program, names, tables=True, variances=variances)),)
    told = Scores(program, [n for n in names if MEASURES[n].told], variances=variances)
    rest = [n for n in names if not MEASURES[n].told]
    return Way(1.0, told), Way(0.0, Scores(program, rest, free=True, tables=True, variances=variances))


def told_everything(program: Program, dataset: Dataset, names: Sequence[str]) -> tuple[Text, ...]:
    """A word to say where the steps that a teacher gives are all there are: then what is judged as a free run is none."""
    given = max((t.given for t in program.teachers), default=0)
    if not given:
        return ()
    longest = 0
    for batch in dataset.validation():
        if batch.scored:
            longest = max(longest, steps_of(program, batch))
        if longest > given + 1:  # what is said at the last step is heard by none
            return ()
    free = ", ".join([FREE_LOSS, *(n for n in names if not MEASURES[n].told)])
    return (filled(ALL_TOLD, given=given, steps=longest, free=free),) if longest else ()


ALL_TOLD = Text(
    "No free run is judged: the teacher gives {given} steps, and the longest held-out sequence has {steps}. {free} are those "
    "of a model that hears the truth throughout.",
    "No se juzga ninguna marcha libre: el profesor da {given} pasos y la secuencia reservada más larga tiene {steps}. {free} "
    "son las de un modelo que oye siempre la verdad.",
)


def steps_of(program: Program, batch: Batch) -> int:
    """The steps of the longest truth in a batch."""
    lengths = []
    for t in program.teachers:
        there = batch.lengths.get(t.field.sig.axes[0])
        lengths.append(int(batch.arrays[t.field.name].shape[1] if there is None else there.max()))
    return max(lengths)


def read_all(ways: Sequence[Way]) -> dict[str, float]:
    """Every metric; the loss of a free run beside the loss under the truth."""
    found = ways[0].scores.read()
    for way in ways[1:]:
        free = way.scores.read()
        if free:
            found |= {FREE_LOSS: free.pop("loss"), **free}
    return found
