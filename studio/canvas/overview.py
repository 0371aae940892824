"""The far view: the whole drawing in a few batches of lines and boxes, where words could not be read anyway."""

from __future__ import annotations

from collections import defaultdict

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from studio.canvas.node import NodeItem
from studio.canvas.scene import CanvasScene
from studio.canvas.signs import NO_PEN
from studio.canvas.wire import WireItem
from studio.theme import Theme, faded, mix

SMALL = 8e6  # of the paper's pixels: of what is larger, everything is painted at once
WRONG, PICKED = "!", "*"  # rims, beside the groups of nodes
RIMS = (WRONG, PICKED)


class Batch:
    """Lines by kind and boxes by group."""

    def __init__(self) -> None:
        self.lines: dict[str, list[QLineF]] = defaultdict(list)
        self.boxes: dict[str, list[QRectF]] = defaultdict(list)

    def add_wire(self, wire: WireItem) -> None:
        self.lines[wire.kind].append(wire.route.ends)

    def add_node(self, node: NodeItem) -> None:
        if node.severity == "error":
            self.boxes[WRONG].append(node.box.adjusted(-5, -5, 5, 5))
        self.boxes[node.look.group].append(node.box)

    def add_rim(self, node: NodeItem) -> None:
        self.boxes[PICKED].append(node.box.adjusted(-8, -8, 8, 8))

    def paint_lines(self, painter: QPainter, tokens: Theme) -> None:
        for kind, lines in sorted(self.lines.items()):
            pen = QPen(faded(tokens.port(kind), 0.7), 1.0)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawLines(lines)

    def paint_boxes(self, painter: QPainter, tokens: Theme) -> None:
        """Rims first, so that they lie behind."""
        for name in sorted(self.boxes, key=lambda name: (name not in RIMS, name)):
            painter.setBrush({WRONG: tokens.error, PICKED: tokens.accent}.get(name) or _shade(tokens, name))
            painter.drawRects(self.boxes[name])
        if WRONG in self.boxes:
            self._cross_out(painter, tokens)

    def _cross_out(self, painter: QPainter, tokens: Theme) -> None:
        """What is wrong, not by its colour alone."""
        boxes = self.boxes[WRONG]
        pen = QPen(tokens.text, 1.6)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.drawLines([QLineF(b.topLeft(), b.bottomRight()) for b in boxes])
        painter.drawLines([QLineF(b.bottomLeft(), b.topRight()) for b in boxes])
        painter.setPen(NO_PEN)


class Overview:
    """Keeps a batch of everything until the drawing changes. What is selected, or moved by a hand, is added in each
    frame."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self._made = -1
        self._whole = Batch()

    def paint(self, painter: QPainter, tokens: Theme, area: QRectF | None = None) -> None:
        """Frames, wires, then nodes coloured by group; what is selected or wrong stands out. Of a small area only what
        is near it is painted."""
        near = area is not None and area.width() * area.height() < SMALL
        batches = (self._within(area),) if near and area is not None else (self._all(), self._moving())
        for frame in self._scene.frames.values():
            painter.fillRect(frame.box, faded(tokens.frame, 0.14))
        for batch in batches:
            batch.paint_lines(painter, tokens)
        painter.setPen(NO_PEN)
        for batch in (_rims(self._scene), *batches):
            batch.paint_boxes(painter, tokens)

    def _within(self, area: QRectF) -> Batch:
        """What meets an area, as Qt's index knows: a strip that comes into sight costs what is in it."""
        batch = Batch()
        for item in self._scene.items(area, Qt.ItemSelectionMode.IntersectsItemBoundingRect):
            if isinstance(item, WireItem):
                batch.add_wire(item)
            elif isinstance(item, NodeItem):
                batch.add_node(item)
        return batch

    def _all(self) -> Batch:
        """Everything that no hand holds."""
        scene, held = self._scene, self._scene.held
        if self._made != scene.form:
            self._made, self._whole = scene.form, Batch()
            for id, wire in scene.wires.items():
                if id not in held.wires:
                    self._whole.add_wire(wire)
            for id, node in scene.nodes.items():
                if id not in held.nodes:
                    self._whole.add_node(node)
        return self._whole

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


def _shade(tokens: Theme, group: str) -> QColor:
    return mix(tokens.group(group), tokens.card, 0.6)
