"""Training in a process of its own, seen from the window: it survives, it never loads torch, and it can be switched off."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtTest import QTest

from core.process.run import ProcessRun
from studio.settings import Settings
from tests.studio.desk import open_desk

HOME = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_a_window_that_trains_apart_never_loads_torch_and_survives_its_child(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "tests.studio.apart_story", str(tmp_path)],
        cwd=HOME, capture_output=True, text=True, check=False, timeout=280,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_DATA_HOME": str(tmp_path)},
    )  # fmt: skip
    assert told.returncode == 0, told.stderr[-4000:]
    assert told.stdout.split() == ["train", "kill", "go_on", "write", "export", "close"]


def test_where_to_train_is_a_choice_that_is_kept(qtbot, tmp_path: Path) -> None:
    assert Settings(tmp_path / "fresh.ini").apart  # unless somebody chose otherwise
    with open_desk(qtbot, tmp_path) as window:
        action, session = window.actions_["apart"], window.state.session
        assert not action.isChecked() and session.crew is None
        action.trigger()
        assert action.isChecked() and session.crew is not None and window.state.settings.apart
        action.trigger()
        assert not action.isChecked() and session.crew is None
        window.state.settings.sync()
        assert not Settings(window.state.settings.file).apart
        window.act("train")
        qtbot.waitUntil(lambda: window.state.bridge.view.busy, timeout=20_000)
        assert not isinstance(session.run, ProcessRun) and not action.isEnabled()
        QTest.qWait(10)
