"""The best validation so far: which weights are kept, and when waiting for a better one is over."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.train.measures import higher_is_better, present, renamed
from core.train.settings import Training


@dataclass
class Best:
    """Judged by the metric that weights are kept by, else by the stop metric, else by the loss. `step` is 0 before the first
    validation."""

    training: Training
    step: int = 0
    metrics: dict[str, float] = field(default_factory=dict)
    waited: int = 0  # validations since

    @property
    def name(self) -> str:
        t = self.training
        return present((t.keep_by if t.keep == "best" else "") or t.stop_metric or "loss")

    def see(self, step: int, metrics: Mapping[str, float]) -> bool:
        """Take in a validation; whether it is the best so far."""
        new, old = metrics.get(self.name, math.nan), self.metrics.get(self.name, math.nan)
        better = not math.isnan(new) and (math.isnan(old) or (new > old if higher_is_better(self.name) else new < old))
        if better:
            self.step, self.metrics, self.waited = step, dict(metrics), 0
        else:
            self.waited += 1
        return better

    @property
    def waited_enough(self) -> bool:
        return bool(self.training.patience) and self.waited >= self.training.patience

    @property
    def keeps(self) -> bool:
        """Whether the published weights are the best ones, and there are any."""
        return self.training.keep == "best" and self.step > 0

    def told(self) -> dict[str, Any]:
        """Plain data for a checkpoint."""
        return {"step": self.step, "metrics": self.metrics, "waited": self.waited}

    def restore(self, told: Mapping[str, Any]) -> None:
        self.step, self.metrics, self.waited = int(told["step"]), renamed(told["metrics"]), int(told["waited"])
