"""The microscope in one go, with real mouse and key events in the whole window: each chart chosen by typing its name, a run
made step by step, and what is shown judged by what back-propagation must obey."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from core.observe.chart import Bars, Heat, Line, Points
from core.project.gallery import shipped
from core.words import say
from tests.studio.desk import open_desk

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
K = Qt.Key
STEPS = 100
CHARTS = (
    "gradient_matrix", "contributions", "eigenvalues", "jacobian_roots", "jacobian_values", "jacobian_product", "saturation",
    "saturation_course", "updates", "clip_rate", "gradient_flow", "weight_norms",
)  # fmt: skip


@pytest.fixture
def window(qtbot, tmp_path):
    project = shipped("hello").project
    training = replace(project.training, steps=STEPS, validate_every=4, probe_budget=1.0, clip_norm=0.05)
    with open_desk(qtbot, tmp_path, replace(project, training=training)) as made:
        made.activateWindow()
        yield made


def choose(qtbot, window, kind):
    """By the keyboard: the list of the first chart, and the chart's name."""
    slot = window.watch.slots_[0]
    slot.kinds.setFocus()
    QTest.keyClick(slot.kinds, K.Key_Home)
    name = say(window.state.registry.of("chart")[kind].name)
    for _ in range(slot.kinds.count()):
        if slot.kinds.currentText() == name:
            break
        QTest.keyClick(slot.kinds, K.Key_Down)
    assert slot.kind == kind
    spec = window.state.registry.of("chart")[kind]
    title = say(spec.draw(window.state.session.recording, None, "").title)
    qtbot.waitUntil(lambda: say(slot.view.chart.title) == title and bool(slot.view.chart.marks), timeout=20_000)
    return slot.view.chart


def numbers(chart):
    for mark in chart.marks:
        if isinstance(mark, Heat):
            yield mark.z
        elif isinstance(mark, (Line, Points, Bars)):
            yield np.asarray(mark.y)


def test_every_chart_of_the_microscope_is_chosen_by_keys_and_tells_the_truth(qtbot, window):
    window.show_panel("watch")
    QTest.keyClick(window, K.Key_F7)
    qtbot.waitUntil(lambda: window.state.bridge.view.phase == "paused", timeout=60_000)
    for kind in CHARTS:
        choose(qtbot, window, kind)  # so that the run is asked for all of them
        seen = len(window.state.session.recording.frames)
        QTest.keyClick(window, K.Key_F7)
        qtbot.waitUntil(lambda seen=seen: len(window.state.session.recording.frames) > seen, timeout=20_000)
    frame = window.state.session.recording.frames[-1]
    assert frame > 1
    for kind in CHARTS:
        chart = choose(qtbot, window, kind)
        assert not say(chart.note), (kind, say(chart.note))
        assert any(np.isfinite(z).any() for z in numbers(chart)), kind
    (heat,) = [m for m in choose(qtbot, window, "gradient_matrix").marks if isinstance(m, Heat)]
    z = np.nan_to_num(heat.z)
    assert z.shape == (4, 4)
    own = window.state.session.recording.frame(frame).matrices["memory.h"]
    assert np.all(own[:, 1:][np.triu_indices(4, 1)] == 0) and np.all(np.diag(own[:, 1:]) > 0)
