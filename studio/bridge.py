"""Between the window and the run: starts and steers it, and reads its messages at 30 Hz. Nothing here waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, QTimer, Signal

from core.session import Session
from core.train.messages import Done, Failed, Frame, Message, Paused, Probed, Sample, Started, Step, Validation
from core.train.settings import Training

PERIOD = 33  # ms
CALM = 4  # polls between two showings of plain steps
Phase = Literal["idle", "starting", "running", "paused", "stopping", "done", "stopped", "failed"]
BUSY: tuple[Phase, ...] = ("starting", "running", "paused", "stopping")


@dataclass(frozen=True)
class RunView:
    """The run as it stands: the newest message of each sort."""

    phase: Phase = "idle"
    started: Started | None = None
    step: Step | None = None
    validation: Validation | None = None
    probed: Probed | None = None
    sample: Sample | None = None
    failed: Failed | None = None
    done: Done | None = None
    scored: Step | None = None  # the newest step that told its metrics: what is said of training is all of one batch

    @property
    def busy(self) -> bool:
        return self.phase in BUSY

    @property
    def at(self) -> int:
        """The last step made."""
        if self.step is not None:
            return self.step.step
        return self.started.start if self.started is not None else 0

    @property
    def total(self) -> int:
        return self.started.steps if self.started is not None else 0

    @property
    def latest(self) -> Mapping[str, float]:
        """Loss and metrics of one training batch."""
        return {"loss": self.scored.loss, **self.scored.metrics} if self.scored is not None else {}

    @property
    def held(self) -> tuple[int, Mapping[str, float]] | None:
        """A step, and the held-out metrics of the weights at it: the newest ones, in the end those that were kept."""
        if self.done is not None and 0 < self.done.kept < self.done.step:
            return self.done.kept, {k: v for k, v in self.done.metrics.items() if k != "train_loss"}
        return (self.validation.step, self.validation.metrics) if self.validation is not None else None

    @property
    def rate(self) -> float:
        """Steps per second since it began or was resumed."""
        if self.step is None or self.started is None or self.step.seconds <= self.started.seconds:
            return 0.0
        return (self.step.step - self.started.start) / (self.step.seconds - self.started.seconds)

    @property
    def left(self) -> float | None:
        """Seconds to go; None before anything is known, and where no step is to come."""
        return (self.total - self.at) / self.rate if self.rate > 0 and self.at < self.total else None


def after(view: RunView, message: Message) -> RunView:
    """The view once a message was heard."""
    match message:
        case Started():
            phase: Phase = view.phase if view.phase in ("paused", "stopping") else "running"
            return RunView(phase, started=message, validation=_still_held(view, message))
        case Step():
            return replace(view, step=message, scored=_scored(view, message))
        case Validation():
            return replace(view, validation=message)
        case Probed():
            return replace(view, probed=message)
        case Sample():
            return replace(view, sample=message)
        case Paused():
            return replace(view, phase="paused" if view.phase != "stopping" else "stopping")
        case Failed():
            return replace(view, phase="failed", failed=message)
        case Done():
            return replace(view, phase="stopped" if message.stopped else "done", done=message)
        case _:
            return view


def _scored(view: RunView, step: Step) -> Step:
    """Not every step tells its metrics: its loss then waits for one that does, so that no two losses are shown at once."""
    return step if step.metrics or view.scored is None or not view.scored.metrics else view.scored


def _still_held(view: RunView, started: Started) -> Validation | None:
    """A run that goes on keeps what the held-out data said of the weights it begins with, until that is asked again."""
    known = view.validation
    return known if known is not None and known.step <= started.start else None


class Bridge(QObject):
    """One per window. `heard` carries the messages of one poll, `changed` the new RunView."""

    heard = Signal(object)  # list[Message]
    changed = Signal(object)  # RunView
    framed = Signal()  # a new frame or sample lies in the recording
    ended = Signal(object)  # Done | Failed

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._keys: tuple[str, ...] = ()
        self._beside: tuple[str, ...] = ()
        self.view = self._told = RunView()
        self.training: Training | None = None  # as the run at hand began; the project's own may be changed meanwhile
        self._turn = 0
        self._left = False  # the run at hand is of a project that is open no more
        self._timer = QTimer(self)
        self._timer.setInterval(PERIOD)
        self._timer.timeout.connect(self.poll)

    def start(self, run_dir: Path | None = None, resume: bool = False) -> None:
        """Train the project as it stands. Raises Refused where it cannot be."""
        if self.view.busy:
            return
        self._session.start(run_dir, resume)
        self.training = self._session.project.training
        self._watch()
        self._become(RunView("starting", validation=self.view.validation if resume else None))
        self._timer.start()

    def pause(self) -> None:
        """Before the next step; the phase follows when the run says so."""
        if controls := self._session.controls:
            controls.pause()

    def go(self) -> None:
        if controls := self._session.controls:
            controls.go()
            if self.view.phase == "paused":
                self._become(replace(self.view, phase="running"))

    def step_once(self) -> None:
        if controls := self._session.controls:
            controls.step_once()

    def stop(self) -> None:
        """Ask the run to end after the step at hand."""
        if (controls := self._session.controls) and self.view.busy:
            controls.stop()
            self._become(replace(self.view, phase="stopping"))

    def set_learning_rate(self, value: float) -> None:
        if (controls := self._session.controls) and self.view.busy:
            controls.set_learning_rate(value)

    def watch(self, keys: tuple[str, ...], beside: tuple[str, ...] = ()) -> None:
        """Probe these keys, now and in the next runs; of `beside` the values alone."""
        self._keys, self._beside = keys, beside
        self._watch()

    def poll(self) -> None:
        """Read what the run told since the last time."""
        run = self._session.run
        alive = run is not None and run.alive
        messages = self._session.poll()
        if self._left:
            self._let_end(alive)
            return
        view = self.view
        for message in messages:
            view = after(view, message)
        if messages:
            self.heard.emit(messages)
            self.view = view
            if any(isinstance(m, (Frame, Sample)) for m in messages):
                self.framed.emit()
        self._tell_calmly(messages)
        for message in messages:
            if isinstance(message, (Done, Failed)):
                self.ended.emit(message)
        if not alive:
            self._timer.stop()

    def _tell_calmly(self, messages: list[Message]) -> None:
        """Numbers a few times a second are enough for eyes; anything else at once."""
        self._turn += 1
        news = any(not isinstance(m, (Step, Frame)) for m in messages)
        if self.view is not self._told and (news or self._turn >= CALM):
            self._become(self.view)

    def forget(self) -> None:
        """Another project was opened: its run is not this one. One that has not ended yet, which takes as long as a step,
        ends unheard."""
        self._left = self.view.busy
        self._become(RunView("stopping" if self._left else "idle"))

    def show(self, view: RunView) -> None:
        """A run that was over before; one at hand is not spoken over."""
        if not self.view.busy:
            self._become(view)

    def _let_end(self, alive: bool) -> None:
        if not alive:
            self._timer.stop()
            self._left = False
            self._become(RunView())

    def close(self) -> None:
        self._timer.stop()

    def _watch(self) -> None:
        if controls := self._session.controls:
            controls.watch(self._keys, self._beside)

    def _become(self, view: RunView) -> None:
        self._turn = 0
        self.view = self._told = view
        self.changed.emit(view)
