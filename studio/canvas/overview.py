"""The far view: the whole drawing in a few batches of lines and boxes, where words could not be read anyway."""

from __future__ import annotations

from collections import defaultdict

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from studio.canvas.scene import CanvasScene
from studio.canvas.signs import NO_PEN
from studio.theme import Theme, faded, mix


class Overview:
    """Keeps the batches until the scene changes."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self._made: tuple[int, str] | None = None
        self._lines: dict[str, list[QLineF]] = {}
        self._boxes: dict[str, list[QRectF]] = {}

    def paint(self, painter: QPainter, tokens: Theme) -> None:
        """Frames, wires, then nodes coloured by group; what is selected or wrong stands out."""
        if self._made != (self._scene.version, tokens.name):
            self._made = (self._scene.version, tokens.name)
            self._lines, self._boxes = _lines(self._scene), _boxes(self._scene, tokens)
        for frame in self._scene.frames.values():
            painter.fillRect(frame.box, faded(tokens.frame, 0.14))
        for kind, group in self._lines.items():
            pen = QPen(faded(tokens.port(kind), 0.7), 1.0)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawLines(group)
        painter.setPen(NO_PEN)
        for colour, boxes in self._boxes.items():
            painter.setBrush(QColor(colour))
            painter.drawRects(boxes)


def _lines(scene: CanvasScene) -> dict[str, list[QLineF]]:
    """Each wire as a straight line, by kind."""
    lines: dict[str, list[QLineF]] = defaultdict(list)
    for wire in scene.wires.values():
        path = wire.route.path
        start, end = path.elementAt(0), path.elementAt(path.elementCount() - 1)
        lines[wire.kind].append(QLineF(start.x, start.y, end.x, end.y))
    return lines


def _boxes(scene: CanvasScene, tokens: Theme) -> dict[str, list[QRectF]]:
    """Boxes by colour; rims of what is selected or wrong come first, so that they lie behind."""
    rims: dict[str, list[QRectF]] = defaultdict(list)
    out: dict[str, list[QRectF]] = defaultdict(list)
    for item in scene.nodes.values():
        box = item.box
        if item.selected:
            rims[tokens.accent.name()].append(box.adjusted(-8, -8, 8, 8))
        if item.severity == "error":
            rims[tokens.error.name()].append(box.adjusted(-5, -5, 5, 5))
        out[mix(tokens.group(item.look.group), tokens.card, 0.6).name()].append(box)
    return {**rims, **out}
