"""Small pictures of projects, each drawn from the project itself: at most one a turn of the event loop, kept on disk under
what the file holds, so that a changed file is drawn anew and an unchanged one never again."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from PySide6.QtCore import QObject, QSize, QTimer
from PySide6.QtGui import QImage

from core.problems import Refused
from core.project.file import load_project
from core.project.model import Project
from core.words import language
from studio.picture import drawn, fitted
from studio.state import State

SIZE = QSize(272, 116)
VERSION = 1  # raise when the canvas draws differently
KEPT = 600  # pictures; the oldest go first


class Thumbnails(QObject):
    """Answers through `then`, later and in the main thread; never for a file that cannot be read."""

    def __init__(self, state: State, folder: Path, density: float, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state, self._folder, self._density = state, folder, density
        self._wanted: deque[tuple[Path, Project | None, Callable[[QImage], None]]] = deque()
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._turn)

    def ask(self, file: Path, project: Project | None, then: Callable[[QImage], None]) -> None:
        """A picture of a project file, already loaded or not."""
        self._wanted.append((file, project, then))
        self._timer.start()

    def forget(self) -> None:
        """Nobody waits any more for what was not drawn yet."""
        self._wanted.clear()
        self._timer.stop()

    def _turn(self) -> None:
        file, project, then = self._wanted.popleft()
        if not self._wanted:
            self._timer.stop()
        try:
            made = self._picture(file, project)
        except (OSError, Refused):  # the page says so when it is opened
            return
        then(made)

    def _picture(self, file: Path, project: Project | None) -> QImage:
        kept = self._folder / f"{self._key(file.read_bytes())}.png"
        made = QImage(str(kept))
        if made.isNull():
            graph = (project or load_project(file)).graph
            made = fitted(drawn(graph, self._state.registry, self._state.tokens), SIZE, self._density)
            self._keep(made, kept)
        made.setDevicePixelRatio(self._density)
        return made

    def _key(self, data: bytes) -> str:
        look = f"{VERSION} {self._state.tokens.name} {language()} {SIZE.width()}x{SIZE.height()}@{self._density}"
        return sha256(look.encode() + data).hexdigest()[:32]

    def _keep(self, made: QImage, file: Path) -> None:
        """Where there is no room or right to write, it is drawn again the next time."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            old = sorted(self._folder.glob("*.png"), key=lambda p: p.stat().st_mtime)
            for one in old[: max(0, len(old) - KEPT + 1)]:
                one.unlink(missing_ok=True)
        except OSError:
            return
        made.save(str(file))
