"""What a person leaves in the middle: a field that is typed into, a training, a dialog, an answer on its way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QMenu, QPlainTextEdit, QWidget

from core.graph import edit
from core.graph.model import Port
from core.observe.recording import Recording
from core.problems import Problem
from core.process.errands import Spoken
from core.project.file import load_project
from core.project.recovery import Lost
from core.specs.sig import Sig
from core.train.answers import Answer, Said, Signal
from core.train.controls import Controls
from core.train.messages import Done, Failed, Frame, Started, Step
from core.words import Text
from studio import running
from studio.bridge import RunView
from studio.canvas.hit import Hit
from studio.filming.dialog import FilmDialog
from studio.panels.ask import Question
from studio.state import Selection
from tests.studio.desk import answer, child, hello

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def desk(one, qtbot):
    one.state.session.new(hello())
    one.state.forget_run()
    qtbot.waitUntil(
        lambda: one.state.verdict.project.graph == one.state.document.graph and one.state.program is not None
    )
    return one


def field(desk, qtbot, name: str) -> QWidget:
    """An editor of the inspector, with the keys."""
    desk.show_panel("inspector")
    qtbot.waitUntil(lambda: any(w.isVisible() for w in desk.inspector.findChildren(QWidget, name)))
    found = next(w for w in desk.inspector.findChildren(QWidget, name) if w.isVisible())
    found.setFocus()
    found.selectAll()
    return found


# a field that is typed into


def test_what_is_being_typed_is_saved_and_goes_on_being_typed(desk, qtbot, tmp_path):
    desk.state.document.mark_saved(tmp_path / "mine.unfold")
    desk.state.select(Selection((), ("memory",)))
    units = field(desk, qtbot, "edit-units")
    QTest.keyClicks(units, "7")
    desk.files.save()
    assert load_project(tmp_path / "mine.unfold").graph.nodes["memory"].params["units"] == 7
    assert QApplication.focusWidget() is units
    QTest.keyClicks(units, "1")
    QTest.keyClick(units, Qt.Key.Key_Return)
    assert desk.state.document.graph.nodes["memory"].params["units"] == 71


def test_a_name_that_is_being_typed_on_the_canvas_is_saved(desk, tmp_path):
    desk.state.document.mark_saved(tmp_path / "mine.unfold")
    desk.canvas.select((("memory",),))
    desk.canvas.view.setFocus()
    QTest.keyClick(desk.canvas.view, Qt.Key.Key_F2)
    QTest.keyClicks(desk.canvas.line, "storage")
    desk.files.save()
    assert load_project(tmp_path / "mine.unfold").graph.nodes["memory"].title == "storage"
    assert QApplication.focusWidget() is desk.canvas.view


def test_a_run_begins_with_what_stands_in_the_field(desk, qtbot, monkeypatch):
    began = []
    monkeypatch.setattr(desk.state.bridge, "start", lambda *_: began.append(desk.state.session.project.training))
    QTest.keyClicks(field(desk, qtbot, "edit-steps"), "77")
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_F5)
    assert [t.steps for t in began] == [77]


def test_notes_that_are_being_written_are_asked_for_before_the_window_goes(desk, qtbot):
    desk.show_panel("inspector")
    notes = next(w for w in desk.inspector.findChildren(QPlainTextEdit) if w.isVisible())
    notes.setFocus()
    QTest.keyClicks(notes, "mine")
    answer("cancel")
    assert not desk.close()
    assert "mine" in desk.state.document.project.notes.en


# a training


class Slow:
    """A run whose step takes longer than anybody waits."""

    def __init__(self) -> None:
        self.controls, self.alive, self._told = Controls(), True, []

    def wait(self, timeout: float | None = None) -> bool:
        return not self.alive

    def tell(self, *messages: object) -> None:
        self._told += messages

    def poll(self) -> list[object]:
        told, self._told = self._told, []
        return told


WRONG = Problem("train.nan", Text("The loss is not a number.", "La pérdida no es un número."))


@pytest.mark.parametrize("end", [Done(9, {"loss": 1.0}, 3.0, False, "run"), Failed(9, WRONG)], ids=["done", "failed"])
def test_a_run_that_outlives_its_project_ends_unheard(desk, qtbot, monkeypatch, end):
    monkeypatch.setattr(running, "PATIENCE", 0.05)
    run, ended = Slow(), []
    desk.state.session.run = run
    desk.state.bridge.view = RunView("running", Started(100, 0, "cpu", "fp32", 9, "", {}, {}))
    desk.state.bridge._timer.start()
    desk.state.bridge.ended.connect(ended.append)
    answer("yes")
    assert desk.files.start_from(hello(steps=7))
    assert run.controls.stopping and desk.state.bridge.view.phase == "stopping" and not desk.state.bridge.view.total
    qtbot.waitUntil(lambda: desk.state.program is not None)
    assert not desk.actions_["train"].isEnabled()
    run.tell(Step(9, 1.0, 0.1, 1.0, 1.0, 1.0, 9), Frame(9, {"h": np.ones((3, 2), np.float32)}, {}), end)
    run.alive = False
    qtbot.waitUntil(lambda: desk.state.bridge.view == RunView())
    assert ended == [] and desk.ending.note is None and not desk.state.session.recording.frames
    assert desk.actions_["train"].isEnabled() and "No problems" in desk.bar._problems.text()
    desk.state.bridge.ended.disconnect(ended.append)
    desk.state.session.run = None


def test_a_window_that_is_closed_twice_asks_once(desk, qtbot, monkeypatch):
    monkeypatch.setattr(running, "PATIENCE", 0.2)
    run, asked, questions, whole = Slow(), [], [], Question.exec
    monkeypatch.setattr(Question, "exec", lambda self: (questions.append(self), whole(self))[1])
    desk.state.session.run = run
    desk.state.bridge.view = RunView("running", Started(100, 0, "cpu", "fp32", 9, "", {}, {}))
    desk.state.document.apply(Text("x", "x"), replace(desk.state.document.graph, nodes={}, edges={}))

    def impatient() -> None:
        asked.append(QApplication.activeModalWidget() is not None)
        desk.close()

    answer("yes")  # stop the training
    for ms in (120, 160, 200):
        QTimer.singleShot(ms, impatient)
    QTimer.singleShot(300, lambda: answer("cancel"))  # and then stay
    assert not desk.close()
    assert len(asked) == 3 and not desk._closed
    assert len(questions) == 2  # whether to stop, whether to save
    run.alive = False
    desk.state.bridge.view = RunView()
    desk.state.session.run = None


# dialogs, menus


def test_a_dialog_is_gone_once_it_is_closed(desk):
    before = set(desk.findChildren(QDialog))
    for show in (
        desk.dialogs.gallery,
        desk.dialogs.keys,
        desk.dialogs.about,
        desk.dialogs.export,
        desk.dialogs.edit_keys,
    ):
        show()
        dialog = next(d for d in desk.findChildren(QDialog) if d.isVisible())
        dialog.reject()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert set(desk.findChildren(QDialog)) <= before


def test_another_language_leaves_no_menus_of_the_last_one(desk):
    def menus() -> int:
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        return len(desk.findChildren(QMenu))

    desk.act("spanish")
    before = menus()
    desk.act("english")
    assert menus() == before


def test_a_film_is_of_the_chart_that_was_open_whatever_became_of_it(desk, qtbot):
    desk.state.session.recording = Recording()
    for n in range(4):
        desk.state.session.recording.add(Frame(n + 1, {"h": np.full((5, 4), n, np.float32)}, {}))
    desk.dialogs.film(desk.watch.slots_[-1])
    dialog = next(w for w in desk.findChildren(FilmDialog) if w.isVisible())
    chosen = dialog.what.currentText()
    QTest.mouseClick(desk.watch.slots_[-1].closer, Qt.MouseButton.LeftButton)
    desk.act("spanish")
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    dialog.size_.setCurrentIndex(0)
    qtbot.waitUntil(lambda: "4 imágenes" in " ".join(w.text() for w in dialog.findChildren(QLabel)))
    assert dialog.what.currentText() == chosen
    dialog.close()
    desk.act("english")


def test_the_delay_of_a_wire_is_not_asked_over_another_project(desk):
    wire = next(e.id for e in desk.state.document.graph.edges.values())
    desk.canvas.delay.open(desk.canvas.view.viewport().rect().center(), (wire,))
    assert desk.canvas.delay.isVisible()
    desk.files.start_from(hello(steps=7))
    QTest.qWait(20)
    assert not desk.canvas.delay.isVisible()


# answers


def test_what_is_written_first_is_not_done_with_what_is_written_second(desk):
    pending, one, other = desk.state.pending, Text("the report", "el informe"), Text("the film", "la película")
    for what in (one, other, one):
        pending.begin(what)
    pending.end(other)
    assert pending.now == (one, one)
    pending.end(one)
    assert pending.now == (one,) and "Writing the report" in desk.bar._writing.text()
    pending.end(one)
    assert pending.now == ()


def spoken() -> Spoken:
    signal = Signal("text", Sig("features", 1), np.array([0.25]))
    return Spoken(Answer((signal,), (Said(signal, signal, None, "mse"),), {}), 5, False)


def test_what_another_projects_run_answered_is_not_shown(desk, monkeypatch, tmp_path):
    (tmp_path / "weights.safetensors").write_bytes(b"")
    desk.state.session.run_dir = tmp_path
    sent = []
    monkeypatch.setattr(desk.state, "send", lambda errand, then: sent.append(then))
    page = desk.samples.examples
    page.ask()
    sent.pop()(spoken())
    assert page._answer is not None
    page.ask()
    desk.state.forget_run(tmp_path)
    assert page._answer is None and page._seen.isHidden()
    sent.pop()(spoken())
    assert page._answer is None and page.go.isEnabled()


def test_work_that_was_thrown_away_is_not_offered_again(desk, tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    desk.door.show()
    desk.door.offer(tuple(Lost(tmp_path / n, hello(), "", 1, 1e9, False) for n in ("a", "b")))
    QTest.mouseClick(child(desk.door.page, "discard"), Qt.MouseButton.LeftButton)
    desk.door.leave()
    desk.door.show()
    assert len(desk.door.page.findChildren(QWidget, "discard")) == 1
    desk.door.leave()
    desk.door.offer(())


def test_a_repair_is_made_once_however_often_it_is_clicked(desk, qtbot):
    graph = desk.state.document.graph
    bare = edit.connect(edit.remove(graph, ["onehot"]), Port("text", "x"), Port("memory", "x"))
    desk.state.document.apply(Text("Wire", "Cable"), bare)
    desk.show_panel("problems")
    qtbot.waitUntil(lambda: any(p.fixes for p in desk.state.checked.problems))
    fix = child(desk.problems, "fix")
    QTest.mouseClick(fix, Qt.MouseButton.LeftButton)
    made = desk.state.document.graph
    QTest.mouseClick(fix, Qt.MouseButton.LeftButton)
    assert made is not bare and desk.state.document.graph is made


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_a_repair_offered_on_the_canvas_is_only_for_the_drawing_that_was_checked(desk, qtbot):
    document, canvas = desk.state.document, desk.canvas
    bare = edit.connect(edit.remove(document.graph, ["onehot"]), Port("text", "x"), Port("memory", "x"))
    document.apply(Text("Wire", "Cable"), bare)
    qtbot.waitUntil(lambda: any(p.fixes for p in desk.state.checked.problems))
    wrong = next(p.where.edge for p in desk.state.checked.problems if p.fixes)
    menu = canvas.menus.open_repairs(Hit("wire", wrong), QPoint())
    (mend, *_) = [a for a in menu.actions() if a.property("mends")]
    moved = edit.move(document.graph, {"memory": (7.0, 7.0)})
    document.apply(Text("Move", "Mover"), moved)
    mend.trigger()
    menu.close()
    assert document.graph == moved


def test_a_run_that_cannot_begin_offers_no_repair_of_a_drawing_nobody_has_checked_yet(desk, qtbot):
    graph = desk.state.document.graph
    bare = edit.connect(edit.remove(graph, ["onehot"]), Port("text", "x"), Port("memory", "x"))
    told = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if dialog is None:
            QTimer.singleShot(20, look)
            return
        told.extend(w.text() for w in dialog.findChildren(QLabel))
        told.extend(w.objectName() for w in dialog.findChildren(QWidget))
        dialog.accept()

    desk.state.document.apply(Text("Wire", "Cable"), bare)
    QTimer.singleShot(20, look)
    desk.act("train")
    assert "This could not be done" in told and "fix" not in told
    assert desk.state.document.graph is bare
