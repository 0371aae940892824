"""How far a run is stands in the title; that it ended is told in the window, on the task bar and by the system."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QSystemTrayIcon, QWidget

from core.problems import Problem
from core.train.messages import Done, Failed, Started, Step
from core.words import Text, set_language
from studio.bridge import RunView
from studio.ending import STAYS
from studio.panels.export import ExportDialog
from studio.panels.numbers import roughly
from studio.title import progress
from tests.studio.desk import Patience, hello, open_desk

STARTED = Started(1000, 0, "cpu", "fp32", 10, "", {}, {})


def at(step: int, seconds: float) -> Step:
    return Step(step, 1.0, 0.1, 1.0, 1.0, seconds, step)


@pytest.fixture(scope="module")
def desk(qapp, tmp_path_factory):
    with open_desk(Patience(), tmp_path_factory.mktemp("desk"), hello(steps=30, probe_budget=0.0, device="cpu")) as w:
        yield w


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(None, ""), (float("inf"), ""), (0.2, "5 s"), (38, "40 s"), (57, "55 s"), (58, "1 min"), (200, "3 min"), (3600, "1 h"), (4800, "1 h 20 min")],
)  # fmt: skip
def test_time_left_is_said_roughly(seconds, said):
    assert roughly(seconds) == said


def test_progress_comes_first_and_says_what_kind():
    running = RunView("running", STARTED, at(250, 50.0))
    assert progress(running) == ["25%", "2 min left"]
    assert progress(RunView("paused", STARTED, at(250, 50.0))) == ["Paused", "25%"]
    assert progress(RunView("running", STARTED, at(1000, 50.0))) == ["100%"], "nothing is left but to end"
    assert progress(RunView("starting")) == ["Starting"]
    assert progress(RunView("done", STARTED, at(1000, 50.0))) == []
    set_language("es")
    assert progress(running) == ["25\u00a0%", "quedan 2 min"]
    set_language("en")


def test_the_title_follows_a_real_run_and_a_note_tells_its_end(desk, qtbot, monkeypatch):
    titles, alerted = set(), []
    desk.windowTitleChanged.connect(titles.add)
    monkeypatch.setattr(QApplication, "alert", lambda *_: alerted.append(1))
    desk.activateWindow()
    QTest.qWaitForWindowActive(desk)
    qtbot.waitUntil(desk.actions_["train"].isEnabled)
    QTest.keyClick(desk, Qt.Key.Key_F5)
    monkeypatch.setattr(desk, "isActiveWindow", lambda: False)
    qtbot.waitUntil(lambda: desk.state.bridge.view.phase == "done", timeout=60_000)
    assert any(t.startswith("Starting · ") for t in titles)
    assert not desk.windowTitle()[0].isdigit(), "nothing of the run is left in the title"
    note = desk.ending.note
    assert note is not None and note.isVisible() and alerted == [1]
    words = " ".join(w.text() for w in note.findChildren(QLabel))
    assert "finished" in words and "took" in words and "hello" in words and "loss" in words
    assert desk.canvas.rect().contains(note.geometry())
    assert note.accessibleName().startswith("The training has finished")
    desk.show_panel("inspector")
    desk.show_panel("training")
    qtbot.waitUntil(lambda: not desk.training.visibleRegion().isEmpty())  # the note holds no panel back
    assert desk.canvas.childAt(note.geometry().center()) in (note, *note.findChildren(QWidget)), (
        "no panel comes over it"
    )
    focus = QApplication.focusWidget()
    desk.resize(1000, 700)
    assert desk.canvas.rect().contains(note.geometry()), "it keeps its corner"
    assert QApplication.focusWidget() is focus
    export = next(b for b in note.findChildren(QPushButton) if "Export" in b.text())
    QTest.mouseClick(export, Qt.MouseButton.LeftButton)
    dialog = desk.findChild(ExportDialog)
    assert dialog is not None and dialog.isVisible()
    dialog.reject()
    qtbot.waitUntil(lambda: desk.ending.note is None)


def test_a_failure_is_told_too_and_leaves_by_itself(desk, qtbot):
    wrong = Problem("train.nan", Text("The loss is not a number.", "La pérdida no es un número."))
    desk.state.bridge.ended.emit(Failed(3, wrong))
    note = desk.ending.note
    words = " ".join(w.text() for w in note.findChildren(QLabel))
    assert "failed" in words and "not a number" in words
    assert note._timer.isActive() and note._timer.interval() == STAYS
    QApplication.sendEvent(note, QEvent(QEvent.Type.Enter))
    assert not note._timer.isActive(), "it stays while the mouse rests on it"
    QApplication.sendEvent(note, QEvent(QEvent.Type.Leave))
    note._timer.start(1)
    qtbot.waitUntil(lambda: desk.ending.note is None)


def test_who_stopped_a_run_is_told_nothing(desk):
    desk.state.bridge.ended.emit(Done(3, {}, 1.0, True, ""))
    assert desk.ending.note is None


def test_the_system_is_asked_where_it_has_notifications(desk, qtbot, monkeypatch):
    shown = []
    monkeypatch.setattr(desk, "isActiveWindow", lambda: False)
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: True))
    monkeypatch.setattr(QSystemTrayIcon, "show", lambda _: None)  # there is no tray here to stand in
    monkeypatch.setattr(QSystemTrayIcon, "showMessage", lambda _, *words: shown.append(words[:2]))
    done = Done(30, {"train_loss": 0.5, "loss": 0.25, "accuracy": 1.0}, 61.0, False, "")
    desk.state.bridge.ended.emit(done)
    assert shown[0][0] == "The training has finished"
    assert "1:01" in shown[0][1] and "loss 0.25" in shown[0][1]
    desk.ending.note.leave()
