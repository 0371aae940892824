"""Small things a newcomer stumbles over: a stale selection, a tall menu, a dialog that Return leaves open, a deaf terminal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from core.problems import Place, Problem
from core.words import Text
from studio.panels.ask import ProblemsDialog, Question
from studio.state import Selection
from tests.studio.desk import hello, open_desk

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
INTERRUPTED = """
import sys
from PySide6.QtCore import QTimer
import studio.app as app
app.make_app()
QTimer.singleShot(1500, lambda: print("here", flush=True))
sys.exit(app.main(None))
"""


@pytest.fixture
def desk(qtbot, tmp_path):
    with open_desk(qtbot, tmp_path) as window:
        yield window


def test_another_project_begins_with_nothing_selected(desk):
    desk.state.select(Selection((), ("memory",)))
    assert desk.canvas.selection == (("memory",),)
    desk.files.start_from(hello(steps=7))
    QTest.qWait(50)
    assert desk.state.selection == Selection() and desk.canvas.selection == ()


def test_an_enter_typed_into_a_field_is_not_the_canvass(desk):
    desk.activateWindow()
    QTest.qWaitForWindowActive(desk)
    desk.canvas.view.setFocus()
    QTest.keyClick(desk.canvas.view, Qt.Key.Key_Return)
    assert "select one thing" in desk.bar.currentMessage()
    desk.bar.clearMessage()
    desk.show_panel("inspector")
    field = next(w for w in desk.inspector.findChildren(QLineEdit) if w.isVisible() and w.accessibleName() == "Batch")
    field.setFocus()
    assert desk.focusWidget() is field
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert not desk.bar.currentMessage()


@pytest.fixture
def writing(qtbot, tmp_path):
    with open_desk(qtbot, tmp_path, hello(steps=30, sample_every=10, sample_length=12, probe_budget=0.0)) as window:
        yield window


def test_what_comes_while_it_trains_asks_for_no_wider_window(writing, qtbot):
    """A panel that asks for more room moves all the others, and a full window grows."""
    desk = writing
    for dock in desk.docks.values():
        dock.show()

    def least() -> dict[str, int]:
        QTest.qWait(50)
        return {name: dock.minimumSizeHint().width() for name, dock in desk.docks.items()}

    desk.act("train")
    qtbot.waitUntil(lambda: desk.state.bridge.view.step is not None, timeout=60_000)
    desk.samples.writing.offer(True)
    desk.samples._stack.setCurrentIndex(1)  # nothing is written yet, the page stands there
    before = least()
    qtbot.waitUntil(lambda: not desk.state.bridge.view.busy, timeout=60_000)
    assert desk.samples.writing._where.text() == "step 30"
    assert {name: wide for name, wide in least().items() if wide > before[name]} == {}


def test_the_keys_are_the_drawings_after_another_project_was_opened(desk):
    """Also where it is seen unrolled, and the palette had them before."""
    desk.activateWindow()
    desk.canvas.show_unrolled(True)
    desk.palette_.search.setFocus()
    desk.begin_with(hello(steps=7))
    QTest.qWait(50)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_U)
    assert not desk.canvas.unrolled


def test_a_cell_is_left_by_keys_from_any_panel_but_not_from_a_text_field(desk):
    desk.activateWindow()
    desk.canvas.board.enter("memory")
    assert desk.canvas.path == ("memory",)
    desk.palette_.search.setFocus()
    QTest.keyClick(desk.palette_.search, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert desk.canvas.path == ("memory",)
    button = desk.watch.add
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.setFocus()
    assert QApplication.focusWidget() is button
    QTest.keyClick(button, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert desk.canvas.path == ()


def test_no_menu_is_taller_than_a_small_screen(desk):
    for head in desk.menuBar().actions():
        assert head.menu().sizeHint().height() < 700, head.text()
    shown = {a.text() for a in desk.menuBar().actions()[1].menu().actions()}
    assert {"Arrange", "Select", "Node", "Copy", "Paste"} <= shown


def test_return_closes_what_could_not_be_done(desk):
    problem = Problem("x.y", Text("It could not be.", "No pudo ser."), where=Place())
    seen: list[bool] = []

    def press() -> None:
        dialog = QApplication.activeModalWidget()
        assert dialog is not None
        QTest.keyClick(dialog, Qt.Key.Key_Return)
        seen.append(dialog.isVisible())
        dialog.close()

    QTimer.singleShot(100, press)
    desk.complain((problem,))
    assert seen == [False]


def test_the_chosen_language_is_ticked_where_a_person_sees_it(desk):
    menu = desk.menuBar().actions()[2].menu()
    menu.popup(desk.mapToGlobal(desk.rect().center()))
    QTest.qWait(50)
    picture = menu.grab().toImage()
    menu.close()
    rows = {id: menu.actionGeometry(desk.actions_[id]) for id in ("english", "spanish")}
    accent = desk.state.tokens.accent.rgb()
    found = {
        id: any(picture.pixel(x, y) == accent for x in range(2, 30) for y in range(row.top() + 3, row.bottom() - 3))
        for id, row in rows.items()
    }
    assert found == {"english": True, "spanish": False}


def test_ctrl_c_in_the_terminal_closes_the_window(tmp_path):
    place = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "UNFOLD_CONFIG": str(tmp_path), "XDG_STATE_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}  # fmt: skip
    run = subprocess.Popen([sys.executable, "-c", INTERRUPTED], env=place, stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None and run.stdout.readline() == "here\n"
    run.send_signal(signal.SIGINT)
    began = time.monotonic()
    try:
        assert run.wait(20) == 0 and time.monotonic() - began < 15
    finally:
        run.kill()


def test_a_message_is_as_high_as_its_words(desk, qtbot):
    far = Problem("x.y", Text("word " * 60, ""), Place(label="there"), Text("Do this.", ""))
    for dialog in (ProblemsDialog(desk, (far, far), desk.state.tokens), Question(desk, "Really?", "word " * 60, "Yes")):
        qtbot.addWidget(dialog)
        dialog.show()
        QTest.qWait(20)
        assert dialog.height() == dialog.layout().totalHeightForWidth(dialog.width())
