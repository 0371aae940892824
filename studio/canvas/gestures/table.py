"""Which press begins which gesture: one row each, the first that fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from studio.canvas.gestures.band import RubberBand
from studio.canvas.gestures.bend import Bend, Resize
from studio.canvas.gestures.cut import Cut
from studio.canvas.gestures.gesture import Gesture, Pointer
from studio.canvas.gestures.link import Link
from studio.canvas.gestures.pin import Pin
from studio.canvas.gestures.pull import Pull
from studio.canvas.gestures.shift import Shift
from studio.canvas.hit import Hit
from studio.canvas.passage import pulled
from studio.canvas.scene import Picked

if TYPE_CHECKING:
    from studio.canvas.view import CanvasView


def gesture_for(view: CanvasView, button: Qt.MouseButton, caught: Hit, at: Pointer) -> Gesture | None:
    """The gesture that a press on `caught` begins, or None."""
    if button == Qt.MouseButton.RightButton:
        return Cut(view, at) if at.ctrl else Pin(view, at) if at.shift else None
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
    if caught.kind == "wire":
        return _on_wire(view, caught, at)
    return _on_thing(view, caught, at)


def _on_wire(view: CanvasView, caught: Hit, at: Pointer) -> Gesture | None:
    """Alt takes hold of the wire and bends it; else it is selected."""
    scene = view.board.scene
    scene.pick(_after_click(scene.picked, _picked(caught), at))
    return Bend(view, at, caught.id, 0, new=True) if at.alt else None


def _on_thing(view: CanvasView, caught: Hit, at: Pointer) -> Gesture:
    """Ctrl drags a copy. So does Alt, but a node that stands in a wire comes out of it."""
    picked, before = _picked(caught), view.board.scene.picked
    known = before | picked == before
    if not known:
        view.board.scene.pick(before | picked if at.shift or at.ctrl else picked)
    alone = view.board.scene.picked.nodes == {caught.id} and not view.board.scene.picked.frames
    if at.alt and not at.ctrl and alone and pulled(view.board, view.board.graph, caught.id) is not None:
        return Pull(view, at, caught.id)
    if at.ctrl:
        return Shift(view, at, caught.id, before ^ picked, copy=True)
    return Shift(view, at, caught.id, before | picked if at.shift else picked, copy=at.alt)


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
