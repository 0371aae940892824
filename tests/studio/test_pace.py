"""The window stays quick: a growing chart costs little, and nothing heavy is imported before the first window."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from core.observe.chart import Axis, Chart, Line
from core.words import Text
from studio.plot.axis import ChartAxis
from studio.plot.limits import keep
from studio.plot.view import ChartView

pytestmark = pytest.mark.alone
UPDATES = 40

FIRST_PAINT = """
import os, sys
from pathlib import Path
import studio.app as app_module
from studio.settings import Settings
app = app_module.make_app()
window = app_module.open_window(app, Settings(Path(sys.argv[1])))
sys.stdout.write(" ".join(sorted({name.split(".")[0] for name in sys.modules})))
sys.stdout.flush()
os._exit(0)
"""


def grown(length: int) -> Chart:
    steps = np.arange(length, dtype=float)
    loss = 2 + 2 * np.exp(-steps / 300) + 0.1 * np.sin(steps)
    words = Text("Loss", "Pérdida"), Axis(Text("step", "paso"), whole=True), Axis(Text("loss", "pérdida"))
    return Chart(*words, (Line(steps, loss, "", 0, faint=True), Line(steps, loss - 0.05, "training", 0)))


def test_a_growing_curve_seldom_draws_its_axes_anew(qtbot, monkeypatch) -> None:
    made: list[str] = []
    once = ChartAxis.generateDrawSpecs
    monkeypatch.setattr(ChartAxis, "generateDrawSpecs", lambda axis, p: made.append(axis.orientation) or once(axis, p))
    view = ChartView()
    qtbot.addWidget(view)
    view.resize(600, 280)
    view.show()
    view.show_chart(grown(400))
    QApplication.processEvents()
    made.clear()
    costs = []
    for turn in range(UPDATES):
        began = time.thread_time()
        view.show_chart(grown(401 + 10 * turn))
        QApplication.processEvents()
        costs.append(time.thread_time() - began)
    assert len(made) <= 8, "40 updates, twice the length: the limits move two or three times"
    assert np.median(costs) < 0.008
    low, high = view._box.viewRange()[0]
    assert low <= 0
    assert high >= 400 + 10 * (UPDATES - 1)


def test_limits_follow_data_that_goes_elsewhere() -> None:
    assert keep((0.0, 10.0), (1.0, 9.0)) == (0.0, 10.0)
    assert keep((0.0, 10.0), (0.0, 2.0)) == (0.0, 2.0)
    low, high = keep((0.0, 10.0), (0.0, 11.0))
    assert (low, high) == (0.0, 11.0 + 0.3 * 11.0)
    low, high = keep((0.0, 10.0), (-1.0, 10.0))
    assert high == 10.0
    assert low < -1.0
    assert keep((0.5, 2.0), (0.1, 1.9))[0] == 0.0
    assert keep((0.0, 2.0), (-0.12, 2.0))[0] == -0.24, "twice the air under a loss that comes to zero"


def test_nothing_heavy_is_imported_before_the_window_is_shown(tmp_path) -> None:
    command = [sys.executable, "-c", FIRST_PAINT, str(tmp_path / "studio.ini")]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120, env=environment).stdout
    heavy = {"torch", "lightning_fabric", "networkx", "pyqtgraph", "matplotlib", "onnx", "scipy"}
    assert heavy.isdisjoint(told.split())
    assert "PySide6" in told.split()
