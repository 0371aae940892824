"""Arrangements of the panels by name: saved, had back, thrown away; the one the window began with is always there."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QDockWidget, QInputDialog, QLineEdit, QMainWindow, QMenu

from core.words import Text, say
from studio.parts import shown
from studio.state import State

LONGEST = 60
TITLE = Text("Save the layout", "Guardar la disposición")


class Layouts:
    """`restored` is called after docks have moved, `reset` does what the menu's own entry does."""

    def __init__(
        self, window: QMainWindow, state: State, restored: Callable[[], None], reset: Callable[[], None]
    ) -> None:
        self._window, self._state, self._restored, self._reset = window, state, restored, reset

    def menu(self) -> QMenu:
        """Filled when it opens."""
        made = QMenu(say(Text("Layouts", "Disposiciones")), self._window.menuBar())
        made.aboutToShow.connect(lambda: self._fill(made))
        return made

    def _fill(self, menu: QMenu) -> None:
        menu.clear()
        for old in menu.findChildren(QMenu):
            old.deleteLater()
        kept = self._state.settings.layouts
        for name in kept:
            menu.addAction(_plain(name), lambda _=False, name=name: self.restore(name))
        if kept:
            menu.addSeparator()
        menu.addAction(say(Text("Save as …", "Guardar como …")), self.ask)
        menu.addAction(say(Text("As at the beginning", "Como al principio")), self._reset)
        if kept:
            away = menu.addMenu(say(Text("Throw away", "Descartar")))
            for name in kept:
                away.addAction(_plain(name), lambda _=False, name=name: self.forget(name))

    def ask(self) -> None:
        """By which name; one that is there already is replaced."""
        name, yes = QInputDialog.getText(
            self._window, say(TITLE), say(Text("Name of the layout:", "Nombre de la disposición:")), QLineEdit.EchoMode.Normal
        )  # fmt: skip
        if yes and name.strip():
            self.save(name)

    def save(self, name: str) -> None:
        settings = self._state.settings
        name = " ".join(name.split())[:LONGEST]
        settings.layouts = {**settings.layouts, name: packed(self._window)}
        self._state.status.emit(say(Text("Saved the layout “{n}”", "Disposición «{n}» guardada"), n=shown(name)))

    def restore(self, name: str) -> None:
        kept = self._state.settings.layouts.get(name)
        if kept is None:
            return
        hidden, state = unpacked(kept)
        if self._window.restoreState(state):
            for dock in _docks(self._window):
                dock.setVisible(dock.objectName() not in hidden)
            self._restored()

    def forget(self, name: str) -> None:
        settings = self._state.settings
        settings.layouts = {n: k for n, k in settings.layouts.items() if n != name}


def packed(window: QMainWindow) -> QByteArray:
    """Which panels are hidden, on a line of its own, then Qt's state: alone it brings some hidden ones back once docks
    were built anew."""
    hidden = ",".join(sorted(d.objectName() for d in _docks(window) if d.isHidden()))
    return QByteArray(f"{hidden}\n".encode()) + window.saveState()


def unpacked(kept: QByteArray) -> tuple[frozenset[str], QByteArray]:
    head, _, state = bytes(kept.data()).partition(b"\n")
    return frozenset(head.decode("utf-8", "replace").split(",")), QByteArray(state)


def _docks(window: QMainWindow) -> list[QDockWidget]:
    return window.findChildren(QDockWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)


def _plain(name: str) -> str:
    return shown(name).replace("&", "&&")
