"""Getting about and changing what is there: cells, breadcrumb, names, groups, zoom, problems."""

import pytest
from hands import (
    CTRL,
    MIDDLE,
    NONE,
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
    port,
    press,
    release,
    type_text,
)
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QMenu

from core.compile.program import Checked, Wire
from core.graph import edit
from core.graph.model import Port
from core.problems import Fix, Place, Problem
from core.project.file import load_project, save_project
from core.specs.sig import Sig
from core.words import Text, set_language
from studio.canvas.glide import Glide
from studio.canvas.hit import Hit
from studio.canvas.scene import Picked
from studio.canvas.tips import tip_lines
from studio.theme import theme

NET = {"x": ("features", 0, 0), "memory": ("lstm", 240, 0), "dense": ("dense", 480, 0)}
WIRES = [("x.x", "memory.x"), ("memory.h", "dense.x")]


def test_a_double_click_enters_a_cell_and_the_breadcrumb_leads_back(qtbot):
    canvas = canvas_of(qtbot, graph_of(NET, WIRES))
    paths = []
    canvas.path_changed.connect(paths.append)
    double_click(canvas, middle(canvas, "memory"))
    assert canvas.path == ("memory",)
    assert "forget" in canvas.board.scene.nodes and "dense" not in canvas.board.scene.nodes
    assert [b.text() for b in canvas.crumbs.buttons] == ["Network", "LSTM"]
    canvas.crumbs.buttons[0].click()
    assert canvas.path == () and paths == [("memory",), ()]


def test_keys_enter_and_leave_with_the_cell_selected(qtbot):
    canvas = canvas_of(qtbot, graph_of(NET, WIRES))
    click(canvas, middle(canvas, "memory"))
    key(canvas.view, Qt.Key.Key_Down, CTRL)
    assert canvas.path == ("memory",)
    key(canvas.view, Qt.Key.Key_Up, CTRL)
    assert canvas.path == () and canvas.selection == (("memory",),)


def test_looking_into_a_library_cell_changes_nothing_and_editing_it_makes_an_own_copy(qtbot):
    canvas = canvas_of(qtbot, graph_of(NET, WIRES))
    canvas.board.enter("memory")
    assert canvas.board.borrowed() and not canvas.board.document.history
    click(canvas, middle(canvas, "forget"))
    key(canvas.view, Qt.Key.Key_Right)
    assert canvas.board.document.graph.nodes["memory"].body is not None and not canvas.board.borrowed()
    canvas.board.document.undo()
    assert canvas.board.document.graph.nodes["memory"].body is None
    assert canvas.path == ("memory",)


def test_undoing_the_cell_one_stands_in_leads_out_of_it(qtbot):
    canvas = canvas_of(qtbot)
    canvas.add_node("lstm", QPointF(0, 0))
    canvas.board.enter("lstm1")
    assert canvas.path == ("lstm1",)
    canvas.board.document.undo()
    assert canvas.path == () and not canvas.board.scene.nodes


def test_reveal_goes_into_the_cell_selects_and_centres(qtbot):
    canvas = canvas_of(qtbot, graph_of(NET, WIRES))
    canvas.reveal(("memory", "forget"))
    assert canvas.path == ("memory",) and canvas.selection == (("memory", "forget"),)
    assert canvas.view.shown().contains(canvas.board.scene.nodes["forget"].box)
    canvas.reveal(("dense",), edge="w2")
    assert canvas.path == () and canvas.selected_wires == ("w2",)
    canvas.select((("x",), ("dense",)))
    assert canvas.selection == (("x",), ("dense",))


def test_rename_in_place_takes_any_text_as_plain_text(qtbot):
    canvas = canvas_of(qtbot, graph_of(NET, WIRES))
    click(canvas, middle(canvas, "dense"))
    key(canvas.view, Qt.Key.Key_F2)
    assert canvas.line.isVisible()
    type_text(canvas.line, "<b>read{}out</b>")
    key(canvas.line, Qt.Key.Key_Return)
    assert canvas.board.graph.nodes["dense"].title == "<b>read{}out</b>"
    assert canvas.board.scene.nodes["dense"].look.title == "<b>read{}out</b>"
    key(canvas.view, Qt.Key.Key_F2)
    type_text(canvas.line, "other")
    key(canvas.line, Qt.Key.Key_Escape)
    assert canvas.board.graph.nodes["dense"].title == "<b>read{}out</b>"
    tip = tip_lines(canvas.board, Hit("node", "dense"))
    assert tip[0].startswith("<b>read{}out</b>")


def test_pack_and_unpack_by_key(qtbot):
    canvas = canvas_of(qtbot, graph_of(NET, WIRES))
    canvas.select((("memory",), ("dense",)))
    key(canvas.view, Qt.Key.Key_G, CTRL)
    (cell,) = canvas.selection
    assert set(canvas.board.graph.nodes) == {"x", cell[-1]}
    canvas.commands.unpack()
    kinds = sorted(n.kind for n in canvas.board.graph.nodes.values())
    assert kinds == ["dense", "features", "lstm"] and len(canvas.board.graph.edges) == 2


def test_bypass_and_delete_with_reconnect(qtbot):
    nodes = {"a": ("dense", 0, 0), "t": ("tanh", 240, 0), "b": ("dense", 400, 0)}
    canvas = canvas_of(qtbot, graph_of(nodes, [("a.y", "t.x"), ("t.y", "b.x")]))
    click(canvas, middle(canvas, "t"))
    key(canvas.view, Qt.Key.Key_B, CTRL)
    assert canvas.board.graph.nodes["t"].bypass
    key(canvas.view, Qt.Key.Key_B, CTRL)
    assert not canvas.board.graph.nodes["t"].bypass
    key(canvas.view, Qt.Key.Key_Delete, CTRL)
    (edge,) = canvas.board.graph.edges.values()
    assert (edge.source, edge.target) == (Port("a", "y"), Port("b", "x"))


def test_bypass_is_only_taken_where_it_means_something(qtbot):
    canvas = canvas_of(qtbot, graph_of({"x": ("features", 0, 0), "t": ("tanh", 240, 0), "e": ("embedding", 400, 0)}))
    said = []
    canvas.message.connect(said.append)
    for id in "xe":
        click(canvas, middle(canvas, id))
        key(canvas.view, Qt.Key.Key_B, CTRL)
        assert not canvas.board.graph.nodes[id].bypass
    assert [m.message.en.split(":")[0] for m in said] == ["Features cannot be bypassed", "Embedding cannot be bypassed"]
    assert not canvas.board.document.history
    assert "bypass" not in canvas.menus.ways_out(frozenset("xe")) and "bypass" in canvas.menus.ways_out(frozenset("t"))


def test_what_is_muted_is_kept_but_quiet_with_its_wires(qtbot):
    nodes = {"a": ("dense", 0, 0), "t": ("tanh", 240, 0), "b": ("dense", 400, 0)}
    canvas = canvas_of(qtbot, graph_of(nodes, [("a.y", "t.x"), ("t.y", "b.x")]))
    before = canvas.board.graph
    click(canvas, middle(canvas, "t"))
    key(canvas.view, Qt.Key.Key_M, CTRL)
    assert canvas.board.graph.nodes["t"].muted and all(w.quiet for w in canvas.board.scene.wires.values())
    assert "Muted" in " ".join(tip_lines(canvas.board, Hit("node", "t")))
    canvas.board.document.undo()
    assert canvas.board.graph == before and not any(w.quiet for w in canvas.board.scene.wires.values())


def test_arrows_nudge_and_steps_of_one_go_are_one_undo(qtbot):
    canvas = canvas_of(qtbot, graph_of(NET))
    click(canvas, middle(canvas, "dense"))
    for _ in range(3):
        key(canvas.view, Qt.Key.Key_Right)
    key(canvas.view, Qt.Key.Key_Down, SHIFT)
    assert canvas.board.graph.nodes["dense"].at == (504, 80)
    assert len(canvas.board.document.history) == 1


def test_automatic_layout_puts_sources_left_of_what_they_feed_in_one_step(qtbot):
    scattered = {"c": ("dense", 0, 0), "a": ("features", 50, 20), "b": ("tanh", 20, 10), "s": ("add", 10, 90)}
    canvas = canvas_of(qtbot, graph_of(scattered, [("a.x", "b.x"), ("b.y", "s.x"), ("a.x", "s.x"), ("s.y", "c.x")]))
    key(canvas.view, Qt.Key.Key_L, CTRL | SHIFT)
    boxes = {id: n.box for id, n in canvas.board.scene.nodes.items()}
    assert boxes["a"].right() < boxes["b"].left() and boxes["b"].right() < boxes["s"].left() < boxes["c"].left()
    assert not any(p.intersects(q) for i, p in boxes.items() for j, q in boxes.items() if i < j)
    assert len(canvas.board.document.history) == 1


def test_upstream_and_downstream(qtbot):
    canvas = canvas_of(qtbot, graph_of(NET, WIRES))
    click(canvas, middle(canvas, "memory"))
    key(canvas.view, Qt.Key.Key_L)
    assert canvas.selection == (("memory",), ("dense",))
    click(canvas, middle(canvas, "memory"))
    key(canvas.view, Qt.Key.Key_L, SHIFT)
    assert canvas.selection == (("x",), ("memory",))


def test_find_reaches_into_cells(qtbot):
    canvas = canvas_of(qtbot, graph_of(NET, WIRES))
    key(canvas.view, Qt.Key.Key_F, CTRL)
    type_text(canvas.finder.field, "lstm squash")
    key(canvas.finder.field, Qt.Key.Key_Return)
    assert canvas.path == ("memory",) and canvas.selection == (("memory", "squash"),)


def test_a_comment_frame_takes_along_what_lies_on_it(qtbot):
    canvas = canvas_of(qtbot, graph_of(NET, WIRES))
    canvas.select((("memory",), ("dense",)))
    key(canvas.view, Qt.Key.Key_C)
    type_text(canvas.line, "the reader")
    key(canvas.line, Qt.Key.Key_Return)
    (frame,) = canvas.board.graph.frames.values()
    assert frame.text == "the reader"
    grip = at(canvas, (frame.at[0] + 30, frame.at[1] + 10))
    drag(canvas, grip, grip + QPoint(0, 80))
    after = canvas.board.graph
    assert after.nodes["dense"].at == (480, 80) and after.nodes["x"].at == (0, 0)
    assert after.frames[frame.id].at == (frame.at[0], frame.at[1] + 80)


def test_reroute_points_are_added_by_double_click_and_dragged(qtbot):
    canvas = canvas_of(qtbot, graph_of({"a": ("dense", 0, 0), "b": ("dense", 480, 0)}, [("a.y", "b.x")]))
    spot = at(canvas, canvas.board.scene.wires["w1"].route.path.pointAtPercent(0.5))
    double_click(canvas, spot)
    (point,) = canvas.board.graph.edges["w1"].points
    drag(canvas, at(canvas, point), at(canvas, (point[0], point[1] + 96)))
    assert canvas.board.graph.edges["w1"].points == ((point[0], point[1] + 96),)


def test_pan_with_the_middle_button_and_with_space(qtbot):
    canvas = canvas_of(qtbot, graph_of(NET))
    before = canvas.view.shown().topLeft()
    drag(canvas, QPoint(400, 300), QPoint(340, 280), button=MIDDLE)
    assert (canvas.view.shown().topLeft() - before) == QPointF(60, 20)
    from PySide6.QtTest import QTest

    QTest.keyPress(canvas.view, Qt.Key.Key_Space)
    drag(canvas, QPoint(340, 280), QPoint(400, 300))
    QTest.keyRelease(canvas.view, Qt.Key.Key_Space)
    assert canvas.view.shown().topLeft() == before
    assert not canvas.search.isVisible()  # the space was used to pan


def test_the_wheel_zooms_to_the_cursor(qtbot):
    canvas = canvas_of(qtbot, graph_of(NET))
    spot = QPoint(300, 200)
    before = canvas.view.mapToScene(spot)
    port = canvas.view.viewport()
    wheel = QWheelEvent(
        QPointF(spot), QPointF(port.mapToGlobal(spot)), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton, NONE,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(port, wheel)
    after = canvas.view.mapToScene(spot)
    assert canvas.view.zoom > 1.3
    assert (after - before).manhattanLength() < 2.0
    key(canvas.view, Qt.Key.Key_Home)
    assert canvas.view.shown().contains(canvas.board.scene.content(canvas.board.graph.nodes.keys()))


def test_problems_are_badges_and_what_is_wrong_inside_shows_on_the_cell(qtbot):
    canvas = canvas_of(qtbot, graph_of(NET, WIRES))
    sig = Sig("features", 128, ("T",))
    said = Problem("shape.mismatch", Text("H=128 arrives, 256 expected.", "Llega H=128, se espera 256."),
                   Place(path=("dense",), port="x", edge="w2"))  # fmt: skip
    inside = Problem("x.y", Text("inside", "dentro"), Place(path=("memory", "forget")), severity="warning")
    canvas.set_checked(
        Checked(
            (said, inside), (Wire((), "w2", Port("memory", "h"), Port("dense", "x"), sig),), {(("memory",), "h"): sig}
        )
    )
    scene = canvas.board.scene
    assert scene.wires["w2"].severity == "error" and scene.wires["w2"].sig == sig
    assert scene.nodes["memory"].severity == "warning" and scene.nodes["dense"].severity is None
    assert "H=128 arrives, 256 expected." in tip_lines(canvas.board, Hit("wire", "w2"))
    canvas.board.enter("memory")
    assert scene.nodes["forget"].severity == "warning"


def test_what_is_wrong_with_a_wire_is_painted_in_the_middle_of_it(qtbot):
    canvas = canvas_of(qtbot, graph_of(NET, WIRES))
    wire = canvas.board.scene.wires["w2"]
    spot = at(canvas, wire.badge)
    before = canvas.view.viewport().grab().toImage().pixelColor(spot + QPoint(0, 6))
    words = Text("H=128 arrives, 256 expected.", "Llega H=128, se espera 256.")
    canvas.set_checked(Checked((Problem("x.y", words, Place(path=("dense",), edge="w2")),), (), {}))
    after = canvas.view.viewport().grab().toImage().pixelColor(spot + QPoint(0, 6))
    assert before != after == canvas.board.scene.tokens.error
    assert canvas.view.hit_at(spot) == Hit("badge", "w2")


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_a_click_on_a_badge_offers_the_repairs_and_each_is_one_undo(qtbot):
    canvas = canvas_of(qtbot, graph_of(NET, WIRES))
    before = canvas.board.graph
    fix = Fix(Text("Remove Dense", "Quitar Densa"), lambda g: edit.remove(g, ["dense"]))
    words = Text("H=128 arrives, 256 expected.", "Llega H=128, se espera 256.")
    canvas.set_checked(Checked((Problem("shape.mismatch", words, Place(path=("dense",)), fixes=(fix,)),), (), {}))
    click(canvas, at(canvas, canvas.board.scene.nodes["dense"].badge))
    assert canvas.selection == (("dense",),)
    (menu,) = [w for w in canvas.findChildren(QMenu) if w.isVisible()]
    assert [a.text() for a in menu.actions()] == [words.en, "Remove Dense"]  # about the problem and nothing else
    key(menu, Qt.Key.Key_Return)
    assert "dense" not in canvas.board.graph.nodes
    canvas.board.document.undo()
    assert canvas.board.graph == before and not canvas.board.document.history


def test_arranging_shows_what_went_where_and_is_over_soon(qtbot):
    scattered = {"c": ("dense", 0, 0), "a": ("features", 50, 20), "b": ("tanh", 20, 10)}
    canvas = canvas_of(qtbot, graph_of(scattered, [("a.x", "b.x"), ("b.y", "c.x")]))
    key(canvas.view, Qt.Key.Key_L, CTRL | SHIFT)
    assert canvas.board.scene.places() == {id: n.at for id, n in canvas.board.graph.nodes.items()}  # from the start
    glides = canvas.view.viewport().findChildren(Glide)
    assert len(glides) == 1 and glides[0].isVisible()
    qtbot.waitUntil(lambda: not canvas.view.viewport().findChildren(Glide), timeout=3000)


def test_a_static_port_says_that_it_takes_no_time(qtbot):
    canvas = canvas_of(qtbot, graph_of(NET, WIRES))
    sig = Sig("features", 8, ("T",))
    canvas.set_checked(Checked((), (), {(("x",), "x"): sig}))
    scene = canvas.board.scene
    start, there = (scene.nodes["x"].anchor("out", "x")[0], scene.nodes["memory"].anchor("in", "h0")[0])
    press(canvas, at(canvas, start))
    move(canvas, at(canvas, there))
    assert "without time" in canvas.view._note.text() and "B×T×8" in canvas.view._note.text()
    release(canvas, at(canvas, there))
    assert not canvas.board.graph.into(Port("memory", "h0"))


def test_an_unknown_kind_keeps_its_wires(qtbot):
    graph = graph_of({"a": ("dense", 0, 0), "odd": ("from_the_future", 240, 0), "b": ("dense", 480, 0)},
                     [("a.y", "odd.in"), ("odd.out", "b.x")])  # fmt: skip
    canvas = canvas_of(qtbot, graph)
    assert not any(w.loose for w in canvas.board.scene.wires.values())
    assert not canvas.board.scene.nodes["odd"].look.known


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_tier_paints_in_both_schemes(qtbot, scheme):
    canvas = canvas_of(qtbot, graph_of(NET, WIRES))
    canvas.set_theme(theme(scheme))
    for zoom in (1.5, 0.5, 0.2):
        canvas.view.set_zoom(zoom)
        canvas.view.centerOn(canvas.board.scene.content().center())
        image = canvas.view.viewport().grab().toImage()
        centre = canvas.view.mapFromScene(canvas.board.scene.nodes["memory"].box.center())
        assert image.pixelColor(centre) != image.pixelColor(4, 4), zoom


def test_spanish(qtbot):
    canvas = canvas_of(qtbot, graph_of({"loss": ("cross_entropy", 0, 0)}))
    english = canvas.board.scene.nodes["loss"].look.title
    try:
        set_language("es")
        canvas.retranslate()
        assert canvas.board.scene.nodes["loss"].look.title != english
        assert canvas.actions()["duplicate"].text() == "Duplicar"
    finally:
        set_language("en")


def test_a_collapsed_node_is_small_keeps_its_wires_and_is_still_wired_by_hand(qtbot, tmp_path):
    canvas = canvas_of(qtbot, graph_of({**NET, "b": ("dense", 480, 160)}, WIRES))
    scene, document = canvas.board.scene, canvas.board.document
    items, before = scene.nodes, {id: item.look for id, item in scene.nodes.items()}
    scene.pick(Picked(frozenset({"memory", "dense"})))
    key(canvas.view, Qt.Key.Key_C, Qt.KeyboardModifier.AltModifier)
    for id in ("memory", "dense"):
        look = items[id].look
        assert look.height < 0.6 * before[id].height and look.width <= before[id].width
        assert look.lines == () and look.by_port.keys() == before[id].by_port.keys()
    wire = scene.wires["w2"].route.ends
    assert (wire.p1().x(), wire.p2().x()) == (items["memory"].box.right(), items["dense"].box.left())
    assert items["memory"].box.top() < wire.y1() < items["memory"].box.bottom()
    assert items["dense"].box.center().y() == wire.y2()
    places = [port(canvas, "memory", "in", mark.spec.name) for mark in items["memory"].look.marks if mark.side == "in"]
    assert len({canvas.view.hit_at(place).port for place in places}) == len(places) > 1
    drag(canvas, port(canvas, "memory", "out", "c"), port(canvas, "b", "in", "x"))
    assert any(e.source == Port("memory", "c") and e.target == Port("b", "x") for e in document.graph.edges.values())
    save_project(document.project, tmp_path / "small.unfold")
    kept = load_project(tmp_path / "small.unfold").graph
    assert {n.id for n in kept.nodes.values() if n.collapsed} == {"memory", "dense"}
    scene.pick(Picked(frozenset({"memory", "dense"})))
    key(canvas.view, Qt.Key.Key_C, Qt.KeyboardModifier.AltModifier)
    assert {id: items[id].look for id in before} == before
    document.undo()
    assert items["dense"].look.collapsed


def test_what_is_small_already_says_so_instead_of_collapsing(qtbot):
    canvas = canvas_of(qtbot, graph_of({"sum": ("add", 0, 0)}))
    told = []
    canvas.message.connect(told.append)
    canvas.board.scene.pick(Picked(frozenset({"sum"})))
    key(canvas.view, Qt.Key.Key_C, Qt.KeyboardModifier.AltModifier)
    assert len(told) == 1 and "name" in told[0].message.en
    assert not canvas.board.document.history
