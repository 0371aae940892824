"""Trains in a daemon thread and hands its messages over through a bounded box, so that nobody ever waits for anybody.

A daemon Python thread: a QThread still running at exit aborts the process. No torch here; it is loaded in the worker.
"""

from __future__ import annotations

import atexit
import itertools
import sys
import threading
from collections import deque
from collections.abc import Callable
from operator import itemgetter

from core.train.controls import Controls
from core.train.job import Job
from core.train.messages import Frame, Message, Sample, Step
from core.train.work import Listener, Work

STEPS_KEPT, FRAMES_KEPT = 10_000, 64
LEAVE_SECONDS = 10.0  # for the step at hand and a last checkpoint
SWITCH_INTERVAL = 0.001  # s; how long pure Python in the worker may keep the window waiting


class Mailbox:
    """Messages in order, bounded: of steps, and of frames and samples, the oldest are dropped and counted; the rest, which is
    small and rare, is never lost."""

    def __init__(self, steps: int = STEPS_KEPT, frames: int = FRAMES_KEPT) -> None:
        self._lock = threading.Lock()
        self._number = itertools.count()
        self._steps: deque[tuple[int, Message]] = deque(maxlen=steps)
        self._frames: deque[tuple[int, Message]] = deque(maxlen=frames)
        self._rest: deque[tuple[int, Message]] = deque()
        self.dropped = 0

    def put(self, message: Message) -> None:
        box = self._box_of(message)
        with self._lock:
            if box.maxlen is not None and len(box) == box.maxlen:
                self.dropped += 1
            box.append((next(self._number), message))

    def _box_of(self, message: Message) -> deque[tuple[int, Message]]:
        if isinstance(message, Step):
            return self._steps
        return self._frames if isinstance(message, (Frame, Sample)) else self._rest

    def take(self) -> list[Message]:
        """Everything since the last call."""
        with self._lock:
            found = sorted([*self._steps, *self._frames, *self._rest], key=itemgetter(0))
            for box in (self._steps, self._frames, self._rest):
                box.clear()
        return [message for _, message in found]


class Run:
    """One training in its own thread. `make_job` opens data and compiles there; `listener` is called there with every
    message. Whatever goes wrong, the last message is Failed or Done, and the process goes on."""

    def __init__(self, make_job: Callable[[], Job], listener: Listener | None = None) -> None:
        self.controls = Controls()
        self._box = Mailbox()
        self._do = Work(make_job, self.controls, self._box.put, listener)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, name="training", daemon=True)

    def start(self) -> None:
        atexit.register(self._leave)
        self._thread.start()

    def poll(self) -> list[Message]:
        """Messages since the last call, never waiting."""
        return self._box.take()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    @property
    def dropped(self) -> int:
        """Steps, frames and samples that nobody came for in time."""
        return self._box.dropped

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the end; True when it has come. Ctrl-C may break in: a `join` that is broken into takes a thread that is
        still running for one that has ended (Python before 3.13)."""
        return self._ended.wait(timeout)

    def _leave(self) -> None:
        """The process ends while the run goes on: stop it with a checkpoint. A thread inside torch when the interpreter is
        taken down would abort the process."""
        self.controls.stop()
        self._ended.wait(LEAVE_SECONDS)

    def _work(self) -> None:
        sys.setswitchinterval(SWITCH_INTERVAL)
        try:
            self._do.do()
        finally:
            atexit.unregister(self._leave)
            self._ended.set()
