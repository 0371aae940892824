"""A window whose training is done by a child, through everything that needs weights. Run by test_apart.py, since other
tests of its process have torch loaded:  python -m tests.studio.apart_story FOLDER
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget

from core.process.run import ProcessRun
from core.words import say
from studio.app import make_app, open_window
from studio.bridge import RunView
from studio.panels.export import ExportDialog
from studio.settings import Settings
from studio.window import MainWindow
from tests.studio.desk import hello


def until(true: Callable[[], object], what: str, seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"never happened: {what}"
        QTest.qWait(10)


def press(widget: QWidget) -> None:
    assert widget.isEnabled(), widget.objectName()
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def main(folder: Path) -> None:
    app = make_app()
    settings = Settings(folder / "studio.ini")
    settings.language, settings.charts = "en", ("loss", "heat", "gradient_matrix", "jacobians")
    window = open_window(app, settings)
    window.state.session.new(hello(steps=10**6, sample_every=20, checkpoint_every=25, probe_budget=0.2))
    window.resize(1280, 800)
    window.show()
    until(lambda: window.state.program is not None and hasattr(window, "watch"), "the window stands")
    for chapter in (train, kill, go_on, write, export, close):
        chapter(window, folder)
        assert "torch" not in sys.modules, f"{chapter.__name__} loaded torch into the window"
        print(chapter.__name__, flush=True)


def view(window: MainWindow) -> RunView:
    return window.state.bridge.view


def child(window: MainWindow) -> int:
    run = window.state.session.run
    assert isinstance(run, ProcessRun) and run._child is not None
    return run._child.id


def train(window: MainWindow, folder: Path) -> None:
    """F5; charts fill, text comes."""
    QTest.keyClick(window, Qt.Key.Key_F5)
    until(lambda: view(window).at > 60, "steps are made")
    recording = window.state.session.recording
    until(lambda: len(recording.frames) > 2 and recording.samples, "frames and samples arrive")


def kill(window: MainWindow, folder: Path) -> None:
    """Something ends the process: the window says so, with the step that is safe."""
    os.kill(child(window), signal.SIGKILL)
    until(lambda: view(window).phase == "failed", "the failure is told")
    failed = view(window).failed
    assert failed is not None and "memory ran out" in failed.problem.hint.en and "is whole" in failed.problem.hint.en
    said = say(failed.problem.message)
    until(lambda: any(said in w.text() for w in shown_labels(window.training)), "the panel says it")
    assert window.isVisible() and window.state.document.graph.nodes


def shown_labels(panel: QWidget) -> list[QWidget]:
    from PySide6.QtWidgets import QLabel

    return [w for w in panel.findChildren(QLabel) if w.isVisibleTo(panel)]


def go_on(window: MainWindow, folder: Path) -> None:
    """By the button beside the failure, from the checkpoint; then pause, stop."""
    before = view(window).at
    button = window.training.findChild(QPushButton, "go-on")
    assert button is not None and "left" not in window.training._left.text()
    press(button)
    until(lambda: view(window).started is not None and view(window).phase == "running", "it goes on")
    started = view(window).started
    assert started is not None and 0 < started.start <= before and started.start % 25 == 0
    until(lambda: view(window).at > started.start + 30, "more steps")
    QTest.keyClick(window, Qt.Key.Key_F6)
    until(lambda: view(window).phase == "paused", "it pauses")
    QTest.keyClick(window, Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)
    until(lambda: view(window).phase == "stopped", "it stops")


def write(window: MainWindow, folder: Path) -> None:
    """The weights answer: a text, and a held-out example."""
    window.show_panel("text")
    page = window.samples.writing
    page.prompt.setText("h")
    until(page.go.isEnabled, "Write is offered")
    page.generate()
    until(lambda: page._own is not None, "a text was written")
    examples = window.samples.examples
    examples.ask()
    until(lambda: examples._answer is not None, "an example was answered")


def export(window: MainWindow, folder: Path) -> None:
    QTest.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    until(lambda: window.findChild(ExportDialog) is not None, "the dialog opens")
    dialog = window.findChild(ExportDialog)
    assert dialog is not None
    dialog.path.setText(str(folder / "model"))
    press(dialog.go)
    until(lambda: not dialog._busy and dialog._result.count(), "exported")
    assert list(folder.glob("model*")), "nothing was written"
    dialog.reject()


def close(window: MainWindow, folder: Path) -> None:
    """In the middle of a training: it is stopped, asked first, with its checkpoint."""
    press(window.go)
    until(lambda: view(window).phase == "running" and view(window).at > 3, "a new run")
    run_dir, id = window.state.session.run_dir, child(window)
    assert run_dir is not None
    window.state.document.mark_saved(window.state.document.path)
    window.running.stop()
    window.close()
    until(lambda: not Path(f"/proc/{id}").exists() or "Z" in state_of(id), "the child has ended")
    assert (run_dir / "checkpoint" / "latest").exists()


def state_of(id: int) -> str:
    try:
        return Path(f"/proc/{id}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return "Z"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
    sys.stdout.flush()
    os._exit(0)
