"""A project that is opened again is shown with its last run: what it reached, what was recorded, and that it can go on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject

from core.observe.recording import Recording
from core.problems import Refused
from core.project.latest import latest_run, made_by
from core.project.model import DataChoice
from core.project.ran import ENDED, Ran, read_run
from core.project.running import located, seen_before
from core.train.messages import Done, Started
from core.words import Text, grouped, say
from studio.bridge import RunView
from studio.state import State

Found = tuple[Ran, Recording]


class LookBack(QObject):
    """One per window. Looks once for each project that is opened, when it is known what would train."""

    def __init__(self, state: State, parent: QObject) -> None:
        super().__init__(parent)
        self._state = state
        self._wanted = state.document.path is not None
        state.opened.connect(self._opened)
        state.found.connect(lambda _: self._seek())

    def _opened(self) -> None:
        """Saved, or brought back after a crash; a gallery project begins anew."""
        document = self._state.document
        self._wanted = self._state.session.run_dir is None and (document.path is not None or document.dirty)
        self._seek()

    def _seek(self) -> None:
        state = self._state
        known = _known(state)
        if not self._wanted or known is None:
            return
        self._wanted = False
        home, (program, data), project = state.document.path, known, state.document.project

        def work() -> Found | None:
            folder = latest_run(home, program, data)
            try:
                return (read_run(folder), seen_before(folder)[0]) if folder is not None else None
            except Refused:
                return None  # it is listed among the runs, and told there

        def show(found: Found | None) -> None:
            same = state.document.project.graph == project.graph and state.document.path == home
            if found is not None and same and state.session.run_dir is None and not state.bridge.view.busy:
                state.look_back(found[0].folder, found[1], view_of(*found))
                state.status.emit(told(found[0]))

        state.background.run(work, show)


def told(ran: Ran) -> str:
    """Which run is shown, and how it ended."""
    words = Text("Shown with its last run, {r}: {e}, step {a} of {b}", "Se muestra con su última ejecución, {r}: {e}, paso {a} de {b}")  # fmt: skip
    return say(words, r=ran.name, e=say(ENDED[ran.ended]), a=grouped(ran.step), b=grouped(ran.total))


def same_drawing(state: State, folder: Path) -> bool:
    """Whether a run is of the project that is open, as it is drawn now."""
    known = _known(state)
    return known is not None and made_by(folder, *known)


def view_of(ran: Ran, recording: Recording) -> RunView:
    """What the panels say of a run that is over, as it ended; one that broke off counts as stopped, as it can go on."""
    folder, stopped = str(ran.folder), ran.ended != "done"
    began = recording.started or Started(0, 0, "", "", ran.parameters, "", {}, {})
    return RunView(
        "stopped" if stopped else "done",
        started=replace(began, steps=ran.total, start=ran.step, run_dir=folder),
        step=ran.last,
        scored=ran.scored,
        validation=ran.validation,
        probed=ran.probed,
        done=Done(ran.step, dict(ran.metrics), ran.seconds, stopped, folder, ran.kept),
    )


def _known(state: State) -> tuple[str, DataChoice] | None:
    """What would train: the program's hash and the data; None before the drawing was checked, or where it cannot."""
    program, checked, document = state.program, state.verdict.project, state.document
    if program is None or checked is None or (checked.graph, checked.data) != (document.graph, document.project.data):
        return None
    return program.hash, located(document.project.data, document.path)
