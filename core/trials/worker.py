"""A process that trains what it is asked on stdin, a line of JSON each, and answers on stdout.

It ends when its stdin does, also in the middle of a training: nobody is left to hear the answer.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.project.card import Band
from core.project.file import read_project
from core.trials.trial import Answer, Ask, Score

if TYPE_CHECKING:
    from core.train.messages import Message


def main() -> None:
    """Everything else that prints goes to stderr."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    asked: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(asked,), daemon=True).start()
    from core.train.allocator import tune

    tune()
    while True:
        data = json.loads(asked.get())
        answer = trained(Ask(data["project"], tuple(data["metrics"]), tuple(tuple(s) for s in data["stop"])))
        answers.write(json.dumps(answer.plain()) + "\n")
        answers.flush()


def _listen(asked: queue.SimpleQueue[str]) -> None:
    for line in sys.stdin:
        asked.put(line)
    os._exit(0)


def trained(ask: Ask) -> Answer:
    """Train to the end, or until what is asked for holds. What goes wrong is in the answer."""
    from core.project.running import make_job
    from core.specs.registry import default_registry
    from core.train.controls import Controls
    from core.train.failure import failed
    from core.train.loop import train

    hearing = _Hearing([Band(*s) for s in ask.stop])
    with tempfile.TemporaryDirectory(prefix="unfold-trial-") as folder:
        try:
            job = make_job(read_project(ask.project.encode()), default_registry(), None, Path(folder), False)
            wanted = replace(job, metrics=tuple(dict.fromkeys((*job.metrics, *ask.metrics))))
            return hearing.hear(train(wanted, Controls()))
        except Exception as error:  # an answer is owed whatever happens, as the training thread owes one
            return replace(hearing.answer, problem=failed(hearing.step, error).problem)


class _Hearing:
    """Listens to a run."""

    def __init__(self, stop: list[Band]) -> None:
        self._stop = stop
        self._began = 0.0
        self.answer = Answer()
        self.step = self._sequences = 0

    def hear(self, messages: Iterable[Message]) -> Answer:
        from core.train.messages import Failed, Started, Step, Validation

        for message in messages:
            if isinstance(message, Started):
                self._began = busy()
                self.answer = replace(self.answer, parameters=message.parameters)
            elif isinstance(message, Step):
                self.step, self._sequences = message.step, message.sequences
            elif isinstance(message, Validation):
                score = Score(message.step, self._sequences, busy() - self._began, _numbers(message.metrics))
                self.answer = replace(self.answer, scores=(*self.answer.scores, score))
                if self._stop and all(b.holds(score.metrics.get(b.metric, float("nan"))) for b in self._stop):
                    return replace(self.answer, cut=True)
            elif isinstance(message, Failed):
                return replace(self.answer, problem=message.problem)
        return self.answer


def _numbers(metrics: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(value) for name, value in metrics.items() if isinstance(value, (int, float))}


def busy() -> float:
    """Seconds of processor time that this process has used, all threads, user and system; not of the clock on the wall."""
    return time.process_time()


if __name__ == "__main__":
    main()
