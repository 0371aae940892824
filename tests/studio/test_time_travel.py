"""One moment for all charts and the unrolled view; the recording as a film, also while it grows."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from core.observe.recording import Recording
from core.observe.times import Moment
from core.train.messages import Frame, Started
from tests.studio.desk import Patience, hello, open_desk

LEFT = Qt.MouseButton.LeftButton
STEPS = 4


@pytest.fixture(scope="module")
def desk(qapp, tmp_path_factory):
    folder = tmp_path_factory.mktemp("travel")
    with open_desk(Patience(), folder, hello(steps=60, probe_budget=0.9)) as window:
        window.state.bridge.start(folder / "run")
        Patience().waitUntil(lambda: not window.state.bridge.view.busy, timeout=60_000)
        QTest.qWait(50)
        yield window


@pytest.fixture(autouse=True)
def present(desk):
    yield
    desk.state.player.stop()
    desk.state.player.set_loop(False)
    desk.state.scrub(None)
    desk.state.mark(None)
    desk.canvas.show_unrolled(False)


def shown(desk, kinds: tuple[str, ...]):
    """The first slots with these charts, drawn."""
    slots = desk.watch.slots_[: len(kinds)]
    for slot, kind in zip(slots, kinds, strict=True):
        slot.kinds.setCurrentIndex(slot.kinds.findData(kind))
        slot.draw()
    QTest.qWait(60)
    return slots


def at(view, x: float, y: float) -> QPoint:
    """A place of a chart, in its plot's viewport."""
    return view._plot.mapFromScene(view._box.mapViewToScene(QPointF(x, y)))


def test_a_click_on_one_chart_marks_the_step_on_all_of_them(desk):
    heat, flow = shown(desk, ("heat", "gradient_flow"))
    port = heat.view._plot.viewport()
    QTest.mouseClick(port, LEFT, pos=at(heat.view, 2.2, 1))
    assert desk.state.moment == Moment("T", 2)
    assert heat.view._cursor._frames["x"].rect().left() == 1.5 and flow.view._cursor._lines["x"].value() == 2
    assert flow.view._cursor._lines["x"].isVisible() and "t = 2" in desk.watch.scrubber.sequence.mark.text()
    desk.canvas.show_unrolled(True)
    assert desk.canvas.room.stage.step == ("T", 2) and "t = 2" in desk.canvas.room.readout.text()
    QTest.keyClick(desk.canvas.room.view, Qt.Key.Key_Right)
    assert desk.state.moment == Moment("T", 3) and heat.view._cursor._frames["x"].rect().left() == 2.5
    QTest.mouseClick(port, LEFT, pos=at(heat.view, 3, 1))
    assert desk.state.moment is None and not flow.view._cursor._lines["x"].isVisible()


def test_the_mark_can_be_dragged_and_a_pan_marks_nothing(desk):
    (flow,) = shown(desk, ("gradient_flow",))
    port = flow.view._plot.viewport()
    low, high = flow.view._box.viewRange()[1]
    middle = (low + high) / 2
    desk.state.mark(Moment("T", 1))
    QTest.mousePress(port, LEFT, pos=at(flow.view, 1, middle))
    for x in (1.4, 2.3, 9.0):
        QTest.mouseMove(port, at(flow.view, x, middle))
    assert desk.state.moment == Moment("T", STEPS - 1)
    before = flow.view._box.viewRange()
    QTest.mouseRelease(port, LEFT, pos=at(flow.view, 9.0, middle))
    assert desk.state.moment == Moment("T", STEPS - 1) and flow.view._box.viewRange() == before
    desk.state.mark(None)
    QTest.mousePress(port, LEFT, pos=at(flow.view, 1, middle))
    for x in (1.3, 1.8):
        QTest.mouseMove(port, at(flow.view, x, middle))
    QTest.mouseRelease(port, LEFT, pos=at(flow.view, 1.8, middle))
    assert desk.state.moment is None
    flow.view.reset_view()


def test_a_chart_without_time_marks_nothing(desk):
    (loss,) = shown(desk, ("loss",))
    QTest.mouseClick(loss.view._plot.viewport(), LEFT, pos=loss.view._plot.viewport().rect().center())
    assert desk.state.moment is None


def test_keys_and_slider_move_both_times(desk):
    frames = desk.state.session.recording.frames
    QTest.keyClick(desk, Qt.Key.Key_Period)
    QTest.keyClick(desk, Qt.Key.Key_Period)
    assert desk.state.moment == Moment("T", 1)
    QTest.keyClick(desk, Qt.Key.Key_Comma)
    assert desk.state.moment == Moment("T", 0)
    QTest.keyClick(desk.watch.scrubber.sequence.slider, Qt.Key.Key_End)
    assert desk.state.moment == Moment("T", STEPS - 1)
    QTest.keyClick(desk, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(desk, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(desk, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    assert desk.state.step == frames[-2]


def test_a_film_goes_through_every_frame_and_ends_at_the_last(desk, qtbot):
    frames, seen = desk.state.session.recording.frames, []
    desk.state.scrubbed.connect(seen.append)
    desk.state.player.set_rate(40)
    QTest.keyClick(desk, Qt.Key.Key_F8)
    assert desk.state.player.playing and desk.watch.scrubber.play.accessibleName() == "Pause the film"
    qtbot.waitUntil(lambda: not desk.state.player.playing, timeout=20_000)
    desk.state.scrubbed.disconnect(seen.append)
    assert seen[0] == frames[0] and seen[-1] == frames[-1] and seen == sorted(seen)
    assert desk.watch.scrubber.play.accessibleName() == "Play the recording"
    QTest.keyClick(desk, Qt.Key.Key_F8)
    QTest.mouseClick(desk.watch.scrubber.live, LEFT)
    assert not desk.state.player.playing and desk.state.step is None


def test_a_wire_says_what_it_carried_at_the_moment_that_is_looked_at(desk, monkeypatch):
    """The tip of a real resting mouse, against the recording's own numbers."""
    said: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda at, text, *_: said.append(text))
    recording = desk.state.session.recording
    desk.canvas.show_all()
    view = desk.canvas.view
    wire = next(e for e in desk.canvas.board.graph.edges.values() if (e.source.node, e.source.port) == ("memory", "h"))
    spot = view.mapFromScene(desk.canvas.board.scene.wires[wire.id].route.path.pointAtPercent(0.5))
    for step, t in ((recording.frames[0], 1), (recording.frames[-1], 3)):
        desk.state.scrub(step)
        desk.state.mark(Moment("T", t))
        help_ = QHelpEvent(QEvent.Type.ToolTip, spot, view.viewport().mapToGlobal(spot))
        QApplication.sendEvent(view.viewport(), help_)
        numbers = "  ".join(f"{v:.3g}" for v in recording.frame(step).values["memory.h"][t].tolist())
        assert f"t = {t}, training step {step}: {numbers}" in said[-1].replace("&nbsp;", " ")


def growing(desk, monkeypatch, busy: bool) -> Recording:
    recording = Recording()
    recording.add(Started(9, 0, "cpu", "fp32", 9, "", {}, {}, along={"h": "T"}))
    for n in (1, 2):
        recording.add(Frame(n, {"h": np.zeros((3, 2), np.float32)}, {}))
    monkeypatch.setattr(desk.state.session, "recording", recording)
    monkeypatch.setattr(type(desk.state.bridge.view), "busy", property(lambda _: busy))
    return recording


@pytest.mark.parametrize("busy", [True, False])
def test_a_film_that_has_caught_up_follows_its_run(desk, monkeypatch, busy):
    recording = growing(desk, monkeypatch, busy)
    player = desk.state.player
    player.play()
    assert desk.state.step == 1
    recording.add(Frame(3, {"h": np.zeros((3, 2), np.float32)}, {}))  # the run goes on while it is played
    for wanted in (2, 3):
        player._go(1)
        assert desk.state.step == wanted and player.playing
    player._go(1)
    assert desk.state.step == (None if busy else 3) and not player.playing
    player.set_loop(True)
    player.play()
    player._go(2)
    player._go(1)
    assert desk.state.step == 1 and player.playing
    monkeypatch.undo()


def picture(slot) -> bytes:
    QApplication.processEvents()
    return bytes(slot.view.grab().toImage().constBits())


def test_a_replay_shows_the_very_pictures_that_were_shown(desk, tmp_path):
    """Every frame of a chart, as it was painted, against the same step of the recording saved and loaded again."""
    (heat,) = shown(desk, ("heat",))
    live = desk.state.session.recording
    steps = live.frames[:: max(1, len(live.frames) // 4)]

    def painted() -> list[bytes]:
        out = []
        for step in steps:
            desk.state.scrub(step)
            heat.draw()
            out.append(picture(heat))
        return out

    before = painted()
    assert len(set(before)) > 1  # a chart that never changed would be no judge
    live.save(tmp_path / "recording.npz")
    desk.state.session.recording = Recording.load(tmp_path / "recording.npz")
    try:
        assert desk.state.session.recording == live and painted() == before
    finally:
        desk.state.session.recording = live
