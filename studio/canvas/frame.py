"""A comment frame: a quiet area with the person's words, behind the nodes that lie on it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from core.graph.model import Frame
from core.words import worded
from studio.canvas.look import elide, font
from studio.theme import Theme, faded

TITLE = 26.0
CORNER = 16.0


class FrameItem(QGraphicsItem):
    """Shows one frame value. Only its title strip and its corner take the mouse: the area is the canvas."""

    def __init__(self, frame: Frame, tokens: Theme) -> None:
        super().__init__()
        self.frame, self.tokens = frame, tokens
        self.selected = False
        self.hovered = False
        self.copied = False  # a picture of it lies behind what is being painted
        self.setPos(*frame.at)
        self.setZValue(-1.0)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def show_frame(self, frame: Frame) -> None:
        self.prepareGeometryChange()
        self.frame = frame
        self.setPos(*frame.at)
        self.update()

    def set_theme(self, tokens: Theme) -> None:
        self.tokens = tokens
        self.update()

    def put(self, **state: object) -> None:
        if any(getattr(self, name) != value for name, value in state.items()):
            for name, value in state.items():
                setattr(self, name, value)
            self.update()

    @property
    def area(self) -> QRectF:
        return QRectF(QPointF(0, 0), QSizeF(*self.frame.size))

    @property
    def box(self) -> QRectF:
        return self.area.translated(self.pos())

    def grip(self, point: QPointF) -> str:
        """ "corner", "title" or "": which part of the frame takes the mouse there."""
        local = point - self.pos()
        if QRectF(self.area.right() - CORNER, self.area.bottom() - CORNER, CORNER, CORNER).contains(local):
            return "corner"
        return "title" if QRectF(0, 0, self.area.width(), TITLE).contains(local) else ""

    def boundingRect(self) -> QRectF:
        return self.area.adjusted(-2, -2, 2, 2)

    def shape(self) -> QPainterPath:
        path = QPainterPath()
        path.addRect(self.area)
        return path

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if not self.copied or widget is None:
            self.draw(painter, widget)

    def draw(self, painter: QPainter, widget: QWidget | None) -> None:
        """Paint it whatever lies behind."""
        t = self.tokens
        colour = QColor(self.frame.color) if QColor.isValidColorName(self.frame.color) else t.frame
        pen = QPen(t.accent if self.selected else faded(colour, 0.7 if self.hovered else 0.4), 1.6)
        painter.setPen(pen)
        painter.setBrush(faded(colour, 0.08))
        painter.drawRoundedRect(self.area, 10, 10)
        painter.setPen(t.text)
        painter.setFont(font(10.0, True))
        title = elide(worded(self.frame.text), 10.0, max(20.0, self.area.width() - 24.0), bold=True)
        painter.drawText(QRectF(12, 0, self.area.width() - 16, TITLE), Qt.AlignmentFlag.AlignVCenter, title)
        painter.setPen(QPen(faded(colour, 0.6), 1.4))
        corner = self.area.bottomRight()
        for step in (5.0, 9.0):
            painter.drawLine(QPointF(corner.x() - step, corner.y() - 3), QPointF(corner.x() - 3, corner.y() - step))
