"""Language and theme change in place: what a person arranged, and what a run has told, stays as it was."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QWidget

from core.words import set_language
from studio.docks import in_front
from tests.studio.desk import hello, open_desk

# what the offscreen platform says of every menu that is opened
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


class Windows(QObject):
    """Which windows of their own came up."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.shown += [] if isinstance(watched, QMenu) else [f"{type(watched).__name__} {watched.objectName()}"]
        return False


@pytest.fixture
def desk(qtbot, tmp_path):
    with open_desk(qtbot, tmp_path, hello(steps=1_000_000, device="cpu")) as window:
        QTest.qWait(200)
        yield window
    set_language("en")


def from_menu(window, menu: int, id: str) -> None:
    """Click a command where it stands in the menu bar."""
    bar = window.menuBar()
    head = bar.actions()[menu]
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.actionGeometry(head).center())
    opened = head.menu()
    assert opened.isVisible()
    QTest.mouseClick(opened, Qt.MouseButton.LeftButton, pos=opened.actionGeometry(window.actions_[id]).center())
    QTest.qWait(300)


def layout(window) -> dict[str, tuple]:
    """Where every panel stands, with whom, and whether it is in front."""
    return {
        id: (
            dock.geometry().getRect() if in_front(dock) else (),
            sorted(d.objectName() for d in window.tabifiedDockWidgets(dock)),
            in_front(dock),
            dock.isVisible(),
        )
        for id, dock in window.docks.items()
    }


def sound(window) -> None:
    """No two panels over each other, none over the menu bar or out of the window, each with its words."""
    boxes = {id: d.geometry() for id, d in window.docks.items() if in_front(d)}
    for id, box in boxes.items():
        assert window.rect().contains(box) and box.top() >= window.toolbar.geometry().bottom(), (id, box)
        assert not [other for other, b in boxes.items() if other != id and b.intersects(box)], id


def test_a_change_of_language_moves_nothing(desk):
    desk.resizeDocks([desk.docks["palette"], desk.docks["inspector"]], [220, 330], Qt.Orientation.Horizontal)
    desk.resizeDocks([desk.docks["watch"]], [250], Qt.Orientation.Vertical)
    desk.show_panel("source")
    QTest.qWait(200)
    before, size, windows = layout(desk), desk.geometry(), Windows()
    QApplication.instance().installEventFilter(windows)
    from_menu(desk, 2, "spanish")
    assert desk.docks["palette"].windowTitle() == "Nodos"
    sound(desk)
    assert layout(desk) == before and desk.geometry() == size
    from_menu(desk, 2, "english")
    QApplication.instance().removeEventFilter(windows)
    sound(desk)
    assert layout(desk) == before
    assert windows.shown == []


@pytest.mark.parametrize("paused", [False, True], ids=["training", "paused"])
def test_a_run_goes_on_through_it_with_all_it_told(qtbot, desk, paused):
    qtbot.waitUntil(desk.actions_["train"].isEnabled)
    from_menu(desk, 3, "train")
    qtbot.waitUntil(lambda: bool(desk.state.bridge.view.latest) and desk.state.bridge.view.at > 5, timeout=40_000)
    if paused:
        from_menu(desk, 3, "pause")
        qtbot.waitUntil(lambda: desk.state.bridge.view.phase == "paused", timeout=10_000)
        QTest.qWait(200)
    told = numbers(desk)
    before, at = layout(desk), desk.state.bridge.view.at
    from_menu(desk, 2, "spanish")
    assert layout(desk) == before
    sound(desk)
    if paused:
        assert numbers(desk) == told and desk.state.bridge.view.phase == "paused"
    else:
        assert known(numbers(desk)) >= known(told)
        qtbot.waitUntil(lambda: desk.state.bridge.view.at > at, timeout=10_000)


def known(column: dict[tuple[str, str], str]) -> set[tuple[str, str]]:
    return {place for place, text in column.items() if text != "–"}


def numbers(window) -> dict[tuple[str, str], str]:
    """The training column of the metrics, as a person reads it."""
    cells: dict[tuple[str, str], QLabel] = window.training._cells
    return {place: cell.text() for place, cell in cells.items() if place[1] == "train"}


def test_the_layout_is_kept_for_the_next_start_after_a_switch(qtbot, tmp_path):
    with open_desk(qtbot, tmp_path) as window:
        QTest.qWait(200)
        from_menu(window, 2, "spanish")
        from_menu(window, 2, "english")
        before = layout(window)
    with open_desk(qtbot, tmp_path) as window:
        QTest.qWait(300)
        assert layout(window) == before
