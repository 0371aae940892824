"""What a frame may cost, in things counted: none of it grows with the drawing. Milliseconds are in bench_canvas.py."""

from collections import Counter
from dataclasses import replace

import pytest
from big_drawing import FIELDS, big_drawing
from desk import open_desk
from hands import LEFT, MIDDLE, canvas_of, middle, move, press, release
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QRegion
from PySide6.QtWidgets import QApplication

from core.compile.pipeline import check
from core.graph.edit import add_node, connect
from core.graph.model import Node, Port
from core.project.gallery import shipped
from core.specs.registry import default_registry
from core.words import Text
from studio.canvas import wiring
from studio.canvas.node import NodeItem
from studio.canvas.overview import Batch, Overview
from studio.canvas.picture import PICTURES
from studio.canvas.route import loops
from studio.canvas.scene import Picked
from studio.canvas.signs import NO_PEN
from studio.canvas.wire import WireItem
from studio.theme import theme

SIZES = (150, 900)
STEPS = 12
OWN = 8  # wires of one node, and of the loops beside it


@pytest.fixture
def counted(monkeypatch):
    """Counts what is painted, run anew and told."""
    counts = Counter()

    def count(owner, name, key):
        real = getattr(owner, name)

        def counting(*args, **named):
            counts[key] += 1
            return real(*args, **named)

        monkeypatch.setattr(owner, name, counting)

    count(NodeItem, "paint", "painted nodes")
    count(WireItem, "draw", "painted wires")
    count(WireItem, "show_edge", "wires shown")
    count(NodeItem, "show_node", "nodes shown")
    count(NodeItem, "put", "nodes told")
    count(WireItem, "put", "wires told")
    count(NodeItem, "judge", "nodes judged")
    count(wiring.Wiring, "_route", "routes")
    return counts


def settled(canvas, counts) -> None:
    QApplication.processEvents()
    counts.clear()


def looking_at(canvas, id: str) -> None:
    canvas.view.set_zoom(1.0)
    canvas.view.centerOn(canvas.board.scene.nodes[id].box.center())
    QApplication.processEvents()


def steps(canvas, start: QPoint, button, counts) -> Counter:
    """The most that one step of a drag counts of each."""
    press(canvas, start, button)
    move(canvas, start + QPoint(10, 6), button)
    settled(canvas, counts)
    most = Counter()
    for i in range(STEPS):
        move(canvas, start + QPoint(18 + 8 * i, 8 + 8 * (i % 3)), button)
        QApplication.processEvents()
        most |= counts
        counts.clear()
    release(canvas, start + QPoint(18 + 8 * STEPS, 8), button)
    return most


@pytest.mark.parametrize("size", SIZES)
def test_dragging_a_node_runs_its_own_wires_anew_and_paints_what_is_near(qtbot, counted, size):
    canvas = canvas_of(qtbot, big_drawing(size))
    id = f"n{size // 2 + round(size**0.5) // 2}"
    looking_at(canvas, id)
    most = steps(canvas, middle(canvas, id), LEFT, counted)
    assert 0 < most["routes"] <= OWN and most["wires shown"] == most["routes"]
    assert most["nodes shown"] == most["nodes told"] == most["nodes judged"] == 0
    assert 1 <= most["painted nodes"] <= 24 and most["painted wires"] <= OWN  # those that rest are copied
    assert len(canvas.board.document.history) == 1


@pytest.mark.parametrize("size", SIZES)
def test_panning_paints_only_what_comes_into_sight(qtbot, counted, size):
    canvas = canvas_of(qtbot, big_drawing(size))
    looking_at(canvas, f"n{size // 2 + round(size**0.5) // 2}")
    canvas.view.viewport().repaint()
    everything = counted["painted nodes"] + counted["painted wires"]
    most = steps(canvas, QPoint(500, 350), MIDDLE, counted)
    assert most["routes"] == most["nodes told"] == most["wires told"] == 0
    assert 0 < most["painted nodes"] + most["painted wires"] < 0.75 * everything
    assert most["painted nodes"] + most["painted wires"] <= 60


def test_a_large_loop_is_not_run_anew_for_one_of_its_nodes(qtbot, counted):
    graph = big_drawing(400)
    joins = [int(n[1:]) for n in graph.nodes if graph.nodes[n].kind == "add"]
    right = [i for i in joins if 60 <= i < 140 and i % 20 > 12][:12]
    for i in right:
        graph = connect(graph, Port(f"n{i}", "y"), Port(f"n{joins[0]}", "x"), 1, many=True)
    loop = max(loops(graph).values(), key=len)
    inner = [e for e in graph.edges.values() if e.delay and {e.source.node, e.target.node} <= loop]
    assert len(loop) > 40 and len(inner) > OWN
    canvas = canvas_of(qtbot, graph)
    id = next(n for n in graph.nodes if n in loop and graph.nodes[n].kind == "dense")
    looking_at(canvas, id)
    most = steps(canvas, middle(canvas, id), LEFT, counted)
    assert 0 < most["routes"] <= OWN


def test_pictures_are_painted_once_for_all_that_look_alike(qtbot):
    canvas = canvas_of(qtbot, big_drawing(400))
    looking_at(canvas, "n210")
    before = PICTURES.painted
    for dx in (300, -300, 600, -600):
        canvas.view.scroll_by(dx, 0)
        QApplication.processEvents()
    looks = {scene_item.face for scene_item in canvas.board.scene.nodes.values()}
    assert PICTURES.painted - before <= len(looks)
    known = PICTURES.painted
    for dx in (300, -300, 600, -600):
        canvas.view.scroll_by(dx, 0)
        QApplication.processEvents()
    assert PICTURES.painted == known


def test_selecting_moving_and_undoing_touch_only_what_they_change(qtbot, counted):
    canvas = canvas_of(qtbot, big_drawing(900))
    document, scene = canvas.board.document, canvas.board.scene
    settled(canvas, counted)
    scene.pick(Picked(nodes=frozenset({"n400", "n401"})))
    assert counted["nodes told"] == 2 and counted["wires told"] == 0
    scene.pick(Picked(nodes=frozenset({"n400"})))
    assert counted["nodes told"] == 3
    settled(canvas, counted)
    canvas.actions()["nudge_right"].trigger()
    document.undo()
    assert counted["nodes shown"] == 2 and counted["nodes judged"] == 0
    assert 0 < counted["routes"] <= 2 * OWN
    assert scene.places()["n400"] == document.graph.nodes["n400"].at


def test_nothing_of_a_hover_grows_with_the_drawing(qtbot, counted):
    canvas = canvas_of(qtbot, big_drawing(900))
    looking_at(canvas, "n450")
    settled(canvas, counted)
    move(canvas, middle(canvas, "n450"), Qt.MouseButton.NoButton)
    QApplication.processEvents()
    assert canvas.board.scene.nodes["n450"].hovered
    assert counted["nodes told"] == 1 and counted["routes"] == 0
    assert counted["painted nodes"] <= 9


def test_the_far_view_is_the_same_painted_in_parts_or_at_once(qtbot):
    scene = canvas_of(qtbot, big_drawing(150)).board.scene
    area, tokens, scale = scene.content(), theme("dark"), 0.2
    images = []
    for across in (1, 5):
        image = QImage(area.size().toSize() * scale, QImage.Format.Format_RGB32)
        image.fill(tokens.canvas)
        painter, overview = QPainter(image), Overview(scene)
        for i in range(across):
            part = QRect(i * image.width() // across, 0, image.width() // across + 1, image.height())
            painter.resetTransform()
            painter.setClipRect(part)
            painter.fillRect(part, tokens.canvas)
            painter.scale(scale, scale)
            painter.translate(-area.topLeft())
            overview.paint(painter, tokens)
        painter.end()
        images.append(image)
    assert images[0] == images[1]
    assert len({images[0].pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}) > 4


def test_what_is_painted_in_parts_is_the_same_as_painted_at_once(qtbot, tmp_path):
    """Two places at once, with a frame across both and nodes in one only: nothing lies over what it belongs behind."""
    with open_desk(qtbot, tmp_path, shipped("char-lm").project) as window:
        view = window.canvas.view
        window.canvas.show_all()
        QApplication.processEvents()
        frame = max(view.scene().frames.values(), key=lambda f: f.area.width())
        area = view.mapFromScene(frame.box).boundingRect()
        parts = QRegion(area.adjusted(0, 0, 0, -area.height() // 2)) + QRegion(
            QRect(area.center(), area.bottomRight() + QPoint(9, 9))
        )
        assert parts.rectCount() > 1
        whole = QImage(view.viewport().size(), QImage.Format.Format_RGB32)
        view.viewport().render(whole)
        again = whole.copy()
        view.viewport().render(again, parts.boundingRect().topLeft(), parts)
        assert again == whole


def test_the_map_hears_of_edits_far_from_its_corner(qtbot):
    canvas = canvas_of(qtbot, big_drawing(150))
    looking_at(canvas, "n70")
    canvas.view.map.want(True)
    qtbot.waitUntil(lambda: canvas.view.map._drawn != ())
    before = canvas.view.map._drawn[0]
    canvas.board.scene.pick(Picked(nodes=frozenset({"n70"})))
    canvas.actions()["nudge_right"].trigger()
    qtbot.waitUntil(lambda: canvas.view.map._drawn[0] != before, timeout=5000)


def test_a_check_that_finds_the_same_paints_nothing_anew(qtbot, counted):
    canvas = canvas_of(qtbot, big_drawing(150))
    canvas.set_checked(check(canvas.board.graph, FIELDS, default_registry()))
    looking_at(canvas, "n70")
    settled(canvas, counted)
    form, wire = canvas.board.scene.form, canvas.board.scene.wires["w60"]
    known = canvas.board.scene.findings.wires
    canvas.set_checked(replace(check(canvas.board.graph, FIELDS, default_registry())))
    QApplication.processEvents()
    assert canvas.board.scene.findings.wires is not known and wire.sig is not None
    assert canvas.board.scene.form == form
    assert counted["painted nodes"] == counted["painted wires"] == 0


@pytest.mark.parametrize("name", ["light", "dark"])
def test_from_afar_what_is_wrong_is_crossed_out(qtbot, name):
    canvas, tokens = canvas_of(qtbot), theme(name)
    canvas.board.edit(Text("", ""), lambda g: add_node(g, Node("a", "dense")))
    node = canvas.board.scene.nodes["a"]

    def corner(severity: str | None) -> QColor:
        node.put(severity=severity)
        batch, picture = Batch(), QImage(300, 200, QImage.Format.Format_RGB32)
        batch.add_node(node)
        picture.fill(tokens.canvas)
        painter = QPainter(picture)
        painter.translate(20 - node.box.x(), 20 - node.box.y())
        painter.setPen(NO_PEN)
        batch.paint_boxes(painter, tokens)
        painter.end()
        return picture.pixelColor(QPoint(20, 20) + QPointF(node.box.width() / 2, node.box.height() / 2).toPoint())

    assert corner("error") == tokens.text != corner(None)
