"""The scene is a function of the document: after any gestures, undo and redo it equals what a fresh one would show."""

import random

import pytest
from hands import ALT, CTRL, NONE, SHIFT, canvas_of, drag, graph_of, key
from PySide6.QtCore import QPoint, Qt

from core.graph.body import body_at
from core.specs.registry import default_registry
from studio.canvas.scene import CanvasScene
from studio.theme import theme

KEYS = [
    (Qt.Key.Key_Delete, NONE), (Qt.Key.Key_D, CTRL), (Qt.Key.Key_C, CTRL), (Qt.Key.Key_V, CTRL), (Qt.Key.Key_X, CTRL),
    (Qt.Key.Key_B, CTRL), (Qt.Key.Key_G, CTRL), (Qt.Key.Key_G, CTRL | ALT), (Qt.Key.Key_L, CTRL | SHIFT),
    (Qt.Key.Key_Right, NONE), (Qt.Key.Key_Down, SHIFT), (Qt.Key.Key_Delete, CTRL), (Qt.Key.Key_Q, NONE),
    (Qt.Key.Key_Down, CTRL), (Qt.Key.Key_Up, CTRL), (Qt.Key.Key_A, CTRL), (Qt.Key.Key_Home, NONE), (Qt.Key.Key_Escape, NONE),
]  # fmt: skip
START = graph_of(
    {"x": ("features", 0, 0), "memory": ("lstm", 240, 0), "t": ("tanh", 480, 0), "s": ("add", 480, 160), "d": ("dense", 640, 0)},
    [("x.x", "memory.x"), ("memory.h", "t.x"), ("t.y", "s.x"), ("s.y", "d.x"), ("d.y", "s.x", 1)],
)  # fmt: skip


def picture(scene: CanvasScene) -> dict:
    """Everything the scene shows, as values."""
    return {
        **{("node", id): (n.node, n.look, n.x(), n.y(), n.wired) for id, n in scene.nodes.items()},
        **{("wire", id): (w.edge, w.kind, w.loose, w.speaks, route(w)) for id, w in scene.wires.items()},
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
    if act < 0.15:
        document.undo()
    elif act < 0.25:
        document.redo()
    elif act < 0.35:
        kind = chance.choice(["dense", "tanh", "add", "embedding", "lstm", "split"])
        canvas.add_node(kind, canvas.view.mapToScene(spot(canvas, chance)))
    elif act < 0.6:
        code, keys = chance.choice(KEYS)
        key(canvas.view, code, keys)
        canvas.line.hide()
    else:
        drag(
            canvas,
            aim(canvas, scene, chance),
            aim(canvas, scene, chance),
            keys=chance.choice([NONE, NONE, NONE, SHIFT, CTRL, ALT]),
        )
        canvas.search.close_search()


def aim(canvas, scene: CanvasScene, chance: random.Random) -> QPoint:
    """Somewhere worth grabbing: a port, a node, or anywhere."""
    items = list(scene.nodes.values())
    if not items or chance.random() < 0.2:
        return spot(canvas, chance)
    item = chance.choice(items)
    marks = item.look.marks
    if marks and chance.random() < 0.6:
        return canvas.view.mapFromScene(item.pos() + chance.choice(marks).at)
    return canvas.view.mapFromScene(item.box.center())


def spot(canvas, chance: random.Random) -> QPoint:
    room = canvas.view.viewport().rect()
    return QPoint(chance.randrange(room.width()), chance.randrange(room.height()))


@pytest.mark.parametrize("seed", range(4))
def test_the_scene_equals_the_document_after_random_gestures(qtbot, seed):
    chance = random.Random(seed)
    canvas = canvas_of(qtbot, START)
    for step in range(200):
        one_gesture(canvas, chance)
        if step % 4 == 0:
            assert_follows(canvas)
    assert_follows(canvas)
    while canvas.board.document.undo_label is not None:
        canvas.board.document.undo()
    assert canvas.board.document.graph == START
    assert_follows(canvas)
