"""The far view: the whole drawing in a few batches of lines and boxes, where words could not be read anyway."""

from __future__ import annotations

from collections import defaultdict

from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QColor, QPainter, QPen

from studio.canvas.node import NodeItem
from studio.canvas.places import Square, squares
from studio.canvas.scene import CanvasScene
from studio.canvas.signs import NO_PEN
from studio.canvas.wire import WireItem
from studio.theme import Theme, faded, mix

SQUARE = 1024.0
MANY = 32  # squares in sight, from which on it is all painted at once
WRONG, PICKED = "!", "*"  # rims, beside the groups of nodes


class Batch:
    """Lines by kind and boxes by group, each by id, so that what is in two batches is painted once."""

    def __init__(self) -> None:
        self.lines: dict[str, dict[str, QLineF]] = defaultdict(dict)
        self.boxes: dict[str, dict[str, QRectF]] = defaultdict(dict)

    def add_wire(self, wire: WireItem) -> None:
        self.lines[wire.kind][wire.edge.id] = wire.route.ends

    def add_node(self, node: NodeItem) -> None:
        if node.severity == "error":
            self.boxes[WRONG][node.node.id] = node.box.adjusted(-5, -5, 5, 5)
        self.boxes[node.look.group][node.node.id] = node.box

    def add_rim(self, node: NodeItem) -> None:
        self.boxes[PICKED][node.node.id] = node.box.adjusted(-8, -8, 8, 8)

    def add(self, other: Batch) -> None:
        for kind, lines in other.lines.items():
            self.lines[kind].update(lines)
        for group, boxes in other.boxes.items():
            self.boxes[group].update(boxes)

    def paint_lines(self, painter: QPainter, tokens: Theme) -> None:
        for kind, lines in self.lines.items():
            pen = QPen(faded(tokens.port(kind), 0.7), 1.0)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawLines(list(lines.values()))

    def paint_boxes(self, painter: QPainter, tokens: Theme) -> None:
        """Rims first, so that they lie behind."""
        for name in sorted(self.boxes, key=(PICKED, WRONG).__contains__, reverse=True):
            painter.setBrush({WRONG: tokens.error, PICKED: tokens.accent}.get(name) or _shade(tokens, name))
            painter.drawRects(list(self.boxes[name].values()))


class Overview:
    """Keeps the batches until the drawing changes. What is selected, or moved by a hand, is added in each frame."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self._made = -1
        self._whole: Batch | None = None
        self._parts: dict[Square, Batch] = {}

    def paint(self, painter: QPainter, tokens: Theme, area: QRectF | None = None) -> None:
        """Frames, wires, then nodes coloured by group; what is selected or wrong stands out. Of a small area only what
        is near it is painted."""
        scene = self._scene
        if self._made != scene.form:
            self._made, self._whole, self._parts = scene.form, None, {}
        batches = (self._near(area), self._moving())
        for frame in scene.frames.values():
            painter.fillRect(frame.box, faded(tokens.frame, 0.14))
        for batch in batches:
            batch.paint_lines(painter, tokens)
        painter.setPen(NO_PEN)
        for batch in (_rims(scene), *batches):
            batch.paint_boxes(painter, tokens)

    def _near(self, area: QRectF | None) -> Batch:
        """What lies in an area and beside it; the whole where that would be much."""
        here = squares(area, SQUARE) if area is not None else []
        if not here or len(here) > MANY:
            self._whole = self._whole or self._all()
            return self._whole
        self._parts = self._parts or self._sorted()
        near = Batch()
        for at in here:
            if at in self._parts:
                near.add(self._parts[at])
        return near

    def _resting(self) -> tuple[list[WireItem], list[NodeItem]]:
        """All that no hand holds."""
        scene, held = self._scene, self._scene.held
        wires = [w for id, w in scene.wires.items() if id not in held.wires]
        return wires, [n for id, n in scene.nodes.items() if id not in held.nodes]

    def _all(self) -> Batch:
        batch, (wires, nodes) = Batch(), self._resting()
        for wire in wires:
            batch.add_wire(wire)
        for node in nodes:
            batch.add_node(node)
        return batch

    def _sorted(self) -> dict[Square, Batch]:
        """The same by squares of the paper. What lies in several is in each of them."""
        parts: dict[Square, Batch] = defaultdict(Batch)
        wires, nodes = self._resting()
        for wire in wires:
            for at in squares(_box(wire.route.ends), SQUARE):
                parts[at].add_wire(wire)
        for node in nodes:
            for at in squares(node.box.adjusted(-5, -5, 5, 5), SQUARE):
                parts[at].add_node(node)
        return dict(parts)

    def _moving(self) -> Batch:
        scene, batch = self._scene, Batch()
        for id in scene.held.wires & scene.wires.keys():
            batch.add_wire(scene.wires[id])
        for id in scene.held.nodes & scene.nodes.keys():
            batch.add_node(scene.nodes[id])
        return batch


def _rims(scene: CanvasScene) -> Batch:
    batch = Batch()
    for id in scene.picked.nodes & scene.nodes.keys():
        batch.add_rim(scene.nodes[id])
    return batch


def _box(line: QLineF) -> QRectF:
    return QRectF(line.p1(), line.p2()).normalized()


def _shade(tokens: Theme, group: str) -> QColor:
    return mix(tokens.group(group), tokens.card, 0.6)
