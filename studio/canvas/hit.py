"""What lies under a point of the canvas, in the order in which a hand expects to catch it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QGraphicsItem

from core.graph.model import Port
from studio.canvas.frame import FrameItem
from studio.canvas.look import HEADER, Side
from studio.canvas.node import NodeItem
from studio.canvas.scene import CanvasScene
from studio.canvas.wire import WireItem

Kind = Literal["", "port", "node", "title", "wire", "chip", "point", "frame", "corner", "badge"]


@dataclass(frozen=True, slots=True)
class Hit:
    """`id` names the node, wire or frame; `port` and `side` the port; `index` the reroute point."""

    kind: Kind = ""
    id: str = ""
    port: str = ""
    side: Side = "in"
    index: int = -1

    @property
    def end(self) -> Port:
        return Port(self.id, self.port)


EMPTY = Hit()
BADGE = 9.0


def hit(scene: CanvasScene, point: QPointF, reach: float = 10.0) -> Hit:
    """The thing to catch within `reach` (scene units): badges first, then ports, nodes, chips, wires, frames."""
    around = QRectF(point.x() - reach, point.y() - reach, 2 * reach, 2 * reach)
    items = scene.items(around)
    nodes = [i for i in scene.items(around.adjusted(-6, -6, 6, 6)) if isinstance(i, NodeItem)]
    return (
        _badge(items, point)
        or _port(nodes, point, reach)
        or _node(nodes, point)
        or _wire([i for i in items if isinstance(i, WireItem)], point, reach)
        or _frame([i for i in items if isinstance(i, FrameItem)], point)
        or EMPTY
    )


def wire_under(scene: CanvasScene, area: QRectF, but: frozenset[str] = frozenset()) -> str:
    """A wire that crosses an area (a node held over it), none of whose ends is in `but`; "" where there is none."""
    for item in scene.items(area):
        if isinstance(item, WireItem) and not {item.edge.source.node, item.edge.target.node} & but:
            return item.edge.id
    return ""


def _badge(items: list[QGraphicsItem], point: QPointF) -> Hit | None:
    """The sign that something is wrong with a node or a wire."""
    for item in items:
        if isinstance(item, (NodeItem, WireItem)) and item.severity is not None:
            away = item.badge - point
            if abs(away.x()) <= BADGE and abs(away.y()) <= BADGE:
                return Hit("badge", item.node.id if isinstance(item, NodeItem) else item.edge.id)
    return None


def _port(nodes: list[NodeItem], point: QPointF, reach: float) -> Hit | None:
    for item in nodes:
        mark = item.port_at(point, reach)
        if mark is not None:
            return Hit("port", item.node.id, mark.spec.name, mark.side)
    return None


def _node(nodes: list[NodeItem], point: QPointF) -> Hit | None:
    for item in nodes:
        if item.box.contains(point):
            head = item.look.height if item.look.collapsed else HEADER
            on_title = item.look.shape == "card" and point.y() - item.y() < head
            return Hit("title" if on_title else "node", item.node.id)
    return None


def _wire(wires: list[WireItem], point: QPointF, reach: float) -> Hit | None:
    for item in wires:
        chip = item.chip
        if chip is not None and chip.contains(point):
            return Hit("chip", item.edge.id)
    for item in wires:
        for i, (x, y) in enumerate(item.edge.points):
            if abs(x - point.x()) <= reach and abs(y - point.y()) <= reach:
                return Hit("point", item.edge.id, index=i)
    return Hit("wire", wires[0].edge.id) if wires else None


def _frame(frames: list[FrameItem], point: QPointF) -> Hit | None:
    for item in frames:
        grip = item.grip(point)
        if grip:
            return Hit("corner" if grip == "corner" else "frame", item.frame.id)
    return None
