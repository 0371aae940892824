"""The ways a model is judged: one, or two where it has teachers. Hearing the truth, for its loss and for how probable the
truth is; and running free, for what it says then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.compile.program import Program
from core.data.dataset import Array
from core.train.measures import MEASURES

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


def read_all(ways: Sequence[Way]) -> dict[str, float]:
    """Every metric; the loss of a free run beside the loss under the truth."""
    found = ways[0].scores.read()
    for way in ways[1:]:
        free = way.scores.read()
        if free:
            found |= {FREE_LOSS: free.pop("loss"), **free}
    return found
