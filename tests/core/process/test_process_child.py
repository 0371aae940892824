"""A child as the system sees it: what it said last is heard, a log-out is a stop, and a window that goes takes nothing along."""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import core.process.child as room
from core.process.child import Child
from core.process.crew import Crew
from core.project.document import Document
from core.project.gallery import shipped
from core.session import Session
from core.train.messages import Done, Step

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")

SPEAKS = """
import sys
from core.process.letter import read, write
for n in range(5):
    write(sys.stdout.buffer, {"n": n})
"""


def test_last_words_are_heard_also_by_who_says_something_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "BOOT", "import json, sys; sys.path[:] = json.loads(sys.argv[1])\n" + SPEAKS)
    child = Child()
    assert child.ended(60) == 0
    for _ in range(3):
        child.send({"do": "pause"})  # into a pipe that nobody reads any more
        time.sleep(0.05)
    heard = []
    while (letter := child.read()) is not None:
        heard.append(letter[0]["n"])
    assert heard == [0, 1, 2, 3, 4]
    assert child.read() is None
    child.end()


def begun(folder: Path) -> Session:
    """A long training that has made some steps."""
    project = shipped("hello").project
    session = Session(Document(replace(project, training=replace(project.training, steps=10**7))))
    session.crew = Crew()
    session.start(folder / "run")
    end = time.monotonic() + 60
    while not any(isinstance(m, Step) and m.step > 5 for m in session.poll()):
        assert time.monotonic() < end and session.run is not None and session.run.alive
        time.sleep(0.01)
    return session


def test_logging_out_stops_a_training_with_a_checkpoint(tmp_path: Path) -> None:
    """The system then sends SIGTERM to all there is, and nobody has said stop before."""
    training = begun(tmp_path)
    run: Any = training.run
    os.kill(run._child.id, signal.SIGTERM)
    assert run.wait(30)
    last = training.poll()[-1]
    assert isinstance(last, Done) and last.stopped and last.step > 5, last
    assert training.run_dir is not None and (training.run_dir / "checkpoint" / f"step_{last.step:09d}").is_dir()
    os.kill(run._child.id, signal.SIGTERM)  # now it is idle: nothing keeps it
    assert run._child.ended(10) == 128 + signal.SIGTERM


SAVES_SLOWLY = """
import core.process.worker as room, time
from core.train.learner import Learner
room.GRACE, save = 0.3, Learner.save
Learner.save = lambda *given, **how: (time.sleep(1.5), save(*given, **how))[1]
"""


def test_who_saves_when_its_window_goes_may_finish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Saving may take longer than the grace that a step gets; and to who still listens it says how it ended."""
    front, main = room.BOOT.rsplit("; ", 1)
    monkeypatch.setattr(room, "BOOT", f"{front}\n{SAVES_SLOWLY}\n{main}")
    session = begun(tmp_path)
    assert session.crew is not None and session.run is not None and session.run_dir is not None
    session.crew.close()
    assert session.run.wait(30)
    last = session.poll()[-1]
    assert isinstance(last, Done) and last.stopped, last
    assert (session.run_dir / "checkpoint" / f"step_{last.step:09d}").is_dir()
