"""What opens over the window: gallery, export, comparison, report, a run's folder, keys, and who made this.

Each is imported when it is asked for: a window that nobody asked for a report starts without its libraries.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from core.problems import Refused
from core.words import Text, say

if TYPE_CHECKING:
    from studio.bridge import RunView
    from studio.panels.slot import Slot
    from studio.window import MainWindow

LATER = Text(
    "The training is being stopped; this opens by itself then.",
    "Se está deteniendo el entrenamiento; después se abre solo.",
)
RUN_FOLDER = Text("Open a run folder", "Abrir una carpeta de ejecución")


class Dialogs:
    """Those of one window."""

    def __init__(self, window: MainWindow) -> None:
        self._window, self._state = window, window.state
        self._later = ""  # the command that waits until a run has stopped
        self._state.bridge.changed.connect(self._stopped)

    def callbacks(self) -> dict[str, Callable[[], object]]:
        """By the ids of the commands that open them."""
        return {
            "gallery": self.gallery, "export": lambda: self._ended("export", self.export),
            "report": lambda: self._ended("report", self.report), "open_run": self.open_run,
            "compare": self.compare, "shortcuts": self.keys, "commands": self.palette, "edit_keys": self.edit_keys,
            "about": self.about, "save_film": self.film,
        }  # fmt: skip

    def _ended(self, id: str, open: Callable[[], object]) -> None:
        """At once, or when the run that is being stopped has ended."""
        if self._state.bridge.view.phase != "stopping":
            open()
            return
        self._later = id
        self._state.status.emit(say(LATER))

    def _stopped(self, view: RunView) -> None:
        id = self._later
        if id and not view.busy:
            self._later = ""
            QTimer.singleShot(0, self._window, lambda: self._window.act(id))

    def _open(self, dialog: QDialog) -> None:
        """Until it is closed: then nothing of it stays."""
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def rebuild(self) -> None:
        """Language or theme have changed: what stays open beside the work is opened anew. A film goes on being made."""
        for name, again in (("command-palette", self.palette), ("compare", self.compare)):
            for old in self._window.findChildren(QWidget, name):
                if old.isVisible() and old.close():
                    again()

    def gallery(self) -> None:
        from core.project.gallery import gallery
        from studio.panels.gallery import GalleryDialog

        try:
            projects = gallery()
        except Refused as refused:
            self._window.complain(refused.problems)
            return
        self._open(GalleryDialog(self._window, projects, self._state, self._window.begin_with_shipped))

    def export(self) -> None:
        from studio.panels.export import ExportDialog

        self._open(ExportDialog(self._window, self._state, self._window.stem()))

    def compare(self) -> None:
        from studio.panels.compare import CompareDialog

        CompareDialog(self._window, self._state, self._window.look_at_run).show()

    def report(self) -> None:
        from studio.panels.report import write

        write(self._window, self._state, self._window.stem())

    def open_run(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self._window, say(RUN_FOLDER), str(self._state.settings.folder))
        if chosen:
            self._window.look_at_run(Path(chosen))

    def palette(self) -> None:
        from studio.panels.commands import open_palette

        open_palette(self._window, self._state)

    def keys(self) -> None:
        from studio.panels.about import KeysDialog

        self._open(KeysDialog(self._window, self._window.commands()))

    def edit_keys(self) -> None:
        from studio.panels.keys import ShortcutEditor

        self._open(ShortcutEditor(self._window, self._window.commands(), self._state))

    def film(self, slot: Slot | None = None) -> None:
        """Of the chart that is asked for, else of what is shown."""
        from studio.filming.dialog import FilmDialog, offered

        window, slots = self._window, self._window.watch.slots_
        charts = tuple(map(offered, slots))
        dialog = FilmDialog(window, self._state, charts, window.canvas.room, window.stem())
        if slot is not None:
            dialog.begin_with(slots.index(slot))
        dialog.show()

    def about(self) -> None:
        from studio.panels.about import AboutDialog

        self._open(AboutDialog(self._window))
