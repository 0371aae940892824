"""Every edit of the project in order: choose one, and the project is as it was after it. Undo and redo, seen at once."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QListView, QWidget

from core.project.document import Document
from core.words import Text, say
from studio.icons import icon
from studio.parts import column, listen, named
from studio.state import State
from studio.theme import Theme

Index = QModelIndex | QPersistentModelIndex
NAME = Text("History", "Historial")
START = Text("Opened", "Abierto")
UNDONE = Text("undone", "deshecho")
HERE = Text("the project is here", "el proyecto está aquí")


class Steps(QAbstractListModel):
    """Row 0 is the project as it was opened; row n, after n edits. Rows are only made where they are seen."""

    def __init__(self, document: Document, tokens: Theme) -> None:
        super().__init__()
        self._document, self._tokens = document, tokens
        self._labels: tuple[Text, ...] = ()
        self.done = 0
        self.renew()

    def renew(self) -> None:
        self.beginResetModel()
        past = self._document.history
        self._labels, self.done = (START, *past, *self._document.future), len(past)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._labels)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        at = index.row()
        text = say(self._labels[at])
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            note = say(HERE) if at == self.done else say(UNDONE) if at > self.done else ""
            return f"{text}, {note}" if note else text
        if role == Qt.ItemDataRole.ForegroundRole and at > self.done:
            return self._tokens.muted
        if role == Qt.ItemDataRole.FontRole and at >= self.done:
            return _font(bold=at == self.done, italic=at > self.done)
        if role == Qt.ItemDataRole.DecorationRole:
            return icon("history" if at == self.done else "dot", self._tokens, self._tokens.muted)
        return None


class HistoryPanel(QWidget):
    """A click or Enter goes there; the arrows only look."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state, self._seen = state, False
        self.setProperty("role", "panel")
        self.steps = Steps(state.document, state.tokens)
        self.list = QListView()
        self.list.setObjectName("history-list")
        self.list.setModel(self.steps)
        self.list.setUniformItemSizes(True)
        named(self.list, say(NAME))
        self.list.clicked.connect(self._go)
        self.list.activated.connect(self._go)
        self.setLayout(column(self.list))
        listen(state.project_changed, self, self.refresh)
        self.refresh()

    def seen(self, on: bool) -> None:
        """The dock has come to the front, or gone behind another (where Qt still calls it visible)."""
        self._seen = on
        self.refresh()

    def refresh(self) -> None:
        """Show the document's history; behind other panels it costs nothing."""
        if self._seen:
            self.steps.renew()
            here = self.steps.index(self.steps.done)
            self.list.setCurrentIndex(here)
            self.list.scrollTo(here)

    def _go(self, index: QModelIndex) -> None:
        if index.row() != self.steps.done:
            self._state.document.travel(index.row())


def _font(bold: bool, italic: bool) -> QFont:
    font = QFont()
    font.setBold(bold)
    font.setItalic(italic)
    return font
