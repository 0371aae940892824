"""What a person made and did not save: asked for, kept under its name, and found again."""

import json
from contextlib import contextmanager
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from core.graph.edit import rename
from core.graph.model import frozen
from core.project.document import Document
from core.project.journal import Journal
from core.project.owner import LOCK
from core.words import Text
from studio.incoming import OffersDialog
from tests.studio.desk import answer, child, hello

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def desk(one):
    one.door.leave()
    one.state.session.new(hello())
    one.state.forget_run()
    return one


def own_text(desk, qtbot, path) -> None:
    """A model of one's own text, as the offers begin it."""
    path.write_text("the quick brown fox jumps over the lazy dog. " * 400)
    desk.incoming.take((path,))
    qtbot.waitUntil(lambda: bool(desk.findChildren(OffersDialog)), timeout=20_000)
    dialog = desk.findChildren(OffersDialog)[-1]
    qtbot.waitUntil(lambda: bool(dialog.findChildren(type(dialog.close_button), "offer")), timeout=20_000)
    QTest.mouseClick(child(dialog, "offer"), LEFT)


def test_a_model_of_ones_own_text_is_asked_for_before_the_window_goes(desk, qtbot, tmp_path):
    own_text(desk, qtbot, tmp_path / "mytext.txt")
    assert desk.isWindowModified() and "mytext[*]" in desk.windowTitle()
    desk.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is desk)
    answer("cancel")
    QTest.keyClick(desk.canvas.view, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
    assert desk.isVisible() and not desk._closed
    answer("no")
    assert desk.files.may_leave()


def test_what_a_crash_left_is_seen_and_counted_as_undo_counts(desk, qtbot, tmp_path):
    far = replace(hello(), graph=moved(hello().graph))
    document = Document(hello())
    journal = Journal(document, tmp_path / "recovery")
    document.apply(Text("Move", "Mover"), far.graph)
    for name in ("m", "me", "mem"):
        document.apply(Text("Rename", "Renombrar"), rename(document.graph, "memory", name), "rename")
    lock = journal.folder / LOCK  # as if the writer had died before the machine started
    lock.write_text(json.dumps({**json.loads(lock.read_text()), "boot": "another"}))
    desk.survival.keep(tmp_path / "recovery")
    dialog = child(desk, "recovery")
    assert any(w.text().startswith("2 unsaved edits") for w in dialog.findChildren(QLabel))
    QTest.mouseClick(child(dialog, "restore"), LEFT)
    view = desk.canvas.view
    sight = lambda: view.mapToScene(view.viewport().rect()).boundingRect()  # noqa: E731
    qtbot.waitUntil(lambda: all(sight().contains(*n.at) for n in desk.state.document.graph.nodes.values()))
    assert desk.state.document.edits == 2


def moved(graph):
    """Far from where the canvas looks."""
    nodes = {id: replace(n, at=(n.at[0] + 9000.0, n.at[1] + 7000.0)) for id, n in graph.nodes.items()}
    return replace(graph, nodes=frozen(nodes), frames=frozen())


@contextmanager
def found_late(desk, qtbot, monkeypatch):
    """The run of a project that is opened meanwhile is looked for, and told when what is yielded is called."""
    late, run = [], desk.state.background.run

    def wait(work, then, failed=None):
        late.append((work, then)) if then.__name__ == "show" else run(work, then, failed)

    with monkeypatch.context() as patch:
        patch.setattr(desk.state.background, "run", wait)
        yield lambda: [then(work()) for work, then in late]
        qtbot.waitUntil(lambda: bool(late), timeout=20_000)


def test_a_saved_project_is_opened_with_its_last_run_and_goes_on(desk, qtbot, tmp_path, monkeypatch):
    state = desk.state
    state.session.new(hello(steps=60, probe_budget=0.0, device="cpu"))
    state.forget_run()
    desk.files._write(tmp_path / "mine.unfold")
    qtbot.waitUntil(desk.actions_["train"].isEnabled, timeout=20_000)
    desk.act("train")
    qtbot.waitUntil(lambda: state.bridge.view.at > 3, timeout=60_000)
    desk.act("pause")
    qtbot.waitUntil(lambda: state.bridge.view.phase == "paused", timeout=20_000)
    desk.act("stop")
    qtbot.waitUntil(lambda: state.bridge.view.phase == "stopped", timeout=20_000)
    folder, at = state.session.run_dir, state.bridge.view.at
    desk.files.new()
    assert state.session.run_dir is None and state.bridge.view.phase == "idle"
    desk.files.open(tmp_path / "mine.unfold")
    qtbot.waitUntil(lambda: state.session.run_dir == folder, timeout=20_000)
    assert f"step {at} of 60" in desk.training._progress.text() and desk.training._phase.text() == "Stopped"
    assert f"{folder.name}: stopped, step {at} of 60" in desk.statusBar().currentMessage()
    assert desk.actions_["export"].isEnabled() and state.session.recording.last_step
    with found_late(desk, qtbot, monkeypatch) as answers:
        desk.files.open(tmp_path / "mine.unfold")
    state.document.apply(Text("Move", "Mover"), moved(state.document.graph))
    answers()
    assert state.session.run_dir is None and state.bridge.view.phase == "idle"  # it is of the drawing before
    state.document.undo()
    desk.look_at_run(folder)  # of the same drawing: the project keeps its file
    assert state.document.path == tmp_path / "mine.unfold" and "hello" in desk.windowTitle()
    assert f"step {at} of 60" in desk.training._progress.text()
    desk.act("resume")
    qtbot.waitUntil(lambda: state.bridge.view.phase == "done", timeout=60_000)
    assert state.session.run_dir == folder and state.bridge.view.at == 60


def test_a_run_that_was_never_saved_is_found_on_the_welcome_page(desk, qtbot):
    state = desk.state
    own = replace(hello(steps=4, probe_budget=0.0, device="cpu"), title=Text("my poem", "mi poema"))
    desk.begin_with(own, own=True)
    qtbot.waitUntil(desk.actions_["train"].isEnabled, timeout=20_000)
    desk.act("train")
    qtbot.waitUntil(lambda: state.bridge.view.phase == "done", timeout=60_000)
    folder = state.session.run_dir
    assert folder.name.startswith("my-poem-")
    answer("no")
    desk.begin_with(own)  # as from the gallery: it begins anew, whoever trained the same before
    done = []
    state.background.run(lambda: None, done.append)
    qtbot.waitUntil(lambda: bool(done))
    assert state.session.run_dir is None
    desk.files.new()
    desk.act("welcome")
    first = child(desk.door.page, "ran")
    assert first.text().startswith("my poem")
    QTest.mouseClick(first, LEFT)
    assert desk.door.page is None and "my poem[*]" in desk.windowTitle()
    assert state.session.run_dir == folder and "step 4 of 4" in desk.training._progress.text()
    qtbot.waitUntil(desk.actions_["export"].isEnabled)
