"""How each level of the drawing was last looked at, so that who comes back to one finds it as it was left."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from core.graph.model import Path
from studio.canvas.view import CanvasView


class Levels:
    """`shown` is the level that the view last turned to."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self._looks: dict[Path, tuple[float, QPointF]] = {}  # zoom, and centre
        self.shown: Path = ()

    def forget(self) -> None:
        """It is another drawing."""
        self._looks.clear()

    def turn_to(self, path: Path) -> None:
        """Another level is in the scene: the way it was last looked at, else all of it."""
        view = self._view
        self._looks[self.shown] = view.zoom, view.shown().center()
        self.shown = path
        if path in self._looks:
            zoom, centre = self._looks[path]
            view.set_zoom(zoom)
            view.centerOn(centre)
        content = view.board.scene.content()
        if path not in self._looks or not view.shown().intersects(content):
            view.frame_area(content)
