"""When something of ours breaks: a calm dialog with a report to copy; the work is safe and the window goes on."""

from __future__ import annotations

import logging
import platform
import sys
import threading
import traceback
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QPlainTextEdit, QWidget

from core.words import Text, say
from studio.parts import GAP, button, column, label, named, row
from studio.theme import mono_font

log = logging.getLogger(__name__)


def report_text(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> str:
    """What helps to mend it: versions and the traceback."""
    from importlib.metadata import PackageNotFoundError, version

    lines = [f"Python {sys.version.split()[0]} on {platform.platform()}"]
    for package in ("unfold-studio", "PySide6-Essentials", "torch"):
        try:
            lines.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            lines.append(f"{package} –")
    return "\n".join([*lines, "", "".join(traceback.format_exception(kind, error, trace))])


class Faults(QObject):
    """Catches every exception that nobody caught, in any thread, and shows at most one dialog at a time."""

    _happened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.reports: list[str] = []
        self._dialog: FaultDialog | None = None
        self._happened.connect(self._show)

    def install(self) -> None:
        """Take over from Python's own handlers."""
        sys.excepthook = self._caught
        threading.excepthook = lambda a: (
            self._caught(a.exc_type, a.exc_value or a.exc_type(), a.exc_traceback)
            if a.exc_type is not SystemExit
            else None
        )

    def _caught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        report = report_text(kind, error, trace)
        log.error("%s", report)
        self._happened.emit(report)

    def _show(self, report: str) -> None:
        self.reports.append(report)
        if self._dialog is not None:
            self._dialog.more(report)
            return
        self._dialog = FaultDialog(report, QApplication.activeWindow())
        self._dialog.finished.connect(self._closed)
        self._dialog.open()

    def _closed(self) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
        self._dialog = None


class FaultDialog(QDialog):
    """Says what it means for the person; the traceback only on demand."""

    def __init__(self, report: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Unfold")
        self.setMinimumWidth(520)
        self.setObjectName("fault")
        first = say(Text("Something in Unfold went wrong.", "Algo falló en Unfold."))
        then = say(Text("Your project is still open. What you did last may not have worked; you can undo it and go on.",
                        "Su proyecto sigue abierto. Puede que lo último no haya funcionado; puede deshacerlo y seguir."))  # fmt: skip
        self.report = QPlainTextEdit(report)
        self.report.setReadOnly(True)
        self.report.setFont(mono_font(8.5))
        self.report.setMinimumHeight(220)
        self.report.hide()
        named(self.report, say(Text("Report", "Informe")))
        close = button(say(Text("Go on", "Seguir")), self.accept, "primary")
        self.setLayout(
            column(
                label(first, "title", wrap=True),
                label(then, "", wrap=True),
                self.report,
                row(
                    button(say(Text("Show the report", "Ver el informe")), lambda: self.report.setVisible(not self.report.isVisible())),
                    button(say(Text("Copy the report", "Copiar el informe")), self._copy),
                    None,
                    close,
                ),
                gap=GAP,
                margins=(16, 16, 16, 16),
            )
        )  # fmt: skip
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        close.setFocus()

    def more(self, report: str) -> None:
        """Another fault while this one is shown. Long reports are cut: the first ones tell most."""
        if len(self.report.toPlainText()) < 50_000:
            self.report.appendPlainText("\n" + report)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.report.toPlainText())
