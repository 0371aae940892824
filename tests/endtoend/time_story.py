"""Time travel with a real mouse and real keys on a real X display: train, pause, scrub, mark a step, play, film, numbers, go on.

Run by test_time_story.py under Xvfb:  python -m tests.endtoend.time_story FOLDER
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QPoint, QPointF, QTimer
from PySide6.QtWidgets import QApplication, QMenu

from core.project.gallery import shipped
from core.words import Text
from studio.app import make_app, open_window
from studio.filming.dialog import FilmDialog
from studio.settings import Settings
from studio.window import MainWindow
from tests.endtoend.hand import click, drag, keys, middle, pump, until, write, xdo


def main(folder: Path) -> None:
    file = folder / "hello.unfold"
    file.write_bytes(shipped("hello").path.read_bytes())
    app = make_app()
    settings = Settings(folder / "studio.ini")
    settings.charts = ("heat", "loss")
    settings.apart = False  # a process of its own stands back for others, and this story is not about it
    window = open_window(app, settings, file)
    window.resize(1280, 780)
    window.show()
    pump(0.3)
    xdo("windowfocus", int(window.winId()))
    until(window.isActiveWindow, "the window is active")
    until(lambda: window.state.program is not None and hasattr(window, "watch"), "the project is checked")
    long = replace(window.state.document.project.training, steps=1_000_000, validate_every=0, probe_budget=0.5)
    project = replace(window.state.document.project, training=long)
    window.state.document.apply_project(Text("Long", "Largo"), project)
    for chapter in (train_and_pause, scrub, mark, play, film, numbers, go_on):
        chapter(window, folder)
        print(chapter.__name__, flush=True)
    window.close()
    pump(0.3)


def train_and_pause(window: MainWindow, folder: Path) -> None:
    until(window.actions_["train"].isEnabled, "Train is offered")
    keys("F5")
    until(lambda: len(window.state.session.recording.frames) >= 8, "eight frames", 180)
    keys("F6")
    until(lambda: window.state.bridge.view.phase == "paused", "paused")
    pump(0.3)


def scrub(window: MainWindow, folder: Path) -> None:
    """Drag the slider of training steps to its left end; then one frame on by a key."""
    slider, frames = window.watch.scrubber.slider, window.state.session.recording.frames
    y = middle(slider).y()
    right, left = (QPoint(slider.mapToGlobal(QPoint(x, 0)).x(), y) for x in (slider.width() - 8, 2))
    drag(right, left)
    until(lambda: window.state.step == frames[0], "the first frame is shown")
    keys("ctrl+period")
    assert window.state.step == frames[1]


def on_chart(window: MainWindow, x: float, y: float) -> QPoint:
    plot, box = window.watch.slots_[0].view._plot, window.watch.slots_[0].view._box
    return plot.viewport().mapToGlobal(plot.mapFromScene(box.mapViewToScene(QPointF(x, y))))


def mark(window: MainWindow, folder: Path) -> None:
    """Click a step on the heat map, go on by a key, and see it in the unrolled view."""
    until(lambda: bool(window.watch.slots_[0].view.chart.marks), "values are shown")
    click(on_chart(window, 1.1, 1.0))
    assert window.state.moment == ("T", 1), window.state.moment
    keys("period")
    assert window.state.moment == ("T", 2)
    window.canvas.view.setFocus()
    keys("u")
    until(lambda: window.canvas.unrolled, "the drawing is unrolled")
    assert window.canvas.room.stage.step == ("T", 2) and "t = 2" in window.canvas.room.readout.text()


def play(window: MainWindow, folder: Path) -> None:
    """F8 shows the frames that are left, then follows the run, which only rests."""
    seen: list[object] = []
    window.state.scrubbed.connect(seen.append)
    keys("F8")
    until(lambda: not window.state.player.playing, "the film is over")
    window.state.scrubbed.disconnect(seen.append)
    shown = [step for step in seen if isinstance(step, int)]
    assert len(shown) >= len(window.state.session.recording.frames) // 2 and shown == sorted(shown), seen
    assert seen[-1] is None  # it has caught up with its run


def film(window: MainWindow, folder: Path) -> None:
    """Ctrl+Alt+F, where to, Enter on the button: the unrolled drawing as GIF."""
    keys("ctrl+alt+f")
    until(lambda: any(d.isVisible() for d in window.findChildren(FilmDialog)), "the dialog")
    dialog = next(d for d in window.findChildren(FilmDialog) if d.isVisible())
    xdo("windowfocus", int(dialog.winId()))
    click(middle(dialog.path), times=3)
    keys("ctrl+a")
    write(str(folder / "film.gif"))
    click(middle(dialog.go))
    until((folder / "film.gif").exists, "the film is written")
    with Image.open(folder / "film.gif") as found:
        assert found.n_frames == len(dialog.steps) and found.size == (640, 420)
    keys("Escape")
    xdo("windowfocus", int(window.winId()))
    until(window.isActiveWindow, "the window is active again")


def numbers(window: MainWindow, folder: Path) -> None:
    """The chart's menu by the right button: its numbers as CSV. The menu waits inside the click, so a timer answers it."""
    answer = QTimer(window)
    answer.timeout.connect(lambda: choose(answer, "Copy as CSV"))
    answer.start(100)
    click(on_chart(window, 0.2, 1.0), button=3)
    until(lambda: not answer.isActive(), "the menu was answered")
    text = lambda: QApplication.clipboard().text()  # noqa: E731
    until(lambda: text().startswith("series,time step t,unit"), "the numbers are in the clipboard")
    assert len(text().splitlines()) == 1 + 4 * 3


def choose(answer: QTimer, words: str) -> None:
    """Once the menu is there, its entry by the mouse."""
    menu = QApplication.activePopupWidget()
    if isinstance(menu, QMenu) and menu.isVisible():
        answer.stop()
        entry = next(a for a in menu.actions() if a.text() == words)
        at = menu.mapToGlobal(menu.actionGeometry(entry).center())
        xdo("mousemove", at.x(), at.y(), "sleep", 0.1, "click", 1)


def go_on(window: MainWindow, folder: Path) -> None:
    """Back to the present by a click; F5 goes on, and the charts follow."""
    keys("ctrl+comma")
    assert window.state.step == window.state.session.recording.frames[-2]
    click(middle(window.watch.scrubber.live))
    assert window.state.step is None
    at, frames = window.state.bridge.view.at, window.state.session.recording.frames
    keys("F5")
    until(lambda: window.state.bridge.view.at > at, "it goes on")
    until(lambda: window.state.session.recording.frames[-1] > frames[-1], "a new frame")
    keys("shift+F5")
    until(lambda: window.state.bridge.view.phase == "stopped", "stopped")
    keys("ctrl+s")
    until(lambda: not window.state.document.dirty, "saved")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
