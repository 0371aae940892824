"""Building a drawing by hand: add by search, wire, be refused in words, undo."""

import pytest
from hands import (
    ALT,
    CTRL,
    LEFT,
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
from PySide6.QtCore import QPoint, Qt

from core.graph.model import Port
from core.problems import Problem
from core.specs.fields import DataField, Fields
from core.specs.sig import Sig

CHAIN = {"text": ("tokens", 0, 0), "embed": ("embedding", 240, 0), "dense": ("dense", 480, 0)}


def wires(canvas):
    return sorted((f"{e.source.node}.{e.source.port}", f"{e.target.node}.{e.target.port}", e.delay)
                  for e in canvas.board.graph.edges.values())  # fmt: skip


def test_a_node_is_added_by_searching(qtbot):
    canvas = canvas_of(qtbot)
    key(canvas.view, Qt.Key.Key_Tab)
    assert canvas.search.isVisible() and canvas.search.field.hasFocus()
    type_text(canvas.search.field, "emb")
    key(canvas.search.field, Qt.Key.Key_Return)
    assert [n.kind for n in canvas.board.graph.nodes.values()] == ["embedding"]
    assert not canvas.search.isVisible()
    assert canvas.selection == (("embedding1",),)


def test_space_tap_and_double_click_open_the_search_and_escape_leaves_everything(qtbot):
    canvas = canvas_of(qtbot)
    key(canvas.view, Qt.Key.Key_Space)
    assert canvas.search.isVisible()
    key(canvas.search.field, Qt.Key.Key_Escape)
    assert not canvas.search.isVisible()
    double_click(canvas, QPoint(300, 300))
    assert canvas.search.isVisible()
    key(canvas.search.field, Qt.Key.Key_Escape)
    assert not canvas.board.graph.nodes and not canvas.board.document.history


def test_the_node_chosen_with_the_arrows_lands_where_the_double_click_was(qtbot):
    canvas = canvas_of(qtbot)
    double_click(canvas, QPoint(400, 300))
    type_text(canvas.search.field, "sigm")
    key(canvas.search.field, Qt.Key.Key_Down)
    key(canvas.search.field, Qt.Key.Key_Up)
    key(canvas.search.field, Qt.Key.Key_Return)
    (item,) = canvas.board.scene.nodes.values()
    assert item.node.kind == "sigmoid"
    assert item.box.contains(canvas.view.mapToScene(QPoint(400, 300)))


def test_a_wire_is_drawn_from_port_to_port_and_undone(qtbot):
    canvas = canvas_of(qtbot, graph_of(CHAIN))
    drag(canvas, port(canvas, "text", "out", "x"), port(canvas, "embed", "in", "x"))
    assert wires(canvas) == [("text.x", "embed.x", 0)]
    canvas.board.document.undo()
    assert wires(canvas) == [] and not canvas.board.scene.wires
    canvas.board.document.redo()
    assert wires(canvas) == [("text.x", "embed.x", 0)]


def test_a_wire_can_be_drawn_backwards_from_an_input(qtbot):
    canvas = canvas_of(qtbot, graph_of(CHAIN))
    drag(canvas, port(canvas, "embed", "in", "x"), port(canvas, "text", "out", "x"))
    assert wires(canvas) == [("text.x", "embed.x", 0)]


def test_a_wrong_wire_is_refused_with_the_reason_while_dragging(qtbot):
    canvas = canvas_of(qtbot, graph_of(CHAIN))
    said = []
    canvas.message.connect(said.append)
    end = port(canvas, "dense", "in", "x")
    press(canvas, port(canvas, "text", "out", "x"))
    scene = canvas.board.scene
    assert scene.nodes["embed"].fit == {("in", "x"): True, ("out", "y"): False}
    assert scene.nodes["dense"].fit == {("in", "x"): False, ("out", "y"): False}
    move(canvas, end)
    note = canvas.view._note
    assert note.isVisible() and "tokens" in note.text() and "Embedding" in note.text()
    release(canvas, end)
    assert wires(canvas) == []
    (problem,) = said
    assert isinstance(problem, Problem)
    assert problem.message.en == (
        "Dense / input takes features (numbers); Tokens / symbols carries tokens (symbols). Put an Embedding or One-hot between them."
    )
    assert scene.nodes["dense"].fit is None


def test_dropped_on_a_nodes_body_the_wire_finds_the_port_that_fits(qtbot):
    canvas = canvas_of(qtbot, graph_of(CHAIN))
    drag(canvas, port(canvas, "embed", "out", "y"), middle(canvas, "dense"))
    assert wires(canvas) == [("embed.y", "dense.x", 0)]


def test_dropped_on_empty_space_the_search_offers_what_fits_and_connects_it(qtbot):
    canvas = canvas_of(qtbot, graph_of({"text": ("tokens", 0, 0)}))
    drag(canvas, port(canvas, "text", "out", "x"), at(canvas, (300, 40)))
    kinds = {s.kind for s in canvas.search._specs}
    assert "embedding" in kinds and "dense" not in kinds and "tokens" not in kinds
    type_text(canvas.search.field, "embedding")
    key(canvas.search.field, Qt.Key.Key_Return)
    assert wires(canvas) == [("text.x", "embedding1.x", 0)]
    assert len(canvas.board.document.history) == 1
    canvas.board.document.undo()
    assert set(canvas.board.graph.nodes) == {"text"}


def test_shift_drop_offers_everything(qtbot):
    canvas = canvas_of(qtbot, graph_of({"text": ("tokens", 0, 0)}))
    drag(canvas, port(canvas, "text", "out", "x"), at(canvas, (300, 40)), keys=SHIFT)
    assert "dense" in {s.kind for s in canvas.search._specs}


def test_closing_a_loop_makes_a_delay_and_says_so(qtbot):
    canvas = canvas_of(qtbot, graph_of({"d": ("dense", 0, 0), "t": ("tanh", 300, 0)}, [("d.y", "t.x")]))
    said = []
    canvas.message.connect(said.append)
    drag(canvas, port(canvas, "t", "out", "y"), port(canvas, "d", "in", "x"))
    assert ("t.y", "d.x", 1) in wires(canvas)
    assert "z⁻¹" in said[-1]
    (back,) = [w for w in canvas.board.scene.wires.values() if w.edge.delay]
    floor = max(n.box.bottom() for n in canvas.board.scene.nodes.values())
    assert back.route.path.boundingRect().bottom() > floor and back.chip.top() > floor - 20


@pytest.mark.parametrize("start", ["dense", "t"])
def test_a_loop_that_would_run_dry_is_called_a_loop_and_shift_draws_it_with_its_delay(qtbot, start):
    nodes = {"x": ("features", 0, 0), "dense": ("dense", 240, 0), "t": ("tanh", 480, 0), "y": ("target", 480, 200),
             "loss": ("mse", 720, 0)}  # fmt: skip
    drawn = [("x.x", "dense.x"), ("dense.y", "t.x"), ("t.y", "loss.prediction"), ("y.y", "loss.target")]
    canvas = canvas_of(qtbot, graph_of(nodes, drawn))
    canvas.board.fields = lambda: Fields((DataField("x", Sig("features", 3, ("T",))),
                                          DataField("y", Sig("features", 8, ("T",)), target=True)))  # fmt: skip
    before, end = wires(canvas), port(canvas, "dense", "in", "x")
    press(canvas, port(canvas, start, "out", "y"))
    move(canvas, end)
    said = canvas.view._note.text()
    assert "makes a loop: Dense → " in said and "needs a delay (z⁻¹)" in said and "prediction" not in said
    assert "Add or Concat" in said and "Shift" in said
    release(canvas, end)
    assert wires(canvas) == before and not canvas.view._note.isHidden()
    canvas.actions()["select_all"].trigger()
    assert canvas.view._note.isHidden(), "the next action takes it away"
    drag(canvas, port(canvas, start, "out", "y"), end, keys=SHIFT)
    assert (f"{start}.y", "dense.x", 1) in wires(canvas)


def test_a_wire_pulled_off_an_input_goes_elsewhere_or_away(qtbot):
    nodes = {**CHAIN, "other": ("dense", 480, 200)}
    canvas = canvas_of(qtbot, graph_of(nodes, [("embed.y", "dense.x")]))
    drag(canvas, port(canvas, "dense", "in", "x"), port(canvas, "other", "in", "x"))
    assert wires(canvas) == [("embed.y", "other.x", 0)]
    drag(canvas, port(canvas, "other", "in", "x"), at(canvas, (380, 330)))
    assert wires(canvas) == []


def test_escape_ends_a_gesture_without_an_edit(qtbot):
    canvas = canvas_of(qtbot, graph_of(CHAIN))
    press(canvas, port(canvas, "text", "out", "x"))
    move(canvas, port(canvas, "embed", "in", "x"))
    key(canvas.view, Qt.Key.Key_Escape)
    release(canvas, port(canvas, "embed", "in", "x"))
    start = middle(canvas, "dense")
    press(canvas, start)
    move(canvas, start + QPoint(80, 80))
    key(canvas.view, Qt.Key.Key_Escape)
    release(canvas, start)
    assert not canvas.board.document.history
    assert canvas.board.scene.places() == {id: n.at for id, n in canvas.board.graph.nodes.items()}


def test_a_node_moves_on_the_grid_as_one_undo_step(qtbot):
    canvas = canvas_of(qtbot, graph_of(CHAIN))
    start = middle(canvas, "dense")
    drag(canvas, start, start + QPoint(53, 30))
    assert canvas.board.graph.nodes["dense"].at == (536, 32)
    assert len(canvas.board.document.history) == 1


def test_alt_drag_leaves_the_original_and_makes_a_copy(qtbot):
    canvas = canvas_of(qtbot, graph_of(CHAIN))
    start = middle(canvas, "dense")
    drag(canvas, start, start + QPoint(0, 160), keys=ALT)
    assert canvas.board.graph.nodes["dense"].at == (480, 0)
    assert canvas.board.graph.nodes["dense1"].at == (480, 160)
    assert canvas.selection == (("dense1",),)


def test_a_node_dropped_on_a_wire_goes_into_it(qtbot):
    nodes = {"a": ("dense", 0, 0), "b": ("dense", 480, 0), "t": ("tanh", 220, 200)}
    canvas = canvas_of(qtbot, graph_of(nodes, [("a.y", "b.x")]))
    onto = at(canvas, canvas.board.scene.wires["w1"].route.path.pointAtPercent(0.5))
    drag(canvas, middle(canvas, "t"), onto)
    assert wires(canvas) == [("a.y", "t.x", 0), ("t.y", "b.x", 0)]
    assert len(canvas.board.document.history) == 1


def test_a_rubber_band_selects_adds_and_toggles(qtbot):
    canvas = canvas_of(qtbot, graph_of(CHAIN))
    drag(canvas, at(canvas, (-30, -30)), at(canvas, (300, 130)))
    assert canvas.selection == (("text",), ("embed",))
    drag(canvas, at(canvas, (440, -30)), at(canvas, (520, 130)), keys=SHIFT)
    assert len(canvas.selection) == 3
    drag(canvas, at(canvas, (-30, -30)), at(canvas, (60, 130)), keys=CTRL)
    assert canvas.selection == (("embed",), ("dense",))
    click(canvas, at(canvas, (700, 400)))
    assert canvas.selection == ()


def test_delete_takes_nodes_with_their_wires(qtbot):
    canvas = canvas_of(qtbot, graph_of(CHAIN, [("text.x", "embed.x"), ("embed.y", "dense.x")]))
    click(canvas, middle(canvas, "embed"))
    key(canvas.view, Qt.Key.Key_Delete)
    assert set(canvas.board.graph.nodes) == {"text", "dense"} and not canvas.board.graph.edges
    canvas.board.document.undo()
    assert len(canvas.board.graph.edges) == 2
    click(canvas, at(canvas, canvas.board.scene.wires["w2"].route.path.pointAtPercent(0.5)))
    assert canvas.selected_wires == ("w2",)
    key(canvas.view, Qt.Key.Key_Backspace)
    assert set(canvas.board.graph.edges) == {"w1"}


def test_copy_and_paste_carry_wires_and_land_at_the_mouse(qtbot):
    canvas = canvas_of(qtbot, graph_of(CHAIN, [("text.x", "embed.x"), ("embed.y", "dense.x")]))
    key(canvas.view, Qt.Key.Key_A, CTRL)
    key(canvas.view, Qt.Key.Key_C, CTRL)
    move(canvas, at(canvas, (40, 320)), button=Qt.MouseButton.NoButton)
    key(canvas.view, Qt.Key.Key_V, CTRL)
    graph = canvas.board.graph
    assert len(graph.nodes) == 6 and len(graph.edges) == 4
    assert graph.nodes["text1"].at == (40, 320)
    key(canvas.view, Qt.Key.Key_D, CTRL)
    assert len(canvas.board.graph.nodes) == 9


def test_pasting_something_else_is_refused_in_words(qtbot, qapp):
    canvas = canvas_of(qtbot)
    said = []
    canvas.message.connect(said.append)
    for text in ("hello", '{"nodes": [{"id": 3}]}'):
        qapp.clipboard().setText(text)
        key(canvas.view, Qt.Key.Key_V, CTRL)
    assert [p.code for p in said] == ["canvas.refused", "file.field"]
    assert not canvas.board.graph.nodes


def test_a_stroke_cuts_the_wires_it_crosses(qtbot):
    canvas = canvas_of(qtbot, graph_of(CHAIN, [("text.x", "embed.x"), ("embed.y", "dense.x")]))
    x = at(canvas, canvas.board.scene.wires["w2"].route.path.pointAtPercent(0.5))
    drag(canvas, x - QPoint(0, 40), x + QPoint(0, 40), button=Qt.MouseButton.RightButton, keys=CTRL)
    assert set(canvas.board.graph.edges) == {"w1"}


def test_the_chip_opens_a_popover_that_sets_steps_and_start_as_one_step(qtbot):
    canvas = canvas_of(
        qtbot, graph_of({"d": ("dense", 0, 0), "t": ("tanh", 300, 0)}, [("d.y", "t.x"), ("t.y", "d.x", 1)])
    )
    click(canvas, at(canvas, canvas.board.scene.wires["w2"].chip.center()))
    assert canvas.delay.isVisible()
    canvas.delay.steps.setValue(3)
    canvas.delay.start.setCurrentIndex(1)
    edge = canvas.board.graph.edges["w2"]
    assert (edge.delay, edge.init.kind) == (3, "learned")
    key(canvas.delay.steps, Qt.Key.Key_Escape)
    assert not canvas.delay.isVisible()
    canvas.board.document.undo()
    assert canvas.board.graph.edges["w2"].delay == 1
    assert not canvas.board.document.history


def test_an_input_keeps_one_wire_and_a_many_port_takes_more(qtbot):
    nodes = {"a": ("dense", 0, 0), "b": ("dense", 0, 160), "t": ("tanh", 300, 0), "s": ("add", 300, 160)}
    canvas = canvas_of(qtbot, graph_of(nodes))
    for source in ("a", "b"):
        for target in ("t", "s"):
            drag(canvas, port(canvas, source, "out", "y"), port(canvas, target, "in", "x"), LEFT, NONE)
    graph = canvas.board.graph
    assert [e.source.node for e in graph.into(Port("t", "x"))] == ["b"]
    assert [e.source.node for e in graph.into(Port("s", "x"))] == ["a", "b"]


def test_sizes_that_do_not_agree_are_told_before_the_drop_and_shift_connects_anyway(qtbot):
    nodes = {
        "x": ("features", 0, 0), "a": ("dense", 240, 0, {"units": 8}), "b": ("dense", 240, 200, {"units": 16}), "s": ("add", 480, 80),
    }  # fmt: skip
    canvas = canvas_of(qtbot, graph_of(nodes, [("x.x", "a.x"), ("x.x", "b.x"), ("a.y", "s.x")]))
    canvas.board.fields = lambda: Fields((DataField("x", Sig("features", 2, ("T",))),))
    drag(canvas, port(canvas, "b", "out", "y"), port(canvas, "s", "in", "x"))
    assert len(canvas.board.graph.into(Port("s", "x"))) == 1
    assert "16" in canvas.view._note.text() and "8" in canvas.view._note.text()
    drag(canvas, port(canvas, "b", "out", "y"), port(canvas, "s", "in", "x"), keys=SHIFT)
    assert len(canvas.board.graph.into(Port("s", "x"))) == 2
