"""Checks the project shortly after each change: at once where that is cheap, else in the background; newest wins. Data is
opened in the background alone."""

from __future__ import annotations

import time
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from core.compile.program import Checked, Program
from core.problems import Problem, Refused
from core.project.model import Project
from core.session import Session
from core.specs.fields import Fields
from studio.background import Background

QUIET = 60  # ms after the last change
CHEAP = 0.010  # s; a check that took longer goes to the background
FADING = 0.9  # of a cost is remembered after the next check: what is undone is known already, and says little


@dataclass(frozen=True)
class Verdict:
    """What is known of a project: problems, signatures, what its data offers, and the program where there is one."""

    checked: Checked = Checked(())
    program: Program | None = None
    project: Project | None = None
    fields: Fields = Fields()


def examine(session: Session) -> Verdict:
    """Check and, where nothing is wrong, compile."""
    project = session.project
    fields, _ = session.fields()
    checked = session.checked()
    if not checked.ok:
        return Verdict(checked, None, project, fields)
    try:
        return Verdict(checked, session.program("train"), project, fields)
    except Refused as refused:
        return Verdict(_with(checked, refused.problems), None, project, fields)


def _with(checked: Checked, problems: tuple[Problem, ...]) -> Checked:
    known = {(p.code, p.where) for p in checked.problems}
    more = tuple(p for p in problems if (p.code, p.where) not in known)
    return Checked(checked.problems + more, checked.wires, checked.ports)


class Checker(QObject):
    """Emits `found` with the Verdict of the newest project."""

    found = Signal(object)

    def __init__(self, session: Session, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._background = background
        self._cost = CHEAP  # the first check is done in the background: nobody knows yet what it costs
        self._busy = False
        self._changes = self._seen = 0  # so far, and when the check at hand began
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(QUIET)
        self._timer.timeout.connect(self.check)

    def soon(self) -> None:
        self._changes += 1
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()

    def check(self) -> None:
        """Examine the project as it stands."""
        if self._busy:
            return
        self._seen = self._changes
        if self._cost < CHEAP and self._session.knows_fields:
            self._answer(self._timed())
        else:
            self._busy = True
            self._background.run(self._timed, self._answer, self._failed)

    def _timed(self) -> tuple[Verdict, float]:
        start = time.perf_counter()
        return examine(self._session), time.perf_counter() - start

    def _answer(self, answer: tuple[Verdict, float]) -> None:
        verdict, cost = answer
        self._cost = max(cost, FADING * self._cost)
        self._busy = False
        if verdict.project is self._session.project and self._seen == self._changes:
            self.found.emit(verdict)
        else:
            self.check()

    def _failed(self, error: Exception) -> None:
        self._busy = False
        raise error
