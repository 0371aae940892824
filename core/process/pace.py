"""What is known of a run from what it said: where it is, and how long one may wait for it to heed a stop."""

from __future__ import annotations

import time

from core.train.messages import Message, Paused, Started, Step

HEED = 2.0  # s a training has to heed a stop, or twice the longest it was ever silent
MOST_PATIENCE = 60.0  # s


class Pace:
    """`step`: the last one told of; `seconds`: what the run has trained; `silence`: the longest between two letters."""

    def __init__(self) -> None:
        self.step = 0
        self.heard = time.monotonic()
        self.silence = 0.0
        self.seconds = 0.0
        self.heeded = False  # a stop: it is about to save and to end
        self._moving = False

    def hear(self, messages: list[Message]) -> None:
        now = time.monotonic()
        if self._moving:
            self.silence = max(self.silence, now - self.heard)
        self.heard = now
        for message in messages:
            self._note(message)

    def _note(self, message: Message) -> None:
        match message:
            case Started():
                self.step = message.start
            case Step():
                self.step, self.seconds = message.step, message.seconds
        self._moving = isinstance(message, Step) or (self._moving and not isinstance(message, Paused))

    def heed(self) -> None:
        self.heard, self.heeded = time.monotonic(), True

    @property
    def patience(self) -> float:
        """Seconds without a word after which a stop is insisted on."""
        if self.heeded:
            return MOST_PATIENCE
        return min(MOST_PATIENCE, max(HEED, 2 * self.silence))
