"""When Python collects garbage: only in the main thread, between events, so that no Qt object dies in the worker."""

from __future__ import annotations

import gc
import sys

from PySide6.QtCore import QObject, QTimer

PERIOD = 1000  # ms
OLDER_EVERY = 5  # times
FULL_EVERY = 30  # times


class Tidy(QObject):
    """Freezes what start-up made and takes collection over with a timer.

    Modules live as long as the process. While some are being imported (torch brings 200 000 objects with it) nothing is
    collected but everything is frozen: going through all of them took a fifth of a second, again and again.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._turns = 0
        self._modules = 0
        self._timer = QTimer(self)
        self._timer.setInterval(PERIOD)
        self._timer.timeout.connect(self.collect)

    def start(self) -> None:
        gc.freeze()  # without looking for garbage first: that would be the longest stretch of the whole start
        gc.disable()
        self._modules = len(sys.modules)
        self._timer.start()

    def stop(self) -> None:
        """Hand collection back to Python."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    def collect(self) -> None:
        if len(sys.modules) > self._modules:
            self._modules = len(sys.modules)
            gc.freeze()
            return
        self._turns += 1
        gc.collect(2 if self._turns % FULL_EVERY == 0 else 1 if self._turns % OLDER_EVERY == 0 else 0)
