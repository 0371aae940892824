"""The probe meter: decides when watching may take time from training, and measures how much it took.

Watching runs on debt: a frame is due as soon as earlier ones are paid off by `budget` seconds of every second that
training has run since. So the share holds in the long run whatever a frame costs, and nobody has to guess a cost.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from core.train.messages import Probed

FASTEST = 10.0  # frames a second: nobody sees more
SAVED = 0.5  # seconds of budget that may be saved up while nothing is due
REPORT_EVERY = 1.0  # seconds


class Meter:
    """One per run, used by its worker alone. `clock` gives seconds.

    The loop asks `due()`, then either puts everything that exists only for watching into `with meter.measure():` and ends
    the frame with `spent()`, or measures itself and tells `spent(seconds)`. What was measured counts even where no frame
    came of it.
    """

    def __init__(self, budget: float, clock: Callable[[], float] = time.monotonic, fastest: float = FASTEST) -> None:
        self.budget = budget
        self.frames = 0
        self.dropped = 0
        self._clock = clock
        self._shortest = 1.0 / fastest
        self._started = self._seen = self._reported = clock()
        self._paused_at: float | None = None
        self._last_frame: float | None = None
        self._purse = 0.0  # seconds that watching may take now; negative while in debt
        self._paid = self._paid_before = 0.0
        self._open = 0.0  # measured for the frame that is being made
        self._frames_before = self._dropped_before = 0

    def due(self) -> bool:
        """Whether a frame may be made now. The first one always may: a person waits for it."""
        if self.budget <= 0 or self._paused_at is not None:
            return False
        self._earn()
        if self._last_frame is None:
            return True
        return self._purse >= 0 and self._seen - self._last_frame >= self._shortest

    @contextmanager
    def measure(self) -> Iterator[None]:
        """Time something that watching alone needs."""
        start = self._clock()
        try:
            yield
        finally:
            self._open += self._clock() - start

    def spent(self, seconds: float = 0.0, asked: bool = False) -> None:
        """A frame is made; it took `seconds` besides what was measured. The first, and one that the person `asked` for
        (single step), count in the share but make no debt."""
        self._open += seconds
        first = self._last_frame is None
        self._earn()
        if not asked and not first:
            self._purse -= self._open
        self._last_frame = self._seen
        self.frames += 1
        self._settle()

    def drop(self, count: int = 1) -> None:
        """Frames that were made but not shown, because the window was behind."""
        self.dropped += count

    def pause(self) -> None:
        """Time from here on is not training time."""
        if self._paused_at is None:
            self._paused_at = self._clock()

    def go(self) -> None:
        if self._paused_at is not None:
            away = self._clock() - self._paused_at
            self._started += away
            self._seen += away
            self._reported += away
            if self._last_frame is not None:
                self._last_frame += away
            self._paused_at = None

    @property
    def share(self) -> float:
        """Watching's part of all the time since the start, watching included."""
        return _part(self._paid + self._open, self._clock() - self._started)

    def report(self, step: int, force: bool = False) -> Probed | None:
        """What was spent since the last report; None before a second has passed, unless forced."""
        now = self._clock()
        elapsed = now - self._reported
        if elapsed <= 0 or (elapsed < REPORT_EVERY and not force):
            return None
        self._settle()
        share = _part(self._paid - self._paid_before, elapsed)
        since = self.frames - self._frames_before, self.dropped - self._dropped_before
        told = Probed(step, share, *since, self.share, self.frames)
        self._reported, self._paid_before = now, self._paid
        self._frames_before, self._dropped_before = self.frames, self.dropped
        return told

    def _earn(self) -> None:
        now = self._clock()
        self._purse = min(self._purse + self.budget * (now - self._seen), self.budget * SAVED)
        self._seen = now

    def _settle(self) -> None:
        self._paid += self._open
        self._open = 0.0


def _part(some: float, whole: float) -> float:
    return some / whole if whole > 0 else 0.0
