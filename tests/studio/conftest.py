"""As in the app, no other thread may collect garbage: it would destroy Qt objects there. And the window that tests share."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.state import State
from studio.window import MainWindow
from tests.studio.desk import Patience, open_desk, state_of


@pytest.fixture(scope="session")
def frozen() -> None:
    """What was imported to find the tests will not be garbage: it is not looked through after each of them."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def collected_here(frozen: None) -> Iterator[None]:
    """Garbage is collected after each test, in the main thread alone."""
    was = gc.isenabled()
    gc.disable()
    yield
    gc.collect()
    if was:
        gc.enable()


@pytest.fixture(scope="module")
def one(qapp: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MainWindow]:
    """One window for all the tests of a file, on the small project, with the keys."""
    with open_desk(Patience(), tmp_path_factory.mktemp("desk")) as window:
        window.activateWindow()
        QTest.qWaitForWindowActive(window)
        yield window


@pytest.fixture
def state(qtbot: QtBot, tmp_path: Path) -> Iterator[State]:
    """What panels share, without a window."""
    made = state_of(qtbot, tmp_path)
    yield made
    made.close()
