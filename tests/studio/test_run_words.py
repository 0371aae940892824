"""What the window says around a run: when the first answers come, where a failure is told, where an earlier run has gone."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from core.problems import Place, Problem
from core.train.messages import Failed
from core.words import Text
from studio.bridge import RunView, after
from studio.panels.compare import CompareDialog
from studio.panels.waiting import AT_END, TRAINS, UNTRAINED, headline, when
from tests.studio.desk import Patience, child, hello, open_desk

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture(scope="module")
def desk(qapp, tmp_path_factory):
    project = hello(steps=400, probe_budget=0.0, device="cpu", validate_every=0, checkpoint_every=150, sample_every=0)
    folder = tmp_path_factory.mktemp("desk")
    with open_desk(Patience(), folder, project) as window:
        window.state.session.save(folder / "mine.unfold")
        window.activateWindow()
        yield window


def test_a_failure_is_a_problem_until_the_next_run(desk):
    count, panel = child(desk, "problem-count"), desk.problems
    assert count.text() == "No problems"
    problem = Problem("train.nan", Text("The loss is not a number.", "La pérdida no es un número."), Place())
    desk.state.bridge._become(after(RunView("running"), Failed(3, problem)))
    assert count.text() == "1 error"
    QTest.mouseClick(count, LEFT)
    assert panel.isVisible() and [c.problem.code for c in panel.cards] == ["train.nan"]
    desk.state.bridge._become(RunView())
    assert count.text() == "No problems" and not panel.cards


def test_before_the_first_weights_it_says_when_they_come(desk, qtbot):
    assert (headline(desk.state), when(desk.state)) == (UNTRAINED, None)
    QTest.keyClick(desk, Qt.Key.Key_F7)  # one step, then it waits
    qtbot.waitUntil(lambda: desk.state.bridge.view.phase == "paused", timeout=60_000)
    assert headline(desk.state) == TRAINS
    assert "step 150 " in when(desk.state).en and "paso 150," in when(desk.state).es
    desk.show_panel("text")
    page = desk.samples.writing.text
    assert "step 150" in (page.placeholderText() if page.isVisible() else desk.samples._empty.hint.text())
    QTest.keyClick(desk, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: desk.state.bridge.view.phase == "done", timeout=60_000)
    assert when(desk.state) is None


def test_without_checkpoints_they_come_at_the_end(desk):
    from dataclasses import replace

    bridge = desk.state.bridge
    was, bridge.training = bridge.training, replace(bridge.training, checkpoint_every=0)
    told, bridge.view = bridge.view, RunView("running")
    assert when(desk.state) == AT_END
    bridge.training = replace(bridge.training, keep="best", validate_every=60, sample_every=50)
    assert "line at step 50" in when(desk.state).en and "step 60 on" in when(desk.state).en
    bridge.training, bridge.view = was, told


def test_a_run_that_gave_way_is_named_and_found(desk, qtbot):
    first = desk.state.session.run_dir
    QTest.keyClick(desk, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: desk.state.bridge.view.phase == "done", timeout=60_000)
    assert desk.state.session.run_dir != first
    panel = desk.training
    assert panel._earlier.isVisibleTo(panel) and first.name in panel._earlier.text()
    QTest.mouseClick(panel._compare, LEFT)
    dialog = desk.findChildren(CompareDialog)[-1]
    folders = {first.resolve(), desk.state.session.run_dir.resolve()}
    qtbot.waitUntil(lambda: folders <= {r.folder.resolve() for r in dialog._runs}, timeout=20_000)
    dialog.close()
