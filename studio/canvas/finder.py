"""Find a node by name, kind or id, in every cell of the drawing: a list at the top of the canvas, Enter goes there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from core.graph.model import Graph, Path
from core.specs.called import kind_name, name_of
from core.words import Text, say
from studio.canvas.board import Board
from studio.canvas.kinds import plain
from studio.canvas.look import elide

PROMPT = Text("Find a node…", "Buscar un nodo…")
FOUND = Text("Nodes of the drawing", "Nodos del dibujo")
MOST = 200
DEEPEST = 16


class Found(NamedTuple):
    """One node of the drawing: what is shown of it, its name, and all that is searched."""

    path: Path
    shown: str
    name: str
    text: str


class Finder(QFrame):
    """`chosen` carries the path of the node to show."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget, board: Board) -> None:
        super().__init__(parent)
        self._board = board
        self._all: list[Found] = []
        self.field, self.list = QLineEdit(self), QListWidget(self)
        self.setObjectName("canvasFinder")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.field)
        layout.addWidget(self.list)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.itemClicked.connect(lambda _: self._go())
        self.field.textChanged.connect(lambda _: self._fill())
        self.field.installEventFilter(self)
        self.hide()

    def open(self) -> None:
        self._all = list(everything(self._board, self._board.document.graph))
        self.field.setPlaceholderText(say(PROMPT))
        self.field.setAccessibleName(say(PROMPT))
        self.list.setAccessibleName(say(FOUND))
        self.field.clear()
        self._fill()
        room = self.parentWidget().rect()
        wide = min(360, room.width() - 16)
        self.setGeometry((room.width() - wide) // 2, 8, wide, min(300, room.height() - 16))
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = event.key()
            if key == Qt.Key.Key_Escape:
                self._close()
            elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._go()
            elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                step = 1 if key == Qt.Key.Key_Down else -1
                self.list.setCurrentRow(min(max(self.list.currentRow() + step, 0), self.list.count() - 1))
            else:
                return False
            return True
        if event.type() == QEvent.Type.FocusOut:
            self.hide()
        return False

    def _close(self) -> None:
        self.hide()
        self.parentWidget().setFocus()

    def _fill(self) -> None:
        self.list.clear()
        words = plain(self.field.text()).split()
        hits = [found for found in self._all if all(w in found.text for w in words)]
        hits.sort(key=lambda found: (-met(found.name, words), found.path[:-1] != self._board.path))
        for found in hits[:MOST]:
            item = QListWidgetItem(found.shown)
            item.setData(Qt.ItemDataRole.UserRole, "\x1f".join(found.path))
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _go(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            path = tuple(item.data(Qt.ItemDataRole.UserRole).split("\x1f"))
            self._close()
            self.chosen.emit(path)


def met(name: str, words: list[str]) -> int:
    """How well a name meets the worst met word: it is the word, begins with it, has a word that does, holds it."""
    points = (4 if name == w else 3 if name.startswith(w) else 2 if f" {w}" in name else int(w in name) for w in words)
    return min(points, default=0)


def everything(board: Board, graph: Graph, path: Path = (), names: str = "") -> Iterator[Found]:
    """Every node, cells first opened after themselves."""
    for id, node in graph.nodes.items():
        spec = board.registry.node(node.kind)
        kind = kind_name(node, spec)
        name = name_of(node, spec)
        here = names + elide(name, 9.5, 200.0)
        yield Found((*path, id), f"{here}   ·   {kind}", plain(name), plain(f"{here} {kind} {node.kind} {id}"))
        body = node.body if node.body is not None else (spec.body if spec is not None else None)
        if body is not None and len(path) < DEEPEST:
            yield from everything(board, body, (*path, id), here + " › ")
