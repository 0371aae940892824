"""The chart's context menu: take the picture or its numbers with you, or see everything again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QStandardPaths, Qt, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from core.observe.chart import Chart
from core.oswords import reason
from core.problems import Problem, Refused, filled
from core.words import Text, say

if TYPE_CHECKING:
    from studio.plot.view import ChartView

EXPORT = Text("Export image…", "Exportar imagen…")
PICTURE = Text("Copy the picture", "Copiar la imagen")
COPY = Text("Copy as CSV", "Copiar como CSV")
DENSITY = 2
FILM = Text("Film over the training…", "Película del entrenamiento…")
RESET = Text("Show everything", "Mostrar todo")
KINDS = Text(
    "SVG (*.svg);;PNG (*.png);;PDF (*.pdf);;Numbers as CSV (*.csv)",
    "SVG (*.svg);;PNG (*.png);;PDF (*.pdf);;Números en CSV (*.csv)",
)


def ask_path(parent: QWidget, name: str) -> Path | None:
    """Where to write the picture; None when the person thinks better of it."""
    home = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    chosen, _ = QFileDialog.getSaveFileName(parent, say(EXPORT), str(Path(home) / f"{name}.svg"), say(KINDS))
    return Path(chosen) if chosen else None


class _Told(QObject):
    """Lives in the window's thread and says there what the writing thread has done, to a chart that may be gone by then."""

    done = Signal(str)
    failed = Signal(object)


class ChartMenu:
    """Holds nothing of the chart: it asks the view when it is opened."""

    def __init__(self, view: ChartView, ask: Callable[[QWidget, str], Path | None] = ask_path) -> None:
        self._view = view
        self._told = _Told()
        self._told.done.connect(view.exported)
        self._told.failed.connect(view.failed)
        self.ask = ask

    def menu(self) -> QMenu:
        menu = QMenu(self._view)
        marks = bool(self._view.chart.marks)
        film = [(FILM, self._view.film_wanted.emit)] if self._view.filmable else []
        for title, run in (
            (EXPORT, self.export),
            *film,
            (PICTURE, self.copy_picture),
            (COPY, self.copy),
            (RESET, self._view.reset_view),
        ):
            action = menu.addAction(say(title))
            action.setEnabled(marks)
            action.triggered.connect(lambda _checked=False, run=run: run())
        return menu

    def popup(self, at: QPoint) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(at)

    def copy_picture(self) -> None:
        """As it stands on the screen, zoomed and all, at twice the density."""
        made = QImage(self._view.size() * DENSITY, QImage.Format.Format_RGB32)
        made.setDevicePixelRatio(DENSITY)
        self._view.render(made)
        QGuiApplication.clipboard().setImage(made)

    def copy(self) -> None:
        from core.observe.table import csv_text

        QGuiApplication.clipboard().setText(csv_text(self._view.chart))

    def export(self) -> None:
        """Ask where, then write on a thread of its own: drawing for paper takes a second the window does not have."""
        chart = self._view.chart
        path = self.ask(self._view, _file_stem(say(chart.title)))
        if path is not None:
            threading.Thread(target=self._write, args=(chart, path), daemon=True, name="export chart").start()

    def _write(self, chart: Chart, path: Path) -> None:
        from core.observe.paper import render

        try:
            render(chart, path)
        except Refused as refused:
            self._told.failed.emit(refused.problems[0])
        except OSError as error:
            self._told.failed.emit(_unwritten(path, error))
        else:
            self._told.done.emit(str(path))


def _file_stem(title: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in title.lower()).strip("-") or "chart"


def _unwritten(path: Path, error: OSError) -> Problem:
    return Problem(
        "chart.unwritten",
        filled(
            Text("{name} could not be written: {why}.", "No se pudo escribir {name}: {why}."),
            name=path.name,
            why=reason(error),
        ),
        hint=Text("Choose another folder.", "Elija otra carpeta."),
    )
