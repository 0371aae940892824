"""The unrolled view in a test: a window sat down at, frames told to it, its columns, and a mouse in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.train.messages import Frame
from core.words import set_language
from studio.canvas.panel import CanvasPanel
from studio.state import State
from studio.unrolled.room import Room
from studio.unrolled.sheet import Column
from tests.studio.desk import state_of

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@dataclass
class Desk:
    """Canvas and state, without the rest of the window."""

    state: State
    canvas: CanvasPanel


def sit(qtbot, folder, project=None) -> Desk:
    set_language("en")
    state = state_of(qtbot, folder, project)
    canvas = CanvasPanel(state.document, state.registry, state)
    qtbot.addWidget(canvas)
    canvas.resize(1000, 600)
    canvas.show()
    return Desk(state, canvas)


def told(room: Room, steps: int, step: int = 1, units: int = 5) -> Frame:
    """A frame that says something of every box."""
    draw = np.random.default_rng(step)
    keys = dict.fromkeys(k for block in room.plan.blocks for b in block.boxes for k in b.keys)
    values = {k: draw.uniform(-1, 1, (steps, units)).astype(np.float32) for k in keys}
    states = {k for link in room.plan.links if link.way == "state" for k in link.keys}
    norms = {k: np.logspace(-8, 0, steps).astype(np.float32) for k in states}
    return Frame(step, values, norms, losses=draw.random(steps).astype(np.float32))


def hear(window, frame: Frame) -> None:
    window.state.session.recording.add(frame)
    window.state.bridge.framed.emit()


def unrolled(qtbot, window) -> Room:
    window.canvas.activateWindow()
    QTest.qWaitForWindowActive(window.canvas)
    window.canvas.view.setFocus()
    QTest.keyClick(window.canvas.view, Qt.Key.Key_U)
    room = window.canvas.room
    assert room is not None and window.canvas.unrolled
    qtbot.waitUntil(lambda: room.view._moving is None, timeout=3000)
    return room


def column(room: Room, step: int, axis: str = "T") -> Column:
    lane = next(n for n in room.sheet.lanes if n.axis == axis)
    return lane.columns[step]


def at(room: Room, place: QPointF) -> QPoint:
    return room.view.mapFromScene(place)


def mouse(room: Room, kind: QEvent.Type, where: QPoint, button=LEFT, buttons=LEFT) -> None:
    port = room.view.viewport()
    event = QMouseEvent(kind, QPointF(where), QPointF(port.mapToGlobal(where)), button, buttons, NONE)
    QApplication.sendEvent(port, event)


def click(room: Room, where: QPoint) -> None:
    mouse(room, QEvent.Type.MouseButtonPress, where)
    mouse(room, QEvent.Type.MouseButtonRelease, where, buttons=Qt.MouseButton.NoButton)


def drag(room: Room, start: QPoint, end: QPoint) -> None:
    mouse(room, QEvent.Type.MouseButtonPress, start)
    for i in range(1, 6):
        mouse(room, QEvent.Type.MouseMove, start + (end - start) * (i / 5))
    mouse(room, QEvent.Type.MouseButtonRelease, end, buttons=Qt.MouseButton.NoButton)
