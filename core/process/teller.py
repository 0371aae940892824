"""Hands the messages of a training over from a thread of its own: training never waits for who reads them."""

from __future__ import annotations

import os
import threading
import traceback
from collections.abc import Callable
from typing import Any

from core.observe.recording import frame_bytes
from core.process.letter import MOST_ARRAYS, Array
from core.process.told import letters
from core.train.messages import Frame, Message
from core.train.run import Mailbox

PAUSE = 0.015  # s between two letters: eyes need no more, and every one of them costs


class Teller:
    """Many messages in a letter. `tell` writes one; it may wait for who reads."""

    def __init__(self, tell: Callable[[dict[str, Any], list[Array]], None]) -> None:
        self._tell = tell
        self._box = Mailbox()
        self._too_large = 0
        self._news = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve_or_die, daemon=True)
        self._thread.start()

    def put(self, message: Message) -> None:
        """Never waits. What is too large to be told at all is counted with what nobody came for in time."""
        if isinstance(message, Frame) and frame_bytes(message) > MOST_ARRAYS:
            self._too_large += 1
            return
        self._box.put(message)
        self._news.set()

    def finish(self) -> None:
        """Hand over what is left."""
        self._over.set()
        self._news.set()
        self._thread.join()

    def _serve_or_die(self) -> None:
        """A training that nobody hears of any more shall not go on."""
        try:
            self._serve()
        except BaseException:  # a bug, whatever it is
            traceback.print_exc()
            os._exit(os.EX_SOFTWARE if hasattr(os, "EX_SOFTWARE") else 70)

    def _serve(self) -> None:
        while True:
            self._news.wait()
            self._news.clear()
            over = self._over.is_set()
            for told, arrays in letters(self._box.take()):
                self._tell({"told": told, "dropped": self._box.dropped + self._too_large}, arrays)
            if over:
                return
            self._over.wait(PAUSE)
