"""Going from panel to panel by keys: each remembers where its keys were, Esc leads back to the canvas.

Tab cannot do it: on the canvas it adds a node, and many panels are many steps away.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QDockWidget, QGraphicsView, QWidget
from shiboken6 import isValid

from studio.docks import in_front

if TYPE_CHECKING:
    from studio.window import MainWindow

CANVAS = "canvas"
BY_KEY = Qt.FocusReason.ShortcutFocusReason


class Panes(QObject):
    """The canvas and the docks of one window, by id."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._last: dict[str, QWidget] = {}
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._remember)

    def adopt(self, dock: QDockWidget) -> None:
        """Hear the Esc that nothing in the dock had a use for."""
        dock.installEventFilter(self)

    def callbacks(self) -> dict[str, Callable[[], object]]:
        """By the ids of the commands."""
        ids = (CANVAS, *self._window.docks)
        steps = {"next_panel": lambda: self.step(1), "previous_panel": lambda: self.step(-1)}
        return {**steps, **{f"go_{id}": lambda id=id: self.go(id) for id in ids}}

    def go(self, id: str) -> None:
        """Bring a panel to the front and give it the keys."""
        if id == CANVAS:
            self._window.canvas.setFocus(BY_KEY)
            return
        self._window.show_panel(id)
        dock, last = self._window.docks[id], self._last.get(id)
        if last is not None and isValid(last) and dock.isAncestorOf(last) and last.isVisible() and last.isEnabled():
            last.setFocus(BY_KEY)
        else:
            (first_field(dock.widget()) or dock.widget()).setFocus(BY_KEY)

    def step(self, by: int) -> None:
        """To the next panel that is in sight, round and round."""
        docks = self._window.docks
        seen = [CANVAS, *(id for id, dock in docks.items() if dock.isVisible() and in_front(dock))]
        here = self.at(QApplication.focusWidget())
        self.go(seen[(seen.index(here) + by) % len(seen)] if here in seen else CANVAS)

    def at(self, widget: QWidget | None) -> str:
        """In which panel a widget is."""
        found = (id for id, dock in self._window.docks.items() if widget is not None and dock.isAncestorOf(widget))
        return next(found, CANVAS)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape:
            self.go(CANVAS)
            return True
        return False

    def _remember(self, _: QWidget | None, now: QWidget | None) -> None:
        if now is None or not isValid(self):
            return
        self._window.canvas.show_keys(self._window.canvas.isAncestorOf(now) and isinstance(now, QGraphicsView))
        if (id := self.at(now)) != CANVAS:
            self._last[id] = now


def first_field(panel: QWidget) -> QWidget | None:
    """Where Tab would come first."""
    at = panel.nextInFocusChain()
    while at is not panel and at is not None:
        if panel.isAncestorOf(at) and at.focusPolicy() & Qt.FocusPolicy.TabFocus and at.isVisible() and at.isEnabled():
            return at
        at = at.nextInFocusChain()
    return None
