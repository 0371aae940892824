"""Another file in the place of one that cannot be read: the repair that only a person's choice completes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from core.graph.model import frozen
from core.problems import Problem
from core.words import Text, say
from studio.panels.problemcard import OTHER_FILE
from studio.state import State


def other_file(state: State, parent: QWidget, problem: Problem) -> Callable[[], None] | None:
    """What asks for another file where the data's own is the trouble; None where it is not."""
    data, name = state.session.project.data, problem.where.param
    if not problem.code.startswith("data.") or not problem.where.file or not isinstance(data.params.get(name), str):
        return None

    def choose() -> None:
        chosen, _ = QFileDialog.getOpenFileName(
            parent.window(), say(OTHER_FILE), str(nearest(Path(problem.where.file)))
        )
        if chosen:
            project = state.session.project
            params = frozen({**project.data.params, name: chosen})
            label = Text("Choose another file", "Elegir otro archivo")
            state.document.apply_project(label, replace(project, data=replace(project.data, params=params)))

    return choose


def nearest(file: Path) -> Path:
    """The folder of a file, or what is left of the way to it."""
    return next((p for p in file.expanduser().parents if p.is_dir()), Path.home())
