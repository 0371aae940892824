"""The panels: problems that jump and mend, source that follows, a run that is shown, charts and samples."""

import threading
import time
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel

from core.graph.edit import move, remove, set_params
from core.graph.model import Graph, frozen
from core.observe.recording import Recording
from core.problems import Place, Problem
from core.project.model import DataChoice
from core.train.messages import Done, Failed, Frame, Paused, Probed, Started, Step, Validation
from core.words import Text, say, set_language
from studio.bridge import RunView, after
from studio.checker import Verdict, examine
from studio.panels.figures import metric_table, steps_told
from studio.panels.numbers import amount, clock, count, percent
from studio.panels.problems import ProblemsPanel
from studio.panels.scrubber import Scrubber
from studio.panels.slot import Slot
from studio.panels.source import SourcePanel, lines_of
from studio.panels.training import TrainingPanel
from studio.panels.watch import WatchPanel
from studio.parts import escaped, shown
from studio.state import Selection
from tests.studio.desk import child, hello, open_desk, shown_panel

STARTED = Started(100, 0, "cpu", "fp32", 1234, "/tmp/x", {"memory": "LSTM"}, {"loss": 1.386})


def step(n: int, loss: float = 1.0) -> Step:
    return Step(n, loss, 0.01, 2.0, 1.0, 0.1 * n, 4 * n, {"accuracy": 0.5})


# --- words and numbers ---


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (float("nan"), "NaN"), (0.0, "0"), (1.38629, "1.386"), (0.00971, "0.00971"), (1.2e-7, "1.20e-07"), (123456.0, "1.23e+05")],
)  # fmt: skip
def test_amounts_have_no_false_digits(value, text):
    assert amount(value) == text


def test_times_and_counts_line_up():
    assert [clock(s) for s in (0, 7.4, 754, 3723, None, float("inf"))] == ["0:00", "0:07", "12:34", "1:02:03", "–", "–"]
    assert count(1234567) == "1\u202f234\u202f567"
    assert percent(0.0314) == "3.1%"


def test_a_persons_text_is_never_markup():
    assert escaped("<b>a</b>\n&") == "&lt;b&gt;a&lt;/b&gt;<br>&amp;"
    assert shown("a\x07b\u202ec\nd") == "a\\x07b\\u202ec\nd"


# --- problems ---


def test_problems_come_and_go_with_the_graph(qtbot, state):
    panel = shown_panel(qtbot, ProblemsPanel(state))
    assert panel._stack.currentIndex() == 0
    wire = next(iter(state.document.graph.edges))
    state.document.apply(Text("Cut", "Cortar"), remove(state.document.graph, (), (wire,)))
    qtbot.waitUntil(lambda: bool(panel.cards), timeout=10_000)
    assert {c.problem.code for c in panel.cards} == {p.code for p in state.checked.problems}
    state.document.undo()
    qtbot.waitUntil(lambda: panel._stack.currentIndex() == 0, timeout=10_000)


def test_a_file_that_is_gone_is_changed_for_another_where_it_is_told(qtbot, state, tmp_path, monkeypatch):
    panel = shown_panel(qtbot, ProblemsPanel(state))
    there = tmp_path / "there.txt"
    there.write_text("a text long enough to be cut into pieces. " * 40)
    gone = frozen({"path": str(tmp_path / "gone" / "away.txt")})
    state.document.apply_project(Text("Data", "Datos"), replace(state.session.project, data=DataChoice("text", gone)))
    qtbot.waitUntil(lambda: "data.unreadable" in {c.problem.code for c in panel.cards}, timeout=10_000)
    asked = []
    monkeypatch.setattr(
        QFileDialog, "getOpenFileName", lambda _, title, folder: asked.append(folder) or (str(there), "")
    )
    (card,) = [c for c in panel.cards if c.problem.code == "data.unreadable"]
    QTest.mouseClick(child(card, "other-file"), Qt.MouseButton.LeftButton)
    assert asked == [str(tmp_path)], "it begins in the folder that is left"
    assert state.session.project.data.params == {**gone, "path": str(there)}
    qtbot.waitUntil(lambda: "data.unreadable" not in {c.problem.code for c in panel.cards}, timeout=10_000)
    state.document.undo()
    assert state.session.project.data.params == gone


def test_a_problem_shows_its_place_by_mouse_and_key(qtbot, state):
    panel = shown_panel(qtbot, ProblemsPanel(state))
    wire = next(iter(state.document.graph.edges))
    state.document.apply(Text("Cut", "Cortar"), remove(state.document.graph, (), (wire,)))
    qtbot.waitUntil(lambda: bool(panel.cards), timeout=10_000)
    card = panel.cards[0]
    with qtbot.waitSignal(state.reveal) as told:
        QTest.mouseClick(card.findChildren(QLabel)[1], Qt.MouseButton.LeftButton)
    assert told.args[0] == card.problem.where
    with qtbot.waitSignal(state.reveal):
        QTest.keyClick(card, Qt.Key.Key_Return)


def test_a_problem_that_stays_keeps_its_card_and_mends_the_newest_drawing(qtbot, state):
    panel = shown_panel(qtbot, ProblemsPanel(state))
    for wire in tuple(state.document.graph.edges)[:2]:
        state.document.apply(Text("Cut", "Cortar"), remove(state.document.graph, (), (wire,)))
    qtbot.waitUntil(lambda: len(panel.cards) > 1, timeout=10_000)
    card, problem = panel.cards[-1], panel.cards[-1].problem
    card.setFocus()
    node = next(iter(state.document.graph.nodes))
    state.document.apply(Text("Move", "Mover"), move(state.document.graph, {node: (-400.0, -400.0)}))
    qtbot.waitUntil(lambda: problem not in state.checked.problems, timeout=10_000)
    assert panel.cards[-1] is card and card.problem in state.checked.problems
    state.document.undo()
    state.document.undo()  # one of the cuts
    qtbot.waitUntil(lambda: state.verdict.project is state.session.project, timeout=10_000)
    assert [c.problem.code for c in panel.cards] == [p.code for p in state.checked.problems]


def test_an_undone_edit_that_was_known_does_not_bring_a_long_check_to_the_front(qtbot, state, monkeypatch):
    real, threads = examine, []

    def slow(session):
        threads.append(threading.current_thread() is threading.main_thread())
        if len(threads) == 1:
            time.sleep(0.2)
        return real(session)

    monkeypatch.setattr("studio.checker.examine", slow)
    state._checker._cost = 1.0
    dense = next(n.id for n in state.document.graph.nodes.values() if n.kind == "dense")
    for done in range(1, 5):
        graph = set_params(state.document.graph, dense, units=4 + done)
        state.document.apply(Text("Units", "Unidades"), graph)
        qtbot.waitUntil(lambda done=done: len(threads) == done and not state._checker._busy, timeout=10_000)
    assert threads == [False] * 4


def test_the_check_waits_for_quiet_and_the_newest_wins(qtbot, state):
    told = []
    state.found.connect(told.append)
    dense = next(n.id for n in state.document.graph.nodes.values() if n.kind == "dense")
    for units in range(5, 12):
        state.document.apply(Text("x", "x"), set_params(state.document.graph, dense, units=units))
    qtbot.waitUntil(lambda: bool(told) and told[-1].project is state.session.project, timeout=10_000)
    assert len(told) < 4


def test_a_slow_check_never_blocks_the_window(qtbot, state, monkeypatch):
    inside, go = threading.Event(), threading.Event()

    def slow(session):
        inside.set()
        go.wait(10)
        return Verdict(project=session.project)

    monkeypatch.setattr("studio.checker.examine", slow)
    state._checker._cost = 1.0
    state.document.apply(Text("x", "x"), Graph())
    qtbot.waitUntil(inside.is_set, timeout=5000)
    before = time.monotonic()
    qtbot.wait(30)
    assert time.monotonic() - before < 2.0
    with qtbot.waitSignal(state.found, timeout=5000):
        go.set()


# --- source ---


def test_the_source_is_the_programs_and_follows_the_selection(qtbot, state):
    panel = shown_panel(qtbot, SourcePanel(state))
    program = state.program
    assert panel.view.toPlainText() == program.source.rstrip("\n") or panel.view.toPlainText() == program.source
    assert panel.view.isReadOnly()
    node = next(n.id for n in state.document.graph.nodes.values() if n.kind == "dense")
    state.select(Selection((), (node,)))
    marked = [s.cursor.blockNumber() + 1 for s in panel.view.extraSelections()]
    assert marked == lines_of(program, [(node,)]) and marked
    assert all(program.lines[n][0] == node for n in marked)


def test_copy_takes_the_source(qtbot, state):
    from PySide6.QtGui import QGuiApplication

    panel = shown_panel(qtbot, SourcePanel(state))
    panel._copy()
    assert QGuiApplication.clipboard().text() == state.program.source


def test_without_a_program_the_panel_says_why(qtbot, state):
    panel = shown_panel(qtbot, SourcePanel(state))
    wire = next(iter(state.document.graph.edges))
    state.document.apply(Text("Cut", "Cortar"), remove(state.document.graph, (), (wire,)))
    qtbot.waitUntil(lambda: panel._stack.currentIndex() == 0, timeout=10_000)
    assert any(c.isdigit() for c in panel._empty.hint.text())


# --- training ---


def test_messages_become_one_view():
    view = RunView("starting")
    for message in (
        STARTED,
        step(10),
        Validation(10, {"loss": 0.9}, 1.0),
        Probed(10, 0.02, 3, 0),
        step(20),
        Paused(20),
    ):
        view = after(view, message)
    assert (view.phase, view.at, view.total) == ("paused", 20, 100)
    assert view.rate == pytest.approx(10.0)
    assert view.left == pytest.approx(8.0)
    view = after(view, Done(20, {"loss": 0.9}, 2.0, True, "/tmp/x", 20))
    assert view.phase == "stopped" and not view.busy


def test_the_metrics_stand_beside_chance():
    view = after(
        after(after(RunView("starting"), STARTED), step(1, 2.5)), Validation(1, {"loss": 2.0, "accuracy": 0.4}, 1.0)
    )
    assert metric_table(view) == [("loss", 2.5, 2.0, 1.386), ("accuracy", 0.5, 0.4, None)]


def test_a_failed_run_is_told_kindly(qtbot, state):
    pressed = []
    panel = shown_panel(qtbot, TrainingPanel(state, pressed.append))
    problem = Problem("train.nan", Text("The loss is not a number.", "La pérdida no es un número."), Place(), Text("Lower the learning rate.", "Baje la tasa."))  # fmt: skip
    state.bridge._become(after(after(RunView("running"), STARTED), Failed(3, problem, "Traceback: secret")))
    words = " ".join(w.text() for w in panel.findChildren(QLabel))
    assert "The loss is not a number." in words and "Lower the learning rate." in words
    assert "Traceback" not in words
    QTest.mouseClick(panel.buttons["train"], Qt.MouseButton.LeftButton)
    assert pressed == ["train"]


def test_it_says_while_it_trains_that_stopping_keeps_what_was_learnt(qtbot, state):
    panel = shown_panel(qtbot, TrainingPanel(state, lambda _: None))
    assert not panel._next.isVisible()
    for phase, said in (("starting", False), ("running", True), ("paused", True), ("stopping", False)):
        state.bridge._become(RunView(phase, STARTED))
        assert panel._next.isVisible() == said
    state.bridge._become(RunView("running", STARTED))
    assert "Stop whenever you like" in panel._next.text() and panel._next.property("role") == "muted"
    state.bridge._become(after(RunView("stopping", STARTED), Done(20, {}, 2.0, True, "/tmp/x")))
    assert "kept" in panel._next.text() and not panel._next.property("role")


def test_buttons_do_as_their_commands_and_say_why_where_they_cannot(qtbot, tmp_path):
    expected = {
        "idle": (True, False, True, False), "starting": (False, False, False, True), "running": (False, True, True, True),
        "paused": (True, False, True, True), "stopping": (False, False, False, False), "done": (True, False, True, False),
    }  # fmt: skip
    with open_desk(qtbot, tmp_path) as window:
        buttons, bridge = window.training.buttons, window.state.bridge
        for phase, states in expected.items():
            bridge._become(RunView(phase, STARTED))
            assert tuple(buttons[n].isEnabled() for n in ("train", "pause", "step", "stop")) == states, phase
        assert "being stopped" not in window.go.toolTip()
        bridge._become(RunView("stopping", STARTED))
        assert all("being stopped" in b.toolTip() for b in (window.go, *buttons.values()))
        bridge._become(RunView("paused", STARTED))
        window.state.document.apply(Text("Clear", "Vaciar"), Graph())
        qtbot.waitUntil(lambda: window.state.program is None)
        assert window.go.isEnabled() and buttons["train"].isEnabled()  # the run goes on with what it began with
        bridge._become(RunView())
        assert not window.go.isEnabled() and not buttons["train"].isEnabled()
        assert "see Problems" in window.go.toolTip() and "see Problems" in buttons["train"].toolTip()


# --- watching ---


def frames(state, steps=(1, 5, 9)) -> Recording:
    """A recording with a few probed frames, in the place of the session's."""
    recording = Recording()
    recording.add(STARTED)
    for n in steps:
        recording.add(step(n, 2.0 / n))
        values = {
            p.key: np.full((6, p.sig.size if isinstance(p.sig.size, int) else 1), n, np.float32)
            for p in state.program.probes
            if p.sig.axes
        }
        recording.add(Frame(n, values, {k: np.ones(6, np.float32) for k in values}))
    state.session.recording = recording
    state.bridge.framed.emit()
    return recording


def test_scrubbing_goes_back_and_follows_again(qtbot, state):
    panel = shown_panel(qtbot, Scrubber(state))
    assert not panel.slider.isEnabled()
    recording = frames(state)
    assert (panel.slider.maximum(), panel.slider.value()) == (2, 2)
    QTest.keyClick(panel.slider, Qt.Key.Key_Left)
    assert state.step == 5
    recording.add(Frame(12, {}, {}))
    state.bridge.framed.emit()
    assert (state.step, panel.slider.value()) == (5, 1)
    QTest.mouseClick(panel.live, Qt.MouseButton.LeftButton)
    assert state.step is None
    assert panel.slider.value() == 3


def test_every_chart_can_be_shown_before_and_during_a_run(qtbot, state):
    panel = shown_panel(qtbot, WatchPanel(state))
    slot = panel.slots_[0]
    for filled in (False, True):
        if filled:
            frames(state)
        for kind in state.registry.of("chart"):
            slot.kinds.setCurrentIndex(slot.kinds.findData(kind))
            assert slot.draw()
            assert any(slot.view.chart.title)


def test_charts_redraw_only_when_something_changed(qtbot, state):
    panel = shown_panel(qtbot, WatchPanel(state))
    panel._beat.stop()
    recording = frames(state)
    slot = panel.slots_[0]
    assert slot.draw()
    assert not slot.draw()
    recording.add(step(10))
    assert not slot.draw()  # too soon
    qtbot.wait(250)
    assert slot.draw()
    recording.add(Probed(11, 0.02, 1, 0))
    qtbot.wait(250)
    assert not slot.draw()  # nothing that this chart shows


def test_a_watched_key_shows_in_a_chart_and_reaches_the_run(qtbot, state):
    panel = shown_panel(qtbot, WatchPanel(state))
    frames(state)
    key = next(p.key for p in state.program.probes if p.sig.axes)
    state.watch(key)
    assert any(s.keys.currentData() == key for s in panel.slots_)
    assert state.bridge._keys == (key,)


def test_charts_can_be_added_and_taken_away(qtbot, state):
    panel = shown_panel(qtbot, WatchPanel(state))
    before = len(panel.slots_)
    QTest.mouseClick(panel.add, Qt.MouseButton.LeftButton)
    assert len(panel.slots_) == before + 1
    assert len({s.kind for s in panel.slots_}) == before + 1
    QTest.mouseClick(panel.slots_[0].closer, Qt.MouseButton.LeftButton)
    assert len(panel.slots_) == before
    assert state.settings.charts == tuple(s.kind for s in panel.slots_)


def test_a_project_without_a_file_begins_with_the_charts_that_guides_speak_of(qtbot, state, tmp_path):
    panel = shown_panel(qtbot, WatchPanel(state))
    first = [s.kind for s in panel.slots_]
    assert first[0] == "loss"
    panel.slots_[0].kinds.setCurrentIndex(panel.slots_[0].kinds.findData("eigenvalues"))
    state.session.save(tmp_path / "own.unfold")
    state.forget_run()  # as when a person's own file is opened
    assert [s.kind for s in panel.slots_] == ["eigenvalues", *first[1:]]
    state.session.new(hello())
    state.forget_run()
    assert [s.kind for s in panel.slots_] == first and state.settings.charts == tuple(first)
    assert sorted(s.kind for s in panel.findChildren(Slot) if s.isVisible()) == sorted(first)


def test_where_a_cell_that_was_open_is_gone_the_selection_is_around_it(state):
    state.select(Selection(("memory",), ("h0",)))
    state.document.apply(Text("Delete", "Borrar"), remove(state.document.graph, ["memory"]))
    assert state.selection == Selection(())


def test_panels_speak_spanish(qtbot, tmp_path):
    with open_desk(qtbot, tmp_path) as window:
        set_language("es")
        window.rebuild()
        assert window.training.buttons["train"].text() == "Entrenar"
        assert say(Text("a", "b")) == "b"
        assert window.actions_["undo"].text().startswith("Deshacer")


# --- responsiveness ---


@pytest.mark.alone
@pytest.mark.slow
def test_the_window_keeps_time_while_it_trains(qtbot, tmp_path):
    """A 16 ms timer is hardly late while a run is on and charts are drawn. Generous: the machine is shared."""
    from PySide6.QtCore import QTimer

    with open_desk(qtbot, tmp_path, hello(steps=1_000_000, device="cpu")) as window:
        qtbot.waitUntil(window.actions_["train"].isEnabled)
        window.act("train")
        qtbot.waitUntil(lambda: window.state.bridge.view.at > 20, timeout=60_000)
        late, last = [], [time.perf_counter()]
        timer = QTimer()
        timer.setTimerType(Qt.TimerType.PreciseTimer)

        def tick():
            now = time.perf_counter()
            late.append(now - last[0] - 0.016)
            last[0] = now

        timer.timeout.connect(tick)
        timer.start(16)
        qtbot.wait(4000)
        timer.stop()
        assert np.median(late) < 0.010
        assert np.percentile(late, 99) < 0.100


def test_loss_and_metrics_of_a_table_are_of_one_step():
    view = RunView()
    for step, metrics in ((1, {"accuracy": 0.1}), (2, {}), (3, {"accuracy": 0.3}), (4, {})):
        view = after(view, Step(step, 1.0 / step, 0.1, 1.0, 1.0, 0.1, 8, metrics))
        told = {name: train for name, train, *_ in metric_table(view)}
        assert told["loss"] == pytest.approx(1.0 / (1 if step < 3 else 3)) and told["accuracy"] == (
            0.1 if step < 3 else 0.3
        )
    view = after(view, Validation(4, {"loss": 0.5}, 0.1))
    assert steps_told(view) == "Training: the batch of step 3. Held out: after step 4."
    plain = after(after(RunView(), Step(1, 1.0, 0.1, 1.0, 1.0, 0.1, 8)), Step(2, 0.5, 0.1, 1.0, 1.0, 0.2, 16))
    assert [row[:2] for row in metric_table(plain)] == [("loss", 0.5)]


def test_behind_other_panels_no_problem_gets_a_card_until_somebody_looks(qtbot, state):
    panel = shown_panel(qtbot, ProblemsPanel(state))
    panel.seen(False)
    wire = next(iter(state.document.graph.edges))
    state.document.apply(Text("Cut", "Cortar"), remove(state.document.graph, (), (wire,)))
    qtbot.waitUntil(lambda: bool(state.checked.problems), timeout=10_000)
    assert not panel.cards
    panel.seen(True)
    assert {c.problem.code for c in panel.cards} == {p.code for p in state.checked.problems}
