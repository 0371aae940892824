"""Whether trained projects reached their bands, and when: bands on one side, what the trials answered on the other.

What is measured is the time to reach, as the field does for tasks like these: how many sequences until a criterion holds
(Hochreiter and Schmidhuber 1997, section 5, stop training there and count). Here it is asked of held-out data. A run may
end early for it, and what comes after says nothing about how long it took. It is no claim that the last weights are as
good: learning at a constant rate may leave a band again. So where a run was not cut short, its end is told beside it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from core.project.card import GRACE, Band, Card
from core.train.measures import higher_is_better
from core.trials.trial import Answer, Score

NAN = float("nan")


@dataclass(frozen=True)
class Reached:
    """One seed. `at`: the validation where the bands held first, or the last one where they never did. `end`: the last one of
    a run that was not cut short."""

    held: bool
    in_time: bool
    at: Score
    problem: str = ""
    end: Score | None = None

    @property
    def ok(self) -> bool:
        return self.held and self.in_time


def must_fail(band: Band) -> bool:
    """A band on the bad side of its metric: what cannot learn this must stay there from first to last."""
    return (band.sign == ">=") != higher_is_better(band.metric)


def stops(card: Card) -> tuple[tuple[str, str, float], ...]:
    """What ends a training early: all bands reached; nothing where a failure is to be seen through to the end."""
    if any(must_fail(b) for b in card.bands):
        return ()
    return tuple((b.metric, b.sign, b.value) for b in card.bands)


def reached(card: Card, answer: Answer) -> Reached:
    """Of one seed: the first validation where every band to be reached holds, if the ones that must fail always did. That it
    held once is what counts, not that it holds at the end: see above."""
    failing, bands = [b for b in card.bands if must_fail(b)], [b for b in card.bands if not must_fail(b)]
    if answer.problem is not None or not answer.scores:
        return Reached(False, True, answer.last, answer.problem.code if answer.problem else "trial.no_validation")
    stayed = all(_holds(b, s) for b in failing for s in answer.scores)
    first = next((s for s in answer.scores if all(_holds(b, s) for b in bands)), None) if bands else answer.last
    at = first or answer.last
    end = None if answer.cut else answer.last
    return Reached(stayed and first is not None, not bands or _in_time(card, at), at, end=end)


def enough(seeds: Sequence[Reached]) -> bool:
    """One of five may miss; of fewer than five none."""
    return sum(not s.ok for s in seeds) <= len(seeds) // 5


def middle(values: Sequence[float]) -> float:
    known = [v for v in values if math.isfinite(v)]
    return median(known) if known else NAN


def _holds(band: Band, score: Score) -> bool:
    return band.holds(score.metrics.get(band.metric, NAN))


def _in_time(card: Card, at: Score) -> bool:
    within = not card.sequences or at.sequences <= GRACE * card.sequences
    return within and (not card.seconds or at.seconds <= GRACE * card.seconds)
