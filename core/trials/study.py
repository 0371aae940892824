"""What a sweep has found so far, as an Optuna study in one journal file: a training is in it whole or not at all.

Only the process that runs the sweep writes; a kill at any moment loses the trainings under way and nothing else.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.trials.grid import Point
from core.trials.trial import Answer

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import FrozenTrial

JOURNAL = "study.journal"
ANSWER = "answer"


class Study:
    """The trainings of one sweep by point. `name` says what is trained: another project or data is another study."""

    def __init__(self, out: Path, name: str, metric: str, higher: bool) -> None:
        import optuna
        from optuna.storages import journal

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        out.mkdir(parents=True, exist_ok=True)
        file = out / JOURNAL
        mend(file)
        backend = journal.JournalFileBackend(str(file))
        self._metric = metric
        self._study = optuna.create_study(
            storage=optuna.storages.JournalStorage(backend),
            study_name=f"{name}-{metric}",
            direction="maximize" if higher else "minimize",
            load_if_exists=True,
        )

    def known(self) -> dict[Point, Answer]:
        """Every training that is done, the failed ones with their problem."""
        return {_point(t): Answer.of(t.user_attrs[ANSWER]) for t in self._study.get_trials(deepcopy=False)}

    def add(self, point: Point, answer: Answer) -> None:
        """One training more; numbers that Optuna could not compare make it a failed one."""
        from optuna.trial import TrialState, create_trial

        value = answer.last.metrics.get(self._metric, math.nan)
        good = answer.problem is None and math.isfinite(value)
        params = {**dict(point.values), "seed": point.seed}
        self._study.add_trial(
            create_trial(
                state=TrialState.COMPLETE if good else TrialState.FAIL,
                value=value if good else None,
                params=params,
                distributions=_distributions(params),
                user_attrs={ANSWER: answer.plain(), "point": json.dumps([point.values, point.seed])},
            )
        )


def mend(file: Path) -> None:
    """Drop a last line that a kill cut in two; what is written after it would be unreadable."""
    if file.exists():
        data = file.read_bytes()
        whole = data.rfind(b"\n") + 1
        if whole != len(data):
            file.write_bytes(data[:whole])


def _point(trial: FrozenTrial) -> Point:
    values, seed = json.loads(trial.user_attrs["point"])
    return Point(tuple((path, value) for path, value in values), seed)


def _distributions(params: Mapping[str, Any]) -> dict[str, BaseDistribution]:
    """Of one value each: a grid may grow from one call to the next, and Optuna forbids choices that do."""
    from optuna.distributions import CategoricalDistribution

    return {name: CategoricalDistribution([value]) for name, value in params.items()}
