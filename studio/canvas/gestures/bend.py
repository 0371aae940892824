"""Drag a reroute point of a wire, or the corner of a frame."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainterPath

from core.graph.edit import put_frame, set_edge
from core.words import Text
from studio.canvas.gestures.gesture import Pointer
from studio.canvas.look import GRID
from studio.canvas.route import nearest_gap

if TYPE_CHECKING:
    from studio.canvas.view import CanvasView

Points = tuple[tuple[float, float], ...]
BEND = Text("Bend a wire", "Doblar un cable")
SIZE = Text("Resize a frame", "Cambiar el tamaño de un marco")


class Bend:
    """Moves one reroute point; a `new` one is put into the wire where the hand takes it."""

    def __init__(self, view: CanvasView, at: Pointer, wire: str, index: int, new: bool = False) -> None:
        self._board, self._scene, self._wire, self._index = view.board, view.board.scene, wire, index
        self._points = self._scene.graph.edges[wire].points
        if new:
            self._points, self._index = with_point(self._points, self._scene.wires[wire].route.path, at.scene)
            self._scene.preview_points(wire, self._points)

    def move(self, at: Pointer) -> None:
        points = list(self._points)
        points[self._index] = (_snap(at.scene.x()), _snap(at.scene.y()))
        self._points = tuple(points)
        self._scene.preview_points(self._wire, self._points)

    def end(self, at: Pointer) -> None:
        points = self._points
        self._board.edit(BEND, lambda g: set_edge(g, self._wire, points=points))

    def cancel(self) -> None:
        self._scene.preview_points(self._wire, self._scene.graph.edges[self._wire].points)


def with_point(points: Points, path: QPainterPath, at: QPointF) -> tuple[Points, int]:
    """Reroute points with one more where the wire was taken, and its number among them."""
    place = (_snap(at.x()), _snap(at.y()))
    index = nearest_gap(path, points, place)
    return (*points[:index], place, *points[index:]), index


class Resize:
    """Moves a frame's bottom right corner."""

    def __init__(self, view: CanvasView, at: Pointer, frame: str) -> None:
        self._board, self._item = view.board, view.board.scene.frames[frame]
        self._frame = self._item.frame
        self._wanted = self._frame

    def move(self, at: Pointer) -> None:
        x, y = self._frame.at
        size = (max(80.0, _snap(at.scene.x() - x)), max(48.0, _snap(at.scene.y() - y)))
        self._wanted = replace(self._frame, size=size)
        self._item.show_frame(self._wanted)

    def end(self, at: Pointer) -> None:
        self._board.edit(SIZE, lambda g: put_frame(g, self._wanted))

    def cancel(self) -> None:
        self._item.show_frame(self._frame)


def _snap(value: float) -> float:
    return round(value / GRID) * GRID
