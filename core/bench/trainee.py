"""A gallery project in training, driven a chunk of steps at a time, exactly as a run trains it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from core.project.gallery import shipped
from core.project.running import make_job
from core.specs.registry import default_registry
from core.train.controls import Controls
from core.train.messages import Failed, Message, Paused, Probed, Step

ENDLESS = 1_000_000
BUSY = time.process_time  # what else the machine does counts in neither side of a share
REPORTS = 1  # of the probe meter in one stretch; it reports every second


@dataclass(frozen=True)
class Stretch:
    """Steps from one report of the probe meter to another: processor time of each, and the share that the meter says
    watching took."""

    milliseconds: float
    share: float


@dataclass(frozen=True)
class Spent:
    """Seconds on the wall, and of the processor in this process."""

    wall: float
    busy: float


class Clock:
    """Starts when it is made."""

    def __init__(self) -> None:
        self._wall, self._busy = time.perf_counter(), BUSY()

    def read(self) -> Spent:
        return Spent(time.perf_counter() - self._wall, BUSY() - self._busy)


class Trainee:
    """Data, step, metrics and probes as the project has them; validation, samples and checkpoints, which both sides
    would do alike, are left out."""

    def __init__(self, name: str, folder: Path, probe_budget: float | None = None) -> None:
        from core.train.loop import train

        given = shipped(name)
        settings = replace(
            given.project.training, steps=ENDLESS, validate_every=0, checkpoint_every=0, sample_every=0, device="cpu"
        )
        if probe_budget is not None:
            settings = replace(settings, probe_budget=probe_budget)
        project = replace(given.project, training=settings)
        self.controls = Controls()
        job = make_job(project, default_registry(), given.path, folder, False)
        self._messages: Iterator[Message] = train(job, self.controls)

    def steps(self, count: int) -> Spent:
        """What the next steps take. Between chunks the run is paused, so that the probe budget earns nothing
        from the other side's time."""
        self.controls.go()
        clock = Clock()
        for _ in range(count):
            self._until(Step)
        spent = clock.read()
        self.controls.pause()
        self._until(Paused)
        return spent

    def stretch(self, probes: bool) -> Stretch:
        """Steps between two reports of the meter, watched or not."""
        self.controls.go()
        self.controls.probes(probes)
        self._until(Probed)
        began = last = time.perf_counter()
        busy, steps, paid = BUSY(), 0, 0.0
        for _ in range(REPORTS):
            while not isinstance(message := self._next(), Probed):
                steps += isinstance(message, Step)
            now = time.perf_counter()
            paid += message.share * (now - last)
            last = now
        return Stretch(1e3 * (BUSY() - busy) / max(1, steps), paid / (last - began))

    def close(self) -> None:
        """End the run without a last checkpoint."""
        close = getattr(self._messages, "close", None)
        if close is not None:
            close()

    def _until(self, kind: type[Message]) -> None:
        while not isinstance(self._next(), kind):
            pass

    def _next(self) -> Message:
        message = next(self._messages)
        if isinstance(message, Failed):
            raise RuntimeError(message.problem.line())
        return message
