"""Comparing runs in the window: a real run and two written ones, ticked, sorted, copied and opened by hand."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from shiboken6 import isValid

from core.project.file import save_project
from core.train.measures import MEASURES
from core.train.messages import Done
from studio.panels.compare import CompareDialog
from tests.core.project.test_project_ran import written
from tests.studio.desk import Patience, hello, open_desk

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture(scope="module")
def desk(qapp, tmp_path_factory):
    """A saved project with a run of its own and two others beside it."""
    folder = tmp_path_factory.mktemp("desk")
    project = hello(steps=20, probe_budget=0.0, device="cpu", validate_every=5)
    with open_desk(Patience(), folder, project) as window:
        save_project(project, folder / "mine.unfold")
        window.state.session.open(folder / "mine.unfold")
        written(folder / "runs" / "mine-1", [4.0, 3.0], Done(2, {"loss": 3.0}, 10.0, False, ""), ((1, 3.5), (2, 3.0)))
        written(folder / "runs" / "zz-2", [9.0, 8.0], Done(2, {"loss": 8.0}, 9.0, True, ""), ((1, 8.5), (2, 8.0)))
        window.state.bridge.start()
        Patience().waitUntil(lambda: window.state.bridge.view.phase == "done", timeout=90_000)
        yield window


@pytest.fixture
def dialog(desk, qtbot):
    desk.act("compare")
    made = desk.findChildren(CompareDialog)[-1]
    qtbot.waitUntil(lambda: made.table.rowCount() == 3, timeout=20_000)
    yield made
    if isValid(made):
        made.close()


def column(dialog, at: int) -> list[str]:
    return [dialog.table.item(r, at).text() for r in range(dialog.table.rowCount())]


def test_the_projects_own_runs_are_drawn_and_others_can_be(dialog, desk, qtbot):
    names = {run.name: run for _, run in dialog.drawn()}
    assert len(names) == 2 and all(n.startswith("mine-") for n in names)
    real = next(r for n, r in names.items() if n != "mine-1")
    assert (real.ended, real.step, real.parameters) == ("done", 20, desk.state.bridge.view.started.parameters)
    assert real.metrics == {k: v for k, v in desk.state.bridge.view.done.metrics.items() if k != "train_loss"}
    other = next(dialog.table.item(r, 0) for r in range(3) if dialog.table.item(r, 0).text() == "zz-2")
    dialog.table.setFocus()
    dialog.table.setCurrentItem(other)
    QTest.keyClick(dialog.table, Qt.Key.Key_Space)
    assert len(dialog.drawn()) == 3
    assert {m.label for m in dialog.chart.chart.marks} == {r.name for _, r in dialog.drawn()}


def test_a_name_has_room(dialog):
    room = dialog.table.columnWidth(0)
    assert room > dialog.table.fontMetrics().horizontalAdvance("mine-20260101-120000") + 60
    assert (
        sum(dialog.table.columnWidth(c) for c in range(dialog.table.columnCount())) <= dialog.table.viewport().width()
    )


def test_among_many_measures_a_name_stays_readable_and_is_widened_by_hand(dialog, desk, qtbot, tmp_path):
    many = dict.fromkeys(list(MEASURES)[:14], 1.0)
    written(tmp_path / "mine-20260101-120000", [4.0], Done(1, many, 1.0, False, ""))
    dialog.add(tmp_path)
    qtbot.waitUntil(lambda: dialog.table.rowCount() == 4, timeout=20_000)
    header, table = dialog.table.horizontalHeader(), dialog.table
    assert table.columnWidth(0) > table.fontMetrics().horizontalAdvance("mine-20260101-120000") + 84
    was, edge = table.columnWidth(0), table.columnWidth(0) - 1
    y = header.height() // 2
    QTest.mousePress(header.viewport(), LEFT, NONE, QPoint(edge, y))
    QTest.mouseMove(header.viewport(), QPoint(edge + 20, y))
    QTest.mouseMove(header.viewport(), QPoint(edge + 60, y))
    QTest.mouseRelease(header.viewport(), LEFT, NONE, QPoint(edge + 60, y))
    assert table.columnWidth(0) > was + 30


def test_another_curve_is_chosen_by_keys(dialog, qtbot):
    first = dialog.chart.chart.title
    dialog.curve.setFocus()
    QTest.keyClick(dialog.curve, Qt.Key.Key_End)
    assert dialog.chart.chart.title != first
    assert "training" in dialog.chart.chart.title.en


def test_a_head_sorts_by_number(dialog, qtbot):
    heads = [dialog.table.horizontalHeaderItem(c).text() for c in range(dialog.table.columnCount())]
    at = heads.index("Loss")
    header = dialog.table.horizontalHeader()
    place = header.sectionViewportPosition(at) + 8
    point = header.viewport().rect().center()
    point.setX(place)
    QTest.mouseClick(header.viewport(), LEFT, NONE, point)
    losses = [float(t) for t in column(dialog, at)]
    assert losses == sorted(losses)
    QTest.mouseClick(header.viewport(), LEFT, NONE, point)
    assert [float(t) for t in column(dialog, at)] == sorted(losses, reverse=True)


def test_the_table_is_copied_as_it_stands(dialog):
    QTest.mouseClick(dialog.copy_button, LEFT)
    data = QGuiApplication.clipboard().mimeData()
    lines = data.text().splitlines()
    assert lines[0].split("\t")[0] == "Run"
    assert [line.split("\t")[0] for line in lines[1:]] == column(dialog, 0)
    assert data.html().count("<tr>") == 4


def test_a_run_is_looked_at_with_its_own_project(dialog, desk, qtbot):
    at = column(dialog, 0).index("mine-1")
    dialog.table.selectRow(at)
    QTest.mouseClick(dialog.open_button, LEFT)
    assert desk.state.session.run_dir.name == "mine-1"
    assert desk.state.document.path is None
