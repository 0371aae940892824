"""The menu of projects that were open lately: filled when it opens, and emptied when the person says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QMenu, QWidget

from core.words import Text, say
from studio.settings import Settings


def recent_menu(window: QWidget, settings: Settings, open_: Callable[[Path], None]) -> QMenu:
    made = QMenu(say(Text("Open recent", "Abrir reciente")), window)
    made.aboutToShow.connect(lambda: _fill(made, settings, open_))
    return made


def _fill(menu: QMenu, settings: Settings, open_: Callable[[Path], None]) -> None:
    menu.clear()
    for path in settings.recent:
        action = menu.addAction(str(path).replace("&", "&&"))
        action.triggered.connect(lambda _=False, p=path: open_(p))
    if menu.isEmpty():
        menu.addAction(say(Text("Nothing yet", "Aún nada"))).setEnabled(False)
        return
    menu.addSeparator()
    menu.addAction(say(Text("Clear the list", "Vaciar la lista")), settings.forget_recent)
