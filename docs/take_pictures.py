"""Pictures of every room of the studio, in both sizes, themes and languages, so that each can be looked at after a change.

Run: `python docs/take_pictures.py FOLDER [--only PART,…] [--size 1280x800] [--language es] [--theme light]`

Each look drives the window as a person would, through its commands, and trains for a moment. Those in the README are
chosen from these by hand; nothing here is shown that the studio does not show.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import product
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPoint
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QDialog

from core.project.file import save_project
from core.project.gallery import shipped
from core.words import LANGUAGES
from studio.app import make_app, open_window
from studio.settings import Settings
from studio.window import MainWindow

SIZES = ("1280x800", "1920x1080")
THEMES = ("dark", "light")
PATIENCE = 180.0  # s until a moment of a training has to have come
MICROSCOPE = "gradient_matrix,jacobian_roots,contributions,saturation,"


class Scene:
    """One window with its project, in a folder of its own."""

    def __init__(self, app: QApplication, folder: Path, look: tuple[str, str, str], out: Path) -> None:
        self.app, self.folder, self.out = app, folder, out
        size, self.theme, self.language = look
        self.size = tuple(int(n) for n in size.split("x"))
        self.window: MainWindow | None = None

    def open(self, project: str, steps: int = 0, charts: str = "") -> MainWindow:
        """A fresh window on a shipped project, shortened to `steps`."""
        settings = Settings(self.folder / f"{project}.ini")
        settings.language, settings.theme = self.language, self.theme
        settings.folder = self.folder
        if charts:
            settings.charts = tuple(k for k in charts.split(",") if k)
        taken = shipped(project).project
        if steps:
            taken = replace(taken, training=replace(taken.training, steps=steps, validate_every=max(1, steps // 4)))
        file = self.folder / f"{project}.unfold"
        save_project(taken, file)
        window = self.window = open_window(self.app, settings, file)
        window.resize(*self.size)
        window.show()
        self.until(lambda: window.state.verdict.project is window.state.session.project and hasattr(window, "watch"))
        window.canvas.show_all()
        self.rest(0.5)
        return window

    def train(self, share: float = 1.0) -> None:
        """Begin, and wait until `share` of the steps are made; at 1, until the run is over."""
        window = self._here()
        window.act("train")
        view = window.state.bridge
        if share < 1:
            self.until(lambda: bool(view.view.at >= share * max(1, view.view.total) and view.view.total))
            self.rest(0.6)
        else:
            self.until(lambda: view.view.phase in ("done", "failed", "stopped") and not view.view.busy)
            self.rest(0.6)
        if view.view.failed is not None:
            raise SystemExit(view.view.failed.problem.line())

    def take(self, name: str) -> None:
        """The window, with every dialog over it where it would stand."""
        window = self._here()
        self.rest(0.4)
        picture = window.grab()
        for dialog in window.findChildren(QDialog):
            if dialog.isVisible():
                _lay_over(picture, dialog.grab())
        picture.save(str(self.out / f"{name}-{self.size[0]}-{self.theme}-{self.language}.png"))

    def close(self) -> None:
        window, self.window = self.window, None
        if window is not None:
            for dialog in window.findChildren(QDialog):
                dialog.close()
            window.state.bridge.stop()
            self.until(lambda: not window.state.bridge.view.busy)
            window.state.document.mark_saved(window.state.document.path)
            window.close()
            window.deleteLater()
            self.rest(0.1)

    def rest(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.app.processEvents()
            time.sleep(0.005)

    def until(self, met: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not met():
            if time.monotonic() > end:
                raise SystemExit("waited too long")
            self.app.processEvents()
            time.sleep(0.005)

    def _here(self) -> MainWindow:
        assert self.window is not None
        return self.window


def _lay_over(picture: QPixmap, dialog: QPixmap) -> None:
    painter = QPainter(picture)
    painter.fillRect(picture.rect(), "#60000000")
    painter.drawPixmap(
        QPoint((picture.width() - dialog.width()) // 2, (picture.height() - dialog.height()) // 2), dialog
    )
    painter.end()


def welcome(scene: Scene) -> None:
    scene.open("char-lm").act("welcome")
    scene.rest(3.0)  # the cards' pictures are drawn one after the other
    scene.take("welcome")


def cell(scene: Scene) -> None:
    window = scene.open("char-lm")
    window.canvas.board.go(("memory",))
    window.canvas.show_all()
    scene.take("cell")


def studio(scene: Scene) -> None:
    scene.open("char-lm", steps=60)
    scene.train(0.6)
    scene.take("studio")


def unrolled(scene: Scene) -> None:
    window = scene.open("hello", steps=4000)
    window.canvas.show_unrolled(True)
    scene.train(0.2)
    scene.take("unrolled")


def microscope(scene: Scene) -> None:
    window = scene.open("adding-lstm", steps=40, charts=MICROSCOPE)
    scene.train()
    if window.ending.note is not None:
        window.ending.note.leave()
    scene.take("microscope")


def gallery(scene: Scene) -> None:
    scene.open("char-lm").act("gallery")
    scene.rest(4.0)  # equations are drawn in the background
    scene.take("gallery")


def comparison(scene: Scene) -> None:
    window = scene.open("hello", steps=60)
    for rate in (0.003, 0.03, 0.3):
        training = replace(window.state.document.project.training, learning_rate=rate)
        window.state.document.apply_project(window.state.document.project.title, replace(window.state.document.project, training=training))  # fmt: skip
        scene.train()
    window.act("compare")
    scene.rest(1.0)
    scene.take("comparison")


def export(scene: Scene) -> None:
    window = scene.open("hello", steps=60)
    scene.train()
    window.act("export")
    dialog = next(d for d in window.findChildren(QDialog) if d.isVisible())
    dialog.go.click()
    scene.until(dialog.go.isEnabled)
    scene.take("export")


PARTS = {f.__name__: f for f in (welcome, studio, cell, unrolled, microscope, gallery, comparison, export)}


@contextmanager
def place() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="unfold-") as made:
        yield Path(made)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default=",".join(PARTS))
    parser.add_argument("--size", help="any other, too: those of the README are 1480x920")
    parser.add_argument("--theme", choices=THEMES)
    parser.add_argument("--language", choices=LANGUAGES)
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    app = make_app()
    looks = product(
        (given.size,) if given.size else SIZES,
        (given.theme,) if given.theme else THEMES,
        (given.language,) if given.language else LANGUAGES,
    )
    for look in looks:
        for part in given.only.split(","):
            with place() as folder:
                scene = Scene(app, folder, look, given.folder)
                PARTS[part](scene)
                scene.close()
                print(part, *look, flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
