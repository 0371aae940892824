"""While a hand holds something, the paper and the wires that rest on it are painted once and then copied.

Nodes are not in it: they are copies of pictures already, and lie over the wires. So what is held is painted over the wires
that rest, and under the nodes where it belongs.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QGraphicsView

from studio.canvas.frame import FrameItem
from studio.canvas.scene import CanvasScene
from studio.canvas.wire import WireItem

BY_BOUNDS, FROM_BELOW = Qt.ItemSelectionMode.IntersectsItemBoundingRect, Qt.SortOrder.AscendingOrder


class Backdrop:
    """The picture that lies behind what a view paints, as long as a hand holds nodes of its scene."""

    def __init__(
        self, scene: CanvasScene, view: QGraphicsView, paint_paper: Callable[[QPainter, QRectF], None]
    ) -> None:
        self._scene, self._view, self._paint_paper = scene, view, paint_paper
        self._picture = QPixmap()
        self._key: object = None
        self._copied: list[WireItem | FrameItem] = []

    @property
    def wanted(self) -> bool:
        """A frame in the hand lies under the wires that rest: then nothing is copied."""
        return bool(self._scene.held.nodes) and not self._scene.held.frames

    def paint(self, painter: QPainter, part: QRect) -> bool:
        """Paint it within a part of the viewport; whether it is wanted now. The painter is in coordinates of the paper."""
        if not self.wanted:
            if self._key is not None:
                self._forget()
                self._view.viewport().update()  # where wires cross, another may lie above
            return False
        self._keep_up()
        ratio, world = self._picture.devicePixelRatio(), painter.worldTransform()
        source = QRectF(part.x() * ratio, part.y() * ratio, part.width() * ratio, part.height() * ratio)
        painter.resetTransform()
        painter.drawPixmap(QRectF(part), self._picture, source)
        painter.setWorldTransform(world)
        return True

    def _forget(self) -> None:
        for item in self._copied:
            item.copied = False
        self._copied, self._key, self._picture = [], None, QPixmap()

    def _keep_up(self) -> None:
        scene, view, port = self._scene, self._view, self._view.viewport()
        ratio = port.devicePixelRatioF()
        key = (scene.version, scene.form, scene.tokens.name, view.viewportTransform(), port.size(), ratio)
        if key == self._key:
            return
        self._forget()
        self._key, self._picture = key, QPixmap(port.size() * ratio)
        self._picture.setDevicePixelRatio(ratio)
        area = view.mapToScene(port.rect().adjusted(-1, -1, 1, 1)).boundingRect()
        painter = QPainter(self._picture)
        painter.setRenderHints(view.renderHints())
        painter.setWorldTransform(view.viewportTransform())
        self._paint_paper(painter, area)
        for item in self._resting(area):
            painter.setWorldTransform(item.sceneTransform() * view.viewportTransform())
            painter.setOpacity(1.0)
            item.draw(painter, port)
            item.copied = True
            self._copied.append(item)
        painter.end()

    def _resting(self, area: QRectF) -> list[WireItem | FrameItem]:
        held, found = self._scene.held.wires, self._scene.items(area, BY_BOUNDS, FROM_BELOW)
        return [i for i in found if isinstance(i, FrameItem) or (isinstance(i, WireItem) and i.edge.id not in held)]
