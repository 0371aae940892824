"""A wire on the canvas: one item with its curve, its shape label, and the z⁻ᵏ chip where it carries the past."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPainterPathStroker, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from core.graph.model import Edge
from core.problems import Severity
from core.specs.sig import Sig
from studio.canvas.look import font, metrics
from studio.canvas.route import Route
from studio.canvas.signs import NO_PEN, chip_rect, chip_text, paint_badge, paint_chip, port_shape
from studio.theme import Theme, faded

LABELS = 0.6
PLAIN = 0.6
PAD = 12.0
LABEL_HEIGHT = 16.0


class WireItem(QGraphicsItem):
    """Shows one wire value along a route."""

    def __init__(self, edge: Edge, route: Route, kind: str, tokens: Theme) -> None:
        super().__init__()
        self.edge, self.route, self.kind, self.tokens = edge, route, kind, tokens
        self.sig: Sig | None = None
        self.severity: Severity | None = None
        self.selected = False
        self.hovered = False
        self.dim = False
        self.quiet = False  # one of its ends is muted: it carries nothing
        self.offer = False  # a node held over it would be inserted here
        self.speaks = True  # of the wires of one port, the first says the shape
        self.loose = False  # one of its ends is at a port that does not exist
        self.flash = 0.0
        self.fed: QPointF | None = None
        self._shape: QPainterPath | None = None
        self._bounds = QRectF()
        self._measure()
        self.setZValue(1.0)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def show_edge(self, edge: Edge, route: Route, kind: str, fed: QPointF | None) -> None:
        self.prepareGeometryChange()
        self.edge, self.route, self.kind, self.fed = edge, route, kind, fed
        self._measure()
        self.update()

    def put(self, **state: object) -> None:
        """Set paint state; repaints only when something differs."""
        if any(getattr(self, name) != value for name, value in state.items()):
            for name, value in state.items():
                setattr(self, name, value)
            self.update()

    def judge(self, severity: Severity | None, sig: Sig | None, kind: str) -> None:
        """What the check found."""
        if severity != self.severity or kind != self.kind or (sig is not self.sig and sig != self.sig):
            self.severity, self.sig, self.kind = severity, sig, kind
            self.update()

    @property
    def chip(self) -> QRectF | None:
        """The z⁻ᵏ chip, in scene coordinates."""
        return chip_rect(self.edge, self.route.chip) if self.edge.delay else None

    def _measure(self) -> None:
        self._shape = None
        area = self.route.path.boundingRect()
        if (chip := self.chip) is not None:
            area = area.united(chip)
        if self.fed is not None:
            area = area.united(QRectF(self.fed, self.route.chip).normalized())
        self._bounds = area.adjusted(-PAD, -PAD - LABEL_HEIGHT, PAD, PAD)

    def boundingRect(self) -> QRectF:
        return self._bounds

    def shape(self) -> QPainterPath:
        if self._shape is None:
            stroker = QPainterPathStroker()
            stroker.setWidth(10.0)
            self._shape = stroker.createStroke(self.route.path)
            if (chip := self.chip) is not None:
                self._shape.addRect(chip)
        return self._shape

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        detail = option.levelOfDetailFromTransform(painter.worldTransform())
        if self.dim or self.quiet:
            painter.setOpacity(0.3)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if detail >= PLAIN and (self.selected or self.offer or self.flash > 0):
            painter.setPen(QPen(faded(self.tokens.accent, 0.35 + 0.4 * self.flash), 8.0))
            painter.drawPath(self.route.path)
        painter.setPen(self._pen(detail))
        painter.drawPath(self.route.path)
        self._paint_marks(painter, detail)
        if self.severity is not None:
            painter.setOpacity(1.0)
            paint_badge(painter, self._badge_at(), self.severity, self.tokens)

    def _pen(self, detail: float) -> QPen:
        t = self.tokens
        bad = self.severity == "error" or self.loose
        colour = t.wire_bad if bad else t.accent if self.selected else t.port(self.kind)
        width = 2.6 if self.hovered or self.selected else 2.0
        pen = QPen(colour, width if detail >= PLAIN else max(1.0, 1.0 / max(detail, 0.05)))
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        if self.loose:
            pen.setStyle(Qt.PenStyle.DotLine)
        elif self.sig is not None and not self.sig.axes and self.sig.kind != "scalar":
            pen.setStyle(Qt.PenStyle.DashLine)  # static: one value for the whole sequence
        return pen

    def _badge_at(self) -> QPointF:
        middle = self.route.chip
        return QPointF(middle.x() + (28.0 if self.edge.delay else 0.0), middle.y())

    def _paint_marks(self, painter: QPainter, detail: float) -> None:
        grown = 5.0 if self.hovered or self.selected else 2.4
        for x, y in self.edge.points if detail >= PLAIN else ():
            painter.setPen(NO_PEN)
            painter.setBrush(self.tokens.accent if self.selected else self.tokens.port(self.kind))
            painter.drawEllipse(QPointF(x, y), grown, grown)
        chip = self.chip
        if chip is not None:
            if self.fed is not None and (self.hovered or self.selected):
                painter.setPen(QPen(self.tokens.accent, 1.4, Qt.PenStyle.DotLine))
                painter.drawLine(self.fed, self.route.chip)
            paint_chip(painter, chip, chip_text(self.edge), self.tokens, self.selected or self.hovered)
        if detail >= LABELS and self.sig is not None:
            self._paint_label(painter, self.sig)

    def _paint_label(self, painter: QPainter, sig: Sig) -> None:
        """The shape with axis names and the glyph of its kind, above the wire where it leaves."""
        if not (self.speaks or self.hovered or self.selected):
            return
        text = sig.show()
        width = metrics(8.0).horizontalAdvance(text) + 16.0
        if self.route.run < width + 18.0:
            return
        t = self.tokens
        box = QRectF(self.route.label.x() + 10.0, self.route.label.y() - LABEL_HEIGHT - 2.0, width, LABEL_HEIGHT)
        painter.setPen(NO_PEN)
        painter.setBrush(faded(t.canvas, 0.8))
        painter.drawRoundedRect(box.adjusted(-2, 1, 2, 0), 6.0, 6.0)
        painter.setBrush(t.port(sig.kind))
        glyph = QPointF(box.left() + 4.0, box.center().y() + 0.5)
        painter.translate(glyph)
        painter.drawPath(port_shape(sig.kind, 3.0))
        painter.translate(-glyph)
        painter.setPen(t.muted)
        painter.setFont(font(8.0))
        painter.drawText(box.adjusted(11.0, 0, 4.0, 0), Qt.AlignmentFlag.AlignVCenter, text)
