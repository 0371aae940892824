"""The worker thread: bounded messages, every failure told, the process untouched."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from training_double import CharData, CharStream, char_job

from core.data.dataset import Batch
from core.problems import Place, Problem, Refused
from core.train.job import Job
from core.train.messages import Done, Failed, Frame, Message, Paused, Saved, Step
from core.train.run import Mailbox, Run
from core.words import Text


def step(n: int) -> Step:
    return Step(n, 1.0, 0.1, 1.0, 1.0, 0.0, 1)


def ended(run: Run) -> list[Message]:
    assert run.wait(60)
    return run.poll()


def test_the_mailbox_drops_the_oldest_steps_and_counts_them() -> None:
    box = Mailbox(steps=3, frames=1)
    for n in range(5):
        box.put(step(n))
        box.put(Frame(n, {}, {}))
    box.put(Saved(9, "x"))
    taken = box.take()
    assert [m.step for m in taken if isinstance(m, Step)] == [2, 3, 4]
    assert [m.step for m in taken if isinstance(m, Frame)] == [4]
    assert isinstance(taken[-1], Saved) and box.dropped == 2 + 4 and box.take() == []


def test_messages_arrive_in_order_and_end_with_done(tmp_path: Path) -> None:
    heard: list[Message] = []
    run = Run(lambda: char_job(tmp_path), heard.append)
    run.start()
    polled = ended(run)
    assert polled == heard and isinstance(polled[-1], Done)
    assert [m.step for m in polled if isinstance(m, Step)] == list(range(1, 13))


def test_pause_single_step_and_stop_from_another_thread(tmp_path: Path) -> None:
    heard: list[Message] = []
    run = Run(lambda: char_job(tmp_path, steps=10**6), heard.append)
    run.controls.step_once()
    run.start()
    _until(lambda: any(isinstance(m, Paused) for m in heard))
    time.sleep(0.05)
    assert [m.step for m in heard if isinstance(m, Step)] == [1]
    run.controls.step_once()
    _until(lambda: len([m for m in heard if isinstance(m, Step)]) == 2)
    run.controls.go()
    _until(lambda: len([m for m in heard if isinstance(m, Step)]) > 10)
    run.controls.stop()
    last = ended(run)[-1]
    assert isinstance(last, Done) and last.stopped


def test_stop_wakes_a_paused_run(tmp_path: Path) -> None:
    run = Run(lambda: char_job(tmp_path))
    run.controls.pause()
    run.start()
    time.sleep(0.05)
    run.controls.stop()
    assert isinstance(ended(run)[-1], Done)


def test_a_refusal_is_its_problem(tmp_path: Path) -> None:
    problem = Problem("data.gone", Text("gone", "se fue"), Place(file="x"))

    def refuse() -> Job:
        raise Refused(problem)

    run = Run(refuse)
    run.start()
    (message,) = ended(run)
    assert isinstance(message, Failed) and message.problem is problem and message.step == 0


class Broken(CharData):
    """A dataset whose third batch raises."""

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def stream(self, seed: int) -> CharStream:
        error = self.error

        class Stream(CharStream):
            def next(self) -> Batch:
                if self.count == 2:
                    raise error
                return super().next()

            def restore(self, position: Mapping[str, Any]) -> None:
                raise AssertionError

        return Stream(seed)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ValueError("boom"), "train.unexpected"),
        (SystemExit(3), "train.unexpected"),
        (MemoryError(), "train.out_of_memory"),
        (torch.OutOfMemoryError("CUDA out of memory"), "train.out_of_memory"),
        (OSError(28, "No space left on device", "/x"), "train.not_written"),
    ],
)
def test_every_exception_becomes_a_problem(tmp_path: Path, error: BaseException, code: str) -> None:
    run = Run(lambda: replace(char_job(tmp_path), dataset=Broken(error)))
    run.start()
    last = ended(run)[-1]
    assert isinstance(last, Failed) and last.problem.code == code and last.step == 2
    assert type(error).__name__ in last.detail
    assert not last.problem.message.es.startswith(last.problem.message.en)


def test_memory_that_is_not_there_is_told_and_the_next_run_works(tmp_path: Path) -> None:
    spoil = " + torch.zeros(9000000, 900000, 5).sum()"
    for i in range(3):
        run = Run(lambda i=i: char_job(tmp_path / str(i), spoil=spoil))  # type: ignore[misc]
        run.start()
        last = ended(run)[-1]
        assert isinstance(last, Failed) and last.problem.code == "train.out_of_memory"
        assert last.problem.where.path == ("scores",)
    run = Run(lambda: char_job(tmp_path / "good"))
    run.start()
    assert isinstance(ended(run)[-1], Done)


def test_a_listener_that_raises_ends_the_run_only(tmp_path: Path) -> None:
    def listen(message: Message) -> None:
        raise BrokenPipeError

    run = Run(lambda: char_job(tmp_path), listen)
    run.start()
    assert isinstance(ended(run)[-1], Failed)
    assert threading.current_thread().is_alive()


LEFT = """
import sys, time
from pathlib import Path
from training_double import char_job
from core.train.run import Run
from core.train.messages import Step

run = Run(lambda: char_job(Path(sys.argv[1]), steps=10**7))
run.start()
while not any(isinstance(m, Step) for m in run.poll()):
    time.sleep(0.01)
"""


def test_a_process_that_ends_while_training_ends_cleanly_with_a_checkpoint(tmp_path: Path) -> None:
    place = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])}
    ended = subprocess.run([sys.executable, "-c", LEFT, str(tmp_path)], env=place, capture_output=True, check=False)
    assert ended.returncode == 0, ended.stderr.decode()
    assert (tmp_path / "checkpoint" / "latest").exists()


def _until(happened: Any) -> None:
    limit = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < limit
        time.sleep(0.005)
