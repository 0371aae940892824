"""The report of a run: asked where to, written in the background, then shown by whatever opens web pages."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from core.oswords import reason
from core.problems import Problem, Refused, filled
from core.words import Text, say
from studio.panels.ask import tell_problems
from studio.state import State

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
    state.status.emit(say(Text("Writing the report …", "Escribiendo el informe …")))
    state.background.run(lambda: attempt(run_dir, target, state), lambda result: _told(window, state, result))


def attempt(run_dir: Path, target: Path, state: State) -> Path | Refused:
    """In the background: drawing the charts takes a second or two."""
    from core.export.report import write_report

    try:
        return write_report(run_dir, target, state.registry)
    except Refused as refused:
        return refused
    except OSError as error:
        message = Text("The report could not be written to {p}: {e}.", "No se pudo escribir el informe en {p}: {e}.")
        hint = Text("Choose a folder you may write to.", "Elija una carpeta en la que pueda escribir.")
        problem = Problem("report.write", filled(message, p=target, e=reason(error)), hint=hint)
        return Refused(problem)


def _told(window: QWidget, state: State, result: Path | Refused) -> None:
    if isinstance(result, Refused):
        tell_problems(window, result.problems, state.tokens)
        return
    state.status.emit(say(Text("Report written: {p}", "Informe escrito: {p}"), p=result))
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(result)))
