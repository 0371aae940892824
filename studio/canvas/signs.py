"""Small marks that never rely on colour alone: a shape for each kind of port, badges for problems, the z⁻ᵏ chip."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from core.graph.model import Edge, Node
from core.words import Text
from studio.canvas.look import font, wide
from studio.canvas.ways import way_brief
from studio.theme import Theme

PORT = 5.0
CHIP_HEIGHT = 20.0
SUPER = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
NO_PEN = QPen(Qt.PenStyle.NoPen)


@lru_cache(maxsize=32)
def port_shape(kind: str, radius: float = PORT) -> QPainterPath:
    """circle: features; diamond: tokens; square: scalar; ring (a circle, painted hollow): any."""
    path, r = QPainterPath(), radius
    if kind == "tokens":
        r *= 1.25
        path.addPolygon(QPolygonF([QPointF(0, -r), QPointF(r, 0), QPointF(0, r), QPointF(-r, 0)]))
        path.closeSubpath()
    elif kind == "scalar":
        path.addRect(QRectF(-r * 0.9, -r * 0.9, r * 1.8, r * 1.8))
    else:
        path.addEllipse(QPointF(0, 0), r, r)
    return path


def paint_port(painter: QPainter, at: QPointF, kind: str, colour: QColor, back: QColor, filled: bool) -> None:
    """One port. Hollow where nothing is wired to it, or where it takes any kind."""
    painter.translate(at)
    painter.setPen(QPen(colour if not filled else back, 1.6))
    painter.setBrush(colour if filled else back)
    painter.drawPath(port_shape(kind))
    painter.translate(-at)


def superscript(number: int) -> str:
    return str(number).translate(SUPER)


def chip_text(edge: Edge) -> str:
    """ "z⁻¹", with along what, and a sign of what it starts from, where that is not time and zeros."""
    start = {"zeros": "", "learned": "  θ", "fed": "  ←"}[edge.init.kind]
    along = f" {way_brief(edge.along)}" if edge.along else ""
    return f"z{superscript(-edge.delay)}{along}{start}"


def chip_rect(edge: Edge, at: QPointF) -> QRectF:
    width = max(34.0, wide(chip_text(edge), 9.0, True) + 14.0)
    return QRectF(at.x() - width / 2, at.y() - CHIP_HEIGHT / 2, width, CHIP_HEIGHT)


def paint_chip(painter: QPainter, rect: QRectF, text: str, tokens: Theme, active: bool) -> None:
    painter.setPen(QPen(tokens.accent if active else tokens.canvas, 2.0))
    painter.setBrush(tokens.chip)
    painter.drawRoundedRect(rect, CHIP_HEIGHT / 2, CHIP_HEIGHT / 2)
    painter.setPen(tokens.on_chip)
    painter.setFont(font(9.0, True))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)


BYPASSED, MUTED = Text("bypassed", "puenteado"), Text("muted", "silenciado")
TAG_HEIGHT = 15.0


def tag_of(node: Node) -> Text | None:
    """The word on a node that computes nothing for now."""
    return MUTED if node.muted else BYPASSED if node.bypass else None


def tag_width(text: str) -> float:
    return wide(text, 8.0) + 12.0


def paint_tag(painter: QPainter, at: QPointF, text: str, tokens: Theme) -> None:
    """A word on the upper edge of a node; `at` is where it begins, at half its height."""
    box = QRectF(at.x(), at.y() - TAG_HEIGHT / 2, tag_width(text), TAG_HEIGHT)
    painter.setPen(QPen(tokens.border, 1.0))
    painter.setBrush(tokens.raised)
    painter.drawRoundedRect(box, 4.0, 4.0)
    painter.setPen(tokens.text)
    painter.setFont(font(8.0))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def paint_badge(painter: QPainter, at: QPointF, severity: str, tokens: Theme) -> None:
    """Error: a disc with "!"; warning: a triangle; info: a disc with "i"."""
    colour = {"error": tokens.error, "warning": tokens.warning}.get(severity, tokens.info)
    painter.setPen(QPen(tokens.canvas, 2.0))
    painter.setBrush(colour)
    if severity == "warning":
        corners = [
            QPointF(at.x(), at.y() - 9),
            QPointF(at.x() + 9.5, at.y() + 7.5),
            QPointF(at.x() - 9.5, at.y() + 7.5),
        ]
        painter.drawPolygon(QPolygonF(corners))
    else:
        painter.drawEllipse(at, 8.5, 8.5)
    painter.setPen(tokens.on_sign)
    painter.setFont(font(9.0, True))
    drop = 2.0 if severity == "warning" else 0.0
    painter.drawText(
        QRectF(at.x() - 8, at.y() - 8 + drop, 16, 16), Qt.AlignmentFlag.AlignCenter, "i" if severity == "info" else "!"
    )
