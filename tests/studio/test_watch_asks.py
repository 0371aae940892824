"""Costly charts have a run tell them what they show while somebody can see them, and no longer."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox

from core.observe.chart import Heat, Line
from tests.studio.desk import hello, open_desk


@pytest.fixture
def desk(qtbot, tmp_path):
    with open_desk(qtbot, tmp_path, hello(steps=100_000, validate_every=0)) as window:
        yield window


def chosen(box: QComboBox, name: str) -> None:
    """Choose an entry with the keyboard."""
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Home)
    for _ in range(box.count()):
        if box.currentText() == name:
            break
        QTest.keyClick(box, Qt.Key.Key_Down)
    assert box.currentText() == name


def wanted(desk) -> tuple[str, ...]:
    controls = desk.state.session.controls
    return controls.keys if controls is not None else ()


def started(desk, qtbot, folder) -> None:
    desk.state.bridge.start(folder / "run")
    qtbot.waitUntil(lambda: desk.state.session.recording.frame() is not None, timeout=60_000)


def test_a_costly_chart_asks_while_it_is_open_and_is_drawn(desk, qtbot, tmp_path):
    started(desk, qtbot, tmp_path)
    first, second = desk.watch.slots_[:2]
    assert not any(":" in key for key in wanted(desk))
    chosen(first.kinds, "Gradient matrix")
    qtbot.waitUntil(lambda: "matrix:memory.h" in wanted(desk), timeout=10_000)
    qtbot.waitUntil(lambda: any(isinstance(m, Heat) for m in first.view.chart.marks), timeout=20_000)
    assert "state at step s" in first.view.chart.x.label.en and [t for _, t in first.view.chart.y.ticks] == list("ello")
    chosen(second.kinds, "Singular values of a step")
    qtbot.waitUntil(lambda: {"matrix:memory.h", "jacobian:memory.h"} <= set(wanted(desk)), timeout=10_000)
    qtbot.waitUntil(lambda: any(isinstance(m, Line) for m in second.view.chart.marks), timeout=20_000)
    QTest.mouseClick(first.closer, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "matrix:memory.h" not in wanted(desk), timeout=10_000)
    assert "jacobian:memory.h" in wanted(desk)
    desk.docks["text"].raise_()
    qtbot.waitUntil(lambda: not any(":" in key for key in wanted(desk)), timeout=10_000)
    desk.docks["watch"].raise_()
    qtbot.waitUntil(lambda: "jacobian:memory.h" in wanted(desk), timeout=10_000)


def test_a_weight_chosen_in_the_list_is_told_of_live(desk, qtbot, tmp_path):
    started(desk, qtbot, tmp_path)
    slot = desk.watch.slots_[0]
    chosen(slot.kinds, "Contributions to dL/dW")
    qtbot.waitUntil(lambda: "memory/h_state.weight" in wanted(desk), timeout=10_000)  # automatic: the recurrent one
    qtbot.waitUntil(lambda: slot.keys.findData("scores.weight") > 0, timeout=10_000)
    chosen(slot.keys, slot.keys.itemText(slot.keys.findData("scores.weight")))
    qtbot.waitUntil(
        lambda: "scores.weight" in wanted(desk) and "memory/h_state.weight" not in wanted(desk), timeout=10_000
    )
    qtbot.waitUntil(lambda: any("scores.weight" in f.shares for f in desk.state.session.recording.all_frames()), timeout=20_000)  # fmt: skip


def test_gates_stand_first_in_the_list_and_say_that_they_are_gates(qtbot, tmp_path):
    from core.project.gallery import shipped

    with open_desk(qtbot, tmp_path, shipped("reber-lstm").project) as desk:
        slot = desk.watch.slots_[0]
        chosen(slot.kinds, "Values over time")
        offered = [slot.keys.itemText(n) for n in range(slot.keys.count())]
        assert offered[0] == "automatic"
        assert {"LSTM › forget · σ", "LSTM › input · σ", "LSTM › output · σ", "LSTM › candidate · tanh"} <= set(
            offered[1:6]
        )
        chosen(slot.kinds, "Saturation along time")
        assert [slot.keys.itemText(n) for n in range(slot.keys.count())] == ["automatic"]  # nothing was looked at yet


def test_what_is_watched_belongs_to_the_project(qtbot, tmp_path):
    """Another project begins automatic; what is deleted is not watched on."""
    from core.graph import edit
    from core.graph.model import Port
    from core.project.gallery import shipped
    from core.words import Text

    with open_desk(qtbot, tmp_path, shipped("reber-lstm").project) as desk:
        slot = desk.watch.slots_[1]
        assert slot.kinds.currentText() == "Values over time"
        chosen(
            slot.keys, next(name for name in map(slot.keys.itemText, range(slot.keys.count())) if "forget · σ" in name)
        )
        QTest.keyClick(slot.keys, Qt.Key.Key_Return)
        desk.state.watch(slot.keys.currentData())
        assert desk.files.start_from(hello())
        qtbot.waitUntil(lambda: desk.state.verdict.project is desk.state.session.project, timeout=20_000)
        assert slot is desk.watch.slots_[1] and slot.keys.currentText() == "automatic" and desk.state._keys == ()
        offered = [slot.keys.itemText(n) for n in range(slot.keys.count())]
        assert len(offered) > 1 and not any("LSTM" in name for name in offered)

        slot.keys.setCurrentIndex(slot.keys.findData("memory.h"))
        graph, label = desk.state.document.graph, Text("Delete", "Borrar")
        rest = edit.connect(edit.remove(graph, {"memory"}), Port("onehot", "y"), Port("scores", "x"))
        desk.state.document.apply(label, rest)
        qtbot.waitUntil(lambda: slot.keys.findData("memory.h") < 0, timeout=20_000)
        assert slot.keys.currentText() == "automatic"
        desk.state.document.undo()
        qtbot.waitUntil(lambda: slot.keys.findData("memory.h") > 0, timeout=20_000)
        for _ in range(2):  # whatever a chart shows meanwhile, what is to be watched is
            slot.keys.setCurrentIndex(0)
            desk.state.watch("memory.h")
            assert slot.keys.currentData() == "memory.h"


def test_the_charts_stand_under_headings_in_an_order_to_find_them(desk):
    kinds = desk.watch.slots_[0].kinds
    headings = [n for n in range(kinds.count()) if kinds.itemData(n) is None]
    listed = [kinds.itemData(n) for n in range(kinds.count()) if n not in headings]
    assert set(listed) == set(desk.state.registry.of("chart"))
    assert kinds.itemText(headings[0]) == "Course of the training" and len(headings) == 4
    assert listed[:2] == ["loss", "metrics"] and kinds.itemText(headings[2] + 1) == "Gradient flow"
    chosen(kinds, "Loss")
    QTest.keyClick(kinds, Qt.Key.Key_Up)
    assert kinds.currentText() == "Loss"  # its heading cannot be chosen
