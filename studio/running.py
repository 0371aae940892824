"""Starting, stepping and ending a run from the window: what is asked first, and how long anybody waits."""

from __future__ import annotations

import time

from PySide6.QtCore import QEventLoop, QObject, Signal
from PySide6.QtWidgets import QApplication, QWidget

from core.problems import Refused
from core.project.rundir import CONFIG
from core.words import Text, say
from studio.panels.ask import Answer, ask
from studio.state import State
from studio.typed import agreed

PATIENCE = 2.0  # s a closing window waits for a run to stop


class Running(QObject):
    """The run commands of one window. `refused` carries the problems of a run that could not begin."""

    started = Signal()
    refused = Signal(object)

    def __init__(self, state: State, window: QWidget) -> None:
        super().__init__(window)
        self._state, self._window = state, window

    def train(self) -> None:
        """Start, or go on after a pause."""
        if self._state.bridge.view.phase == "paused":
            self._state.bridge.go()
        else:
            self._start()

    def step_once(self) -> None:
        """One step; starts a run where there is none, paused before its second step."""
        if self._state.bridge.view.busy or self._start():
            self._state.bridge.step_once()

    def resume(self) -> None:
        """Go on with the run that was stopped."""
        self._start(resume=True)

    def train_elsewhere(self) -> None:
        """Change where the next run trains: in a process of its own, or in this one."""
        settings = self._state.settings
        settings.apart = not settings.apart
        self._state.train_apart(settings.apart)

    def settle(self) -> bool:
        """End a running training, asked first. True when none runs any more (or it was told to stop)."""
        if not self._state.bridge.view.busy:
            return True
        kept = Text(
            "A checkpoint is kept; the run can be resumed.", "Se guarda un punto de control; se puede reanudar."
        )
        answer = ask(
            self._window,
            say(Text("The network is still training. Stop it?", "La red aún se está entrenando. ¿Detenerla?")),
            say(kept),
            say(Text("Stop the training", "Detener el entrenamiento")),
        )
        return answer is Answer.YES and self.stop()

    def stop(self) -> bool:
        """Ask the run to stop and wait at most two seconds, painting meanwhile; what is pressed comes afterwards."""
        state = self._state
        state.bridge.stop()
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and not state.session.stop(0.02):
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        state.bridge.poll()
        return True

    def _start(self, resume: bool = False) -> bool:
        state = self._state
        agreed()
        state.document.close_merge()
        before, earlier = state.session.run_dir, state.earlier
        if before is not None and not resume and (before / CONFIG).exists():
            state.earlier = (*earlier, before)
        try:
            state.bridge.start(before if resume else None, resume)
        except Refused as refused:
            state.earlier = earlier
            self.refused.emit(refused.problems)
            return False
        state.scrub(None)
        self.started.emit()
        return True
