"""The scene is a function of the document: after any gestures, undo and redo it equals what a fresh one would show."""

import os
import random

import pytest
from hands import (
    ALT,
    CTRL,
    LEFT,
    NONE,
    RIGHT,
    SHIFT,
    canvas_of,
    double_click,
    drag,
    graph_of,
    key,
    move,
    press,
    release,
)
from PySide6.QtCore import QPoint, QPointF, Qt

from core.graph.body import body_at
from core.specs.registry import default_registry
from studio.canvas.scene import CanvasScene
from studio.theme import theme

KEYS = [
    (Qt.Key.Key_Delete, NONE), (Qt.Key.Key_D, CTRL), (Qt.Key.Key_D, CTRL | SHIFT), (Qt.Key.Key_C, CTRL), (Qt.Key.Key_V, CTRL),
    (Qt.Key.Key_X, CTRL), (Qt.Key.Key_B, CTRL), (Qt.Key.Key_M, CTRL), (Qt.Key.Key_C, ALT), (Qt.Key.Key_G, CTRL), (Qt.Key.Key_G, CTRL | ALT),
    (Qt.Key.Key_L, CTRL | SHIFT), (Qt.Key.Key_L, NONE), (Qt.Key.Key_L, SHIFT), (Qt.Key.Key_Right, NONE),
    (Qt.Key.Key_Down, SHIFT), (Qt.Key.Key_Delete, CTRL), (Qt.Key.Key_Q, NONE), (Qt.Key.Key_A, SHIFT), (Qt.Key.Key_W, SHIFT),
    (Qt.Key.Key_C, NONE), (Qt.Key.Key_Down, CTRL), (Qt.Key.Key_Up, CTRL), (Qt.Key.Key_A, CTRL), (Qt.Key.Key_Home, NONE),
    (Qt.Key.Key_Escape, NONE),
]  # fmt: skip
MOST = 24
SEEDS = int(os.environ.get("UNFOLD_TEST_SEEDS", "5"))  # 400 gestures each
START = graph_of(
    {"x": ("features", 0, 0), "memory": ("lstm", 240, 0), "t": ("tanh", 480, 0), "s": ("add", 480, 160), "d": ("dense", 640, 0)},
    [("x.x", "memory.x"), ("memory.h", "t.x"), ("t.y", "s.x"), ("s.y", "d.x"), ("d.y", "s.x", 1)],
)  # fmt: skip


def picture(scene: CanvasScene) -> dict:
    """Everything the scene shows, as values."""
    return {
        **{("node", id): (n.node, n.look, n.x(), n.y(), n.wired) for id, n in scene.nodes.items()},
        **{("wire", id): (w.edge, w.kind, w.loose, w.quiet, w.speaks, route(w)) for id, w in scene.wires.items()},
        **{("frame", id): (f.frame, f.x(), f.y()) for id, f in scene.frames.items()},
    }


def route(wire) -> list:
    path = wire.route.path
    return [(round(path.elementAt(i).x, 3), round(path.elementAt(i).y, 3)) for i in range(path.elementCount())]


def assert_follows(canvas) -> None:
    """The living scene equals a scene that is shown the document's graph for the first time."""
    board = canvas.board
    fresh = CanvasScene(default_registry(), theme("dark"))
    fresh.show_graph(body_at(board.document.graph, board.path, default_registry()), board.path)
    living, wanted = picture(board.scene), picture(fresh)
    assert living.keys() == wanted.keys()
    assert [(living[k], wanted[k]) for k in living if living[k] != wanted[k]] == []
    items = {*board.scene.nodes.values(), *board.scene.wires.values(), *board.scene.frames.values()}
    assert set(board.scene.items()) == items  # nothing is left over from a gesture


def one_gesture(canvas, chance: random.Random) -> None:
    act = chance.random()
    document, scene = canvas.board.document, canvas.board.scene
    if len(scene.nodes) > MOST:  # copies of copies: begin anew, which can be undone like anything else
        key(canvas.view, Qt.Key.Key_A, CTRL)
        key(canvas.view, Qt.Key.Key_Delete)
    elif act < 0.15:
        document.undo()
    elif act < 0.25:
        document.redo()
    elif act < 0.4:
        kind = chance.choice(["dense", "tanh", "add", "embedding", "lstm", "split"])
        canvas.add_node(kind, canvas.view.mapToScene(spot(canvas, chance)))
    elif act < 0.6:
        code, keys = chance.choice(KEYS)
        key(canvas.view, code, keys)
        canvas.line.hide()
    elif act < 0.65:
        double_click(canvas, aim(canvas, scene, chance))
        leave_popovers(canvas)
    else:
        by_hand(canvas, scene, chance)


def by_hand(canvas, scene: CanvasScene, chance: random.Random) -> None:
    """One drag from somewhere to somewhere, sometimes given up with Esc before the hand lets go."""
    start, end = aim(canvas, scene, chance), aim(canvas, scene, chance)
    button = RIGHT if chance.random() < 0.1 else LEFT
    keys = (
        chance.choice([CTRL, SHIFT])
        if button == RIGHT
        else chance.choice([NONE, NONE, NONE, SHIFT, CTRL, ALT, ALT | SHIFT])
    )
    if chance.random() < 0.1:
        press(canvas, start, button, keys)
        for part in (0.5, 1.0):
            move(canvas, start + (end - start) * part, button, keys)
        key(canvas.view, Qt.Key.Key_Escape)
        release(canvas, end, button, keys)
    else:
        drag(canvas, start, end, button, keys)
    leave_popovers(canvas)


def leave_popovers(canvas) -> None:
    canvas.search.close_search()
    canvas.delay.close_popover()
    canvas.line.hide()


def aim(canvas, scene: CanvasScene, chance: random.Random) -> QPoint:
    """Somewhere worth grabbing: a port, a node, a wire, a frame's title, or anywhere."""
    what, nodes = chance.random(), list(scene.nodes.values())
    if what < 0.2 and scene.wires:
        path = chance.choice(list(scene.wires.values())).route.path
        return canvas.view.mapFromScene(path.pointAtPercent(chance.uniform(0.2, 0.8)))
    if what < 0.25 and scene.frames:
        box = chance.choice(list(scene.frames.values())).box
        return canvas.view.mapFromScene(
            box.topLeft() + chance.choice([QPointF(30, 10), QPointF(box.width() - 4, box.height() - 4)])
        )
    if what < 0.4 or not nodes:
        return spot(canvas, chance)
    item = chance.choice(nodes)
    marks = item.look.marks
    if marks and chance.random() < 0.5:
        return canvas.view.mapFromScene(item.pos() + chance.choice(marks).at)
    return canvas.view.mapFromScene(item.box.center())


def spot(canvas, chance: random.Random) -> QPoint:
    room = canvas.view.viewport().rect()
    return QPoint(chance.randrange(room.width()), chance.randrange(room.height()))


def assert_in_place(canvas) -> None:
    """After every single gesture: the same things, where the document says."""
    scene, graph = canvas.board.scene, canvas.board.graph
    assert scene.places() == {id: n.at for id, n in graph.nodes.items()}
    assert {id: w.edge for id, w in scene.wires.items()} == dict(graph.edges)
    assert {id: f.frame for id, f in scene.frames.items()} == dict(graph.frames)
    assert not any(w.dim or w.offer for w in scene.wires.values()) and not any(n.fit for n in scene.nodes.values())


@pytest.mark.parametrize("seed", range(SEEDS))
def test_the_scene_equals_the_document_after_2000_random_gestures(qtbot, seed):
    chance = random.Random(seed)
    canvas = canvas_of(qtbot, START)
    for step in range(400):
        one_gesture(canvas, chance)
        assert_in_place(canvas)
        if step % 10 == 0:
            assert_follows(canvas)
    assert_follows(canvas)
    while canvas.board.document.undo_label is not None:
        canvas.board.document.undo()
    assert canvas.board.document.graph == START
    assert_follows(canvas)
