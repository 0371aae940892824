"""The far view: the whole drawing in a few batches of lines and boxes, where words could not be read anyway."""

from __future__ import annotations

from collections import defaultdict

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from studio.canvas.scene import CanvasScene
from studio.canvas.signs import NO_PEN
from studio.theme import Theme, faded, mix


def paint_overview(painter: QPainter, scene: CanvasScene, area: QRectF, tokens: Theme) -> None:
    """Frames, wires, then nodes coloured by group; what is selected or wrong stands out."""
    for frame in scene.frames.values():
        painter.fillRect(frame.box, faded(tokens.frame, 0.14))
    lines: dict[str, list[QLineF]] = defaultdict(list)
    for wire in scene.wires.values():
        if wire.boundingRect().intersects(area):
            path = wire.route.path
            start, end = path.elementAt(0), path.elementAt(path.elementCount() - 1)
            lines[wire.kind].append(QLineF(start.x, start.y, end.x, end.y))
    for kind, group in lines.items():
        pen = QPen(faded(tokens.port(kind), 0.7), 1.0)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.drawLines(group)
    painter.setPen(NO_PEN)
    for colour, boxes in _boxes(scene, area, tokens).items():
        painter.setBrush(QColor(colour))
        painter.drawRects(boxes)


def _boxes(scene: CanvasScene, area: QRectF, tokens: Theme) -> dict[str, list[QRectF]]:
    out: dict[str, list[QRectF]] = defaultdict(list)
    for item in scene.nodes.values():
        box = item.box
        if not box.intersects(area):
            continue
        if item.selected:
            out[tokens.accent.name()].append(box.adjusted(-6, -6, 6, 6))
        if item.severity == "error":
            out[tokens.error.name()].append(box.adjusted(-4, -4, 4, 4))
        out[mix(tokens.group(item.look.group), tokens.card, 0.6).name()].append(box)
    return out
