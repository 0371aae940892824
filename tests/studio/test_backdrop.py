"""While a hand holds nodes, what rests is copied from a picture: no pixel may tell, whatever happens meanwhile."""

import numpy as np
import pytest
from big_drawing import FIELDS, big_drawing
from hands import LEFT, canvas_of, graph_of, middle, move, press, release
from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QApplication

from core.compile.pipeline import check
from core.graph.edit import put_frame
from core.graph.model import Frame
from core.specs.fields import Fields
from core.specs.registry import default_registry
from studio.canvas.backdrop import Backdrop
from studio.canvas.scene import Picked
from studio.canvas.wire import WireItem
from studio.theme import theme

STEP = QPoint(30, 20)
CROSSED = 1e-3  # of the pixels: where a held wire crosses a resting one, it lies above


@pytest.fixture
def held(qtbot):
    """A canvas of many wires, one of its nodes in the hand."""
    canvas = canvas_of(qtbot, big_drawing(100))
    canvas.set_checked(check(canvas.board.graph, FIELDS, default_registry()))
    canvas.view.centerOn(canvas.board.scene.nodes["n55"].box.center())
    start = middle(canvas, "n55")
    press(canvas, start)
    move(canvas, start + STEP)
    QApplication.processEvents()
    yield canvas
    release(canvas, start + STEP)


def shot(canvas) -> np.ndarray:
    """What the canvas shows now: an array (height, width, 4) of bytes."""
    QApplication.processEvents()
    return pixels(canvas.view.viewport().grab())


def on_screen(canvas) -> np.ndarray:
    """What has been painted bit by bit, as it stands on the screen now."""
    port = canvas.view.viewport()
    corner = port.mapTo(canvas, QPoint())
    return pixels(canvas.screen().grabWindow(canvas.winId(), corner.x(), corner.y(), port.width(), port.height()))


def pixels(picture: QPixmap) -> np.ndarray:
    image = picture.toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.array(image.constBits()).reshape(image.height(), image.width(), 4)


def differing(canvas, monkeypatch) -> float:
    """The share of pixels that would be others without the picture."""
    assert canvas.view._backdrop.wanted
    copied = shot(canvas)
    with monkeypatch.context() as without:
        without.setattr(Backdrop, "wanted", property(lambda self: False))
        painted = shot(canvas)
    assert len(np.unique(painted.copy().view(np.uint32))) > 50  # there is something to see
    return float((copied != painted).any(axis=2).mean())


def test_a_held_node_moves_over_what_rests(held, monkeypatch):
    before = shot(held)
    assert differing(held, monkeypatch) < CROSSED
    move(held, middle(held, "n55") + QPoint(40, 60))
    assert differing(held, monkeypatch) < CROSSED
    assert (shot(held) != before).any()


@pytest.mark.parametrize("turn", ["scroll", "zoom", "theme", "resize"])
def test_the_picture_follows_the_view(held, monkeypatch, turn):
    before = shot(held)
    if turn == "scroll":
        held.view.scroll_by(90, -40)
    elif turn == "zoom":
        held.view.zoom_at(1.4, QPoint(300, 300))
    elif turn == "theme":
        held.view.set_theme(theme("light"))
    else:
        held.resize(900, 620)
    now = shot(held)
    assert now.shape != before.shape or (now != before).mean() > 0.01
    assert differing(held, monkeypatch) < CROSSED


def test_a_wire_that_is_marked_meanwhile_is_seen(held, monkeypatch):
    scene = held.board.scene
    resting = next(
        i for i in scene.items(held.view.shown()) if isinstance(i, WireItem) and i.edge.id not in scene.held.wires
    )
    for state in ({"offer": True}, {"offer": False}, {"dim": True}):
        before = shot(held)
        scene.mark_wire(resting.edge.id, **state)
        assert (shot(held) != before).any(), state
        assert differing(held, monkeypatch) < CROSSED


def test_what_the_check_finds_meanwhile_is_seen(held, monkeypatch):
    before = shot(held)
    held.set_checked(check(held.board.graph, Fields(), default_registry()))  # no data: other shapes
    assert (shot(held) != before).any()
    assert differing(held, monkeypatch) < CROSSED


def test_a_node_held_over_a_wire_lights_it(qtbot, monkeypatch):
    nodes = {"a": ("input", 0, 0), "b": ("output", 600, 0), "c": ("tanh", 300, 200)}
    canvas = canvas_of(qtbot, graph_of(nodes, [("a.y", "b.x")]))
    start = middle(canvas, "c")
    press(canvas, start)
    move(canvas, start - QPoint(0, 60))
    dark = shot(canvas)
    box, wire = canvas.board.scene.nodes["c"].box, next(iter(canvas.board.scene.wires.values()))
    move(canvas, start + QPoint(0, round(wire.route.chip.y() - 200 - box.height() / 2)))
    assert wire.offer and (shot(canvas) != dark).any()
    assert differing(canvas, monkeypatch) == 0.0
    release(canvas, start - QPoint(0, 60), LEFT)
    assert not canvas.view._backdrop.wanted


@pytest.mark.parametrize("zoom", [0.25, 0.5, 1.0])
def test_what_moves_leaves_no_trace(qtbot, zoom):
    """What stands on the screen after many small repaints is what one repaint of everything shows."""
    canvas = canvas_of(qtbot, big_drawing(100))
    canvas.view.set_zoom(zoom)
    canvas.view.centerOn(canvas.board.scene.nodes["n55"].box.center())
    start = middle(canvas, "n55")

    def clean() -> bool:
        return bool((on_screen(canvas) == shot(canvas)).all())

    press(canvas, start)
    for x, y in ((40, 8), (200, -60), (180, 90), (-60, 140), (-120, -30), (20, 60)):
        move(canvas, start + QPoint(x, y))
        qtbot.waitUntil(clean, timeout=1000)
    release(canvas, start + QPoint(20, 60))
    qtbot.waitUntil(clean)  # where wires cross, a moment later
    canvas.actions()["nudge_right"].trigger()
    qtbot.waitUntil(clean)


def test_a_frame_in_the_hand_goes_under_the_wires_that_rest(qtbot, monkeypatch):
    nodes = {"a": ("input", 0, 0), "b": ("output", 600, 0), "c": ("tanh", 300, 120)}
    graph = put_frame(graph_of(nodes, [("a.y", "b.x")]), Frame("f", "", (260.0, 60.0), (200.0, 160.0)))
    canvas = canvas_of(qtbot, graph)
    canvas.board.scene.pick(Picked(nodes=frozenset("c"), frames=frozenset("f")))
    start = middle(canvas, "c")
    press(canvas, start)
    move(canvas, start - QPoint(0, 80))
    moved = shot(canvas)
    assert canvas.board.scene.held.frames
    monkeypatch.setattr(Backdrop, "paint", lambda *_: False)
    canvas.view.viewport().update()
    assert (shot(canvas) == moved).all()
    release(canvas, start - QPoint(0, 80))
