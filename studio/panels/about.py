"""What Unfold is, with the licences of what it stands on; and the keys, listed from the actions themselves."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from platform import python_version

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QGridLayout, QPlainTextEdit, QSplitter, QTreeWidget, QTreeWidgetItem, QWidget

from core.words import Text, say
from studio.canvas.gestures.words import MOUSE
from studio.libraries import libraries
from studio.parts import GAP, button, column, label, named, row, scrolled
from studio.plot.words import MOUSE as ON_CHARTS
from studio.shortcuts import keys_of
from studio.theme import mono_font


class AboutDialog(QDialog):
    """Choose a library to read its licence."""

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setObjectName("about")
        self.setWindowTitle(say(Text("About Unfold", "Acerca de Unfold")))
        self.resize(760, 600)
        what = Text("A studio for networks with memory: draw them rolled, watch them unrolled.",
                    "Un estudio para redes con memoria: dibújelas plegadas, véalas desplegadas.")  # fmt: skip
        self._libraries = libraries()
        self.list = self._list()
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setProperty("role", "code")
        self.text.setFont(mono_font(8.5))
        self.text.setTabChangesFocus(True)
        named(self.text, say(Text("Text of the licence", "Texto de la licencia")))
        self.list.currentItemChanged.connect(lambda *_: self._show())
        both = QSplitter(Qt.Orientation.Vertical)
        both.addWidget(self.list)
        both.addWidget(self.text)
        close = button(say(Text("Close", "Cerrar")), self.accept, "primary")
        told = Text("MIT licence. It stands on {n} libraries and Python {p}:", "Licencia MIT. Se apoya en {n} bibliotecas y Python {p}:")  # fmt: skip
        body = column(
            label(f"Unfold {_version('unfold-studio')}", "title"),
            label(say(what), "", wrap=True),
            label(say(told, n=len(self._libraries), p=python_version()), "muted"),
            both,
            row(None, close),
            gap=GAP,
            margins=(16, 16, 16, 16),
        )
        body.setStretchFactor(both, 1)
        self.setLayout(body)
        self.list.setCurrentIndex(self.list.model().index(0, 0))

    def _list(self) -> QTreeWidget:
        made = QTreeWidget()
        named(made, say(Text("Libraries", "Bibliotecas")))
        heads = (Text("Library", "Biblioteca"), Text("Version", "Versión"), Text("Licence", "Licencia"))
        made.setHeaderLabels([say(h) for h in heads])
        made.setRootIsDecorated(False)
        made.setUniformRowHeights(True)
        below = say(Text("see its text", "véase su texto"))
        for one in self._libraries:
            made.addTopLevelItem(QTreeWidgetItem([one.name, one.version, one.licence or below]))
        for at in (0, 1):
            made.resizeColumnToContents(at)
        return made

    def _show(self) -> None:
        at = self.list.currentIndex().row()
        none = Text(
            "This library brings no text of its licence with it.", "Esta biblioteca no trae el texto de su licencia."
        )
        self.text.setPlainText(self._libraries[at].text() or say(none))


class KeysDialog(QDialog):
    """Every shortcut there is: of the window's actions and of the canvas."""

    def __init__(self, parent: QWidget | None, actions: Iterable[QAction]) -> None:
        super().__init__(parent)
        self.setObjectName("keys")
        self.setWindowTitle(say(Text("Keys and mouse", "Teclas y ratón")))
        self.resize(720, 640)
        rows = [(keys, a.text().replace("&", "")) for a in actions if (keys := keys_of(a))]
        mouse = [(say(gesture), say(meaning)) for gesture, meaning in (*MOUSE, *ON_CHARTS)]
        close = button(say(Text("Close", "Cerrar")), self.accept, "primary")
        self.setLayout(
            column(
                scrolled(_grid(mouse + rows, long=True), self.windowTitle()),
                row(None, close),
                gap=GAP,
                margins=(16, 16, 16, 16),
            )
        )


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _grid(rows: list[tuple[str, str]], long: bool = False) -> QWidget:
    """Two columns; `long` where the left one has whole phrases."""
    made = QWidget()
    grid = QGridLayout(made)
    grid.setContentsMargins(0, 0, GAP, 0)
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(0, 5 if long else 0)
    grid.setColumnStretch(1, 6 if long else 1)
    for at, (left, right) in enumerate(rows):
        grid.addWidget(label(left, "strong", wrap=long), at, 0)
        grid.addWidget(label(right, "muted", wrap=True), at, 1)
    grid.setRowStretch(len(rows), 1)
    return made
