"""A run as core.train.run has it, whose training is done by a child: nothing it does to itself reaches this process."""

from __future__ import annotations

import atexit
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.problems import Place, Refused
from core.process.child import Child
from core.process.crash import crash_text, node_in
from core.process.crew import Crew
from core.process.death import died, forced, garbled, not_started
from core.process.letter import Arrays, Strange
from core.process.pace import Pace
from core.process.told import heard
from core.train.controls import Controls
from core.train.failure import failed
from core.train.job import CHECKPOINTS
from core.train.messages import Done, Failed, Message
from core.train.run import LEAVE_SECONDS, Mailbox
from core.train.work import Listener

FORCE = 2.5  # s from SIGTERM to SIGKILL
LAST_WORDS = 5.0  # s for a process whose letters have ended


@dataclass(frozen=True)
class Task:
    """What a child is to train: the project as text, and where it stands."""

    project: str
    home: Path | None
    run_dir: Path
    resume: bool
    lines: Mapping[int, Place] = field(default_factory=dict)  # of the emitted source: the node each belongs to

    def letter(self) -> dict[str, Any]:
        home = str(self.home) if self.home else None
        return {
            "do": "train",
            "project": self.project,
            "home": home,
            "run_dir": str(self.run_dir),
            "resume": self.resume,
        }


class Passed(Controls):
    """Controls that a child hears of. What is set here can be read here."""

    def __init__(self, run: ProcessRun) -> None:
        super().__init__()
        self._run = run

    def pause(self) -> None:
        super().pause()
        self._run.send("pause")

    def go(self) -> None:
        super().go()
        self._run.send("go")

    def step_once(self) -> None:
        super().step_once()
        self._run.send("step")

    def stop(self) -> None:
        super().stop()
        self._run.send("stop")
        self._run.insist()

    def set_learning_rate(self, value: float) -> None:
        super().set_learning_rate(value)
        self._run.send("rate", value)

    def watch(self, keys: tuple[str, ...], beside: tuple[str, ...] = ()) -> None:
        super().watch(keys, beside)
        self._run.send("watch", [keys, beside])

    def probes(self, on: bool) -> None:
        super().probes(on)
        self._run.send("probes", on)


class ProcessRun:
    """One training in a child of the crew. `listener` is called with every message in a thread of this process. Whatever
    becomes of the child, the last message is Failed or Done."""

    def __init__(self, crew: Crew, task: Task, listener: Listener | None = None) -> None:
        self._crew, self._task, self._listener = crew, task, listener
        self._box = Mailbox()
        self._pace = Pace()
        self._ended = threading.Event()
        self._ending = threading.Lock()  # who ends it: itself or somebody else
        self._asked_to_stop = False
        self._forced = False
        self._over = False
        self._child: Child | None = None
        self._early: list[dict[str, Any]] = []
        self._dropped = 0
        self._thread = threading.Thread(target=self._serve, name="run", daemon=True)
        self.controls: Controls = Passed(self)

    def start(self) -> None:
        """Raises Refused where no process can be had."""
        try:
            self._child = self._crew.take()
        except OSError as error:
            raise Refused(not_started(error)) from None
        self._child.send(self._task.letter())
        for letter in self._early:
            self._child.send(letter)
        atexit.register(self._leave)
        self._thread.start()
        if self.controls.stopping:
            self.insist()

    def send(self, what: str, value: Any = None) -> None:
        """To the child; before there is one it is kept for it."""
        letter = {"do": what, "value": value}
        if self._child is None:
            self._early.append(letter)
        elif not self._over:
            self._child.send(letter)

    def poll(self) -> list[Message]:
        """Messages since the last call, never waiting."""
        return self._box.take()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    @property
    def dropped(self) -> int:
        """Steps, frames and samples that nobody came for in time."""
        return self._box.dropped + self._dropped

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the end; True when it has come."""
        return self._ended.wait(timeout)

    def insist(self) -> None:
        """From a stop on: whoever does not heed it is ended."""
        with self._ending:
            if self._asked_to_stop or self._child is None:
                return
            self._asked_to_stop = True
        threading.Thread(target=self._force, args=(self._child,), name="insisting", daemon=True).start()

    def _force(self, child: Child) -> None:
        asked = time.monotonic()
        while (rest := max(asked, self._pace.heard) + self._pace.patience - time.monotonic()) > 0:
            if self._ended.wait(rest):
                return
        with self._ending:
            if self._over:
                return
            self._forced = True
            child.terminate()
        if not self._ended.wait(FORCE):
            child.kill()

    def _leave(self) -> None:
        """This process ends while the run goes on: it stops with a checkpoint, and is left alone to write it."""
        self.send("stop")
        if not self._ended.wait(LEAVE_SECONDS) and not self._pace.heeded and self._child is not None:
            self._child.kill()

    def _serve(self) -> None:
        assert self._child is not None
        part = self._crew.lose
        try:
            last = self._hear_out(self._child)
            if isinstance(last, Done) or last.refused:
                part = self._crew.give
        except Exception as error:
            # who listens failed: the run ends by it, as one in a thread does, but what it learnt is kept
            self._box.put(failed(self._pace.step, error))
            part = self._crew.part
        finally:
            atexit.unregister(self._leave)
            with self._ending:
                self._over = True
            (self._crew.lose if self._forced else part)(self._child)
            self._ended.set()

    def _hear_out(self, child: Child) -> Done | Failed:
        """Its last message; where it says none, what is to be said of it."""
        try:
            last = self._read(child)
        except Strange as strange:
            step, run_dir = self._pace.step, self._task.run_dir
            told: Done | Failed = Failed(step, garbled(step, saved_in(run_dir), run_dir, str(strange)))
        else:
            if last is not None:
                return last
            told = self._gone(child)
        self._tell(told)
        return told

    def _read(self, child: Child) -> Done | Failed | None:
        """Tell all it says. Its last message, None where it went without one."""
        last: Done | Failed | None = None
        while (letter := child.read()) is not None:
            head, arrays = letter
            if not isinstance(head, dict):
                raise Strange("no letter of a training")
            if "free" in head:
                if head["free"] == "train":
                    return last
                continue  # it was still warming up when it was taken
            if "heeded" in head:
                self._pace.heed()
                continue
            for message in self._messages(head, arrays):
                self._tell(message)
                if isinstance(message, (Done, Failed)):
                    last = message
        return last

    def _messages(self, head: dict[str, Any], arrays: Arrays) -> list[Message]:
        found = heard(head.get("told"), arrays)
        dropped = head.get("dropped")
        self._dropped = dropped if type(dropped) is int else 0
        self._pace.hear(found)
        return found

    def _gone(self, child: Child) -> Done | Failed:
        """What is to be said of a child that said no last word."""
        code, step, run_dir = child.ended(LAST_WORDS), self._pace.step, self._task.run_dir
        saved = saved_in(run_dir)
        if not self._forced:
            text = crash_text(run_dir)
            return Failed(step, died(code, step, saved, run_dir, node_in(text, self._task.lines)), text)
        kept = saved or 0
        if step > kept:
            return Failed(step, forced(step, saved, run_dir))
        return Done(kept, {}, self._pace.seconds, True, str(run_dir), kept)  # it was asked to stop, and nothing is lost

    def _tell(self, message: Message) -> None:
        if self._listener is not None:
            self._listener(message)
        self._box.put(message)


def saved_in(run_dir: Path) -> int | None:
    """The step of the newest checkpoint. One that is there is whole, whether or not it was told of."""
    steps = [p.name.removeprefix("step_") for p in (run_dir / CHECKPOINTS).glob("step_*")]
    return max((int(s) for s in steps if s.isdecimal()), default=None)
