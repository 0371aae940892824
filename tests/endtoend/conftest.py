"""A window as the app opens it on a first start: the welcome page over the first project, settings of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.words import set_language
from studio.app import open_window
from studio.settings import Settings
from studio.window import MainWindow


@pytest.fixture
def window(qtbot, tmp_path: Path) -> Iterator[MainWindow]:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    settings = Settings(tmp_path / "studio.ini")
    settings.language, settings.theme, settings.folder = "en", "dark", tmp_path
    made = open_window(app, settings)
    made.resize(1280, 800)
    made.show()
    QTest.qWaitForWindowActive(made)
    yield made
    made.state.session.stop(10.0)
    made.state.bridge.poll()
    made.state.document.mark_saved(made.state.document.path)
    made.close()
    made.deleteLater()
    app.processEvents()
    set_language("en")
