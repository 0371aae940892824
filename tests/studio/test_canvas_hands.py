"""The hand on wires and nodes: pull out, put in, bend, cut, bring into order. Each is one undo step."""

import pytest
from hands import (
    ALT,
    CTRL,
    LEFT,
    SHIFT,
    at,
    canvas_of,
    click,
    double_click,
    drag,
    graph_of,
    key,
    middle,
    move,
    press,
    release,
)
from PySide6.QtCore import QByteArray, QMimeData, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QRegion
from PySide6.QtWidgets import QApplication

from studio.canvas.view import MIME

ROW = {"a": ("dense", 0, 0), "t": ("tanh", 260, 0), "b": ("dense", 480, 0)}
THROUGH = [("a.y", "t.x"), ("t.y", "b.x")]


def wires(canvas):
    return sorted((f"{e.source.node}.{e.source.port}", f"{e.target.node}.{e.target.port}", e.delay)
                  for e in canvas.board.graph.edges.values())  # fmt: skip


def on_wire(canvas, id: str, share: float = 0.5) -> QPoint:
    return at(canvas, canvas.board.scene.wires[id].route.path.pointAtPercent(share))


def undone(canvas, before) -> None:
    """One undo step leads back."""
    canvas.board.document.undo()
    assert canvas.board.graph == before and not canvas.board.document.history


def test_alt_drag_pulls_a_node_out_and_the_wire_stays(qtbot):
    canvas = canvas_of(qtbot, graph_of(ROW, THROUGH))
    before, start = canvas.board.graph, middle(canvas, "t")
    press(canvas, start, keys=ALT)
    move(canvas, start + QPoint(0, 100), keys=ALT)
    assert all(w.dim for w in canvas.board.scene.wires.values())
    assert "wire stays" in canvas.view._note.text()
    release(canvas, start + QPoint(0, 160), keys=ALT)
    assert wires(canvas) == [("a.y", "b.x", 0)]
    assert canvas.board.graph.nodes["t"].at == (260 - 4, 160)
    assert not any(w.dim for w in canvas.board.scene.wires.values())
    undone(canvas, before)


def test_escape_puts_a_pulled_node_back(qtbot):
    canvas = canvas_of(qtbot, graph_of(ROW, THROUGH))
    start, things = middle(canvas, "t"), set(canvas.board.scene.items())
    press(canvas, start, keys=ALT)
    move(canvas, start + QPoint(0, 100), keys=ALT)
    key(canvas.view, Qt.Key.Key_Escape)
    release(canvas, start + QPoint(0, 100), keys=ALT)
    assert not canvas.board.document.history and set(canvas.board.scene.items()) == things
    assert canvas.board.scene.places()["t"] == (260, 0)


def test_a_delay_on_the_wire_survives_pulling_out_and_deleting(qtbot):
    canvas = canvas_of(qtbot, graph_of(ROW, [("a.y", "t.x", 2), ("t.y", "b.x")]))
    start = middle(canvas, "t")
    drag(canvas, start, start + QPoint(0, 160), keys=ALT)
    assert wires(canvas) == [("a.y", "b.x", 2)]
    canvas.board.document.undo()
    click(canvas, start)
    key(canvas.view, Qt.Key.Key_Delete, CTRL)
    assert wires(canvas) == [("a.y", "b.x", 2)] and "t" not in canvas.board.graph.nodes


def test_ctrl_drag_always_copies_and_ctrl_click_still_toggles(qtbot):
    canvas = canvas_of(qtbot, graph_of(ROW, THROUGH))
    before, start = canvas.board.graph, middle(canvas, "t")
    drag(canvas, start, start + QPoint(0, 160), keys=CTRL)
    assert len(canvas.board.graph.nodes) == 4 and wires(canvas) == [("a.y", "t.x", 0), ("t.y", "b.x", 0)]
    undone(canvas, before)
    click(canvas, middle(canvas, "a"))
    click(canvas, start, keys=CTRL)
    assert canvas.selection == (("a",), ("t",))
    click(canvas, start, keys=CTRL)
    assert canvas.selection == (("a",),)


def test_what_does_not_fit_behind_the_node_is_not_joined_and_that_is_said(qtbot):
    nodes = {"x": ("tokens", 0, 0), "e": ("embedding", 220, 0), "d": ("dense", 440, 0)}
    canvas = canvas_of(qtbot, graph_of(nodes, [("x.x", "e.x"), ("e.y", "d.x")]))
    said = []
    canvas.message.connect(said.append)
    click(canvas, middle(canvas, "e"))
    key(canvas.view, Qt.Key.Key_Delete, CTRL)
    assert wires(canvas) == [] and "could not be joined" in said[-1].message.en


def test_a_cell_with_other_wires_comes_out_by_its_main_ones(qtbot):
    nodes = {"x": ("features", 0, 0), "m": ("lstm", 240, 0), "d": ("dense", 480, 0), "h": ("parameter", 0, 200)}
    canvas = canvas_of(qtbot, graph_of(nodes, [("x.x", "m.x"), ("m.h", "d.x"), ("h.y", "m.h0")]))
    before = canvas.board.graph
    click(canvas, middle(canvas, "m"))
    key(canvas.view, Qt.Key.Key_Delete, CTRL)
    assert wires(canvas) == [("x.x", "d.x", 0)]
    undone(canvas, before)


def drop(canvas, kind: bytes, where: QPoint, keys=Qt.KeyboardModifier.NoModifier) -> bool:
    """Drag a kind over the canvas and let go; whether a wire was lit on the way."""
    data, port, copy = QMimeData(), canvas.view.viewport(), Qt.DropAction.CopyAction
    data.setData(MIME, QByteArray(kind))
    QApplication.sendEvent(port, QDragEnterEvent(where, copy, data, LEFT, keys))
    QApplication.sendEvent(port, QDragMoveEvent(where, copy, data, LEFT, keys))
    lit = any(w.offer for w in canvas.board.scene.wires.values())
    QApplication.sendEvent(port, QDropEvent(QPointF(where), copy, data, LEFT, keys))
    return lit


def test_a_kind_from_the_palette_goes_into_the_wire_that_lights_up(qtbot):
    canvas = canvas_of(qtbot, graph_of({"a": ROW["a"], "b": ROW["b"]}, [("a.y", "b.x")]))
    before, spot = canvas.board.graph, on_wire(canvas, "w1")
    assert drop(canvas, b"tanh", spot)
    assert wires(canvas) == [("a.y", "tanh1.x", 0), ("tanh1.y", "b.x", 0)]
    assert not any(w.offer for w in canvas.board.scene.wires.values())
    undone(canvas, before)
    assert not drop(canvas, b"tanh", spot, ALT) and wires(canvas) == [("a.y", "b.x", 0)]
    canvas.board.document.undo()
    assert not drop(canvas, b"embedding", spot) and wires(canvas) == [("a.y", "b.x", 0)]


def test_a_kind_carried_away_again_leaves_no_light(qtbot):
    canvas = canvas_of(qtbot, graph_of({"a": ROW["a"], "b": ROW["b"]}, [("a.y", "b.x")]))
    data, port = QMimeData(), canvas.view.viewport()
    data.setData(MIME, QByteArray(b"tanh"))
    none = Qt.KeyboardModifier.NoModifier
    args = (on_wire(canvas, "w1"), Qt.DropAction.CopyAction, data, LEFT, none)
    QApplication.sendEvent(port, QDragEnterEvent(*args))
    QApplication.sendEvent(port, QDragMoveEvent(*args))
    assert canvas.board.scene.wires["w1"].offer
    QApplication.sendEvent(port, QDragLeaveEvent())
    assert not canvas.board.scene.wires["w1"].offer


def test_a_lone_node_over_a_wire_lights_it_and_alt_suppresses(qtbot):
    canvas = canvas_of(qtbot, graph_of({**ROW, "t": ("tanh", 220, 200)}, [("a.y", "b.x")]))
    start, spot = middle(canvas, "t"), on_wire(canvas, "w1")
    press(canvas, start)
    move(canvas, start + (spot - start) / 2)
    move(canvas, spot)
    assert canvas.board.scene.wires["w1"].offer
    move(canvas, spot, keys=ALT)
    assert not canvas.board.scene.wires["w1"].offer
    release(canvas, spot, keys=ALT)
    assert wires(canvas) == [("a.y", "b.x", 0)]


def test_alt_takes_hold_of_a_wire_and_a_double_click_on_the_bend_lets_it_go(qtbot):
    canvas = canvas_of(qtbot, graph_of({"a": ROW["a"], "b": ROW["b"]}, [("a.y", "b.x")]))
    before, spot = canvas.board.graph, on_wire(canvas, "w1")
    drag(canvas, spot, spot + QPoint(0, 96), keys=ALT)
    ((x, y),) = canvas.board.graph.edges["w1"].points
    assert (at(canvas, (x, y)) - spot - QPoint(0, 96)).manhattanLength() < 10
    assert len(canvas.board.document.history) == 1
    double_click(canvas, at(canvas, (x, y)))
    assert canvas.board.graph == before
    click(canvas, spot, keys=ALT)
    assert len(canvas.board.graph.edges["w1"].points) == 1
    key(canvas.view, Qt.Key.Key_Q)
    assert canvas.board.graph == before


@pytest.mark.parametrize("by", ["right button", "keys"])
def test_a_stroke_cuts_what_it_crosses(qtbot, by):
    canvas = canvas_of(qtbot, graph_of(ROW, THROUGH))
    before, spot = canvas.board.graph, on_wire(canvas, "w2")
    how = {"button": Qt.MouseButton.RightButton, "keys": CTRL} if by == "right button" else {"keys": ALT | SHIFT}
    drag(canvas, spot - QPoint(0, 60), spot + QPoint(0, 60), **how)
    assert wires(canvas) == [("a.y", "t.x", 0)]
    undone(canvas, before)


def test_a_stroke_with_shift_bends_what_it_crosses(qtbot):
    nodes = {**ROW, "c": ("dense", 0, 160), "d": ("dense", 480, 160)}
    canvas = canvas_of(qtbot, graph_of(nodes, [("a.y", "t.x"), ("c.y", "d.x")]))
    before, things = canvas.board.graph, set(canvas.board.scene.items())
    spots = [on_wire(canvas, w) for w in ("w1", "w2")]
    start = QPoint(spots[0].x(), spots[0].y() - 40)
    drag(canvas, start, QPoint(spots[0].x(), spots[1].y() + 40), Qt.MouseButton.RightButton, SHIFT)
    for wire, spot in zip(("w1", "w2"), spots, strict=True):
        ((x, y),) = canvas.board.graph.edges[wire].points
        assert abs(at(canvas, (x, y)).x() - spots[0].x()) <= 8 and abs(at(canvas, (x, y)).y() - spot.y()) <= 8
    undone(canvas, before)
    press(canvas, start, Qt.MouseButton.RightButton, SHIFT)
    move(canvas, spots[1], Qt.MouseButton.RightButton, SHIFT)
    key(canvas.view, Qt.Key.Key_Escape)
    release(canvas, spots[1], Qt.MouseButton.RightButton, SHIFT)
    assert canvas.board.graph == before and set(canvas.board.scene.items()) == things


def test_duplicates_with_input_wires_are_fed_as_the_originals_are(qtbot):
    canvas = canvas_of(qtbot, graph_of(ROW, [("a.y", "t.x"), ("t.y", "b.x"), ("b.y", "t.x", 1)]))
    before = canvas.board.graph
    click(canvas, middle(canvas, "b"))
    key(canvas.view, Qt.Key.Key_D, CTRL | SHIFT)
    assert ("t.y", "b1.x", 0) in wires(canvas) and len(canvas.board.graph.edges) == len(before.edges) + 1
    assert canvas.selection == (("b1",),)
    undone(canvas, before)


def test_straighten_makes_the_wires_level(qtbot):
    nodes = {"x": ("features", 0, 0), "m": ("lstm", 240, 64), "d": ("dense", 480, 200)}
    canvas = canvas_of(qtbot, graph_of(nodes, [("x.x", "m.x"), ("m.h", "d.x")]))
    before = canvas.board.graph
    key(canvas.view, Qt.Key.Key_A, CTRL)
    key(canvas.view, Qt.Key.Key_Q)
    for wire in canvas.board.scene.wires.values():
        assert wire.route.path.boundingRect().height() < 0.5
    assert canvas.board.graph.nodes["x"].at == (0, 0)
    undone(canvas, before)


def test_distribute_makes_the_gaps_equal(qtbot):
    nodes = {"a": ("dense", 0, 0), "b": ("dense", 160, 80), "c": ("dense", 640, 40)}
    canvas = canvas_of(qtbot, graph_of(nodes))
    before = canvas.board.graph
    key(canvas.view, Qt.Key.Key_A, CTRL)
    canvas.actions()["distribute_across"].trigger()
    a, b, c = (canvas.board.scene.nodes[id].box for id in "abc")
    assert abs((b.left() - a.right()) - (c.left() - b.right())) <= 8
    assert (a.left(), c.left()) == (0, 640) and b.top() == 80
    undone(canvas, before)


@pytest.mark.parametrize(("name", "edge"), [("A", "left"), ("D", "right"), ("W", "top"), ("S", "bottom")])
def test_align_by_key(qtbot, name, edge):
    canvas = canvas_of(qtbot, graph_of({"a": ("dense", 0, 0), "m": ("lstm", 160, 120), "s": ("add", 40, 300)}))
    before = canvas.board.graph
    key(canvas.view, Qt.Key.Key_A, CTRL)
    key(canvas.view, getattr(Qt.Key, f"Key_{name}"), SHIFT)
    assert len({getattr(n.box, edge)() for n in canvas.board.scene.nodes.values()}) == 1
    undone(canvas, before)


@pytest.fixture
def far(qtbot):
    """A long row of nodes with the map on, its left end in sight."""
    nodes = {f"n{i}": ("dense", 240 * i, 0) for i in range(12)}
    canvas = canvas_of(qtbot, graph_of(nodes, [(f"n{i}.y", f"n{i + 1}.x") for i in range(11)]))
    key(canvas.view, Qt.Key.Key_M)
    canvas.view.viewport().grab()
    return canvas


def test_the_map_is_clicked_and_dragged_to_get_about(far):
    view = far.view
    assert view.map.lies and far.actions()["minimap"].isChecked()
    box, last = view.map.rect(), far.board.scene.nodes["n11"].box
    right = QPoint(box.right() - 12, box.center().y())
    click(far, right)
    assert view.shown().contains(last) and not far.board.document.history
    drag(far, right, QPoint(box.left() + 12, box.center().y()))
    assert view.shown().contains(far.board.scene.nodes["n0"].box)
    double_click(far, right)
    assert not far.search.isVisible()
    press(far, box.center())
    move(far, right)
    key(view, Qt.Key.Key_Escape)
    assert view.shown().contains(last)  # where the press found it
    key(view, Qt.Key.Key_M)
    assert not view.map.lies and not view.map.catches(right)


def test_the_map_shows_where_one_is_and_stays_until_a_person_sends_it_away(far):
    view = far.view
    box = view.map.rect()
    here = [view.map.there(p).x() for p in (box.center() - QPoint(60, 0), box.center() + QPoint(60, 0))]
    assert here[0] < here[1] and abs(sum(here) / 2 - far.board.scene.content().center().x()) < 30
    first = view.viewport().grab(box).toImage()
    view.scroll_by(500, 0)
    second = view.viewport().grab(box).toImage()
    assert first != second
    key(view, Qt.Key.Key_Home)
    assert view.map.lies and view.shown().contains(far.board.scene.content())
    key(view, Qt.Key.Key_M)
    assert not view.map.lies and view.viewport().grab(box).toImage() != second


def test_scrolling_paints_the_map_anew_where_it_was_and_where_it_is(far):
    view, painted = far.view, []

    class Watcher(QObject):
        def eventFilter(self, watched, event):
            if event.type() == event.Type.Paint:
                painted.append(event.region())
            return False

    watcher = Watcher()
    view.viewport().installEventFilter(watcher)
    for dx, dy in ((37, 11), (-20, 4)):
        QApplication.processEvents()
        painted.clear()
        view.scroll_by(dx, dy)
        QApplication.processEvents()
        smeared = QRegion(view.map.rect()).united(view.map.rect().translated(-dx, -dy)) & view.viewport().rect()
        assert painted and (smeared - painted[0]).isEmpty()
    view.viewport().removeEventFilter(watcher)
