"""The page of the project itself, shown when nothing is selected: title, notes, data and training settings."""

from __future__ import annotations

from dataclasses import fields as dataclass_fields
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from core.compile.program import Program
from core.graph.model import frozen
from core.project.model import DataChoice, Project
from core.train.generation import can_generate
from core.train.settings import FIELDS
from core.words import Text, language, say
from studio.inspector.data import DataSection
from studio.inspector.sections import TitleLine, section
from studio.inspector.training import TrainingForm
from studio.panels.otherfile import other_file
from studio.panels.problemcard import ProblemCard
from studio.parts import clear, column, named
from studio.state import State

UNTITLED = Text("Untitled project", "Proyecto sin título")


class ProjectPage(QWidget):
    """Built once; `refresh` follows every change."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        project = state.session.project
        self._title = TitleLine(say(project.title), "", self._rename)
        self._notes = Notes(say(project.notes), self._annotate)
        self._problems = QVBoxLayout()
        self.data = DataSection(state, self._choose_data, self._set_data)
        settings = state.settings
        self._training = TrainingForm(training_values(project), state.tokens, settings.folder, settings.advanced,
                                      lambda on: setattr(settings, "advanced", on))  # fmt: skip
        self._training.changed.connect(self._set_training)
        self._training.left.connect(state.document.close_merge)
        self.setLayout(
            column(
                self._title,
                self._notes,
                self._problems,
                section(Text("Data", "Datos"), self.data),
                section(Text("Training", "Entrenamiento"), self._training),
                None,
                gap=12,
                margins=(12, 12, 12, 12),
            )
        )
        self.refresh()

    def refresh(self) -> None:
        project, path = self._state.session.project, self._state.document.path
        self._title.show_text(say(project.title), path.stem if path is not None else say(UNTITLED))
        self._notes.show_text(say(project.notes))
        self._training.leave_out(idle_settings(self._state.program))
        self._training.show_values(training_values(project))
        self.data.refresh(project)
        self._show_problems()

    def _show_problems(self) -> None:
        problems = tuple(
            p for p in self._state.checked.problems if p.where.pointer.startswith("/data") or p.code.startswith("data.")
        )
        if problems == getattr(self, "_told", None):
            return
        self._told = problems
        clear(self._problems)
        for problem in problems[:5]:
            other = other_file(self._state, self, problem)
            self._problems.addWidget(ProblemCard(problem, self._state.tokens, self._state.mend, other=other))

    def _edit(self, title: Text, project: Project, merge: str = "") -> None:
        self._state.document.apply_project(title, project, merge)

    def _rename(self, text: str) -> None:
        project = self._state.session.project
        self._edit(
            Text("Rename the project", "Renombrar el proyecto"), replace(project, title=reworded(project.title, text))
        )

    def _annotate(self, text: str) -> None:
        project = self._state.session.project
        self._edit(
            Text("Edit the notes", "Editar las notas"), replace(project, notes=reworded(project.notes, text)), "notes"
        )

    def _choose_data(self, kind: str) -> None:
        project = self._state.session.project
        self._edit(Text("Choose the data", "Elegir los datos"), replace(project, data=DataChoice(kind)))

    def _set_data(self, name: str, value: Any) -> None:
        project = self._state.session.project
        params = {**project.data.params, name: value}
        kept = {k: v for k, v in params.items() if v is not None}
        self._edit(Text("Set the data", "Cambiar los datos"), replace(project, data=DataChoice(project.data.kind, frozen(kept))), f"data.{name}")  # fmt: skip

    def _set_training(self, name: str, value: Any) -> None:
        project = self._state.session.project
        spec = next(f for f in FIELDS if f.name == name)
        new: Any = value if value is not None else spec.default
        if spec.kind == "float":
            new = float(new)
        title = Text(f"Set {spec.label.en}", f"Cambiar {spec.label.es}")
        self._edit(title, replace(project, training=replace(project.training, **{name: new})), f"training.{name}")
        if name == "learning_rate":
            self._state.bridge.set_learning_rate(float(new))


class Notes(QPlainTextEdit):
    """Notes in plain text; told when the person leaves them."""

    def __init__(self, text: str, agree: Any) -> None:
        super().__init__(text)
        self._agree, self._text = agree, text
        self.setPlaceholderText(say(Text("Notes", "Notas")))
        self.setTabChangesFocus(True)
        self.setFixedHeight(72)
        named(self, say(Text("Notes", "Notas")))
        self.installEventFilter(self)

    def show_text(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self.setPlainText(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QFocusEvent) and event.type() == QEvent.Type.FocusOut:
            text = self.toPlainText()
            if text != self._text:
                self._text = text
                self._agree(text)
        return super().eventFilter(watched, event)


def training_values(project: Project) -> dict[str, Any]:
    return {f.name: getattr(project.training, f.name) for f in dataclass_fields(project.training)}


def idle_settings(program: Program | None) -> frozenset[str]:
    """Settings that a network has no use for: forcing without a teacher, samples where it does not write."""
    if program is None:
        return frozenset()
    forcing = frozenset() if program.teachers else frozenset(f.name for f in FIELDS if f.name.startswith("forcing"))
    writes = bool(program.teachers) or can_generate(program)
    return forcing if writes else forcing | {"sample_every", "sample_length", "temperature"}


def reworded(old: Text, text: str) -> Text:
    """The text changed in the language that is shown; a person's own text holds for both."""
    if old.en == old.es:
        return Text(text, text)
    return Text(text, old.es) if language() == "en" else Text(old.en, text)
