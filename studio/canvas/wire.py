"""A wire on the canvas: one item with its curve, its shape label, and the z⁻ᵏ chip where it carries the past."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPainterPath, QPainterPathStroker, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from core.graph.model import Edge
from core.problems import Severity
from core.specs.sig import Sig
from studio.canvas.look import font, wide
from studio.canvas.picture import LARGEST, PICTURES
from studio.canvas.route import Route
from studio.canvas.signs import NO_PEN, chip_rect, chip_text, paint_badge, paint_chip, port_shape
from studio.theme import Scheme, Theme, faded, theme

LABELS = 0.6
PLAIN = 0.6
PAD = 6.0
AIR = 12.0
LABEL_HEIGHT = 16.0
HEAD = LABEL_HEIGHT + 2.0  # over a wire, for what it says
LABEL = QRectF(-3.0, 0.0, 6.0, LABEL_HEIGHT + 1.0)  # of a label without words, from where it stands
BADGE = QRectF(-11.0, -11.0, 22.0, 22.0)
NO_BRUSH = QBrush(Qt.BrushStyle.NoBrush)
STYLES = {"solid": Qt.PenStyle.SolidLine, "dots": Qt.PenStyle.DotLine, "dashes": Qt.PenStyle.DashLine}


class WireItem(QGraphicsItem):
    """Shows one wire value along a route."""

    sig: Sig | None = None
    severity: Severity | None = None
    selected = False
    hovered = False
    dim = False
    quiet = False  # one of its ends is muted: it carries nothing
    offer = False  # a node held over it would be inserted here
    speaks = True  # of the wires of one port, the first says the shape
    loose = False  # one of its ends is at a port that does not exist
    flash = 0.0
    copied = False  # a picture of it lies behind what is being painted
    _label: tuple[str, float] | None = None  # what it says of its value, and the room for that; once somebody looks
    _shape: QPainterPath | None = None
    _bounds: QRectF | None = None

    def __init__(self, edge: Edge, route: Route, kind: str, tokens: Theme, fed: QPointF | None = None) -> None:
        super().__init__()  # at height 0: frames lie below, nodes above
        self.edge, self.route, self.kind, self.tokens, self.fed = edge, route, kind, tokens, fed

    def show_edge(self, edge: Edge, route: Route, kind: str, fed: QPointF | None) -> None:
        self.edge, self.route, self.kind, self.fed = edge, route, kind, fed
        self._remeasure()

    def _remeasure(self) -> None:
        if self._bounds is not None:  # else nobody has asked yet
            self.prepareGeometryChange()
            self._bounds = self._shape = None
            self.update()

    def put(self, **state: object) -> None:
        """Set paint state; repaints only when something differs."""
        if any(getattr(self, name) != value for name, value in state.items()):
            for name, value in state.items():
                setattr(self, name, value)
            self.update()

    def set_theme(self, tokens: Theme) -> None:
        self.tokens = tokens
        self.update()

    def judge(self, severity: Severity | None, sig: Sig | None, kind: str) -> bool:
        """What the check found; whether it is another than before."""
        if severity == self.severity and kind == self.kind and (sig is self.sig or sig == self.sig):
            return False
        badged = (severity is None) != (self.severity is None)
        self.severity, self.sig, self.kind, self._label = severity, sig, kind, None
        if badged:
            self._remeasure()
        else:
            self.update()
        return True

    @property
    def chip(self) -> QRectF | None:
        """The z⁻ᵏ chip, in scene coordinates."""
        return chip_rect(self.edge, self.route.chip) if self.edge.delay else None

    def boundingRect(self) -> QRectF:
        if self._bounds is None:
            self._bounds = self._measured()
        return self._bounds

    @property
    def extent(self) -> QRectF:
        """Its path and chip with air around, whatever is said beside them: what a view of everything shows."""
        area, chip = self.route.path.boundingRect(), self.chip
        return (area if chip is None else area.united(chip)).adjusted(-AIR, -AIR - LABEL_HEIGHT, AIR, AIR)

    def _measured(self) -> QRectF:
        """All that it may ever paint: the smaller, the fewer others are painted with it. What it says is painted where
        it has room, so that lies above it."""
        left, top, right, bottom = self.route.area
        area = QRectF(left - PAD, top - HEAD, right - left + 2 * PAD, bottom - top + HEAD + PAD)
        if self.edge.delay and (chip := self.chip) is not None:
            area = area.united(chip.adjusted(-3.0, -3.0, 3.0, 3.0))
        if self.fed is not None:
            area = area.united(QRectF(self.fed, self.route.chip).normalized().adjusted(-2.0, -2.0, 2.0, 2.0))
        if self.severity is not None:
            area = area.united(BADGE.translated(self.badge))
        return area

    def _label_at(self) -> QPointF:
        at = self.route.label
        return QPointF(at.x() + 10.0, at.y() - LABEL_HEIGHT - 2.0)

    def shape(self) -> QPainterPath:
        if self._shape is None:
            stroker = QPainterPathStroker()
            stroker.setWidth(10.0)
            self._shape = stroker.createStroke(self.route.path)
            if (chip := self.chip) is not None:
                self._shape.addRect(chip)
        return self._shape

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if not self.copied or widget is None:
            self.draw(painter, widget)

    def draw(self, painter: QPainter, widget: QWidget | None) -> None:
        """Paint it whatever lies behind."""
        world = painter.worldTransform()
        detail, lively = world.m11(), self.hovered or self.selected
        if self.dim or self.quiet:
            painter.setOpacity(0.3)
        painter.setBrush(NO_BRUSH)
        if detail >= PLAIN and (self.selected or self.offer or self.flash > 0):
            painter.setPen(QPen(faded(self.tokens.accent, 0.35 + 0.4 * self.flash), 8.0))
            painter.drawPath(self.route.path)
        painter.setPen(self._pen(detail))
        painter.drawPath(self.route.path)
        if detail >= PLAIN and self.edge.points:
            self._paint_points(painter, 5.0 if lively else 2.4)
        if self.edge.delay and self.fed is not None:
            painter.setPen(QPen(self.tokens.accent if lively else self.tokens.muted, 1.4, Qt.PenStyle.DotLine))
            painter.drawLine(self.fed, self.route.chip)
        if self.edge.delay:
            self._paint_chip(painter, world, widget, lively)
        if self.sig is not None and detail >= LABELS and (self.speaks or lively):
            self._label = self._label or label_of(self.sig)
            self._paint_label(painter, world, widget, *self._label)
        if self.severity is not None:
            painter.setOpacity(1.0)
            paint_badge(painter, self.badge, self.severity, self.tokens)

    def _pen(self, detail: float) -> QPen:
        bad = self.severity == "error" or self.loose
        colour = "bad" if bad else "accent" if self.selected else self.kind
        width = 2.6 if self.hovered or self.selected else 2.0
        style = "solid"
        if self.loose:
            style = "dots"
        elif self.sig is not None and not self.sig.axes and self.sig.kind != "scalar":
            style = "dashes"  # static: one value for the whole sequence
        return wire_pen(
            self.tokens.name, colour, width if detail >= PLAIN else max(1.0, 1.0 / max(detail, 0.05)), style
        )

    @property
    def badge(self) -> QPointF:
        """Where the sign stands that something is wrong, in scene coordinates."""
        middle, chip = self.route.chip, self.chip
        return middle if chip is None else QPointF(chip.right() - BADGE.left(), middle.y())

    def _paint_points(self, painter: QPainter, radius: float) -> None:
        painter.setPen(NO_PEN)
        painter.setBrush(self.tokens.accent if self.selected else self.tokens.port(self.kind))
        for x, y in self.edge.points:
            painter.drawEllipse(QPointF(x, y), radius, radius)

    def _paint_chip(self, painter: QPainter, world: QTransform, widget: QWidget | None, lively: bool) -> None:
        text, tokens, middle = chip_text(self.edge), self.tokens, self.route.chip
        rect = chip_rect(self.edge, QPointF())
        _copied(
            painter, world, widget, middle, ("chip", text, lively, tokens.name), rect.adjusted(-2, -2, 2, 2),
            lambda p: paint_chip(p, rect, text, tokens, lively),
        )  # fmt: skip

    def _paint_label(
        self, painter: QPainter, world: QTransform, widget: QWidget | None, text: str, width: float
    ) -> None:
        """The shape with axis names and the glyph of its kind, above the wire where it leaves."""
        if self.route.run < width + 18.0:
            return
        kind, tokens = self.kind, self.tokens
        _copied(
            painter, world, widget, self._label_at(), ("label", text, kind, tokens.name), LABEL.adjusted(0.0, 0.0, width, 0.0),
            lambda p: paint_label(p, text, width, kind, tokens),
        )  # fmt: skip


@lru_cache(maxsize=256)
def wire_pen(scheme: Scheme, colour: str, width: float, style: str) -> QPen:
    """The pen of a wire; `colour` is a kind, or "bad", or "accent"."""
    tokens = theme(scheme)
    pen = QPen({"bad": tokens.wire_bad, "accent": tokens.accent}.get(colour) or tokens.port(colour), width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setStyle(STYLES[style])
    return pen


def label_of(sig: Sig) -> tuple[str, float]:
    """What a wire says of its value, and how much room the words take."""
    text = sig.show()
    return text, wide(text, 8.0) + 16.0


def paint_label(painter: QPainter, text: str, width: float, kind: str, tokens: Theme) -> None:
    """A shape with the glyph of its kind, its box's corner at the origin."""
    box = QRectF(0.0, 0.0, width, LABEL_HEIGHT)
    painter.setPen(NO_PEN)
    painter.setBrush(faded(tokens.canvas, 0.8))
    painter.drawRoundedRect(box.adjusted(-2, 1, 2, 0), 6.0, 6.0)
    painter.setBrush(tokens.port(kind))
    glyph = QPointF(box.left() + 4.0, box.center().y() + 0.5)
    painter.translate(glyph)
    painter.drawPath(port_shape(kind, 3.0))
    painter.translate(-glyph)
    painter.setPen(tokens.muted)
    painter.setFont(font(8.0))
    painter.drawText(box.adjusted(11.0, 0, 4.0, 0), Qt.AlignmentFlag.AlignVCenter, text)


def _copied(
    painter: QPainter,
    world: QTransform,
    widget: QWidget | None,
    at: QPointF,
    key: tuple[object, ...],
    bounds: QRectF,
    paint: Callable[[QPainter], None],
) -> None:
    """Paint something that stands at a point of the paper: from its picture on screen, else as shapes. The painter is
    in coordinates of the paper before and after."""
    scale, ratio = world.m11(), 1.0 if widget is None else widget.devicePixelRatioF()
    if widget is None or scale * ratio > LARGEST:
        painter.translate(at)
        paint(painter)
    else:
        picture = PICTURES.find(key, scale, ratio) or PICTURES.make(key, scale, ratio, bounds, paint)
        picture.paint(painter, world, at.x(), at.y())
    painter.setWorldTransform(world)
