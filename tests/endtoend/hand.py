"""A hand on a real mouse and keyboard: xdotool moves the pointer of the X server; the window only ever sees X events."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtWidgets import QApplication, QWidget

from studio.window import MainWindow


def xdo(*words: object) -> None:
    subprocess.run(["xdotool", *map(str, words)], check=True)


def pump(seconds: float) -> None:
    """Let the window live."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        QApplication.processEvents()
        time.sleep(0.004)


def until(true: Callable[[], object], what: str, seconds: float = 60.0) -> None:
    """Wait for something to become true; say what never did."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"never happened: {what}"
        pump(0.02)


def move(at: QPoint) -> None:
    xdo("mousemove", at.x(), at.y())
    pump(0.06)


def click(at: QPoint, button: int = 1, times: int = 1) -> None:
    move(at)
    xdo("click", "--repeat", times, "--delay", 60, button)
    pump(0.15)


def drag(start: QPoint, end: QPoint, release: bool = True) -> None:
    move(start)
    xdo("mousedown", 1)
    pump(0.08)
    for part in (0.3, 0.7, 0.95, 1.0):
        move(QPoint(*(round(a + (b - a) * part) for a, b in ((start.x(), end.x()), (start.y(), end.y())))))
    if release:
        drop()


def drop() -> None:
    xdo("mouseup", 1)
    pump(0.2)


def keys(*names: str) -> None:
    for name in names:
        xdo("key", name)
        pump(0.08)


def write(text: str) -> None:
    xdo("type", "--delay", 15, text)
    pump(0.15)


def middle(widget: QWidget) -> QPoint:
    """The middle of a widget on the screen."""
    return widget.mapToGlobal(widget.rect().center())


def on_canvas(window: MainWindow, point: QPointF) -> QPoint:
    """A point of the drawing on the screen."""
    view = window.canvas.view
    return view.viewport().mapToGlobal(view.mapFromScene(point))


def port(window: MainWindow, node: str, side: str, name: str) -> QPoint:
    point, there = window.canvas.board.scene.nodes[node].anchor(side, name)  # type: ignore[arg-type]
    assert there, (node, side, name)
    return on_canvas(window, point)


def node(window: MainWindow, id: str) -> QPoint:
    """On the header of a node."""
    box = window.canvas.board.scene.nodes[id].box
    return on_canvas(window, QPointF(box.center().x(), box.top() + 12))
