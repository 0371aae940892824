"""Starts the studio: a dressed window with a project in it as soon as possible; heavy libraries wait for the first run."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from core.problems import Refused
from core.project.document import Document
from core.project.recovery import recovery_root
from core.session import Session
from core.words import set_language
from studio.appearance import translate_qt
from studio.fault import Faults
from studio.interrupt import close_on_interrupt
from studio.settings import Settings
from studio.sheet import dress
from studio.tidy import Tidy
from studio.welcome.door import first
from studio.window import MainWindow

WARM_AFTER = 4000  # ms; who has looked around that long soon trains something
SWITCH_INTERVAL = 0.001  # s; pure Python in the worker may keep the window waiting so long


def make_app() -> QApplication:
    """The one QApplication, with the names that settings and desktops know us by.

    From here on Python collects no garbage by itself: other threads (the worker, the one that checks the project) would
    destroy Qt objects there. `Tidy` collects in the main thread.
    """
    gc.disable()
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("unfold")
    app.setApplicationDisplayName("Unfold")
    app.setDesktopFileName("unfold")
    return app


def open_window(app: QApplication, settings: Settings, project: Path | None = None) -> MainWindow:
    """A dressed window on a project: the given one, else the last one, else the first-run project."""
    set_language(settings.language)
    translate_qt(app, settings.language)
    dress(app, settings.theme)
    session = Session(Document())
    refused = _open_first(session, settings, project)
    window = MainWindow(session, settings)
    if first(project, session.document.path is not None, settings.welcome):
        window.door.show()
    if refused is not None:
        QTimer.singleShot(0, lambda: window.complain(refused.problems))
    return window


def main(project: Path | None = None) -> int:
    """Open the window and stay until it is closed."""
    sys.setswitchinterval(SWITCH_INTERVAL)
    app = make_app()
    settings = Settings()
    faults = Faults()
    faults.install()
    window = open_window(app, settings, project)
    window.show()
    close_on_interrupt(window)
    QTimer.singleShot(200, lambda: window.survival.keep(recovery_root()))
    tidy = Tidy()
    QTimer.singleShot(1500, tidy.start)
    QTimer.singleShot(WARM_AFTER, window.state.warm)
    code = app.exec()
    tidy.stop()
    window.deleteLater()
    app.processEvents()
    return code


def _open_first(session: Session, settings: Settings, project: Path | None) -> Refused | None:
    """What could not be opened is told later; then the first-run project stands in."""
    refused = None
    for path in (project, *settings.recent[:1]):
        if path is None:
            continue
        try:
            session.open(path)
        except Refused as error:
            refused = refused or error
            continue
        settings.add_recent(path)
        return refused
    _first_run(session)
    return refused


def _first_run(session: Session) -> None:
    """The first project of the gallery that is there; an empty one without a gallery."""
    from core.project.gallery import FIRST, shipped

    for name in (FIRST, "hello"):
        try:
            session.new(shipped(name).project)
        except Refused:
            continue
        return
