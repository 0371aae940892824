"""The far end: a process that trains, or answers one question, as it is told on stdin, and tells of it on stdout.

It ends when its stdin does. A training then has a moment to leave a checkpoint; nobody is left to hear anything else.
"""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any, BinaryIO

from core.problems import Refused
from core.process.crash import crash_told_in
from core.process.letter import Array, read, write
from core.process.teller import Teller
from core.train.controls import Controls
from core.train.failure import failed
from core.train.messages import Message
from core.train.work import Cut, Work
from core.words import set_language

GRACE, SAVING = 10.0, 60.0  # s for the step at hand once the window is gone, and for a checkpoint that is being written
ENDED = 128 + signal.SIGTERM
POLITE = 5  # of 19: a window on a busy machine was late half as often, and alone a training is as fast as ever
FIRST_TO_GO = "800"  # of 1000: when memory runs out, Linux ends this process before any window

CONTROLS: dict[str, Callable[[Controls, Any], None]] = {
    "pause": lambda controls, _: controls.pause(),
    "go": lambda controls, _: controls.go(),
    "step": lambda controls, _: controls.step_once(),
    "stop": lambda controls, _: controls.stop(),
    "rate": lambda controls, value: controls.set_learning_rate(value),
    "watch": lambda controls, keys: controls.watch(tuple(keys[0]), tuple(keys[1])),
    "probes": lambda controls, on: controls.probes(on),
}


def main() -> None:
    """What anybody prints goes to stderr; nobody else reads the letters."""
    letters, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is for the window
    _stand_back()
    from core.train.allocator import tune

    tune()
    Worker(letters, answers).serve()


def _stand_back() -> None:
    """A window that somebody works in comes first, for the processor as for memory."""
    settings = (("oom_score_adj", FIRST_TO_GO), ("autogroup", str(POLITE)))
    for name, value in settings:
        with contextlib.suppress(OSError):  # only Linux knows them, and a container may forbid it
            Path("/proc/self", name).write_text(value)
    if hasattr(os, "nice"):
        os.nice(POLITE)


class Worker:
    def __init__(self, letters: BinaryIO, answers: BinaryIO) -> None:
        self._letters, self._answers = letters, answers
        self._asked: queue.SimpleQueue[tuple[dict[str, Any], Controls]] = queue.SimpleQueue()
        self._controls = Heeding(self._tell)
        self._still = threading.Event()  # no training goes on
        self._still.set()
        self._cut = False

    def serve(self) -> None:
        """For ever: the thread that listens ends the process."""
        signal.signal(signal.SIGTERM, self._end)
        threading.Thread(target=self._listen, daemon=True).start()
        try:
            while True:
                self._do(*self._asked.get())
        except Cut:
            os._exit(ENDED)

    def _do(self, head: dict[str, Any], controls: Controls) -> None:
        {"train": self._train, "errand": self._run_errand, "warm": self._warm}[head["do"]](head, controls)
        self._tell({"free": head["do"]})

    def _listen(self) -> None:
        try:
            while (letter := read(self._letters)) is not None:
                self._take(letter[0])
        finally:
            self._leave()

    def _take(self, head: dict[str, Any]) -> None:
        set_language(head["language"])
        act = CONTROLS.get(head["do"])
        if act is not None:
            act(self._controls, head.get("value"))
            return
        if head["do"] == "train":
            self._controls = Heeding(self._tell)  # what is said from now on is said of this training
            self._still.clear()
        self._asked.put((head, self._controls))

    def _leave(self) -> None:
        """Nobody is left: a training ends with a checkpoint."""
        self._controls.stop()
        if not self._still.wait(GRACE) and self._controls.heeded:
            self._still.wait(SAVING)
        if os.name == "posix" and os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)  # with whatever it started
        os._exit(0)

    def _end(self, number: int, frame: FrameType | None) -> None:
        """SIGTERM: to a training a stop, as when somebody logs out; where it was told to stop already, it is cut short."""
        training = not self._still.is_set()
        if training and not self._controls.stopping:
            self._controls.stop()
            return
        if not (training and self._controls.begun):
            os._exit(ENDED)  # nothing is lost, and torch while it loads would take Cut for a crash
        self._cut = True
        raise Cut

    def _tell(self, head: dict[str, Any], arrays: list[Array] | None = None) -> None:
        with contextlib.suppress(OSError):  # the window is gone, and so will this be
            write(self._answers, head, arrays or [])

    # --- what can be asked for ---

    def _train(self, head: dict[str, Any], controls: Controls) -> None:
        run_dir = Path(head["run_dir"])
        teller = Teller(self._tell)
        try:
            with crash_told_in(run_dir):
                self._work(head, controls, run_dir, teller.put)
        finally:
            if not self._cut:
                teller.finish()
            self._still.set()

    def _work(self, head: dict[str, Any], controls: Controls, run_dir: Path, put: Callable[[Message], None]) -> None:
        from core.observe.recording import Recording
        from core.project.file import read_project
        from core.project.running import keeper, make_job, seen_before
        from core.specs.registry import default_registry

        resume, home = bool(head["resume"]), Path(head["home"]) if head["home"] else None
        try:
            project = read_project(head["project"].encode())
            recording, told = seen_before(run_dir) if resume else (Recording(), ())
        except Refused as refused:
            put(failed(0, refused))
            return
        registry = default_registry()
        Work(
            lambda: make_job(project, registry, home, run_dir, resume, told), controls, put, keeper(recording, run_dir)
        ).do()

    def _run_errand(self, head: dict[str, Any], _: Controls) -> None:
        from core.process.asking import done

        try:
            answer, arrays = done(head["kind"], head["errand"])
        except Cut:
            raise
        except BaseException as error:  # whatever it is, whoever asked waits for an answer
            answer, arrays = {"broke": "".join(traceback.format_exception(error))}, []
        self._tell(answer, arrays)

    def _warm(self, head: dict[str, Any], _: Controls) -> None:
        """Load what every training needs."""
        from core.specs.registry import default_registry
        from core.train.mapping import map_torch

        default_registry()
        map_torch()
        import core.project.running
        import core.train.loop
        import core.train.probe  # noqa: F401
        from core.train.device import Machine

        Machine("cpu", "fp32")  # asks for a thousand modules more than torch alone


class Heeding(Controls):
    """Tells when a training heeds its stop: what it still saves may take as long as it takes."""

    def __init__(self, tell: Callable[[dict[str, Any]], None]) -> None:
        super().__init__()
        self._tell = tell
        self.begun = False  # it has come to its first step
        self.heeded = False

    def wait_turn(self) -> bool:
        self.begun = True
        go = super().wait_turn()
        if not go:
            self.heeded = True
            self._tell({"heeded": True})
        return go


if __name__ == "__main__":
    main()
