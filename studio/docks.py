"""Where the panels stand: palette left, inspector and training right, problems, source and watching below."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabWidget, QToolButton, QWidget
from shiboken6 import isValid

from core.words import Text, say
from studio.parts import boxed, label, named, row, tool
from studio.theme import Theme

Area = Qt.DockWidgetArea
WIDE = 1600  # px; from here on the training panel stands beside the inspector's foot instead of behind it
SEEN = "seen"  # a dock's property: it is in front
ROOMY = 1400  # px; below, the side panels are as slim as their words allow

TITLES = {
    "palette": Text("Nodes", "Nodos"),
    "outline": Text("Outline", "Esquema"),
    "inspector": Text("Inspector", "Inspector"),
    "training": Text("Training", "Entrenamiento"),
    "guide": Text("Guide", "Guía"),
    "problems": Text("Problems", "Problemas"),
    "source": Text("Source", "Código"),
    "history": Text("History", "Historial"),
    "watch": Text("Watch", "Observar"),
    "text": Text("Samples", "Muestras"),
}
HOME = {
    "palette": Area.LeftDockWidgetArea,
    "outline": Area.LeftDockWidgetArea,
    "inspector": Area.RightDockWidgetArea,
    "training": Area.RightDockWidgetArea,
    "guide": Area.RightDockWidgetArea,
    "watch": Area.BottomDockWidgetArea,
    "text": Area.BottomDockWidgetArea,
    "problems": Area.BottomDockWidgetArea,
    "source": Area.BottomDockWidgetArea,
    "history": Area.BottomDockWidgetArea,
}
LEAST = {Area.LeftDockWidgetArea: 168, Area.RightDockWidgetArea: 276}  # px; less would cut words and numbers


class TitleBar(QWidget):
    """A slim head for a dock that stands alone; tabs name the others."""

    def __init__(self, dock: QDockWidget, text: str, tokens: Theme) -> None:
        super().__init__()
        self.close_button: QToolButton = tool(
            tokens, "close", say(Text("Hide: {p}", "Ocultar: {p}"), p=text), dock.hide, 12
        )
        head = boxed(row(label(text, "dock"), None, self.close_button, margins=(8, 2, 4, 2)))
        self.setLayout(row(head))


def make_docks(window: QMainWindow, panels: dict[str, QWidget], tokens: Callable[[], Theme]) -> dict[str, QDockWidget]:
    """A dock around every panel, at home. They stay as long as the window does; `tokens` tells the colours of the day."""
    window.setDockNestingEnabled(True)
    window.setTabPosition(Area.AllDockWidgetAreas, QTabWidget.TabPosition.North)
    for corner, area in (
        (Qt.Corner.BottomLeftCorner, Area.LeftDockWidgetArea),
        (Qt.Corner.BottomRightCorner, Area.RightDockWidgetArea),
    ):
        window.setCorner(corner, area)
    made: dict[str, QDockWidget] = {}
    for id, panel in panels.items():
        dock = QDockWidget(window)
        dock.setObjectName(id)
        _fill(dock, panel)
        dock.visibilityChanged.connect(lambda on, dock=dock: dock.setProperty(SEEN, on))
        dock.setFeatures(
            QDockWidget.DockWidgetFeature.DockWidgetMovable
            | QDockWidget.DockWidgetFeature.DockWidgetClosable
            | QDockWidget.DockWidgetFeature.DockWidgetFloatable
        )
        made[id] = dock
    for dock in made.values():
        dock.visibilityChanged.connect(lambda _, docks=made: dress_titles(window, docks, tokens()))
        dock.dockLocationChanged.connect(lambda _, docks=made: dress_titles(window, docks, tokens()))
    return made


def refill(docks: dict[str, QDockWidget], panels: dict[str, QWidget], tokens: Theme) -> None:
    """Other panels in the same docks: places, sizes and tabs stay, words and colours are new."""
    for id, dock in docks.items():
        old = dock.widget()
        _fill(dock, panels[id])
        old.deleteLater()
        if (head := dock.titleBarWidget()) is not None:
            dock.setTitleBarWidget(_head(dock, isinstance(head, TitleBar), tokens))
            head.deleteLater()


def in_front(dock: QDockWidget) -> bool:
    """Whether a person sees the dock. (Behind another tab Qt still calls it visible.)"""
    return bool(dock.property(SEEN))


def arrange(window: QMainWindow, docks: dict[str, QDockWidget]) -> None:
    """The layout that fits the window's size."""
    wide = window.width() >= WIDE
    for id, dock in docks.items():
        dock.setFloating(False)
        window.removeDockWidget(dock)
        window.addDockWidget(HOME[id], dock)
        dock.show()
    if wide:
        window.splitDockWidget(docks["inspector"], docks["training"], Qt.Orientation.Vertical)
    else:
        window.tabifyDockWidget(docks["inspector"], docks["training"])
    window.tabifyDockWidget(docks["inspector" if wide else "training"], docks["guide"])
    below = [docks[id] for id in ("watch", "text", "problems", "source", "history") if id in docks]
    for first, second in itertools.pairwise(below):
        window.tabifyDockWidget(first, second)
    window.tabifyDockWidget(docks["palette"], docks["outline"])
    docks["palette"].raise_()
    docks["inspector"].raise_()
    below[0].raise_()
    size(window, docks)
    # once more when the first layout is done: until then it is not heeded
    QTimer.singleShot(0, window, lambda: size(window, docks))


def adopt(window: QMainWindow, docks: dict[str, QDockWidget]) -> None:
    """Docks that a kept layout does not know, since they are newer than it, go behind the first one of their area."""
    first = {HOME["palette"]: "palette", HOME["inspector"]: "inspector", HOME["watch"]: "watch"}
    for id, dock in docks.items():
        if window.dockWidgetArea(dock) == Area.NoDockWidgetArea and not dock.isFloating():
            window.addDockWidget(HOME[id], dock)
            window.tabifyDockWidget(docks[first[HOME[id]]], dock)
            docks[first[HOME[id]]].raise_()


def size(window: QMainWindow, docks: dict[str, QDockWidget]) -> None:
    """How much room each area gets."""
    wide = window.width() >= WIDE
    sides = [220, 380] if wide else [184, 320] if window.width() >= ROOMY else [196, 304]
    window.resizeDocks([docks["palette"], docks["inspector"]], sides, Qt.Orientation.Horizontal)
    window.resizeDocks([docks["watch"]], [round(window.height() * 0.37)], Qt.Orientation.Vertical)
    if wide:
        window.resizeDocks([docks["inspector"], docks["training"]], [560, 400], Qt.Orientation.Vertical)


def dress_titles(window: QMainWindow, docks: dict[str, QDockWidget], tokens: Theme) -> None:
    """A head where no tab names the dock. Docks still tell of themselves while they and the window are taken down."""
    if not isValid(window) or not all(map(isValid, docks.values())):
        return
    for dock in docks.values():
        alone = not window.tabifiedDockWidgets(dock) or dock.isFloating()
        if isinstance(dock.titleBarWidget(), TitleBar) == alone and dock.titleBarWidget() is not None:
            continue
        old = dock.titleBarWidget()
        dock.setTitleBarWidget(_head(dock, alone, tokens))
        if old is not None:
            old.deleteLater()


def _fill(dock: QDockWidget, panel: QWidget) -> None:
    text = say(TITLES[dock.objectName()])
    panel.setMinimumWidth(LEAST.get(HOME[dock.objectName()], 0))
    dock.setWidget(panel)
    dock.setWindowTitle(text)
    named(dock, text)


def _head(dock: QDockWidget, alone: bool, tokens: Theme) -> QWidget:
    return TitleBar(dock, say(TITLES[dock.objectName()]), tokens) if alone else QWidget(dock)
