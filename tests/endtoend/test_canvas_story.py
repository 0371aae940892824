"""The canvas in one go, with real mouse and key events in the whole window, and all the way back by Ctrl+Z."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from core.graph.model import Port
from core.project.model import Project
from tests.studio.desk import open_desk
from tests.studio.hands import (
    ALT,
    CTRL,
    RIGHT,
    SHIFT,
    at,
    click,
    double_click,
    drag,
    graph_of,
    key,
    middle,
    port,
    type_text,
)

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
K = Qt.Key
START = graph_of(
    {"x": ("features", 0, 0), "memory": ("lstm", 240, 0), "d": ("dense", 700, 0)},
    [("x.x", "memory.x"), ("memory.h", "d.x")],
)


@pytest.fixture
def canvas(qtbot, tmp_path):
    with open_desk(qtbot, tmp_path, Project(graph=START)) as window:
        window.resize(1800, 1000)
        QTest.qWait(100)
        window.activateWindow()
        click(window.canvas, QPoint(20, 300))
        key(window.canvas.view, K.Key_Home)
        yield window.canvas


def wired(canvas, source: str, target: str) -> bool:
    ends = {(e.source, e.target) for e in canvas.board.graph.edges.values()}
    return (Port(*source.split(".")), Port(*target.split("."))) in ends


def under(canvas, x: float, y: float = 200.0) -> QPoint:
    """Empty paper below the network."""
    spot = at(canvas, (x, y))
    assert canvas.view.viewport().rect().contains(spot) and canvas.view.hit_at(spot).kind == "", (x, y)
    return spot


def on_wire(canvas, source: str, target: str, share: float = 0.5) -> QPoint:
    ends = Port(*source.split(".")), Port(*target.split("."))
    (wire,) = (w for w in canvas.board.scene.wires.values() if (w.edge.source, w.edge.target) == ends)
    return at(canvas, wire.route.path.pointAtPercent(share))


def search_at_the_pointer(canvas):
    spot = under(canvas, 300)
    double_click(canvas, spot)
    type_text(canvas.search.field, "dropout")
    key(canvas.search.field, K.Key_Return)
    assert canvas.board.scene.nodes["dropout1"].box.contains(canvas.view.mapToScene(spot))


def wire_dropped_on_empty_paper(canvas):
    drag(canvas, port(canvas, "memory", "out", "c"), under(canvas, 560, 220))
    assert canvas.search.isVisible() and "embedding" not in {s.kind for s in canvas.search._specs}
    type_text(canvas.search.field, "tanh")
    key(canvas.search.field, K.Key_Return)
    assert wired(canvas, "memory.c", "tanh1.x")


def node_dropped_on_a_wire(canvas):
    drag(canvas, middle(canvas, "dropout1"), on_wire(canvas, "memory.h", "d.x"))
    assert wired(canvas, "memory.h", "dropout1.x") and wired(canvas, "dropout1.y", "d.x")


def bypassed(canvas):
    click(canvas, middle(canvas, "dropout1"))
    key(canvas.view, K.Key_B, CTRL)
    assert canvas.board.graph.nodes["dropout1"].bypass


def pulled_out(canvas):
    drag(canvas, middle(canvas, "dropout1"), under(canvas, 100, 240), keys=ALT)
    assert wired(canvas, "memory.h", "d.x") and not wired(canvas, "memory.h", "dropout1.x")


def rerouted(canvas):
    double_click(canvas, on_wire(canvas, "memory.h", "d.x"))
    (wire,) = (e for e in canvas.board.graph.edges.values() if e.target == Port("d", "x"))
    (point,) = wire.points
    drag(canvas, at(canvas, point), at(canvas, (point[0], point[1] - 96)))
    assert canvas.board.graph.edges[wire.id].points == ((point[0], point[1] - 96),)


def cut(canvas):
    across = on_wire(canvas, "memory.c", "tanh1.x")
    drag(canvas, across + QPoint(-30, -30), across + QPoint(30, 30), button=RIGHT, keys=CTRL)
    assert not wired(canvas, "memory.c", "tanh1.x") and wired(canvas, "memory.h", "d.x")


def framed(canvas):
    click(canvas, middle(canvas, "memory"))
    click(canvas, middle(canvas, "d"), SHIFT)
    key(canvas.view, K.Key_C)
    type_text(canvas.line, "what remembers")
    key(canvas.line, K.Key_Return)
    assert [f.text for f in canvas.board.graph.frames.values()] == ["what remembers"]


def grouped_entered_left_and_ungrouped(canvas):
    click(canvas, middle(canvas, "memory"))
    click(canvas, middle(canvas, "d"), SHIFT)
    key(canvas.view, K.Key_G, CTRL)
    (cell,) = canvas.selection
    double_click(canvas, middle(canvas, cell[-1]))
    assert canvas.path == cell and "memory" in canvas.board.graph.nodes
    key(canvas.view, K.Key_Up, CTRL)
    assert canvas.path == () and canvas.selection == (cell,)
    key(canvas.view, K.Key_G, CTRL | SHIFT)
    assert {"memory", "d"} <= canvas.board.graph.nodes.keys() and wired(canvas, "x.x", "memory.x")


CHAPTERS = (
    (search_at_the_pointer, 1), (wire_dropped_on_empty_paper, 1), (node_dropped_on_a_wire, 1), (bypassed, 1),
    (pulled_out, 1), (rerouted, 2), (cut, 1), (framed, 2), (grouped_entered_left_and_ungrouped, 2),
)  # fmt: skip


def test_a_drawing_is_worked_over_and_taken_back_step_by_step(canvas):
    window = canvas.window()
    document = window.state.document
    was = [document.graph]
    for chapter, steps in CHAPTERS:
        before = len(document.history)
        chapter(canvas)
        assert len(document.history) == before + steps, chapter.__name__
        was.append(document.graph)
    assert document.graph.nodes.keys() == START.nodes.keys() | {"dropout1", "tanh1"}
    for _ in document.history:
        key(canvas.view, K.Key_Z, CTRL)
    assert document.graph == START and not window.actions_["undo"].isEnabled()
    while window.actions_["redo"].isEnabled():
        key(canvas.view, K.Key_Z, CTRL | SHIFT)
    assert document.graph == was[-1]
    assert canvas.board.scene.places() == {id: n.at for id, n in document.graph.nodes.items()}
