"""What a person does in the first ten minutes, with a real mouse and real keys on a real X display.

Run by test_story.py under Xvfb:  python -m tests.endtoend.story FOLDER
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtWidgets import QApplication, QDialog

from core.graph.model import Port
from core.project.gallery import shipped
from core.words import Text
from studio.app import make_app, open_window
from studio.canvas.note import Note
from studio.settings import Settings
from studio.window import MainWindow
from tests.endtoend.hand import (
    click,
    drag,
    drop,
    keys,
    middle,
    node,
    on_canvas,
    port,
    pump,
    until,
    write,
    xdo,
)


def main(folder: Path) -> None:
    file = folder / "char.unfold"
    file.write_bytes(shipped("char-lm").path.read_bytes())
    app = make_app()
    window = open_window(app, Settings(folder / "studio.ini"), file)
    window.resize(1280, 780)
    window.show()
    pump(0.5)
    focus(window)
    until(lambda: window.state.program is not None, "the project is checked")
    shrink(window)
    for chapter in (add_and_wire, wire_wrongly, undo, look_inside, train_and_pause, scrub, stop, export, save):
        chapter(window, folder)
        photograph(window, folder / f"{chapter.__name__}.png")
        print(chapter.__name__, flush=True)
    window.close()
    pump(0.5)


def focus(window: MainWindow) -> None:
    """There is no window manager to hand the keyboard over."""
    xdo("windowfocus", int(window.winId()))
    until(window.isActiveWindow, "the window is active")
    window.canvas.view.setFocus()


def shrink(window: MainWindow) -> None:
    """A small model, so that the story is about the window."""
    from core.graph.edit import set_params

    document = window.state.document
    small = set_params(document.graph, "memory", units=24)
    training = replace(
        document.project.training, steps=100_000, validate_every=50, sample_every=60, sample_length=30, probe_budget=0.5
    )
    document.apply_project(Text("Small", "Pequeño"), replace(document.project, graph=small, training=training))


def wired(window: MainWindow, source: str, target: str) -> bool:
    ends = {(e.source, e.target) for e in window.state.document.graph.edges.values()}
    return (Port(*source.split(".")), Port(*target.split("."))) in ends


def add_and_wire(window: MainWindow, folder: Path) -> None:
    """Double-click on empty canvas, type, Enter; then wire LSTM → Dropout → Dense."""
    keys("Home")
    box = window.canvas.board.scene.nodes["memory"].box
    empty = QPointF(box.left(), box.bottom() + 90)
    click(on_canvas(window, empty), times=2)
    write("drop")
    keys("Return")
    until(lambda: "dropout1" in window.state.document.graph.nodes or _dropout(window), "a Dropout was added by search")
    id = _dropout(window)
    drag(port(window, "memory", "out", "h"), port(window, id, "in", "x"))
    assert wired(window, "memory.h", f"{id}.x")
    drag(port(window, id, "out", "y"), port(window, "scores", "in", "x"))
    assert wired(window, f"{id}.y", "scores.x") and not wired(window, "memory.h", "scores.x")
    until(lambda: window.state.program is not None, "it compiles with the new layer")


def _dropout(window: MainWindow) -> str:
    return next((n.id for n in window.state.document.graph.nodes.values() if n.kind == "dropout"), "")


def wire_wrongly(window: MainWindow, folder: Path) -> None:
    """Symbols into a Dense layer: refused, and the reason is on the canvas while the wire hangs."""
    before = window.state.document.graph
    drag(port(window, "text", "out", "x"), port(window, "scores", "in", "x"), release=False)
    said = window.canvas.view.findChild(Note).text()
    print("  " + said, file=sys.stderr)
    assert said, "no reason was shown while dragging"
    photograph(window, folder / "reason.png")
    drop()
    keys("Escape")
    assert window.state.document.graph == before, "a wrong wire was made"


def undo(window: MainWindow, folder: Path) -> None:
    """All the way back to the small model, then forward again."""
    after = window.state.document.graph
    window.canvas.view.setFocus()
    for _ in range(3):
        keys("ctrl+z")
    assert not _dropout(window) and wired(window, "memory.h", "scores.x")
    for _ in range(3):
        keys("ctrl+shift+z")
    assert window.state.document.graph == after


def look_inside(window: MainWindow, folder: Path) -> None:
    """Double-click the LSTM, see its gates, come back."""
    click(node(window, "memory"), times=2)
    until(lambda: window.canvas.path == ("memory",), "the cell's body is open")
    pump(0.4)
    photograph(window, folder / "cell.png")
    keys("ctrl+Up")
    until(lambda: window.canvas.path == (), "back outside")


def train_and_pause(window: MainWindow, folder: Path) -> None:
    """Press Train, watch it go, pause, one single step."""
    until(window.actions_["train"].isEnabled, "Train is offered")
    click(middle(window.go))
    view = lambda: window.state.bridge.view  # noqa: E731
    until(lambda: view().at >= 120, "120 steps", 180)
    until(lambda: len(window.state.session.recording.frames) >= 3, "three frames", 120)
    photograph(window, folder / "training.png")
    keys("F6")
    until(lambda: view().phase == "paused", "paused")
    at = view().at
    keys("F7")
    until(lambda: view().at == at + 1, "one single step")
    pump(0.4)
    assert view().at == at + 1, "it went on after a single step"
    first, last = window.state.session.recording.series("loss")[1][[0, -1]]
    assert last < first, (first, last)


def scrub(window: MainWindow, folder: Path) -> None:
    """Drag the step slider back: the charts show an earlier frame."""
    slider = window.watch.scrubber.slider
    frames = window.state.session.recording.frames
    left = slider.mapToGlobal(slider.rect().topLeft())
    right = slider.mapToGlobal(slider.rect().topRight())
    y = middle(slider).y()
    for point in (right, left):
        point.setY(y)
    right.setX(right.x() - 8)
    drag(right, left)
    until(lambda: window.state.step is not None and window.state.step <= frames[1], "an early step is shown")


def stop(window: MainWindow, folder: Path) -> None:
    keys("shift+F5")
    until(lambda: window.state.bridge.view.phase == "stopped", "stopped")
    until(window.actions_["export"].isEnabled, "Export is offered")


def export(window: MainWindow, folder: Path) -> None:
    """Ctrl+E, choose where, Enter on the button; read that it was verified."""
    keys("ctrl+e")
    until(lambda: _dialog() is not None, "the export dialog")
    dialog = _dialog()
    assert dialog is not None
    click(dialog.formats["onnx"].mapToGlobal(QPoint(9, 9)))  # type: ignore[attr-defined]
    assert dialog.chosen == "onnx"  # type: ignore[attr-defined]
    click(middle(dialog.path), times=3)  # type: ignore[attr-defined]
    keys("ctrl+a")
    write(str(folder / "model.onnx"))
    click(middle(dialog.go))  # type: ignore[attr-defined]
    until(lambda: (folder / "model.onnx").exists() and dialog.go.isEnabled(), "the model is exported", 180)  # type: ignore[attr-defined]
    import onnx

    assert onnx.load(folder / "model.onnx").graph.node, "not an ONNX model"
    photograph(window, folder / "exported.png")
    keys("Escape")
    until(lambda: _dialog() is None, "the dialog is closed")


def save(window: MainWindow, folder: Path) -> None:
    assert window.state.document.dirty
    focus(window)
    keys("ctrl+s")
    until(lambda: not window.state.document.dirty, "saved")


def _dialog() -> QDialog | None:
    found = QApplication.activeModalWidget()
    return found if isinstance(found, QDialog) else None


def photograph(window: MainWindow, file: Path) -> None:
    screen = QApplication.primaryScreen()
    screen.grabWindow(0).save(str(file))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
