"""The outline and the history beside the canvas: the same drawing and the same edits, for the keyboard and the ear."""

import pytest
from desk import open_desk
from hands import CTRL, click, key, middle
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTreeWidgetItem

from core.graph import edit
from core.graph.model import Node
from core.words import Text
from studio.panels.outline import DETAIL

SPOKEN = Qt.ItemDataRole.AccessibleTextRole
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def desk(qtbot, tmp_path):
    with open_desk(qtbot, tmp_path) as window:
        window.show_panel("outline")
        window.show_panel("history")
        window.activateWindow()
        qtbot.waitUntil(lambda: tree(window).topLevelItemCount() > 0)
        yield window


def tree(desk):
    return desk.docks["outline"].widget().tree


def rows(parent) -> list[QTreeWidgetItem]:
    return [parent.child(i) for i in range(parent.childCount())]


def row(desk, name: str) -> QTreeWidgetItem:
    return next(r for r in rows(tree(desk).invisibleRootItem()) if r.text(0) == name)


def settle(qtbot, desk) -> None:
    qtbot.waitUntil(lambda: desk.state.verdict.project is desk.state.session.project, timeout=10_000)
    QTest.qWait(30)


def test_it_lists_what_the_canvas_shows_and_says_it_aloud(qtbot, desk):
    names = [r.text(0) for r in rows(tree(desk).invisibleRootItem())]
    items = desk.canvas.board.scene.nodes
    assert names == [items[id].look.title for id in desk.state.document.graph.nodes]
    memory = row(desk, "RNN (tanh)")
    assert memory.data(0, DETAIL) == "B×T×3"
    assert memory.data(0, SPOKEN) == "RNN (tanh), cell, B×T×3"
    assert tree(desk).accessibleName() and tree(desk).accessibleDescription()


def test_arrows_select_on_the_canvas_and_right_opens_ports_and_the_inside(qtbot, desk):
    view = tree(desk)
    view.setFocus()
    view.setCurrentItem(row(desk, "One-hot"))
    key(view, Qt.Key.Key_Down)
    assert desk.canvas.selection == (("memory",),)
    key(view, Qt.Key.Key_Right)
    memory = row(desk, "RNN (tanh)")
    ports = [r.text(0) for r in rows(memory)[:3]]
    assert ports == ["x ← One-hot / vector", "h0 ← not wired", "h → Dense / input"]
    assert rows(memory)[0].data(0, DETAIL) == "B×T×4"
    assert rows(memory)[0].data(0, SPOKEN) == "input x, from One-hot / vector, B×T×4"
    key(view, Qt.Key.Key_Down)  # on the first port: its wire is selected
    (wire,) = desk.canvas.selected_wires
    assert desk.state.document.graph.edges[wire].target.node == "memory"
    for _ in range(3):
        key(view, Qt.Key.Key_Down)
    assert desk.canvas.path == ("memory",) and len(desk.canvas.selection) == 1


def test_what_is_clicked_on_the_canvas_is_selected_here(qtbot, desk):
    click(desk.canvas, middle(desk.canvas, "scores"))
    assert [r.text(0) for r in tree(desk).selectedItems()] == ["Dense"]
    desk.canvas.board.enter("memory")
    inner = next(iter(desk.canvas.board.graph.nodes))
    click(desk.canvas, middle(desk.canvas, inner))
    (chosen,) = tree(desk).selectedItems()
    assert chosen.parent() is row(desk, "RNN (tanh)") and row(desk, "RNN (tanh)").isExpanded()


def test_edits_mutes_and_problems_show_without_rows_being_lost(qtbot, desk):
    memory = row(desk, "RNN (tanh)")
    memory.setExpanded(True)
    document = desk.state.document
    document.apply(Text("x", "x"), edit.add_node(document.graph, Node("extra", "tanh")))
    settle(qtbot, desk)
    assert row(desk, "Tanh").data(0, SPOKEN).startswith("Tanh, ")
    assert "error" in row(desk, "Tanh").data(0, SPOKEN) and not row(desk, "Tanh").icon(0).isNull()
    assert row(desk, "RNN (tanh)") is memory and memory.isExpanded()
    document.apply(Text("x", "x"), edit.set_flags(document.graph, ["extra"], muted=True))
    settle(qtbot, desk)
    assert row(desk, "Tanh").data(0, DETAIL) == "muted" and "error" not in row(desk, "Tanh").data(0, SPOKEN)
    before = len(rows(memory))
    wire = next(e for e in document.graph.edges.values() if e.target.node == "memory")
    document.apply(Text("x", "x"), edit.remove(document.graph, ["extra"], [wire.id]))
    settle(qtbot, desk)
    assert "Tanh" not in [r.text(0) for r in rows(tree(desk).invisibleRootItem())]
    assert rows(memory)[0].text(0) == "x ← not wired" and len(rows(memory)) == before


def test_enter_shows_the_node_on_the_canvas(qtbot, desk):
    desk.canvas.view.centerOn(9000, 9000)
    tree(desk).setCurrentItem(row(desk, "Dense"))
    key(tree(desk), Qt.Key.Key_Return)
    box = desk.canvas.board.scene.nodes["scores"].box
    assert desk.canvas.view.shown().contains(box) and desk.canvas.selection == (("scores",),)


def test_it_rests_behind_another_panel(qtbot, desk):
    desk.show_panel("palette")
    before = [r.text(0) for r in rows(tree(desk).invisibleRootItem())]
    document = desk.state.document
    document.apply(Text("x", "x"), edit.add_node(document.graph, Node("extra", "tanh")))
    QTest.qWait(50)
    assert [r.text(0) for r in rows(tree(desk).invisibleRootItem())] == before
    desk.show_panel("outline")
    assert row(desk, "Tanh") is not None


def test_the_history_is_listed_and_a_click_goes_there(qtbot, desk):
    steps = desk.docks["history"].widget()
    canvas, start = desk.canvas, desk.state.document.graph
    click(canvas, middle(canvas, "scores"))
    key(canvas.view, Qt.Key.Key_D, CTRL)
    key(canvas.view, Qt.Key.Key_B, CTRL)
    key(canvas.view, Qt.Key.Key_Delete)
    said = [steps.steps.index(i).data() for i in range(steps.steps.rowCount())]
    assert said == ["Opened", "Duplicate", "Bypass", "Delete"]
    spot = steps.list.visualRect(steps.steps.index(1)).center()
    QTest.mouseClick(steps.list.viewport(), LEFT, NONE, spot)
    document = desk.state.document
    assert document.history == (Text("Duplicate", "Duplicar"),) and len(document.graph.nodes) == len(start.nodes) + 1
    assert steps.steps.index(2).data(SPOKEN) == "Bypass, undone"
    assert steps.steps.index(1).data(SPOKEN) == "Duplicate, the project is here"
    steps.list.setFocus()
    key(steps.list, Qt.Key.Key_Home)
    assert len(document.history) == 1  # the arrows only look
    key(steps.list, Qt.Key.Key_Return)
    assert document.graph == start and not document.history
    QTest.mouseClick(steps.list.viewport(), LEFT, NONE, steps.list.visualRect(steps.steps.index(3)).center())
    assert len(document.history) == 3 and document.redo_label is None
    assert steps.list.visualRect(steps.steps.index(3)).contains(
        QPoint(5, steps.list.visualRect(steps.steps.index(3)).y() + 2)
    )


def test_travelling_tells_listeners_once(qtbot, desk):
    document, heard = desk.state.document, []
    for title in ("a", "b", "c"):
        document.apply(Text(title, title), edit.rename(document.graph, "scores", title))
    stop = document.subscribe(heard.append)
    document.travel(0)
    document.travel(3)
    document.travel(3)
    stop()
    assert len(heard) == 2 and document.graph.nodes["scores"].title == "c"
