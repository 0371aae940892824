"""Menus and toolbar, filled from the rows of actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget, QMenu, QMenuBar, QSizePolicy, QToolBar, QToolButton, QWidget

from core.words import Text, say
from studio.actions import MENUS, ROWS
from studio.icons import icon
from studio.theme import Theme

BELOW_EDIT = {  # what the canvas lists under a heading of its own: all in one menu is taller than a small screen
    "node": Text("Node", "Nodo"),
    "select": Text("Select", "Seleccionar"),
    "arrange": Text("Arrange", "Ordenar"),
}


def fill_menus(
    bar: QMenuBar,
    actions: Mapping[str, QAction],
    recent: QMenu,
    docks: Mapping[str, QDockWidget],
    of_canvas: Mapping[str, QAction],
    layouts: QMenu,
) -> None:
    """Every action in its menu, recent files after Open, the canvas's own commands under their headings."""
    bar.clear()
    menus = {id: bar.addMenu(say(text)) for id, text in MENUS.items()}
    for row in ROWS:
        if row.rule:
            menus[row.menu].addSeparator()
        menus[row.menu].addAction(actions[row.id])
        if row.id == "open":
            menus["file"].addMenu(recent)
    panels = QMenu(say(Text("Panels", "Paneles")), menus["view"])
    panels.addActions([dock.toggleViewAction() for dock in docks.values()])
    menus["view"].insertMenu(actions["theme"], panels)
    menus["view"].insertMenu(actions["layout"], layouts)
    under = {h: [a for a in of_canvas.values() if a.property("menu") == h] for h in ("edit", *BELOW_EDIT, "view")}
    menus["edit"].addSeparator()
    menus["edit"].addActions(under["edit"])
    menus["edit"].addSeparator()
    for heading, text in BELOW_EDIT.items():
        menus["edit"].addMenu(say(text)).addActions(under[heading])
    first = menus["view"].insertSeparator(menus["view"].actions()[0])
    menus["view"].insertActions(first, under["view"])


def make_bar(actions: Mapping[str, QAction], tokens: Theme, go: Callable[[], None]) -> tuple[QToolBar, QToolButton]:
    """The toolbar, and its one coloured button: Train."""
    bar = QToolBar(say(Text("Commands", "Comandos")))
    bar.setObjectName("commands")
    bar.setMovable(False)
    bar.setIconSize(QSize(18, 18))
    bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
    for row in ROWS:
        if row.bar:
            if row.id in ("save", "undo"):
                bar.addSeparator()
            bar.addAction(actions[row.id])
    space = QWidget()
    space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    bar.addWidget(space)
    button = _go_button(tokens, go)
    bar.addWidget(button)
    bar.addActions([actions[id] for id in ("pause", "step", "stop")])
    return bar, button


def _go_button(tokens: Theme, go: Callable[[], None]) -> QToolButton:
    """A button of its own, because its icon has another colour than the menu's."""
    button = QToolButton()
    button.setObjectName("go")
    button.setIcon(icon("train", tokens, tokens.on_accent))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setProperty("kind", "go")
    button.clicked.connect(lambda _=False: go())
    return button
