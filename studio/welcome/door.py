"""Where the welcome page comes and goes: at a start without a project, from the menu, and away once there is work."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from core.project.recovery import Lost
from studio.welcome.page import Welcome

if TYPE_CHECKING:
    from studio.window import MainWindow


class Door(QObject):
    """One per window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._lost: tuple[Lost, ...] = ()
        self.page: Welcome | None = None
        window.state.project_changed.connect(lambda _: self.leave())
        window.running.started.connect(self.leave)

    def show(self) -> None:
        """The page, over whatever is open; once more shuts it."""
        if self.page is not None:
            self.leave()
            return
        lost = tuple(one for one in self._lost if one.folder.exists())  # others were brought back or thrown away
        page = self.page = Welcome(self._window, self._window.state, lost)
        self._cover(True)
        page.left.connect(self.leave)
        begin = page.begin
        begin.wanted.connect(lambda way: self._ways()[way]())
        begin.opened.connect(self._window.files.open)
        begin.restored.connect(self._window.survival.bring_back)
        begin.ran.connect(self._look_at)
        page.learn.taken.connect(self._window.begin_with_shipped)

    def _look_at(self, folder: Path) -> None:
        """Also where the project behind is the run's already and nothing changes."""
        if self._window.look_at_run(folder):
            self.leave()

    def offer(self, found: tuple[Lost, ...]) -> bool:
        """Show lost work on the page. False where the page is not there."""
        self._lost = found
        if self.page is not None:
            self.page.begin.show_lost(found)
        return self.page is not None

    def leave(self) -> None:
        if self.page is not None:
            page, self.page = self.page, None
            self._window.removeEventFilter(page)
            page.hide()
            page.deleteLater()
            self._cover(False)
            self._window.canvas.setFocus()

    def _cover(self, on: bool) -> None:
        """Nobody trains what cannot be seen."""
        self._window.state.covered = on
        self._window.changed()

    def rebuild(self) -> None:
        """Language or theme have changed."""
        if self.page is not None:
            self.leave()
            self.show()

    def _ways(self) -> dict[str, Callable[[], object]]:
        window = self._window
        return {
            "text": lambda: window.incoming.choose("text"),
            "table": lambda: window.incoming.choose("table"),
            "new": self._new,
            "open": window.files.open,
        }

    def _new(self) -> None:
        """Also where the project behind is empty already and nothing changes."""
        self._window.files.new()
        if not self._window.state.document.dirty:
            self.leave()


def first(path: Path | None, reopened: bool, always: bool) -> bool:
    """Whether a start shows the page: nothing was asked for, and nothing was open the last time (or it is always wanted)."""
    return path is None and (always or not reopened)
