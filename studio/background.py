"""Work that may take longer than a frame: one daemon thread, answers delivered in the main thread, never waited for."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from shiboken6 import isValid

Work = Callable[[], Any]
Then = Callable[[Any], None]


class Background(QObject):
    """Runs callables one after the other. `then` gets the result in the main thread, `failed` the exception; without
    `failed` an exception goes to the window's own handler of bugs. A method of a widget that is gone gets nothing."""

    _finished = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._queue: queue.SimpleQueue[tuple[Work, Then, Then | None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._open = True
        self._finished.connect(self._deliver)

    def run(self, work: Work, then: Then, failed: Then | None = None) -> None:
        """Queue `work`. The thread starts with the first one."""
        self._queue.put((work, then, failed))
        if self._thread is None:
            self._thread = threading.Thread(target=self._serve, name="background", daemon=True)
            self._thread.start()

    def end(self) -> None:
        """The thread ends once all that was asked for is done."""
        self._queue.put(None)

    def close(self, timeout: float = 0.5) -> None:
        """Deliver nothing any more; the thread ends after the work at hand (or with the process: it is a daemon)."""
        self._open = False
        self._queue.put(None)
        if self._thread is not None:
            self._thread.join(timeout)

    def _serve(self) -> None:
        while (item := self._queue.get()) is not None:
            work, then, failed = item
            try:
                result = (then, work())
            except Exception as error:  # whatever it is, it is told in the main thread
                result = (failed or _raise, error)
            if not self._open:
                return
            self._finished.emit(result)

    @Slot(object)
    def _deliver(self, answer: tuple[Then, Any]) -> None:
        then, value = answer
        owner = getattr(then, "__self__", None)
        gone = isinstance(owner, QObject) and not isValid(owner)  # its panel was built anew meanwhile
        if self._open and not gone:
            then(value)


def apart(work: Work, then: Then, failed: Then | None = None) -> Background:
    """One long work in a thread of its own, so that nothing waits behind it. To be kept until it has answered."""
    made = Background()
    made.run(work, then, failed)
    made.end()
    return made


def _raise(error: BaseException) -> None:
    raise error
