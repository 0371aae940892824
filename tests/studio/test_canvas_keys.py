"""The canvas without a mouse: walk along wires, connect, edit, come back; and gestures that the ground is taken from."""

import pytest
from desk import open_desk
from hands import ALT, CTRL, SHIFT, at, canvas_of, click, graph_of, key, middle, move, port, press, release, type_text
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from core.graph.model import Port
from core.project.model import Project
from studio.canvas.gestures.words import MOUSE
from studio.panels.about import KeysDialog

K = Qt.Key
NET = {"x": ("features", 0, 0), "m": ("lstm", 240, 0), "d": ("dense", 480, -60), "t": ("tanh", 480, 120)}
WIRES = [("x.x", "m.x"), ("m.h", "d.x"), ("m.c", "t.x")]


def wires(canvas):
    return sorted((f"{e.source.node}.{e.source.port}", f"{e.target.node}.{e.target.port}", e.delay)
                  for e in canvas.board.graph.edges.values())  # fmt: skip


def keys(widget, *pressed) -> None:
    for one in pressed:
        key(widget, *one) if isinstance(one, tuple) else key(widget, one)


def picked(canvas) -> str:
    found = canvas.board.scene.picked
    return next(iter(found.nodes or found.wires), "")


def test_arrows_begin_to_walk_and_alt_goes_on_along_the_wires(qtbot):
    canvas = canvas_of(qtbot, graph_of(NET, WIRES))
    canvas.view.centerOn(0, 0)
    keys(canvas.view, K.Key_Right)
    way = [picked(canvas)]
    for step in (K.Key_Right, K.Key_Right, K.Key_Right, K.Key_Down, K.Key_Right, K.Key_Up, K.Key_Left, K.Key_Left):
        keys(canvas.view, (step, ALT))
        way.append(picked(canvas))
    assert way == ["x", "w1", "m", "w2", "w3", "t", "d", "w2", "m"]
    assert not canvas.board.document.history
    keys(canvas.view, K.Key_Right)  # with a selection, arrows move it
    assert canvas.board.graph.nodes["m"].at == (248, 0)


def test_walking_brings_what_is_selected_into_sight(qtbot):
    nodes = {f"n{i}": ("dense", 300 * i, 0) for i in range(8)}
    canvas = canvas_of(qtbot, graph_of(nodes, [(f"n{i}.y", f"n{i + 1}.x") for i in range(7)]))
    click(canvas, middle(canvas, "n0"))
    for _ in range(14):
        keys(canvas.view, (K.Key_Right, ALT))
    assert picked(canvas) == "n7" and canvas.view.shown().contains(canvas.board.scene.nodes["n7"].box)


def test_a_drawing_is_built_and_wired_with_keys_alone(qtbot):
    canvas = canvas_of(qtbot)
    for name in ("features", "dense", "tanh"):
        keys(canvas.view, K.Key_Tab)
        type_text(canvas.search.field, name)
        keys(canvas.search.field, K.Key_Return)
    boxes = [n.box for n in canvas.board.scene.nodes.values()]
    assert not any(a.intersects(b) for i, a in enumerate(boxes) for b in boxes[:i])
    canvas.select((("features1",),))
    keys(canvas.view, (K.Key_L, CTRL), K.Key_Return)
    assert "1 of" in canvas.view._note.text()
    aims = set()
    while "Dense" not in canvas.view._note.text():
        aims.add(canvas.view._note.text())
        keys(canvas.view, K.Key_Down)
        assert len(aims) < 9
    keys(canvas.view, K.Key_Return)
    assert wires(canvas) == [("features1.x", "dense1.x", 0)]
    keys(canvas.view, K.Key_Right, K.Key_Return)  # the mode goes on where the wire went: over to Dense's output
    while "Tanh" not in canvas.view._note.text():
        keys(canvas.view, K.Key_Down)
    keys(canvas.view, K.Key_Return, K.Key_Escape)
    assert ("dense1.y", "tanh1.x", 0) in wires(canvas)
    assert len(canvas.board.document.history) == 5
    assert not [i for i in canvas.board.scene.items() if i.zValue() > 5] and not canvas.view._note.isVisible()


def test_only_what_fits_is_offered_and_escape_lets_go_first(qtbot):
    nodes = {"x": ("tokens", 0, 0), "e": ("embedding", 240, 0), "d": ("dense", 480, 0)}
    canvas = canvas_of(qtbot, graph_of(nodes))
    canvas.select((("x",),))
    keys(canvas.view, (K.Key_L, CTRL), K.Key_Return)
    assert "1 of 1" in canvas.view._note.text() and "Embedding" in canvas.view._note.text()
    assert canvas.board.scene.nodes["d"].fit == {("in", "x"): False, ("out", "y"): False}
    keys(canvas.view, K.Key_Escape)
    assert canvas.board.scene.nodes["d"].fit is None and canvas.view._note.isVisible()
    keys(canvas.view, K.Key_Escape)
    assert not canvas.view._note.isVisible() and not canvas.board.document.history
    keys(canvas.view, K.Key_Delete)  # an ordinary key again
    assert "x" not in canvas.board.graph.nodes


def test_del_unplugs_and_the_arrows_follow_wires(qtbot):
    canvas = canvas_of(qtbot, graph_of(NET, WIRES))
    before = canvas.board.graph
    canvas.select((("x",),))
    keys(canvas.view, (K.Key_L, CTRL), K.Key_Right)
    assert canvas.view._note.text().startswith("LSTM · ")
    keys(canvas.view, K.Key_Delete)
    assert ("x.x", "m.x", 0) not in wires(canvas) and len(wires(canvas)) == 2
    canvas.board.document.undo()
    assert canvas.board.graph == before
    assert not canvas.view._note.isVisible()  # an edit from elsewhere ends the mode


def test_tab_while_a_wire_is_held_adds_what_fits_and_connects_it(qtbot):
    canvas = canvas_of(qtbot, graph_of({"x": ("tokens", 0, 0)}))
    canvas.select((("x",),))
    keys(canvas.view, (K.Key_L, CTRL), K.Key_Return)
    assert "Nothing here" in canvas.view._note.text()
    keys(canvas.view, K.Key_Tab)
    assert canvas.search.isVisible() and "dense" not in {s.kind for s in canvas.search._specs}
    type_text(canvas.search.field, "embed")
    keys(canvas.search.field, K.Key_Return)
    assert wires(canvas) == [("x.x", "embedding1.x", 0)]
    assert canvas.board.scene.nodes["embedding1"].box.left() > canvas.board.scene.nodes["x"].box.right()


def test_a_click_ends_the_mode(qtbot):
    canvas = canvas_of(qtbot, graph_of(NET, WIRES))
    canvas.select((("x",),))
    keys(canvas.view, (K.Key_L, CTRL))
    click(canvas, middle(canvas, "d"))
    assert canvas.selection == (("d",),) and not canvas.view._note.isVisible()
    keys(canvas.view, (K.Key_Right, SHIFT))
    assert canvas.board.graph.nodes["d"].at == (560, -60)


@pytest.mark.parametrize("where", ["node", "port", "paper"])
def test_an_undo_in_the_middle_of_a_gesture_ends_it_cleanly(qtbot, where):
    canvas = canvas_of(qtbot, graph_of({"x": ("features", 0, 0)}))
    canvas.add_node("dense", canvas.view.mapToScene(QPoint(500, 300)))
    starts = {"node": middle(canvas, "dense1"), "port": port(canvas, "dense1", "in", "x"), "paper": QPoint(400, 200)}
    press(canvas, starts[where])
    move(canvas, starts[where] + QPoint(60, 60))
    canvas.board.document.undo()
    move(canvas, starts[where] + QPoint(90, 60))
    release(canvas, starts[where] + QPoint(90, 60))
    assert list(canvas.board.graph.nodes) == ["x"] and not canvas.board.document.history
    assert set(canvas.board.scene.items()) == set(canvas.board.scene.nodes.values())


def test_enter_edits_a_wires_delay_and_a_frames_words(qtbot):
    canvas = canvas_of(qtbot, graph_of(NET, WIRES))
    canvas.select((("x",),))
    keys(canvas.view, (K.Key_Right, ALT), K.Key_Return)
    assert canvas.delay.isVisible() and canvas.delay.steps.hasFocus()
    keys(canvas.delay.steps, K.Key_Up, K.Key_Return)
    assert canvas.board.graph.edges["w1"].delay == 1 and canvas.view.hasFocus()
    keys(canvas.view, (K.Key_A, CTRL), K.Key_C)
    keys(canvas.line, K.Key_Escape)
    keys(canvas.view, K.Key_Return)
    assert canvas.line.isVisible()


def test_enter_goes_to_the_values_of_a_node_and_escape_comes_back(qtbot, tmp_path):
    graph = graph_of({"x": ("features", 0, 0), "d": ("dense", 240, 0)}, [("x.x", "d.x")])
    with open_desk(qtbot, tmp_path, Project(graph=graph)) as desk:
        desk.activateWindow()
        QTest.qWaitForWindowActive(desk)
        desk.canvas.setFocus()
        desk.canvas.select((("d",),))
        keys(desk.canvas.view, K.Key_Return)
        field = QApplication.focusWidget()
        assert desk.inspector.isAncestorOf(field)
        field.selectAll()
        type_text(field, "17")
        keys(field, K.Key_Return)
        assert desk.state.document.graph.nodes["d"].params["units"] == 17
        keys(QApplication.focusWidget(), K.Key_Escape)
        assert desk.canvas.view.hasFocus()
        assert desk.state.document.graph.into(Port("d", "x"))


def test_a_port_that_would_not_do_is_told_and_free_ones_come_first(qtbot):
    nodes = {"x": ("features", 0, 0), "a": ("dense", 240, 0), "b": ("dense", 900, 0)}
    canvas = canvas_of(qtbot, graph_of(nodes, [("x.x", "a.x")]))
    canvas.select((("a",),))
    keys(canvas.view, (K.Key_L, CTRL), K.Key_Return)
    assert canvas.view._note.text().splitlines()[0].startswith("Dense") and canvas.board.scene.nodes["b"].fit
    keys(canvas.view, K.Key_Up)  # its own input, nearer but a loop
    assert "makes a loop" in canvas.view._note.text()
    keys(canvas.view, K.Key_Down, K.Key_Return, K.Key_Escape)
    assert ("a.y", "b.x", 0) in wires(canvas)


def test_every_key_and_gesture_is_in_the_list(qtbot, tmp_path):
    with open_desk(qtbot, tmp_path) as desk:
        desk.act("shortcuts")
        (dialog,) = desk.findChildren(KeysDialog)
        said = {w.text() for w in dialog.findChildren(QLabel)}
        actions = [*desk.actions_.values(), *desk.canvas.actions().values()]
        assert [a.text() for a in actions if a.shortcuts() and a.text().replace("&", "") not in said] == []
        assert [m.en for pair in MOUSE for m in pair if m.en not in said] == []
        dialog.close()


def test_a_nudged_point_is_where_the_keys_say(qtbot):
    canvas = canvas_of(qtbot, graph_of(NET, WIRES))
    click(canvas, at(canvas, (530, -40)))
    keys(canvas.view, (K.Key_Left, SHIFT), K.Key_Up)
    assert canvas.board.graph.nodes["d"].at == (400, -68)
