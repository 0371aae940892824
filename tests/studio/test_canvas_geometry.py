"""The pure parts: how wires run, how a drawing is laid out, how kinds are found by typing."""

from dataclasses import replace

import pytest
from hands import LEFT, canvas_of, graph_of
from PySide6.QtCore import QByteArray, QLineF, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from core.compile.program import Checked
from core.graph.edit import add_node, move, set_edge
from core.graph.model import Edge, Init, Node, Port, frozen
from core.project.document import Document
from core.project.model import Project
from core.specs.registry import default_registry
from core.specs.sig import CHILDREN, GRID, TREE, Sig
from core.words import Text
from studio.canvas.arrange import arranged
from studio.canvas.board import Board
from studio.canvas.hit import Hit
from studio.canvas.kinds import offered, ranked
from studio.canvas.look import look_of
from studio.canvas.route import forward, nearest_gap, under
from studio.canvas.signs import chip_rect, chip_text
from studio.canvas.tips import tip_lines
from studio.canvas.view import MIME
from studio.canvas.ways import offered as ways_offered
from studio.panels.outlined import port_lines
from studio.theme import theme


def test_a_forward_wire_leaves_to_the_right_and_arrives_from_the_left():
    route = forward(QPointF(0, 0), QPointF(200, 100))
    assert route.path.angleAtPercent(0.001) in range(1) or abs(route.path.slopeAtPercent(0.001)) < 0.05
    assert abs(route.path.slopeAtPercent(0.999)) < 0.05
    box = route.path.boundingRect()
    assert box.left() >= 0 and box.right() <= 200


def test_a_wire_back_runs_along_its_lane():
    route = under(QPointF(400, 20), QPointF(0, 40), 200.0)
    box = route.path.boundingRect()
    assert box.bottom() == 200.0 and box.left() < 0 and box.right() > 400
    assert route.chip.y() == 200.0 and 0 < route.chip.x() < 430


def test_a_new_reroute_point_goes_between_its_neighbours():
    points = [(100.0, 0.0), (300.0, 0.0)]
    path = forward(QPointF(0, 0), QPointF(400, 0), [QPointF(*p) for p in points]).path
    assert [nearest_gap(path, points, (x, 4.0)) for x in (40.0, 200.0, 380.0)] == [0, 1, 2]


def test_the_layout_of_every_library_cell_has_no_overlap_and_runs_left_to_right(qapp):
    registry = default_registry()
    for spec in registry.nodes.values():
        if spec.body is None:
            continue
        looks = {id: look_of(n, registry, spec.body) for id, n in spec.body.nodes.items()}
        sizes = {id: (look.width, look.height) for id, look in looks.items()}
        places = arranged(spec.body, sizes)
        boxes = {id: look.rect.translated(*places[id]) for id, look in looks.items()}
        assert not [(a, b) for a in boxes for b in boxes if a < b and boxes[a].intersects(boxes[b])], spec.kind
        forwards = [e for e in spec.body.edges.values() if not e.delay]
        assert all(boxes[e.source.node].right() < boxes[e.target.node].left() for e in forwards), spec.kind


def test_typing_finds_kinds_in_both_languages_best_first():
    specs = offered(default_registry(), inside=False)
    first = {typed: ranked(specs, typed)[0].kind for typed in ("lstm", "sigm", "emb", "GRU", "tan")}
    assert first == {
        "lstm": "lstm",
        "sigm": "sigmoid",
        "emb": "embedding",
        "GRU": "gru",
        "tan": "tanh",
    }
    assert {s.kind for s in ranked(specs, "entropia")[:2]} == {"bce", "cross_entropy"}  # without its accent
    assert ranked(specs, "no such thing at all") == []
    kinds = {s.kind for s in specs}
    assert "cell_input" not in kinds and "cell" not in kinds
    assert "cell_input" in {s.kind for s in offered(default_registry(), inside=True)}


def drop(canvas, kind: bytes) -> None:
    data, port = QMimeData(), canvas.view.viewport()
    data.setData(MIME, QByteArray(kind))
    copy, keys = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(port, QDragEnterEvent(QPoint(300, 200), copy, data, LEFT, keys))
    QApplication.sendEvent(port, QDragMoveEvent(QPoint(301, 200), copy, data, LEFT, keys))
    QApplication.sendEvent(port, QDropEvent(QPointF(300, 200), copy, data, LEFT, keys))


def test_a_kind_dropped_from_the_palette_lands_there(qtbot):
    canvas = canvas_of(qtbot)
    drop(canvas, b"dense")
    (item,) = canvas.board.scene.nodes.values()
    assert item.node.kind == "dense" and item.box.contains(canvas.view.mapToScene(300, 200))
    drop(canvas, b"\xff__import__('os')")
    assert len(canvas.board.graph.nodes) == 1


def test_a_whole_drawing_can_be_shown_before_anything_is_known_of_it(qtbot):
    canvas = canvas_of(
        qtbot, graph_of({"a": ("split", 0, 0, {"parts": 3}), "b": ("concat", 240, 0)}, [("a.y3", "b.x")])
    )
    canvas.set_checked(Checked(()))
    assert canvas.board.scene.wires["w1"].kind == "features" and not canvas.board.scene.wires["w1"].loose


@pytest.mark.parametrize(
    ("axes", "present", "found"),
    [
        (("T",), "", ()),
        ((), "", ()),
        (GRID, "", ("I", "J", "")),
        (GRID, "I", ("I", "J")),
        ((TREE,), "", ("", *CHILDREN)),
        (("T",), "left", ("", "left")),
        (None, "J", ("J",)),
    ],
)
def test_ways_are_offered_where_there_is_a_choice_and_what_is_there_is_kept(axes, present, found):
    sig = None if axes is None else Sig("features", 3, axes)
    assert ways_offered(sig, present) == found


def test_the_chip_says_along_what():
    edge = Edge("w", Port("a", "y"), Port("b", "x"), 1, along="left")
    assert chip_text(edge) == "z⁻¹ left"
    assert chip_rect(edge, QPointF()).width() > chip_rect(replace(edge, along=""), QPointF()).width()


def test_what_a_delay_starts_from_is_called_as_the_canvas_calls_it(qtbot):
    start = Init("fed", Port("cell_input1", "value"))
    graph = graph_of({"s": ("add", 0, 0), "t": ("tanh", 200, 0)}, [("s.y", "t.x"), ("t.y", "s.x", 1)])
    graph = add_node(graph, Node("cell_input1", "cell_input", params=frozen({"name": "h0", "static": True})))
    canvas = canvas_of(qtbot, set_edge(graph, "w2", init=start))
    board = canvas.board
    assert chip_text(board.graph.edges["w2"]) == "z⁻¹  ←"
    assert tip_lines(board, Hit("chip", "w2"))[-1] == "Starts from: h0 / value"
    node = board.graph.nodes["s"]
    (into, _) = port_lines(board.graph, node, ("s",), board.registry, Checked(()))
    assert into.name.endswith("z⁻¹  ← h0 / value")


def test_in_a_library_cell_an_initial_value_lies_by_the_delay_it_belongs_to(qtbot):
    registry, seen = default_registry(), 0
    for spec in registry.nodes.values():
        starts = [e for e in spec.body.edges.values() if e.init.source is not None] if spec.body is not None else []
        for edge in starts:
            board = Board(Document(Project(graph=spec.body)), registry, theme("dark"))
            door, chip = board.scene.nodes[edge.init.source.node], board.scene.wires[edge.id].route.chip
            assert QLineF(door.box.center(), chip).length() < 140.0, (spec.kind, edge.id)
            others = [i for id, i in board.scene.nodes.items() if id != edge.init.source.node]
            assert not any(door.box.intersects(i.box) for i in others), spec.kind
            sizes = {id: (i.box.width(), i.box.height()) for id, i in board.scene.nodes.items()}
            board.document.apply(Text("", ""), move(board.graph, arranged(board.graph, sizes)))
            door, chip = board.scene.nodes[edge.init.source.node], board.scene.wires[edge.id].route.chip
            assert QLineF(door.box.center(), chip).length() < 160.0, (spec.kind, edge.id, "arranged")
            seen += 1
    assert seen > 12
