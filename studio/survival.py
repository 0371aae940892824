"""Surviving a crash: every edit is written down, and what an earlier crash left is offered once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from core.problems import Refused
from core.project.journal import Journal
from core.project.recovery import Lost, lost, restore
from core.words import say
from studio.panels.recovery import RecoveryDialog

if TYPE_CHECKING:
    from studio.window import MainWindow


class Survival:
    """The journal of one window."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self.journal: Journal | None = None

    def keep(self, root: Path) -> None:
        """Write every edit down from now on, and offer what an earlier crash left."""
        window, found = self._window, lost(root)
        self.journal = Journal(window.state.document, root, lambda p: window.state.status.emit(say(p.message)))
        if found and not window.door.offer(found):
            RecoveryDialog(window, found, self.bring_back).open()

    def bring_back(self, item: Lost) -> None:
        """The work of an earlier crash, in place of what is open."""
        assert self.journal is not None
        window = self._window
        if not window.files.may_leave():
            return
        try:
            restore(item, window.state.document, self.journal)
        except Refused as refused:
            window.complain(refused.problems)
            return
        window.files.suggestion = Path(item.path) if item.path else None
        window.state.forget_run()
        window.changed()
        window.opened()

    def close(self) -> None:
        """The window was closed in order: nothing was lost."""
        if self.journal is not None:
            self.journal.close()
