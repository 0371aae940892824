"""Plays the recording as a film: the training step that everything looks at goes on by itself, by the clock and not by beats,
so that a slow picture is skipped instead of slowing the film. A run may go on meanwhile."""

from __future__ import annotations

import time
from bisect import bisect_right
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from core.observe.times import Moment, axes_of, length_of
from core.words import Text

if TYPE_CHECKING:
    from studio.state import State

PLAY, PAUSE = Text("Play the recording", "Reproducir la grabación"), Text("Pause the film", "Pausar la película")
BEAT = 20  # ms
RATES = (1, 2, 5, 10, 20, 40)  # frames a second
RATE = 10


class Player(QObject):
    """One per window. `changed`: it began, ended, or plays otherwise."""

    changed = Signal()

    def __init__(self, state: State) -> None:
        super().__init__(state)
        self._state = state
        self.rate, self.loop = RATE, False
        self._seen, self._owed = 0.0, 0.0  # when the last beat was, and parts of a frame that are due
        self._own = False  # whether it is the player that scrubs
        self._timer = QTimer(self)
        self._timer.setInterval(BEAT)
        self._timer.timeout.connect(self._turn)
        state.scrubbed.connect(self._scrubbed)

    @property
    def playing(self) -> bool:
        return self._timer.isActive()

    @property
    def ready(self) -> bool:
        """Whether there is anything to play."""
        return len(self._frames) > 1

    @property
    def _frames(self) -> tuple[int, ...]:
        return self._state.session.recording.frames

    def toggle(self) -> None:
        self.stop() if self.playing else self.play()

    def play(self) -> None:
        """From the step that is looked at; from the first where that is the last, or the run is followed."""
        if not self.ready:
            return
        frames, step = self._frames, self._state.step
        if step is None or step >= frames[-1]:
            self._show(frames[0])
        self._seen, self._owed = time.monotonic(), 0.0
        self._timer.start()
        self.changed.emit()

    def stop(self) -> None:
        if self.playing:
            self._timer.stop()
            self.changed.emit()

    def frame_by(self, frames: int) -> None:
        """Look at another frame, so many on or back."""
        known, step = self._frames, self._state.step
        if known:
            at = len(known) - 1 if step is None else bisect_right(known, step) - 1
            self._state.scrub(known[min(max(at + frames, 0), len(known) - 1)])

    def moment_by(self, steps: int) -> None:
        """Look at another step of the sequence, so many on or back; the first of all where none was marked."""
        recording, moment = self._state.session.recording, self._state.moment
        frame = recording.frame(self._state.step)
        axes = axes_of(recording, frame)
        if axes:
            axis = moment.axis if moment is not None and moment.axis in axes else axes[0]
            at = moment.step + steps if moment is not None and moment.axis == axis else 0
            self._state.mark(Moment(axis, min(max(at, 0), length_of(recording, frame, axis) - 1)))

    def set_rate(self, rate: int) -> None:
        self.rate = rate
        self.changed.emit()

    def set_loop(self, on: bool) -> None:
        self.loop = on
        self.changed.emit()

    def _turn(self) -> None:
        now = time.monotonic()
        self._owed += min(now - self._seen, 1.0) * self.rate
        self._seen = now
        ahead = int(self._owed)
        if ahead:
            self._owed -= ahead
            self._go(ahead)

    def _go(self, ahead: int) -> None:
        frames, step = self._frames, self._state.step
        if len(frames) < 2 or step is None:
            self.stop()
            return
        at = bisect_right(frames, step) - 1 + ahead
        if at < len(frames):
            self._show(frames[at])
        elif self.loop:
            self._show(frames[0])
        else:
            self._end(frames[-1])

    def _end(self, last: int) -> None:
        """A film that has caught up with its run follows it."""
        self._show(None if self._state.bridge.view.busy else last)
        self.stop()

    def _show(self, step: int | None) -> None:
        self._own = True
        try:
            self._state.scrub(step)
        finally:
            self._own = False

    def _scrubbed(self, step: int | None) -> None:
        """A person who goes back to the present has seen enough; one who moves the slider sees it go on from there."""
        if step is None and not self._own:
            self.stop()
