"""The report of a run: asked where to, written in the background, then shown by whatever opens web pages. Until it is
written it is pending: the window says so, and asks before it closes."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from core.problems import Refused
from core.process.errands import Report
from core.words import Text, say
from studio.panels.ask import tell_problems
from studio.state import State

REPORT = Text("the report", "el informe")
FILTER = Text("Web pages (*.html)", "Páginas web (*.html)")


def write(window: QWidget, state: State, stem: str) -> None:
    """Ask for a file and write the last run's report into it."""
    run_dir = state.session.run_dir
    if run_dir is None:
        return
    start = state.settings.folder / f"{stem}-report.html"
    name, _ = QFileDialog.getSaveFileName(window, say(Text("Write a report", "Escribir un informe")), str(start), say(FILTER))  # fmt: skip
    if not name:
        return
    target = Path(name)
    target = target if target.suffix else target.with_suffix(".html")
    state.settings.folder = target.parent
    state.send(Report(run_dir, target), lambda result: _told(window, state, result), REPORT)


def _told(window: QWidget, state: State, result: Path | Refused) -> None:
    if isinstance(result, Refused):
        tell_problems(window, result.problems, state.tokens)
        return
    state.status.emit(say(Text("Report written: {p}", "Informe escrito: {p}"), p=result))
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(result)))
