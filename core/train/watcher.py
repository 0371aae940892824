"""Decides between two steps whether the budget allows a look at the inner values, and tells what watching costs.

Watched or not, a run makes the same weights: the prober touches no gradient, and its random numbers are put back.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from core.train.checkpoint import untouched_random
from core.train.controls import Controls
from core.train.job import Job
from core.train.messages import Frame, Probed

if TYPE_CHECKING:
    from core.train.learner import Learner, Moment
    from core.train.meter import Meter
    from core.train.probe import Prober


class Watcher:
    """With a budget of 0, or a job without twin, there is no prober and nothing is spent."""

    def __init__(self, job: Job, learner: Learner, controls: Controls) -> None:
        from core.train.meter import Meter

        self._job, self._learner, self._controls = job, learner, controls
        self._meter: Meter = Meter(job.training.probe_budget)
        self._prober: Prober | None = None
        self._seen = -1  # the step of the newest frame

    @property
    def _on(self) -> bool:
        return self._job.training.probe_budget > 0 and self._job.twin is not None and self._controls.probing

    def before_step(self, asked: bool) -> Prober | None:
        """The prober, where the coming step is to be looked at. `asked`: a person makes this single step to see it."""
        return self._ready() if self._on and (asked or self._meter.due()) else None

    def after_step(self, step: int, prober: Prober | None, asked: bool) -> Iterator[Frame | Probed]:
        if prober is not None:
            yield self._frame(step, prober, asked)
        told = self._meter.report(step) if self._prober is not None else None
        if told is not None:
            yield told

    def pause(self, step: int) -> Iterator[Frame]:
        """A person who pauses sees the step at which they did. Time stands still for the meter until `go`."""
        if self._on and step > 0 and self._seen != step:
            yield self._frame(step, self._ready(), asked=True)
        self._meter.pause()

    def go(self) -> None:
        self._meter.go()

    def end(self, step: int) -> Iterator[Frame | Probed]:
        """A frame of the finished weights, and the last word on what watching cost."""
        if self._on and self._seen != step:
            yield self._frame(step, self._ready(), asked=True)
        told = self._meter.report(step, force=True) if self._prober is not None else None
        if told is not None:
            yield told

    def _frame(self, step: int, prober: Prober, asked: bool) -> Frame:
        with self._meter.measure(), untouched_random():
            frame = prober.frame(step, self._controls.keys, whole=asked, beside=self._controls.beside)
        self._meter.spent(asked=asked)
        self._seen = step
        return frame

    def _ready(self) -> Prober:
        if self._prober is None:
            from core.train.probe import Prober

            twin = self._learner.twin()
            assert twin is not None  # _on said so
            with self._meter.measure(), untouched_random():
                self._prober = Prober(self._job, self._learner.module, twin)
        return self._prober

    def around(self, prober: Prober, moment: Moment) -> None:
        """Note norms while a step is made, on the meter's account."""
        with self._meter.measure():
            {"before_clip": prober.before_clip, "after_clip": prober.after_clip, "after_update": prober.after_update}[
                moment
            ]()
