"""The main window: opens at once without torch, does what its actions say, asks before work is lost, ends in time."""

import json
import os
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton, QWidget

from core.graph.edit import rename
from core.graph.model import Graph
from core.project.document import Document
from core.project.file import load_project, save_project
from core.project.journal import Journal
from core.project.owner import LOCK
from core.project.recovery import lost
from core.words import Text, say
from studio import docks as places
from studio.actions import MENUS, ROWS
from studio.fault import Faults
from tests.studio.desk import answer, child, hello, open_desk

FIRST = """
import os, sys, time
from PySide6.QtWidgets import QApplication
import studio.app as app_module
from studio.settings import Settings
app = app_module.make_app()
window = app_module.open_window(app, Settings())
window.show()
app.processEvents()
assert window.isVisible() and window.canvas.board.graph.nodes
print("torch" in sys.modules, "lightning_fabric" in sys.modules, time.process_time())
os._exit(0)
"""


WHOLE_LIFE = """
import gc, sys, threading
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
import studio.app as app_module

def later():
    assert not gc.isenabled()
    assert all(t.daemon for t in threading.enumerate() if t is not threading.main_thread())
    window = next(w for w in QApplication.topLevelWidgets() if w.objectName() == "unfold")
    window.canvas.commands.select_all()
    window.canvas.commands.copy()  # what Python itself puts on the clipboard may outlive it, and crash
    window.close()

app_module.make_app()
QTimer.singleShot(4000, later)
code = app_module.main(None)
assert gc.isenabled()
sys.exit(code)
"""


@pytest.fixture
def desk(qtbot, tmp_path):
    with open_desk(qtbot, tmp_path) as window:
        yield window


def test_the_first_window_shows_a_project_and_no_torch(tmp_path):
    environment = {**os.environ, "UNFOLD_CONFIG": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    seconds = []
    while len(seconds) < 3 and not any(s < 4.0 for s in seconds):  # the best of three: other work makes any one slow
        done = subprocess.run(
            [sys.executable, "-c", FIRST], check=False, capture_output=True, text=True, env=environment, timeout=120
        )
        assert done.returncode == 0, done.stderr
        torch, fabric, taken = done.stdout.split()
        assert (torch, fabric) == ("False", "False")
        seconds.append(float(taken))
    assert min(seconds) < 4.0  # processor time on any machine; wall time is judged where nothing else runs


def test_a_whole_life_ends_clean(tmp_path):
    """main() opens, hands garbage collection to the main thread, closes, exits 0 with nothing on stderr but Qt's own."""
    folders = {"UNFOLD_CONFIG": str(tmp_path), "XDG_STATE_HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path)}
    environment = {**os.environ, **folders, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", WHOLE_LIFE], check=False, capture_output=True, text=True, env=environment, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert not list((tmp_path / "unfold" / "recovery").glob("*"))
    assert (tmp_path / "studio.ini").exists()


def test_every_action_has_a_menu_a_name_in_both_languages_and_its_own_keys(desk):
    keys = [k.toString() for a in desk.actions_.values() for k in a.shortcuts()]
    keys += [k.toString() for a in desk.canvas.actions().values() for k in a.shortcuts()]
    assert len(keys) == len(set(keys)), sorted(k for k in keys if keys.count(k) > 1)
    assert all(row.menu in MENUS and all(row.text) for row in ROWS)
    listed = {a.objectName() for menu in desk.menuBar().actions() for a in menu.menu().actions()}
    assert {row.id for row in ROWS} <= listed


def test_undo_and_redo_by_keys(desk, qtbot):
    before = desk.state.document.graph
    desk.add_node("dense")
    assert len(desk.state.document.graph.nodes) == len(before.nodes) + 1
    assert desk.isWindowModified()
    qtbot.waitUntil(desk.actions_["undo"].isEnabled)
    assert "Dense" in desk.actions_["undo"].text()
    desk.actions_["undo"].trigger()
    assert desk.state.document.graph == before
    desk.actions_["redo"].trigger()
    assert len(desk.state.document.graph.nodes) == len(before.nodes) + 1


def test_what_is_selected_on_the_canvas_is_inspected(desk, qtbot):
    node = next(iter(desk.state.document.graph.nodes))
    desk.canvas.select(((node,),))
    qtbot.waitUntil(lambda: desk.inspector.page is not None and desk.inspector.page.path == (node,))
    desk.canvas.select(())
    qtbot.waitUntil(lambda: desk.inspector.page is None)


def test_save_and_open_again(desk, tmp_path, qtbot):
    path = tmp_path / "mine.unfold"
    desk.add_node("dense")
    assert desk.files._write(path)
    assert not desk.isWindowModified()
    assert "mine" in desk.windowFilePath()
    saved = load_project(path)
    assert saved.graph == desk.state.document.graph
    assert desk.state.settings.recent[0] == path
    desk.files.new()
    assert desk.state.document.graph == Graph()
    desk.files.open(path)
    assert desk.state.document.graph == saved.graph


def test_unsaved_work_is_asked_for(desk):
    desk.add_node("dense")
    kept = desk.state.document.graph
    answer("cancel")
    desk.files.new()
    assert desk.state.document.graph == kept
    answer("no")
    desk.files.new()
    assert desk.state.document.graph == Graph()


def test_a_file_that_cannot_be_read_is_told_and_nothing_changes(desk, tmp_path):
    bad = tmp_path / "bad.unfold"
    bad.write_text('{"format": 1, "graph": []}')
    before = desk.state.document.project
    seen = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if dialog is None:
            QTimer.singleShot(20, look)
            return
        seen.append(dialog.objectName())
        dialog.accept()

    QTimer.singleShot(20, look)
    desk.files.open(bad)
    assert seen == ["problems"]
    assert desk.state.document.project is before


def test_a_project_dropped_on_the_window_opens(desk, tmp_path, qtbot):
    path = tmp_path / "dropped.unfold"
    save_project(replace(hello(), title=Text("Dropped", "Soltado")), path)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    how = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter, drop = QDragEnterEvent(QPoint(10, 10), *how), QDropEvent(QPointF(10, 10), *how)
    for event in (enter, drop):
        QApplication.sendEvent(desk, event)
    qtbot.waitUntil(lambda: desk.state.document.path == path)
    assert "Dropped" in desk.windowTitle()


def test_language_and_theme_change_at_once(desk, qtbot):
    desk.act("spanish")
    assert desk.docks["problems"].windowTitle() == "Problemas"
    assert desk.menuBar().actions()[0].text() == "&Archivo"
    assert "Pérdida" in [desk.watch.slots_[0].kinds.itemText(i) for i in range(desk.watch.slots_[0].kinds.count())]
    desk.act("theme")
    assert desk.state.tokens.name == "light"
    assert desk.state.settings.theme == "light"
    desk.act("english")
    assert desk.docks["problems"].windowTitle() == "Problems"
    qtbot.waitUntil(lambda: desk.state.program is not None)
    assert desk.source.view.toPlainText()


def test_a_persons_words_are_never_markup(desk, qtbot):
    evil = '<img src="/etc/hostname"><b>x</b>\n"quoted" & %s {0}'
    project = desk.state.document.project
    node = next(iter(project.graph.nodes))
    graph = rename(project.graph, node, evil)
    desk.state.document.apply_project(
        Text("x", "x"), replace(project, graph=graph, title=Text(evil, evil), notes=Text(evil, evil))
    )
    desk.canvas.select(((node,),))
    qtbot.waitUntil(lambda: desk.inspector.page is not None)
    QApplication.processEvents()
    rich = [w for w in desk.findChildren(QLabel) if "img" in w.text() and w.textFormat() != Qt.TextFormat.PlainText]
    assert not rich
    tips = [w.toolTip() for w in desk.findChildren(QWidget) if "<img" in w.toolTip()]
    assert not tips


def test_the_layout_is_kept_and_can_be_reset(qtbot, tmp_path):
    with open_desk(qtbot, tmp_path) as window:
        window.docks["palette"].hide()
        window.state.settings.keep_window(window.saveGeometry(), window.saveState())
        window.state.settings.sync()
    with open_desk(qtbot, tmp_path) as window:
        assert window.docks["palette"].isHidden()
        window.act("layout")
        assert not window.docks["palette"].isHidden()


@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080)])
def test_nothing_is_squeezed_out(qtbot, tmp_path, size):
    with open_desk(qtbot, tmp_path) as window:
        window.resize(*size)
        places.arrange(window, window.docks)
        qtbot.waitUntil(lambda: window.docks["watch"].height() < window.height() * 0.5)
        assert window.canvas.width() > size[0] * 0.4
        assert window.canvas.height() > size[1] * 0.35
        qtbot.waitUntil(lambda: window.docks["inspector"].width() >= 300)


def test_train_pause_step_and_stop(qtbot, tmp_path):
    with open_desk(qtbot, tmp_path, hello(steps=100_000, probe_budget=0.0, device="cpu")) as window:
        window.state.document.mark_saved(tmp_path / "hello.unfold")
        qtbot.waitUntil(window.actions_["train"].isEnabled)
        QTest.mouseClick(window.training.buttons["train"], Qt.MouseButton.LeftButton)
        bridge = window.state.bridge
        qtbot.waitUntil(lambda: bridge.view.at > 5, timeout=60_000)
        QTest.mouseClick(window.training.buttons["pause"], Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: bridge.view.phase == "paused", timeout=10_000)
        at = bridge.view.at
        QTest.mouseClick(window.training.buttons["step"], Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: bridge.view.at == at + 1, timeout=10_000)
        window.act("train")
        qtbot.waitUntil(lambda: bridge.view.at > at + 10, timeout=10_000)
        assert "step" in window.training._progress.text()
        window.act("stop")
        qtbot.waitUntil(lambda: bridge.view.phase == "stopped", timeout=20_000)
        assert window.state.session.recording.last_step == bridge.view.at
        qtbot.waitUntil(window.actions_["export"].isEnabled)


def test_closing_while_training_ends_within_two_seconds(qtbot, tmp_path):
    with open_desk(qtbot, tmp_path, hello(steps=1_000_000, probe_budget=0.0, device="cpu")) as window:
        window.state.document.mark_saved(tmp_path / "hello.unfold")
        qtbot.waitUntil(window.actions_["train"].isEnabled)
        window.act("train")
        qtbot.waitUntil(lambda: window.state.bridge.view.at > 3, timeout=60_000)
        answer("yes")
        start = time.monotonic()
        assert window.close()
        assert time.monotonic() - start < 4.0
        assert not window.state.session.run.alive


def test_a_crash_is_offered_back(qtbot, tmp_path):

    root = tmp_path / "recovery"
    document = Document(hello())
    journal = Journal(document, root)
    document.apply(Text("Clear", "Vaciar"), Graph())
    lock = journal.folder / LOCK  # as if the writer had died before the machine started
    lock.write_text(json.dumps({**json.loads(lock.read_text()), "boot": "another"}))
    assert len(lost(root)) == 1
    with open_desk(qtbot, tmp_path) as window:
        window.survival.keep(root)
        dialog = child(window, "recovery")
        QTest.mouseClick(child(dialog, "restore"), Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: window.state.document.graph == Graph())
        assert window.isWindowModified()
        assert window.state.document.path is None
        assert not lost(root)


def test_a_bug_is_a_calm_dialog(qtbot, tmp_path):
    faults = Faults()
    try:
        raise RuntimeError("boom")
    except RuntimeError as error:
        faults._caught(type(error), error, error.__traceback__)
    qtbot.waitUntil(lambda: faults._dialog is not None)
    dialog = faults._dialog
    assert "boom" not in " ".join(w.text() for w in dialog.findChildren(QLabel))
    assert "RuntimeError: boom" in dialog.report.toPlainText()
    assert not dialog.report.isVisible()
    dialog.accept()
    assert faults._dialog is None


def test_gallery_keys_about_and_export_open(desk, qtbot):
    for show, name in (
        (desk.dialogs.gallery, "gallery"),
        (desk.dialogs.keys, "keys"),
        (desk.dialogs.about, "about"),
        (desk.dialogs.export, "export"),
    ):
        show()
        dialog = child(desk, name)
        assert isinstance(dialog, QDialog)
        assert [b.text() for b in dialog.findChildren(QPushButton)]
        dialog.reject()
        dialog.deleteLater()
        QApplication.processEvents()


def test_a_gallery_project_starts_without_a_file(desk, qtbot):
    desk.dialogs.gallery()
    dialog = child(desk, "gallery")
    dialog.list.setCurrentItem(dialog.entries()[1])
    title = say(dialog.entries()[1].data(0, 256).project.title)
    QTest.mouseClick(dialog.open_button, Qt.MouseButton.LeftButton)
    assert desk.state.document.path is None
    assert title in desk.windowTitle()
    assert not desk.state.document.dirty


def test_what_was_built_anew_leaves_nothing_behind_that_still_listens(qtbot, tmp_path):
    """Language and theme change while a run tells of itself: an exception in a slot fails this test."""
    with open_desk(qtbot, tmp_path, hello(steps=100_000, sample_every=5)) as window:
        window.act("train")
        qtbot.waitUntil(lambda: window.state.bridge.view.at > 5, timeout=60_000)
        window.set_language("es")
        window.set_theme("light")
        at = window.state.bridge.view.at
        qtbot.waitUntil(lambda: window.state.bridge.view.at > at, timeout=60_000)
        window.state.scrub(2)
        window.state.scrub(None)
        window.state.check_soon()
        qtbot.wait(200)
