"""A person's own files on their way in, dropped on the window or chosen: a project opens, a run is looked at, a text or a
table is offered the models that can be trained on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtWidgets import QFileDialog, QPushButton, QVBoxLayout, QWidget

from core.problems import Place, Problem, Refused
from core.project.begin import Found, Offer, made_of
from core.project.file import SUFFIX
from core.project.model import Project
from core.project.rundir import CONFIG
from core.words import Text, say
from studio.background import apart
from studio.fitted import Fitted
from studio.panels.problemcard import ProblemCard
from studio.parts import GAP, boxed, button, clear, column, label, row, scrolled
from studio.settings import there
from studio.state import State

FILTERS = {
    "text": Text("Texts (*.txt *.md *.text *.tsv);;All files (*)", "Textos (*.txt *.md *.text *.tsv);;Todos los archivos (*)"),
    "table": Text("Tables (*.csv *.tsv *.npz *.npy *.parquet);;All files (*)", "Tablas (*.csv *.tsv *.npz *.npy *.parquet);;Todos los archivos (*)"),
}  # fmt: skip
TITLE = {
    "text": Text("Choose a text to train on", "Elegir un texto para entrenar"),
    "table": Text("Choose a table to train on", "Elegir una tabla para entrenar"),
}
SEVERAL = Problem(
    "drop.several",
    Text("Several things were dropped at once.", "Se soltaron varias cosas a la vez."),
    Place(),
    Text("Drop one file, or one folder of .txt files (a class each).",
         "Suelte un archivo, o una carpeta de archivos .txt (una clase cada uno)."),
)  # fmt: skip

WIDE = 600  # px


class Doors(Protocol):
    """What the window does with what came in."""

    def open(self, path: Path) -> None: ...
    def look_at_run(self, folder: Path) -> bool: ...
    def begin_with(self, project: Project, own: bool = False) -> None: ...
    def complain(self, problems: tuple[Problem, ...]) -> None: ...


class Incoming:
    def __init__(self, state: State, window: QWidget, doors: Doors) -> None:
        self._state, self._window, self._doors = state, window, doors

    def choose(self, kind: str) -> None:
        """Ask for a text or a table."""
        folder = str(self._state.settings.folder)
        name, _ = QFileDialog.getOpenFileName(self._window, say(TITLE[kind]), folder, say(FILTERS[kind]))
        if name:
            self._state.settings.folder = Path(name).parent
            self.take((Path(name),))

    def take(self, paths: tuple[Path, ...]) -> None:
        """Do with what came in what can be done."""
        if len(paths) != 1:
            self._doors.complain((SEVERAL,))
        elif paths[0].suffix == SUFFIX and there(paths[0]):
            self._doors.open(paths[0])
        elif there(paths[0] / CONFIG):
            self._doors.look_at_run(paths[0])
        else:
            OffersDialog(self._window, paths[0], self._state, lambda p: self._doors.begin_with(p, own=True)).open()


def dropped(data: QMimeData) -> tuple[Path, ...]:
    """The files and folders in what hangs from the mouse."""
    return tuple(Path(u.toLocalFile()) for u in data.urls() if u.isLocalFile())


class OffersDialog(Fitted):
    """What can be made of one file; reading it may take a while and holds nothing up."""

    def __init__(self, parent: QWidget, path: Path, state: State, take: Callable[[Project], None]) -> None:
        super().__init__(parent)
        self.setObjectName("offers")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Unfold")
        self.setMinimumWidth(WIDE)
        self._state, self._take = state, take
        title = label(say(Text("What to make of {f}?", "¿Qué hacer con {f}?"), f=path.name), "title", wrap=True)
        self._said = label(say(Text("Reading …", "Leyendo …")), "muted", wrap=True)
        self._body = QVBoxLayout()
        self._body.setSpacing(GAP)
        self.close_button = button(say(Text("Cancel", "Cancelar")), self.reject)
        self.setLayout(
            column(title, self._said, self._body, None, row(None, self.close_button), gap=12, margins=(16, 16, 16, 16))
        )
        self._reading = apart(lambda: made_of(path, state.registry), self._show, self._refused)
        self.finished.connect(lambda _, reading=self._reading: reading.close(0.0))  # who has left hears no more of it

    def _show(self, found: Found) -> None:
        self._said.setText(say(Text("Each begins as a project of its own; your file stays as it is.", "Cada opción empieza como un proyecto propio; su archivo no se toca.")))  # fmt: skip
        for at, offer in enumerate(found.offers):
            self._body.addWidget(self._card(offer, at == 0))
        first = self.findChild(QPushButton, "offer")
        assert first is not None
        first.setDefault(True)
        first.setFocus(Qt.FocusReason.OtherFocusReason)
        for unfit in found.unfit:
            words = f"{say(unfit.name)}: {say(unfit.problem.message)} {say(unfit.problem.hint)}"
            self._body.addWidget(label(words, "muted", wrap=True))
        self.fit()

    def _card(self, offer: Offer, first: bool) -> QWidget:
        go = button(
            say(Text("Start", "Empezar")), lambda: self._start(offer), "primary" if first else "", say(offer.name)
        )
        go.setObjectName("offer")
        go.setAccessibleName(f"{go.text()}: {say(offer.name)}")
        words = [label(say(offer.name), "strong", wrap=True), label(say(offer.what), "muted", wrap=True)]
        if any(offer.remark):
            words.append(label(say(offer.remark), "", wrap=True))
        inner = row(column(*words, None, gap=3), column(None, go, None), gap=16, margins=(12, GAP, 12, GAP))
        inner.setStretch(0, 1)
        return boxed(inner, "card")

    def _start(self, offer: Offer) -> None:
        self.accept()
        self._take(offer.project)

    def _refused(self, error: Exception) -> None:
        if not isinstance(error, Refused):
            raise error
        self._said.hide()
        cards = QVBoxLayout()
        for problem in error.problems[:6]:
            cards.addWidget(ProblemCard(problem, self._state.tokens))
        clear(self._body)
        self._body.addWidget(boxed(cards) if len(error.problems) < 4 else scrolled(boxed(cards), self.windowTitle()))
        self.close_button.setText(say(Text("Close", "Cerrar")))
        self.fit()
