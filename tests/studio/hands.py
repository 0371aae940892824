"""Real mouse and key events on a canvas, for the tests of the studio."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.graph import edit
from core.graph.model import Graph, Node, Port, frozen
from core.project.document import Document
from core.project.model import Project
from core.specs.registry import default_registry
from studio.canvas.canvas import Canvas
from studio.theme import theme

LEFT, MIDDLE, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton
NONE, SHIFT, CTRL, ALT = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)


def graph_of(nodes: dict[str, tuple], wires: list[tuple] = ()) -> Graph:
    """nodes: id -> (kind, x, y, params?); wires: ("a.y", "b.x", delay?)."""
    graph = Graph()
    for id, (kind, x, y, *params) in nodes.items():
        graph = edit.add_node(graph, Node(id, kind, at=(x, y), params=frozen(params[0] if params else {})))
    for source, target, *delay in wires:
        many = graph.nodes[target.split(".")[0]].kind in ("add", "multiply", "concat")
        graph = edit.connect(graph, Port(*source.split(".")), Port(*target.split(".")), *delay, many=many)
    return graph


def canvas_of(qtbot, graph: Graph | None = None, size=(1100, 700)) -> Canvas:
    """A shown canvas at zoom 1 with the origin of the paper near its top left corner."""
    canvas = Canvas(Document(Project(graph=graph or Graph())), default_registry(), theme("dark"))
    qtbot.addWidget(canvas)
    canvas.resize(*size)
    canvas.show()
    canvas.view.set_zoom(1.0)
    canvas.view.centerOn(size[0] / 2 - 60, size[1] / 2 - 60)
    canvas.view.setFocus()
    canvas.activateWindow()
    QTest.qWaitForWindowActive(canvas)
    return canvas


def at(canvas: Canvas, point: QPointF | tuple[float, float]) -> QPoint:
    """A point of the paper as one of the viewport."""
    return canvas.view.mapFromScene(point if isinstance(point, QPointF) else QPointF(*point))


def port(canvas: Canvas, id: str, side: str, name: str) -> QPoint:
    point, there = canvas.board.scene.nodes[id].anchor(side, name)
    assert there, (id, side, name)
    return at(canvas, point)


def middle(canvas: Canvas, id: str) -> QPoint:
    return at(canvas, canvas.board.scene.nodes[id].box.center())


def mouse(canvas: Canvas, kind: QEvent.Type, where: QPoint, button, buttons, keys=NONE) -> None:
    port = canvas.view.viewport()
    place = QPointF(where)
    event = QMouseEvent(kind, place, QPointF(port.mapToGlobal(where)), button, buttons, keys)
    QApplication.sendEvent(port, event)


def press(canvas, where, button=LEFT, keys=NONE) -> None:
    mouse(canvas, QEvent.Type.MouseMove, where, Qt.MouseButton.NoButton, Qt.MouseButton.NoButton, keys)
    mouse(canvas, QEvent.Type.MouseButtonPress, where, button, button, keys)


def move(canvas, where, button=LEFT, keys=NONE) -> None:
    mouse(canvas, QEvent.Type.MouseMove, where, Qt.MouseButton.NoButton, button, keys)


def release(canvas, where, button=LEFT, keys=NONE) -> None:
    mouse(canvas, QEvent.Type.MouseButtonRelease, where, button, Qt.MouseButton.NoButton, keys)


def drag(canvas, start: QPoint, end: QPoint, button=LEFT, keys=NONE) -> None:
    press(canvas, start, button, keys)
    for i in range(1, 5):
        move(canvas, start + (end - start) * (i / 4), button, keys)
    release(canvas, end, button, keys)


def click(canvas, where: QPoint, keys=NONE) -> None:
    press(canvas, where, LEFT, keys)
    release(canvas, where, LEFT, keys)


def double_click(canvas, where: QPoint) -> None:
    click(canvas, where)
    mouse(canvas, QEvent.Type.MouseButtonDblClick, where, LEFT, LEFT)
    release(canvas, where)


def key(widget, key: Qt.Key, keys=NONE) -> None:
    QTest.keyClick(widget, key, keys)


def type_text(widget, text: str) -> None:
    QTest.keyClicks(widget, text)
