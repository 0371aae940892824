"""One training from its job to its last message, in whatever thread or process it is done."""

from __future__ import annotations

import logging
from collections.abc import Callable

from core.problems import Place
from core.train.controls import Controls
from core.train.failure import failed
from core.train.job import Job
from core.train.mapping import map_torch
from core.train.messages import Message, Started, Step, Validation

Listener = Callable[[Message], None]

log = logging.getLogger(__name__)


class Cut(BaseException):
    """Raised into a training that does not heed a stop: it unwinds, and nobody is told more of it."""


class Work:
    """`make_job` opens data and compiles. `listener` hears every message first and may raise, which ends the training;
    `put` hands it on and never does. Whatever goes wrong, the last message is Failed or Done."""

    def __init__(
        self, make_job: Callable[[], Job], controls: Controls, put: Listener, listener: Listener | None = None
    ) -> None:
        self._make_job, self._controls, self._put, self._listener = make_job, controls, put, listener
        self._job: Job | None = None
        self._step = 0

    def do(self) -> None:
        try:
            self._train()
        except Cut:
            raise
        except BaseException as error:  # also SystemExit: own code must not end it unseen
            self._fail(error)

    def _train(self) -> None:
        job = self._job = self._make_job()
        map_torch()
        from core.train.loop import train

        for message in train(job, self._controls):
            if isinstance(message, (Step, Validation)):
                self._step = message.step
            elif isinstance(message, Started):
                self._step = message.start
            self._tell(message)

    def _node_of(self, error: BaseException) -> Place:
        """The node whose emitted line raised, none where the error came from elsewhere."""
        if self._job is None:
            return Place()
        from core.train.module import blame

        path = blame(self._job.program, error) or ()
        return Place(path=path, label=self._job.program.called(path))

    def _tell(self, message: Message) -> None:
        if self._listener is not None:
            self._listener(message)
        self._put(message)

    def _fail(self, error: BaseException) -> None:
        message = failed(self._step, error, self._node_of(error))
        self._put(message)
        if self._listener is None:
            return
        try:
            self._listener(message)
        except Exception:
            log.exception("the listener failed while it was told of a failure")
