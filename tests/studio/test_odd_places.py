"""Places that cannot be written or read, and things that are not what they seem: told in words, and nothing half done."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

import core.observe.paper
import core.session
from core.graph import edit
from core.project.model import DataChoice
from core.project.rundir import RECORDING, write_run_head
from core.words import Text
from studio import incoming
from studio.dropping import said
from studio.plot.view import ChartView
from studio.settings import Settings
from tests.studio.desk import answer, hello, state_of

LONG = Path("x" * 300)  # longer than any system takes: asking for it is an error


@pytest.fixture
def desk(one):
    return one


def listen(seen: list[str]) -> None:
    """Keep what the next dialog says, and close it."""
    dialog = QApplication.activeModalWidget()
    if dialog is None:
        QTimer.singleShot(20, lambda: listen(seen))
        return
    seen.append(" ".join(w.text() for w in dialog.findChildren(QLabel)))
    dialog.close()


def test_a_window_closes_where_its_settings_cannot_be_kept(tmp_path):
    (tmp_path / "file").write_text("")
    Settings(tmp_path / "file" / "studio.ini").sync()
    assert (tmp_path / "file").read_text() == ""


def test_a_recent_file_that_cannot_be_asked_for_does_not_count(tmp_path):
    settings = Settings(tmp_path / "studio.ini")
    settings._store.setValue("recent", [str(LONG), str(tmp_path / "studio.ini")])
    settings._store.setValue("folder", str(LONG))
    settings.sync()
    assert settings.recent == (tmp_path / "studio.ini",) and settings.folder == Path.home()
    assert "see what can be made" in said((LONG,))


def test_a_run_with_a_damaged_recording_leaves_what_is_open_as_it_is(desk, tmp_path):
    state = desk.state
    state.session.run_dir = tmp_path
    before = state.document.project
    write_run_head(tmp_path / "run", hello(steps=9), state.program)
    (tmp_path / "run" / RECORDING).write_bytes(b"\x93NUMPY no")
    answer("close")
    desk.look_at_run(tmp_path / "run")
    assert state.document.project is before and state.session.run_dir == tmp_path
    state.session.run_dir = None


def test_what_became_of_a_charts_picture_is_told(desk, qtbot, tmp_path):
    view, said = desk.watch.slots_[0].view, []
    desk.state.status.connect(said.append)
    for name in ("chart.csv", "nowhere/chart.csv", "chart.bmp"):
        if name != "chart.csv":
            listen(said)
        view._menu.ask = lambda *_, name=name: tmp_path / name
        view._menu.export()
        qtbot.waitUntil(lambda: bool(said), timeout=20_000)
        word = {"chart.csv": "Saved chart.csv", "chart.bmp": "chart.bmp"}.get(name, "could not be written")
        assert word in said.pop(), name
    desk.state.status.disconnect(said.append)


def test_a_picture_is_written_also_where_its_chart_goes_meanwhile(qapp, tmp_path, monkeypatch):
    """As of a comparison that is closed at once."""
    gate, wrong, whole = threading.Event(), [], core.observe.paper.render

    def slow(chart, path):
        assert gate.wait(10)
        whole(chart, path)

    monkeypatch.setattr(core.observe.paper, "render", slow)
    monkeypatch.setattr(threading, "excepthook", wrong.append)
    view = ChartView()
    view._menu.ask = lambda *_: tmp_path / "chart.csv"
    view._menu.export()
    writer = next(t for t in threading.enumerate() if t.name == "export chart")
    view.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gate.set()
    writer.join(10)
    QApplication.processEvents()
    assert not wrong and (tmp_path / "chart.csv").exists()


@pytest.mark.parametrize(
    "text", ["", "null", "7", "{}", '{"nodes": 5}', "[" * 100_000, "9" * 5000, '{"nodes": [{}], "wires": [[]]}', "\0\ud7ff", "{" * 50]
)  # fmt: skip
def test_a_clipboard_of_anything_is_refused_in_words(desk, text):
    before, heard = desk.state.document.graph, []
    desk.state.status.connect(heard.append)
    QGuiApplication.clipboard().setText(text)
    desk.canvas.commands.paste()
    desk.state.status.disconnect(heard.append)
    assert desk.state.document.graph is before
    assert heard and all(heard)


def test_data_is_opened_in_the_background_alone(qtbot, tmp_path, monkeypatch):
    """Also where every check so far was cheap: the next file may be large."""
    state, where = state_of(qtbot, tmp_path), []
    state._checker._cost = 0.0
    whole = core.session.fields_of

    def watched(*given):
        where.append(threading.current_thread() is threading.main_thread())
        return whole(*given)

    monkeypatch.setattr(core.session, "fields_of", watched)
    text = tmp_path / "a.txt"
    text.write_text("hello " * 500)
    project = replace(state.session.project, data=DataChoice("text", {"path": str(text)}))
    state.document.apply_project(Text("Data", "Datos"), project)
    qtbot.waitUntil(lambda: state.verdict.project is project, timeout=20_000)
    assert where == [False]
    state.close()


def test_a_check_of_what_was_there_meanwhile_is_not_taken_for_one_of_what_is(qtbot, tmp_path, monkeypatch):
    """Changed and undone while it was checked: the project is the old one again, the answer is not."""
    import studio.checker as checker

    state = state_of(qtbot, tmp_path)
    before, whole = state.session.project, checker.examine
    state._checker._cost = 1.0  # in the background
    gate, inside, told, undone = (threading.Event() for _ in range(4))

    def slow(session):
        project = session.project
        inside.set()
        assert gate.wait(10)
        seen = whole(session)
        told.set()
        assert undone.wait(10)
        return replace(seen, project=project)

    monkeypatch.setattr(checker, "examine", slow)
    state._checker.check()
    assert inside.wait(10)
    state.document.apply(Text("Clear", "Vaciar"), edit.remove(before.graph, list(before.graph.nodes)))
    found = []
    state.found.connect(found.append)
    gate.set()
    assert told.wait(10)
    monkeypatch.setattr(checker, "examine", whole)
    state.document.undo()
    undone.set()
    qtbot.waitUntil(lambda: bool(found), timeout=10_000)
    assert all(v.program is not None for v in found)
    state.close()


def test_a_project_file_of_anything_is_told(desk, tmp_path):
    for n, text in enumerate(("", "[]", "nope", json.dumps({"format": 10**9}), "\x00\x01", "{" * 100_000, "9" * 5000)):
        bad = tmp_path / f"{n}.unfold"
        bad.write_text(text)
        before = desk.state.document.project
        answer("close")
        desk.files.open(bad)
        assert desk.state.document.project is before


def test_a_large_file_that_is_read_holds_up_nothing_else(desk, qtbot, monkeypatch, tmp_path):
    """A hundred megabytes of text take a minute; who thinks better of it hears no more of it."""
    gate, inside, wrong = threading.Event(), threading.Event(), []

    def slow(path, registry):
        inside.set()
        assert gate.wait(20)
        raise RuntimeError("nobody is to hear of it")

    monkeypatch.setattr(incoming, "made_of", slow)
    monkeypatch.setattr(threading, "excepthook", wrong.append)
    (tmp_path / "large.txt").write_text("a")
    desk.incoming.take((tmp_path / "large.txt",))
    assert inside.wait(10)
    done = []
    desk.state.background.run(lambda: 7, done.append)
    qtbot.waitUntil(lambda: done == [7])
    dialog = next(d for d in desk.findChildren(incoming.OffersDialog) if d.isVisible())
    QTest.mouseClick(dialog.close_button, Qt.MouseButton.LeftButton)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gate.set()
    QTest.qWait(50)
    assert not wrong
