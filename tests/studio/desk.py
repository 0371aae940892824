"""A window for the tests of the studio: own settings, a small project, closed for good at the end."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from core.project.document import Document
from core.project.gallery import shipped
from core.project.model import Project
from core.session import Session
from core.words import set_language
from studio.appearance import translate_qt
from studio.settings import Settings
from studio.sheet import dress
from studio.state import State
from studio.window import MainWindow


def hello(**training: object) -> Project:
    """The smallest project that trains, for a few steps."""
    project = shipped("hello").project
    return replace(project, training=replace(project.training, **training)) if training else project


def settings_in(folder: Path) -> Settings:
    made = Settings(folder / "studio.ini")
    made.language, made.theme = "en", "dark"
    made.apart = False  # a child loads torch for seconds: test_apart has one, and the stories of endtoend
    return made


Panel = TypeVar("Panel", bound=QWidget)
PATIENCE = 4  # times as long, since it is waited once for many tests


class Patience:
    """Waits like qtbot, for windows that outlive one test."""

    def waitUntil(self, true: Callable[[], object], timeout: int = 5000) -> None:
        end = time.monotonic() + PATIENCE * timeout / 1000
        while not true():
            assert time.monotonic() < end, true
            QTest.qWait(10)


@contextlib.contextmanager
def open_desk(qtbot, folder: Path, project: Project | None = None) -> Iterator[MainWindow]:
    """A shown window whose first check is done."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    settings = settings_in(folder)
    set_language("en")
    translate_qt(app, "en")
    dress(app, settings.theme)
    window = MainWindow(Session(Document(project if project is not None else hello())), settings)
    window.resize(1280, 800)
    window.show()
    qtbot.waitUntil(lambda: window.state.verdict.project is window.state.session.project, timeout=20_000)
    qtbot.waitUntil(lambda: hasattr(window, "watch"), timeout=20_000)
    try:
        yield window
    finally:
        close(window, app)


def close(window: MainWindow, app: QApplication) -> None:
    """Without a question, whatever was changed."""
    window.state.session.stop(10.0)
    window.state.bridge.poll()
    window.state.document.mark_saved(window.state.document.path)
    window.close()
    window.deleteLater()
    app.processEvents()
    set_language("en")
    translate_qt(app, "en")


def state_of(qtbot, folder: Path, project: Project | None = None) -> State:
    """The shared state alone, for the test of one panel."""
    state = State(Session(Document(project if project is not None else hello())), settings_in(folder))
    qtbot.waitUntil(lambda: state.verdict.project is state.session.project, timeout=20_000)
    return state


def shown_panel(qtbot, panel: Panel) -> Panel:
    """A panel without a window, seen."""
    qtbot.addWidget(panel)
    panel.resize(700, 400)
    panel.show()
    return panel


def child(parent: QWidget, name: str) -> QWidget:
    """The shown widget of that object name."""
    found = [w for w in parent.findChildren(QWidget, name) if not w.isHidden()]
    assert found, f"no {name} in {parent}"
    return found[0]


def answer(name: str) -> None:
    """Press this button of the next question."""

    def press() -> None:
        dialog = QApplication.activeModalWidget()
        if dialog is None:
            QTimer.singleShot(20, press)
            return
        QTest.mouseClick(child(dialog, name), Qt.MouseButton.LeftButton)

    QTimer.singleShot(20, press)


def type_into(widget: QWidget, text: str) -> None:
    """Replace a line's text by typing, and press Enter."""
    assert isinstance(widget, QLineEdit)
    widget.setFocus()
    widget.selectAll()
    QTest.keyClicks(widget, text)
    QTest.keyClick(widget, Qt.Key.Key_Return)
