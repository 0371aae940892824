"""The least that a canvas of boxes and wires can be, to measure ours against: a box, a title, three ports, one curve a wire.

One painted item per node and wire, Qt's index, minimal updates, three tiers of detail; the far one is a batch.
It shares nothing with the studio. It shows no shapes, chips, badges, shadows or parameters.
"""

from __future__ import annotations

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QRegion, QWheelEvent
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene, QGraphicsView

from core.graph.model import Graph

WIDE, HIGH, FULL, FAR = 128.0, 64.0, 0.6, 0.35
CARD, RIM, HEAD, TEXT, WIRE, PAPER = (
    QColor(c) for c in ("#262a31", "#3c424e", "#60a5fa", "#e8eaee", "#7aa7ff", "#17191d")
)
NO_PEN, NO_BRUSH = QPen(Qt.PenStyle.NoPen), Qt.BrushStyle.NoBrush
RIM_PEN, WIRE_PEN, TEXT_PEN = QPen(RIM, 1.2), QPen(WIRE, 2.0), QPen(TEXT)
FAR_PEN = QPen(WIRE, 0.0)
MIDDLE, LEFT = Qt.MouseButton.MiddleButton, Qt.MouseButton.LeftButton
BOX, STRIP, TITLE = QRectF(0, 0, WIDE, HIGH), QRectF(0, 0, WIDE, 24), QRectF(10, 0, WIDE - 20, 24)
BOUNDS = BOX.adjusted(-8, -8, 8, 8)
CENTRE = Qt.AlignmentFlag.AlignCenter


class PlainNode(QGraphicsItem):
    def __init__(self, title: str, at: tuple[float, float], font: QFont) -> None:
        super().__init__()
        self.title, self.font, self.wires = title, font, []
        self.setPos(*at)
        self.setZValue(2.0)

    def boundingRect(self) -> QRectF:
        return BOUNDS

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        detail = option.levelOfDetailFromTransform(painter.worldTransform())
        painter.setPen(RIM_PEN)
        painter.setBrush(CARD)
        painter.drawRoundedRect(BOX, 8, 8)
        painter.setFont(self.font)
        if detail < FULL:
            painter.setPen(TEXT_PEN)
            painter.drawText(BOX, CENTRE, self.title)
            return
        painter.setPen(NO_PEN)
        painter.setBrush(HEAD)
        painter.drawRect(STRIP)
        for at in (QPointF(0, 40), QPointF(0, 54), QPointF(WIDE, 40)):
            painter.drawEllipse(at, 5.0, 5.0)
        painter.setPen(TEXT_PEN)
        painter.drawText(TITLE, CENTRE, self.title)


class PlainWire(QGraphicsItem):
    def __init__(self, source: PlainNode, target: PlainNode) -> None:
        super().__init__()
        self.source, self.target = source, target
        source.wires.append(self)
        target.wires.append(self)
        self.setZValue(1.0)
        self.run()

    def run(self) -> None:
        self.prepareGeometryChange()
        a, b = self.source.pos() + QPointF(WIDE, 40), self.target.pos() + QPointF(0, 40)
        self.path = QPainterPath(a)
        self.path.cubicTo(a + QPointF(50, 0), b - QPointF(50, 0), b)
        self.line = QLineF(a, b)
        self.bounds = self.path.boundingRect().adjusted(-4, -4, 4, 4)

    def boundingRect(self) -> QRectF:
        return self.bounds

    def paint(self, painter: QPainter, option: object, widget: object = None) -> None:
        painter.setPen(WIRE_PEN)
        painter.setBrush(NO_BRUSH)
        painter.drawPath(self.path)


class PlainScene(QGraphicsScene):
    def __init__(self, graph: Graph, font: QFont) -> None:
        super().__init__()
        self.nodes = {n.id: PlainNode(n.kind, n.at, font) for n in graph.nodes.values()}
        self.wires = [PlainWire(self.nodes[e.source.node], self.nodes[e.target.node]) for e in graph.edges.values()]
        for item in (*self.nodes.values(), *self.wires):
            self.addItem(item)
        self.far: tuple[list[QLineF], list[QRectF]] | None = None

    def content(self) -> QRectF:
        return self.itemsBoundingRect()

    def overview(self) -> tuple[list[QLineF], list[QRectF]]:
        if self.far is None:
            self.far = ([w.line for w in self.wires], [BOX.translated(n.pos()) for n in self.nodes.values()])
        return self.far


class PlainView(QGraphicsView):
    def __init__(self, scene: PlainScene) -> None:
        super().__init__(scene)
        self.setFrameShape(QGraphicsView.Shape.NoFrame)
        self.setSceneRect(-60_000, -60_000, 120_000, 120_000)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setBackgroundBrush(PAPER)
        self.last, self.held = None, None

    def zoom_by(self, factor: float) -> None:
        middle = self.mapToScene(self.viewport().rect().center())
        self.scale(factor, factor)
        self.centerOn(middle)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.zoom_by(1.0015 ** event.angleDelta().y())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.last = event.position().toPoint()
        if event.button() == LEFT:
            found = [i for i in self.items(self.last) if isinstance(i, PlainNode)]
            self.held = found[0] if found else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        step, self.last = at - self.last, at
        if self.held is not None:
            self.held.moveBy(step.x() / self.transform().m11(), step.y() / self.transform().m11())
            for wire in self.held.wires:
                wire.run()
            self.scene().far = None
        else:
            self.horizontalScrollBar().setValue(self.horizontalScrollBar().value() - step.x())
            self.verticalScrollBar().setValue(self.verticalScrollBar().value() - step.y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.held = None

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.transform().m11() >= FAR:
            super().paintEvent(event)
            return
        super().paintEvent(QPaintEvent(QRegion()))
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), PAPER)
        painter.setWorldTransform(self.viewportTransform())
        lines, boxes = self.scene().overview()
        painter.setPen(FAR_PEN)
        painter.drawLines(lines)
        painter.setPen(NO_PEN)
        painter.setBrush(HEAD)
        painter.drawRects(boxes)
