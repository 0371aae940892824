"""The unrolled view under Xvfb, with a real mouse and real keys."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.endtoend.test_story import HOME, display, needs_x

__all__ = ["display"]  # a fixture
CHAPTERS = ["unroll_while_it_trains", "select", "cut", "walk", "look_inside", "roll_up"]


@needs_x
@pytest.mark.window
@pytest.mark.timeout(200)
def test_train_unroll_select_cut_walk_and_roll_up(display: str, tmp_path: Path) -> None:
    env = {k: v for k, v in os.environ.items() if k not in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY")}
    env |= {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "OMP_NUM_THREADS": "1", "UNFOLD_LANG": "en"}
    env |= {"XDG_DATA_HOME": str(tmp_path / "data"), "XDG_CONFIG_HOME": str(tmp_path / "config")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.endtoend.unrolled_story", str(tmp_path)],
        check=False, cwd=HOME, env=env, capture_output=True, text=True, timeout=180,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.split() == CHAPTERS
    assert "Traceback" not in done.stderr, done.stderr
