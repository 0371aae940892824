"""Worker processes seen from the one that started them: each trains one thing at a time on one thread."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from core.problems import Place, Problem
from core.trials.trial import Answer, Ask
from core.words import Text

HOME = Path(__file__).resolve().parents[2]
ONE_THREAD = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
T = TypeVar("T")


class Hand:
    """One worker process."""

    def __init__(self) -> None:
        path = os.pathsep.join(p for p in (str(HOME), os.environ.get("PYTHONPATH", "")) if p)
        alone = {**os.environ, **dict.fromkeys(ONE_THREAD, "1"), "PYTHONPATH": path}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "core.trials.worker"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", env=alone,
        )  # fmt: skip

    def do(self, ask: Ask) -> Answer:
        """Ask and wait. A process that dies over it has answered too."""
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.write(ask.line() + "\n")
            self._process.stdin.flush()
        except OSError:
            return self._lost()
        line = self._process.stdout.readline()
        return Answer.of(json.loads(line)) if line.endswith("\n") else self._lost()

    def _lost(self) -> Answer:
        self.end()
        return Answer(problem=_died(self._process.returncode), tried=False)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # what was not yet read there is lost with the process
                    pipe.close()


def work(items: Sequence[T], ask: Callable[[T], Ask], workers: int, fresh: bool = False) -> Iterator[tuple[T, Answer]]:
    """Every item with its answer, as they come. `fresh`: a new process for each. Leaving early ends the processes."""
    todo, done = deque(items), queue.SimpleQueue[tuple[T, Answer]]()
    hands: set[Hand] = set()
    leaving = threading.Event()

    def serve() -> None:
        hand: Hand | None = None
        while not leaving.is_set():
            try:
                item = todo.popleft()
            except IndexError:
                break
            if hand is None:
                hand = Hand()
                hands.add(hand)
                if leaving.is_set():
                    hand.end()
                    break
            answer = hand.do(ask(item))
            if fresh or not answer.tried:
                hands.discard(hand)
                hand.end()
                hand = None
            done.put((item, answer))

    threads = [threading.Thread(target=serve, daemon=True) for _ in range(max(1, min(workers, len(items))))]
    for thread in threads:
        thread.start()
    try:
        for _ in items:
            yield done.get()
    finally:
        leaving.set()
        for hand in list(hands):
            hand.end()
        for thread in threads:
            thread.join(5.0)


def _died(code: int | None) -> Problem:
    return Problem(
        "trial.died",
        Text(f"The process that trained it ended by itself ({code}).", f"El proceso que lo entrenaba terminó solo ({code})."),
        Place(label="trial"),
        Text("Most often memory ran out: use fewer workers.", "Lo más común es falta de memoria: use menos procesos."),
        got=str(code),
    )  # fmt: skip
