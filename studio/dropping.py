"""Files that are dropped on the window; while one hangs from the mouse over it, what would happen if it were let go."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFrame, QWidget

from core.project.file import SUFFIX
from core.project.rundir import CONFIG
from core.words import Text, say
from studio.icons import icon
from studio.incoming import dropped
from studio.parts import GAP, column, label, row, shown
from studio.settings import there
from studio.state import State
from studio.theme import Theme, faded

OPEN = Text("Drop to open {n}", "Suelte para abrir {n}")
RUN = Text("Drop to look at the run {n}", "Suelte para ver la ejecución {n}")
MAKE = Text("Drop to see what can be made of {n}", "Suelte para ver qué se puede hacer con {n}")
ONE = Text("One at a time, please", "De uno en uno, por favor")
EDGE = 5  # px from the window's rim
STILL = 4000  # ms without a move; the next one brings the words back


class DropHint(QFrame):
    """Lies over everything and takes no event: what is dragged goes on to the window."""

    def __init__(self, window: QWidget, paths: tuple[Path, ...], tokens: Theme) -> None:
        super().__init__(window)
        self.setObjectName("drop-hint")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        ground, rim = faded(tokens.canvas, 0.86), tokens.accent
        self.setStyleSheet(
            f"#drop-hint {{ background: rgba({ground.red()}, {ground.green()}, {ground.blue()}, {ground.alpha()});"
            f" border: 2px dashed {rim.name()}; border-radius: 10px; }}"
        )
        picture = label()
        picture.setPixmap(icon("browse", tokens, rim).pixmap(40))
        self.words = label(said(paths), "title")
        self.setLayout(column(None, row(None, picture, None), row(None, self.words, None), None, gap=GAP))
        self.setAccessibleName(self.words.text())
        self.setGeometry(window.rect().adjusted(EDGE, EDGE, -EDGE, -EDGE))
        self.show()
        self.raise_()


class Dropping(QObject):
    """What is dropped anywhere on a window is handed to `take`, once the drag is over."""

    def __init__(self, window: QWidget, state: State, take: Callable[[tuple[Path, ...]], object]) -> None:
        super().__init__(window)
        self._window, self._state, self._take = window, state, take
        self.hint: DropHint | None = None
        self._still = QTimer(self)  # a program that dies while something of it hangs here says no farewell
        self._still.setSingleShot(True)
        self._still.setInterval(STILL)
        self._still.timeout.connect(lambda: self._hint_at(()))
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DragLeave:
            self._hint_at(())
        if not isinstance(event, QDropEvent) or not (files := dropped(event.mimeData())):
            return False
        event.acceptProposedAction()
        if event.type() in (QEvent.Type.DragEnter, QEvent.Type.DragMove):
            if self.hint is None or event.type() == QEvent.Type.DragEnter:
                self._hint_at(files)
            self._still.start()
        elif event.type() == QEvent.Type.Drop:
            self._hint_at(())
            QTimer.singleShot(0, self, lambda: self._take(files))
        return True

    def _hint_at(self, files: tuple[Path, ...]) -> None:
        """Say what letting go would do; nothing once nothing hangs over the window."""
        if self.hint is not None:
            self.hint.hide()
            self.hint.deleteLater()
        self.hint = DropHint(self._window, files, self._state.tokens) if files else None


def said(paths: tuple[Path, ...]) -> str:
    """What letting go would do."""
    if len(paths) != 1:
        return say(ONE)
    path = paths[0]
    words = OPEN if path.suffix == SUFFIX else RUN if there(path / CONFIG) else MAKE
    return say(words, n=shown(path.name))
