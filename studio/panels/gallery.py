"""The shipped projects to start from: title, what it shows, and a button."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QListWidget, QListWidgetItem, QWidget

from core.project.gallery import Shipped
from core.words import Text, say
from studio.parts import GAP, Empty, button, column, label, named, row, shown
from studio.theme import Theme


class GalleryDialog(QDialog):
    """Choose one; `take` gets it."""

    def __init__(
        self, parent: QWidget | None, projects: tuple[Shipped, ...], tokens: Theme, take: Callable[[Shipped], None]
    ) -> None:
        super().__init__(parent)
        self.setObjectName("gallery")
        self.setWindowTitle(say(Text("Gallery", "Galería")))
        self.resize(760, 480)
        self._projects, self._take = projects, take
        self.list = QListWidget()
        named(self.list, say(Text("Projects", "Proyectos")))
        self.list.setMinimumWidth(240)
        for project in projects:
            item = QListWidgetItem(shown(say(project.project.title) or project.name))
            item.setSizeHint(QSize(0, 32))
            self.list.addItem(item)
        self._title, self._facts = label("", "title", wrap=True), label("", "muted", wrap=True)
        self._notes = label("", "", wrap=True, select=True)
        self._notes.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.open_button = button(say(Text("Start from this", "Empezar con este")), self._open, "primary")
        close = button(say(Text("Cancel", "Cancelar")), self.reject)
        right = column(self._title, self._facts, self._notes, None, row(None, close, self.open_button), gap=GAP)
        if projects:
            body = row(self.list, right, gap=16, margins=(16, 16, 16, 16))
            body.setStretch(1, 1)
        else:
            body = row(
                Empty(tokens, "gallery", say(Text("The gallery is empty.", "La galería está vacía."))),
                margins=(16, 16, 16, 16),
            )
        self.setLayout(body)
        self.list.currentRowChanged.connect(self._show)
        self.list.itemActivated.connect(lambda _: self._open())
        if projects:
            self.list.setCurrentRow(0)

    def _show(self, at: int) -> None:
        chosen = self._projects[at]
        graph = chosen.project.graph
        self._title.setText(shown(say(chosen.project.title) or chosen.name))
        self._notes.setText(shown(say(chosen.project.notes)))
        facts = say(Text("{n} nodes, {w} wires, {s} steps", "{n} nodos, {w} cables, {s} pasos"),
                    n=len(graph.nodes), w=len(graph.edges), s=chosen.project.training.steps)  # fmt: skip
        self._facts.setText(" · ".join([facts, *chosen.project.systems]))

    def _open(self) -> None:
        chosen = self._projects[self.list.currentRow()]
        self.accept()
        self._take(chosen)
