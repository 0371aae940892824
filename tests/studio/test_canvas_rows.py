"""What a hand used to other node editors expects: found by working through the conventions one by one in a real window."""

import pytest
from hands import (
    CTRL,
    LEFT,
    NONE,
    SHIFT,
    at,
    canvas_of,
    click,
    drag,
    graph_of,
    key,
    middle,
    move,
    port,
    press,
    release,
    type_text,
)
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QMenu

from core.graph import edit
from core.graph.model import Init, Port
from core.words import Text
from studio.canvas.gestures.gesture import Pointer
from studio.canvas.scene import Picked

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
CHAIN = {"a": ("dense", 0, 0), "t": ("tanh", 240, 0), "b": ("dense", 400, 0)}
WIRES = [("a.y", "t.x"), ("t.y", "b.x")]


def menu_of(canvas) -> QMenu:
    (menu,) = [w for w in canvas.findChildren(QMenu) if w.isVisible()]
    return menu


def choose(canvas, words: str) -> None:
    menu = menu_of(canvas)
    (action,) = [a for a in menu.actions() if a.text() == words]
    menu.setActiveAction(action)
    key(menu, Qt.Key.Key_Return)


def on_wire(canvas, wire: str) -> QPoint:
    return at(canvas, canvas.board.scene.wires[wire].route.path.pointAtPercent(0.5))


def test_what_undo_brings_back_is_selected_so_that_the_next_key_means_it(qtbot):
    canvas = canvas_of(qtbot, graph_of(CHAIN, WIRES))
    document = canvas.board.document
    click(canvas, middle(canvas, "t"))
    for _ in range(2):  # deleted, brought back, and deleted again without a click
        key(canvas.view, Qt.Key.Key_Delete)
        assert "t" not in canvas.board.graph.nodes
        document.undo()
        assert canvas.board.scene.picked == Picked(nodes=frozenset("t"))
    canvas.board.scene.pick(Picked(wires=frozenset({"w1"})))
    key(canvas.view, Qt.Key.Key_Delete)
    document.undo()
    assert canvas.selected_wires == ("w1",)


def test_undo_of_a_move_leaves_the_selection_alone(qtbot):
    canvas = canvas_of(qtbot, graph_of(CHAIN, WIRES))
    drag(canvas, middle(canvas, "a"), middle(canvas, "a") + QPoint(0, 96))
    click(canvas, middle(canvas, "b"))
    canvas.board.document.undo()
    assert canvas.selection == (("b",),)


def test_find_offers_a_name_before_what_only_is_of_that_kind(qtbot):
    nodes = {"memory": ("lstm", 0, 0), "readout": ("dense", 300, 0)}
    canvas = canvas_of(qtbot, edit.rename(graph_of(nodes), "readout", "Dense"))
    key(canvas.view, Qt.Key.Key_F, CTRL)
    assert [canvas.finder.list.item(i).text().split()[0] for i in range(2)] == [
        "LSTM",
        "Dense",
    ]  # before what lies within
    type_text(canvas.finder.field, "dens")
    key(canvas.finder.field, Qt.Key.Key_Return)
    assert canvas.path == () and canvas.selection == (("readout",),)


@pytest.mark.parametrize("start", ["zeros", "learned"])
def test_the_sign_of_a_problem_stands_beside_the_chip_however_long(qtbot, start):
    graph = graph_of({"s": ("add", 0, 0), "t": ("tanh", 200, 0)}, [("s.y", "t.x"), ("t.y", "s.x", 12)])
    graph = edit.set_edge(graph, "w2", init=Init(start))
    canvas = canvas_of(qtbot, graph)
    wire = canvas.board.scene.wires["w2"]
    assert wire.badge.x() - 9.0 >= wire.chip.right()


def space(canvas, kind: QEvent.Type, ms: int) -> None:
    event = QKeyEvent(kind, Qt.Key.Key_Space, NONE, " ")
    event.setTimestamp(ms)
    QApplication.sendEvent(canvas.view, event)


def wheel(canvas) -> None:
    paper, spot = canvas.view.viewport(), QPoint(300, 200)
    event = QWheelEvent(
        QPointF(spot), QPointF(paper.mapToGlobal(spot)), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, NONE,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(paper, event)


@pytest.mark.parametrize(("held", "turned", "opens"), [(80, False, True), (900, False, False), (80, True, False)])
def test_only_a_tap_of_the_space_bar_opens_the_search(qtbot, held, turned, opens):
    canvas = canvas_of(qtbot)
    space(canvas, QEvent.Type.KeyPress, 1000)
    if turned:
        wheel(canvas)
    space(canvas, QEvent.Type.KeyRelease, 1000 + held)
    assert canvas.search.isVisible() == opens


def test_a_key_pulls_a_node_out_of_its_wire(qtbot):
    canvas = canvas_of(qtbot, graph_of(CHAIN, WIRES))
    said = []
    canvas.message.connect(said.append)
    click(canvas, middle(canvas, "t"))
    key(canvas.view, Qt.Key.Key_X, CTRL | SHIFT)
    (edge,) = canvas.board.graph.edges.values()
    assert (edge.source, edge.target) == (Port("a", "y"), Port("b", "x"))
    boxes = {id: item.box for id, item in canvas.board.scene.nodes.items()}
    assert boxes["t"].top() > boxes["a"].center().y() and canvas.selection == (("t",),) and not said
    key(canvas.view, Qt.Key.Key_X, CTRL | SHIFT)
    assert [m.severity for m in said] == ["info"] and len(canvas.board.document.history) == 1


def test_the_menu_of_a_wire_bends_it_and_puts_a_node_into_it(qtbot):
    canvas = canvas_of(qtbot, graph_of({"a": ("dense", 0, 0), "b": ("dense", 480, 0)}, [("a.y", "b.x")]))
    spot = on_wire(canvas, "w1")
    canvas.menus.open(canvas.view.hit_at(spot), canvas.view.mapToGlobal(spot))
    choose(canvas, "Bend it here")
    (point,) = canvas.board.graph.edges["w1"].points
    assert (at(canvas, point) - spot).manhattanLength() < 12
    canvas.board.document.undo()
    canvas.menus.open(canvas.view.hit_at(spot), canvas.view.mapToGlobal(spot))
    choose(canvas, "Insert a node…")
    type_text(canvas.search.field, "tokens")
    assert canvas.search.list.count() == 0  # has no input: it cannot stand in a wire
    canvas.search.field.clear()
    type_text(canvas.search.field, "tanh")
    key(canvas.search.field, Qt.Key.Key_Return)
    ends = {(e.source.node, e.target.node) for e in canvas.board.graph.edges.values()}
    assert ends == {("a", "tanh1"), ("tanh1", "b")} and len(canvas.board.document.history) == 1


def test_a_node_for_a_wire_that_went_meanwhile_stands_alone(qtbot):
    canvas = canvas_of(qtbot, graph_of(CHAIN, WIRES))
    spot, document = on_wire(canvas, "w1"), canvas.board.document
    canvas.adding.ask_into(Pointer(canvas.view.mapToScene(spot), spot, NONE), "w1")
    document.apply(Text("Delete", "Borrar"), edit.remove(document.graph, (), ["w1"]))
    type_text(canvas.search.field, "sigmoid")
    key(canvas.search.field, Qt.Key.Key_Return)
    assert len(document.graph.nodes) == 4 and list(document.graph.edges) == ["w2"]


def test_what_is_arranged_is_still_in_sight(qtbot):
    row = {f"n{i}": ("dense", 0, 20 * i) for i in range(9)}
    canvas = canvas_of(qtbot, graph_of(row, [(f"n{i}.y", f"n{i + 1}.x") for i in range(8)]))
    key(canvas.view, Qt.Key.Key_L, CTRL | SHIFT)
    assert canvas.view.shown().contains(canvas.board.scene.content(row))
    few = canvas_of(qtbot, graph_of(CHAIN, WIRES))
    key(few.view, Qt.Key.Key_L, CTRL | SHIFT)
    assert few.view.zoom == 1.0  # nothing had to give way


def test_the_wire_in_the_hand_stays_in_sight_while_its_node_is_chosen(qtbot):
    canvas = canvas_of(qtbot, graph_of({"a": ("dense", 0, 0)}))
    end = at(canvas, (400, 160))
    drag(canvas, port(canvas, "a", "out", "y"), end)
    before = len(canvas.board.scene.items())
    accent = canvas.view.tokens.accent
    assert _accent_near(canvas, end - QPoint(8, 0), accent)
    key(canvas.search.field, Qt.Key.Key_Escape)
    assert len(canvas.board.scene.items()) == before - 1


def _accent_near(canvas, spot: QPoint, accent) -> bool:
    picture = canvas.view.viewport().grab().toImage()
    near = [picture.pixelColor(spot + QPoint(0, dy)) for dy in range(-3, 4)]
    return any(abs(c.red() - accent.red()) + abs(c.blue() - accent.blue()) < 12 for c in near)


def test_what_is_selected_lies_on_top(qtbot):
    canvas = canvas_of(qtbot, graph_of({"under": ("dense", 0, 0), "over": ("dense", 48, 24)}))
    both = at(canvas, (80, 60))
    click(canvas, at(canvas, (10, 10)))
    assert canvas.selection == (("under",),) and canvas.view.hit_at(both).id == "under"
    press(canvas, both)
    move(canvas, both + QPoint(0, 240))
    release(canvas, both + QPoint(0, 240), LEFT)
    assert canvas.board.graph.nodes["under"].at == (0, 240)


def test_a_level_is_found_again_as_it_was_left(qtbot):
    canvas = canvas_of(qtbot, graph_of({"memory": ("lstm", 0, 0), "far": ("dense", 2000, 1500)}))
    before = canvas.view.shown()
    canvas.board.enter("memory")
    assert canvas.view.shown().contains(canvas.board.scene.content(["forget", "squash"]))  # seen first: all of it
    canvas.view.set_zoom(1.7)
    inside = canvas.view.shown()
    canvas.board.leave()
    assert canvas.view.zoom == pytest.approx(1.0) and _near(canvas.view.shown(), before)
    canvas.board.enter("memory")
    assert canvas.view.zoom == pytest.approx(1.7) and _near(canvas.view.shown(), inside)
    canvas.board.go(())
    canvas.show_start()  # it is another drawing now, though its cell may be called the same
    canvas.board.enter("memory")
    assert canvas.view.zoom != pytest.approx(1.7)


def test_a_level_of_which_nothing_would_be_seen_is_seen_whole(qtbot):
    canvas = canvas_of(qtbot, graph_of({"memory": ("lstm", 0, 0)}))
    canvas.view.centerOn(5000, 5000)
    canvas.board.enter("memory")
    canvas.board.leave()
    assert canvas.view.shown().contains(canvas.board.scene.nodes["memory"].box)


@pytest.mark.parametrize(("size", "there"), [((900, 700), True), ((340, 700), False), ((900, 260), False)])
def test_a_map_is_only_where_it_leaves_room_for_the_drawing(qtbot, size, there):
    canvas = canvas_of(qtbot, graph_of(CHAIN, WIRES))
    canvas.resize(*size)
    canvas.show_map(True)
    assert canvas.view.map.lies == there


def _near(one: QRectF, other: QRectF) -> bool:
    return (one.center() - other.center()).manhattanLength() < 3.0


def test_what_is_in_sight_is_shown_without_a_leap(qtbot):
    canvas = canvas_of(qtbot, graph_of({"a": ("dense", 0, 0), "b": ("dense", 300, 200), "far": ("dense", 3000, 0)}))
    before = canvas.view.shown()
    canvas.reveal(("b",))
    assert canvas.selection == (("b",),) and canvas.view.shown() == before
    canvas.reveal(("far",))
    assert canvas.view.shown().contains(canvas.board.scene.nodes["far"].box)
