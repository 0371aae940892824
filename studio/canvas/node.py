"""A node on the canvas: one item, painted; its ports are places on it, not items. Three tiers of detail."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from core.graph.model import Node
from core.problems import Severity
from core.specs.sig import Sig
from core.words import say
from studio.canvas.look import AUTO, CAPTION, FOLD, HEADER, MARGIN, Look, Mark, Side, font, wide
from studio.canvas.picture import LARGEST, PICTURES, Picture
from studio.canvas.signs import NO_PEN, paint_badge, paint_port, paint_tag, tag_of, tag_width
from studio.theme import Theme, faded, mix

FULL = 0.6
ROUND = 9.0
SPARE = 4.0  # of the margin, which only the glow of ports needs
TAG_AT = 8.0
RESTING, CHOSEN = 1.0, 2.0  # heights over the paper: what is selected is never hidden by what is not
Fit = dict[tuple[Side, str], bool]
Wired = frozenset[tuple[Side, str]]
"""The ports of a node where wires are."""
STATES = {"selected", "hovered", "severity", "wired", "sigs", "fit", "flash"}
"""What `put` may set. A picture of a node is shared by all that are alike in these (`NodeItem.face`)."""
FACES: dict[tuple[object, ...], int] = {}


@lru_cache(maxsize=512)
def header_path(width: float) -> QPainterPath:
    """The top strip of a card: round above, straight below."""
    path = QPainterPath()
    path.moveTo(0, HEADER)
    path.lineTo(0, ROUND)
    path.quadTo(0, 0, ROUND, 0)
    path.lineTo(width - ROUND, 0)
    path.quadTo(width, 0, width, ROUND)
    path.lineTo(width, HEADER)
    path.closeSubpath()
    return path


@lru_cache(maxsize=2048)
def large_title(title: str, room: float) -> float:
    """The largest size, in points, at which a title fits a width."""
    return next((size for size in (16.0, 14.0, 12.5, 11.0) if wide(title, size, True) <= room), 9.5)


class NodeItem(QGraphicsItem):
    """Shows one node value. Everything that can change is set through the methods below, which repaint what they must."""

    selected = False
    hovered = False
    severity: Severity | None = None
    sigs: Mapping[str, Sig] = {}
    fit: Fit | None = None
    flash = 0.0
    _face: int | None = None

    def __init__(self, node: Node, look: Look, tokens: Theme, wired: Wired = frozenset()) -> None:
        super().__init__()
        self.node, self.look, self.tokens, self.wired = node, look, tokens, wired
        self._bounds = _bounds(node, look)
        self.stand(*node.at)
        self.setZValue(RESTING)

    def show_node(self, node: Node, look: Look) -> None:
        bounds = _bounds(node, look)
        if bounds != self._bounds:
            self.prepareGeometryChange()
        self.node, self.look, self._bounds = node, look, bounds
        self.stand(*node.at)
        self._repaint()

    def stand(self, x: float, y: float) -> None:
        """Show the node at a place of the scene."""
        self.setPos(x, y)
        self.box = QRectF(x, y, self.look.width, self.look.height)  # the body, in scene coordinates
        self.left, self.top = x, y  # the same for whoever counts many

    def judge(self, severity: Severity | None, sigs: Mapping[str, Sig]) -> bool:
        """What the check found; whether it is another than before."""
        if severity == self.severity and (sigs is self.sigs or sigs == self.sigs):
            return False
        self.severity, self.sigs = severity, sigs
        self._repaint()
        return True

    def put(self, **state: object) -> None:
        """Set paint state; repaints only when something differs."""
        assert state.keys() <= STATES
        if any(getattr(self, name) != value for name, value in state.items()):
            for name, value in state.items():
                setattr(self, name, value)
            if "selected" in state:
                self.setZValue(CHOSEN if self.selected else RESTING)
            self._repaint()

    def set_theme(self, tokens: Theme) -> None:
        self.tokens = tokens
        self._repaint()

    def _repaint(self) -> None:
        self._face = None
        self.update()

    @property
    def badge(self) -> QPointF:
        """Where the sign stands that something is wrong, in scene coordinates."""
        return self.pos() + QPointF(self.look.width - 4.0, 3.0)

    def port_at(self, point: QPointF, reach: float) -> Mark | None:
        """The nearest port within `reach` of a point of the scene."""
        local = point - self.pos()
        near = [(_distance(local, m.at), m) for m in self.look.marks]
        best = min(near, key=lambda pair: pair[0], default=None)
        return best[1] if best is not None and best[0] <= reach else None

    def anchor(self, side: Side, port: str) -> tuple[QPointF, bool]:
        """Where a wire meets the node, and whether that port exists."""
        x, y, there = self.spot(side, port)
        return QPointF(x, y), there

    def spot(self, side: Side, port: str) -> tuple[float, float, bool]:
        """The same, in plain numbers."""
        if (mark := self.look.by_port.get((side, port))) is not None:
            return self.left + mark.x, self.top + mark.y, True
        return self.left + (0.0 if side == "in" else self.look.width), self.top + self.look.height / 2, False

    def boundingRect(self) -> QRectF:
        return self._bounds

    def shape(self) -> QPainterPath:
        path = QPainterPath()
        path.addRect(self.look.rect)
        return path

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        world = painter.worldTransform()
        scale, ratio = world.m11(), 1.0 if widget is None else widget.devicePixelRatioF()
        if widget is None or scale * ratio > LARGEST or self.fit is not None or self.flash > 0:
            self._paint(painter, scale)
        else:
            picture = PICTURES.find(self.face, scale, ratio) or self._pictured(scale, ratio)
            picture.paint(painter, world)

    def _pictured(self, scale: float, ratio: float) -> Picture:
        area = self.boundingRect().adjusted(SPARE, SPARE, -SPARE, -SPARE)
        return PICTURES.make(self.face, scale, ratio, area, lambda p: self._paint(p, scale))

    @property
    def face(self) -> int:
        """A number for how the node looks: equal where all of it is equal."""
        if self._face is None:
            kinds = tuple((port, sig.kind) for port, sig in self.sigs.items())
            auto = tuple(self._worked_out(value) for _, value in self.look.lines)
            all = (self.look.serial, self.tokens.name, self.selected, self.hovered, self.severity, self.wired,
                   tag_of(self.node), kinds, auto)  # fmt: skip
            self._face = FACES.setdefault(all, len(FACES))
        return self._face

    def _paint(self, painter: QPainter, detail: float) -> None:
        if self.fit is not None and not any(self.fit.values()):
            painter.setOpacity(0.4)
        elif self.node.bypass or self.node.muted:
            painter.setOpacity(0.55 if self.node.bypass else 0.4)
        if self.look.shape == "pill":
            self._paint_pill(painter, detail)
        else:
            self._paint_card(painter, detail)
        if detail >= FULL:
            for mark in self.look.marks:
                self._paint_port(painter, mark)
        if (tag := tag_of(self.node)) and detail >= FULL:
            painter.setOpacity(1.0)
            paint_tag(painter, QPointF(TAG_AT, 0.0), say(tag), self.tokens)
        if self.severity is not None:
            painter.setOpacity(1.0)
            paint_badge(painter, self.badge - self.pos(), self.severity, self.tokens)

    def _outline(self) -> QPen:
        t = self.tokens
        if self.flash > 0:
            return QPen(mix(t.accent, t.card_border, self.flash), 1.2 + 3.0 * self.flash)
        if self.selected:
            return QPen(t.accent, 2.0)
        if self.severity == "error":
            return QPen(t.error, 1.4)
        style = Qt.PenStyle.SolidLine if self.look.known and not tag_of(self.node) else Qt.PenStyle.DashLine
        return QPen(t.card_hover if self.hovered else t.card_border, 1.2, style)

    def _paint_shadow(self, painter: QPainter, radius: float) -> None:
        painter.setPen(NO_PEN)
        alpha = self.tokens.shadow.alphaF()
        for out, drop, share in ((0.5, 2.0, 0.6), (2.5, 4.0, 0.3), (5.0, 7.0, 0.2)):
            painter.setBrush(faded(self.tokens.shadow, alpha * share))
            around = self.look.rect.adjusted(-out, 1.0 - out / 2, out, drop)
            painter.drawRoundedRect(around, radius + out, radius + out)
        if self.selected:
            painter.setBrush(faded(self.tokens.accent, 0.22))
            painter.drawRoundedRect(self.look.rect.adjusted(-4, -4, 4, 4), radius + 4, radius + 4)

    def _paint_card(self, painter: QPainter, detail: float) -> None:
        if detail < FULL:
            self._paint_small(painter)
            return
        t, look = self.tokens, self.look
        colour = t.group(look.group)
        self._paint_shadow(painter, ROUND)
        painter.setPen(NO_PEN)
        painter.setBrush(t.card)
        painter.drawRoundedRect(look.rect, ROUND, ROUND)
        painter.setBrush(mix(colour, t.card, 0.22))
        if look.collapsed:
            painter.drawRoundedRect(look.rect, ROUND, ROUND)
        else:
            painter.drawPath(header_path(look.width))
            painter.setBrush(colour)
            painter.drawRoundedRect(QRectF(10.0, HEADER - 1.0, look.width - 20.0, 2.0), 1.0, 1.0)
        painter.setPen(self._outline())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(look.rect, ROUND, ROUND)
        painter.setPen(t.text)
        painter.setFont(font(9.5, True))
        middle = Qt.AlignmentFlag.AlignVCenter
        left, high = (FOLD, look.height) if look.collapsed else (12.0, HEADER - 1.0)
        painter.drawText(QRectF(left, 0.0, look.width - left - 4.0, high), middle, look.title)
        if look.cell:
            self._paint_door(painter, colour)
        if look.collapsed:
            self._paint_fold(painter)
        else:
            self._paint_words(painter)

    def _paint_small(self, painter: QPainter) -> None:
        """From further away: the group's colour all over, and the title as large as it fits."""
        t, look = self.tokens, self.look
        painter.setPen(self._outline())
        painter.setBrush(mix(t.group(look.group), t.card, 0.26))
        painter.drawRoundedRect(look.rect, ROUND, ROUND)
        painter.setPen(t.text)
        painter.setFont(font(large_title(look.title, look.width - 12.0), True))
        painter.drawText(look.rect, Qt.AlignmentFlag.AlignCenter, look.title)

    def _paint_door(self, painter: QPainter, colour: QColor) -> None:
        """The sign that there is something inside: two nested squares."""
        painter.setPen(QPen(colour, 1.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        x, y = self.look.width - 22.0, (self.look.height if self.look.collapsed else HEADER) / 2 - 5.5
        painter.drawRoundedRect(QRectF(x, y, 11.0, 11.0), 2.5, 2.5)
        painter.setBrush(colour)
        painter.setPen(NO_PEN)
        painter.drawRoundedRect(QRectF(x + 3.5, y + 3.5, 4.0, 4.0), 1.0, 1.0)

    def _paint_fold(self, painter: QPainter) -> None:
        """The sign that there is more: a small triangle, as before a folded row."""
        painter.setPen(NO_PEN)
        painter.setBrush(self.tokens.muted)
        y = self.look.height / 2
        painter.drawPolygon([QPointF(12.0, y - 4.5), QPointF(18.0, y), QPointF(12.0, y + 4.5)])

    def _paint_words(self, painter: QPainter) -> None:
        t, look = self.tokens, self.look
        painter.setFont(font(8.5))
        painter.setPen(t.muted)
        for mark in look.marks:
            left = mark.side == "in"
            box = QRectF(12.0 if left else look.width - 112.0, mark.at.y() - 10.0, 100.0, 20.0)
            side = Qt.AlignmentFlag.AlignLeft if left else Qt.AlignmentFlag.AlignRight
            painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, mark.label)
        top = look.height - 17.0 * len(look.lines) - 6.0
        for i, (label, value) in enumerate(look.lines):
            box = QRectF(12.0, top + 17.0 * i, look.width - 24.0, 17.0)
            painter.setPen(t.muted)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, label)
            painter.setPen(t.text)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, self._worked_out(value))

    def _worked_out(self, value: str) -> str:
        """A size left to the compiler, with the number it found."""
        size = next((sig.size for sig in self.sigs.values()), None)
        return f"{value} ({size})" if value == say(AUTO) and isinstance(size, int) else value

    def _paint_pill(self, painter: QPainter, detail: float) -> None:
        t, look = self.tokens, self.look
        colour = t.group(look.group)
        radius = min(look.height / 2, 20.0)
        if detail >= FULL:
            self._paint_shadow(painter, radius)
        painter.setBrush(mix(colour, t.card, 0.2))
        pen = self._outline()
        if not (self.selected or self.flash or self.severity == "error"):
            pen.setColor(mix(colour, t.card_border, 0.85 if self.hovered else 0.6))
        painter.setPen(pen)
        painter.drawRoundedRect(look.rect, radius, radius)
        painter.setPen(t.text)
        painter.setFont(font(13.0 if len(look.title) == 1 else 10.0, True))
        painter.drawText(look.rect, Qt.AlignmentFlag.AlignCenter, look.title)
        if look.caption and detail >= FULL:
            painter.setPen(t.muted)
            painter.setFont(font(8.0))
            below = QRectF(-40.0, look.height + 3.0, look.width + 80.0, CAPTION - 4.0)
            painter.drawText(below, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, look.caption)

    def _paint_port(self, painter: QPainter, mark: Mark) -> None:
        t, key = self.tokens, (mark.side, mark.spec.name)
        sig = self.sigs.get(mark.spec.name) if mark.side == "out" else None
        kind = sig.kind if sig is not None else mark.spec.kind
        before = painter.opacity()
        if self.fit is not None:
            fits = self.fit.get(key, False)
            painter.setOpacity(1.0 if fits else 0.25)
            if fits:
                painter.setPen(NO_PEN)
                painter.setBrush(faded(t.accent, 0.35))
                painter.drawEllipse(mark.at, 11.0, 11.0)
        paint_port(painter, mark.at, kind, t.port(kind), t.card, key in self.wired)
        painter.setOpacity(before)


def _bounds(node: Node, look: Look) -> QRectF:
    """The node with its shadow, badge, caption and tag."""
    if (tag := tag_of(node)) is None:
        return look.bounds
    return look.bounds.united(QRectF(0.0, 0.0, TAG_AT + tag_width(say(tag)) + MARGIN, look.height))


def around(items: Iterable[NodeItem]) -> QRectF:
    """The area that nodes cover."""
    boxes = [(item.left, item.top, item.look) for item in items]
    if not boxes:
        return QRectF()
    left, top = min(x for x, _, _ in boxes), min(y for _, y, _ in boxes)
    right, bottom = max(x + look.width for x, _, look in boxes), max(y + look.height for _, y, look in boxes)
    return QRectF(left, top, right - left, bottom - top)


def _distance(a: QPointF, b: QPointF) -> float:
    return float(((a.x() - b.x()) ** 2 + (a.y() - b.y()) ** 2) ** 0.5)
