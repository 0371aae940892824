"""A drawing as a picture, without a window: what thumbnails, the clipboard and files of the canvas are made from."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter

from core.compile.program import Checked
from core.graph.model import Graph, Path
from core.specs.registry import Registry
from studio.canvas.scene import CanvasScene
from studio.theme import Theme

AIR = 24.0  # of paper around the drawing
SIDE = 16_384  # px; no picture is larger
Kept = QImage.Format.Format_ARGB32_Premultiplied
Hints = QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing


def drawn(
    graph: Graph, registry: Registry, tokens: Theme, checked: Checked | None = None, path: Path = ()
) -> CanvasScene:
    """The graph as the canvas draws it, nothing selected. `checked` adds what wires carry, at the level `path`."""
    scene = CanvasScene(registry, tokens)
    scene.show_graph(graph, path)
    if checked is not None:
        scene.set_checked(checked)
    return scene


def paper(scene: CanvasScene) -> QRectF:
    """The part of the paper that a picture shows."""
    area = scene.content()
    return (area if not area.isEmpty() else QRectF(0, 0, 320, 200)).adjusted(-AIR, -AIR, AIR, AIR)


def image(scene: CanvasScene, scale: float = 2.0, clear: bool = False) -> QImage:
    """The whole drawing, `scale` pixels to a unit of the paper, on the canvas's ground (or none where `clear`)."""
    area = paper(scene)
    scale = min(scale, SIDE / max(area.width(), area.height()))
    made = QImage(round(area.width() * scale), round(area.height() * scale), Kept)
    made.fill(Qt.GlobalColor.transparent if clear else scene.tokens.canvas)
    paint(scene, made, QRectF(made.rect()))
    return made


def fitted(scene: CanvasScene, size: QSize, density: float = 1.0) -> QImage:
    """The whole drawing inside a size, in the middle."""
    made = QImage(size * density, QImage.Format.Format_RGB32)
    made.fill(scene.tokens.canvas)
    paint(scene, made, QRectF(made.rect()))
    made.setDevicePixelRatio(density)
    return made


def paint(scene: CanvasScene, device: QImage, where: QRectF) -> None:
    painter = QPainter(device)
    painter.setRenderHints(Hints)
    area = paper(scene)
    scale = min(where.width() / area.width(), where.height() / area.height())
    place = QRectF(0, 0, area.width() * scale, area.height() * scale)
    place.moveCenter(where.center())
    scene.render(painter, place, area)
    painter.end()
