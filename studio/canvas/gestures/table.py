"""Which press begins which gesture: one row each, the first that fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from studio.canvas.gestures.band import RubberBand
from studio.canvas.gestures.bend import Bend, Resize
from studio.canvas.gestures.cut import Cut
from studio.canvas.gestures.gesture import Gesture, Pointer
from studio.canvas.gestures.link import Link
from studio.canvas.gestures.shift import Shift
from studio.canvas.hit import Hit
from studio.canvas.scene import Picked

if TYPE_CHECKING:
    from studio.canvas.view import CanvasView


def gesture_for(view: CanvasView, button: Qt.MouseButton, caught: Hit, at: Pointer) -> Gesture | None:
    """The gesture that a press on `caught` begins, or None."""
    if button == Qt.MouseButton.RightButton:
        return Cut(view, at) if at.ctrl else None
    if button != Qt.MouseButton.LeftButton:
        return None
    if at.alt and at.shift and caught.kind in ("", "wire"):
        return Cut(view, at)
    if caught.kind == "port":
        return Link(view, at, caught)
    if caught.kind == "corner":
        return Resize(view, at, caught.id)
    if caught.kind == "point":
        return Bend(view, at, caught.id, caught.index)
    if caught.kind == "":
        return _on_paper(view, at)
    picked = _picked(caught)
    before = view.board.scene.picked
    if caught.kind == "wire":
        view.board.scene.pick(_after_click(before, picked, at))
        return None
    if before | picked != before or at.ctrl:
        view.board.scene.pick(_after_click(before, picked, at))
        return Shift(view, at, caught.id, view.board.scene.picked)
    return Shift(view, at, caught.id, before if at.shift else picked)


def _on_paper(view: CanvasView, at: Pointer) -> Gesture:
    if not (at.shift or at.ctrl):
        view.board.scene.pick(Picked())
    return RubberBand(view, at)


def _picked(caught: Hit) -> Picked:
    one = frozenset({caught.id})
    if caught.kind == "wire":
        return Picked(wires=one)
    return Picked(frames=one) if caught.kind == "frame" else Picked(nodes=one)


def _after_click(before: Picked, clicked: Picked, at: Pointer) -> Picked:
    if at.ctrl:
        return before ^ clicked
    return before | clicked if at.shift else clicked
