"""The samples: text with its surprise, what a typed sequence scores, and words where a network does not write."""

from dataclasses import replace

import numpy as np
import pytest

from core.project.gallery import shipped
from core.train.answers import spelt
from core.train.messages import Sample
from studio.panels.likely import visible
from studio.panels.samples import SamplesPanel
from studio.panels.shaded import places
from tests.studio.desk import hello, state_of


@pytest.fixture
def state(qtbot, tmp_path):
    made = state_of(qtbot, tmp_path, hello(steps=20, validate_every=0, probe_budget=0.0))
    yield made
    made.close()


def shown_panel(qtbot, panel):
    panel.resize(800, 300)
    qtbot.addWidget(panel)
    panel.show()
    return panel


def test_places_of_symbols_in_a_sample():
    assert places(("a", "b", "c"), "abc") == [(0, 1), (1, 2), (2, 3)]
    assert places(("to", "be", ","), "to be,") == [(0, 2), (3, 5), (5, 6)]
    assert places(("c", "d"), "abcd") == [(2, 3), (3, 4)]
    assert places(("x",), "abcd") == []
    assert [visible(s) for s in (" ", "\n", "x", "\x01")] == ["␣", "⏎", "x", "·"]


def test_samples_are_shown_with_what_else_was_likely(qtbot, state):
    panel = shown_panel(qtbot, SamplesPanel(state)).writing
    symbols = panel.vocabulary()
    assert len(symbols) > 2
    spread = np.full((3, len(symbols)), 1 / len(symbols), np.float32)
    spread[1, 0] = 0.9
    state.session.recording.add(Sample(4, tuple(symbols[:3]), "".join(symbols[:3]), 0.8, spread, np.log(spread[:, 0])))
    state.bridge.framed.emit()
    assert panel.text.toPlainText() == "".join(symbols[:3])
    assert len(panel.text.extraSelections()) == 2  # the likely one stays plain
    assert panel._meaning.isVisible() and "Stronger shade" in panel._meaning.text()
    assert "Click a symbol" in panel.likely.accessibleDescription()
    cursor = panel.text.textCursor()
    cursor.setPosition(1)
    panel.text.setTextCursor(cursor)
    assert panel.likely._rows[0] == (symbols[0], pytest.approx(0.9))
    assert panel._where.text() == "step 4"
    state.session.new(shipped("char-lm").project)
    state.forget_run()
    qtbot.waitUntil(lambda: not panel.text.toPlainText())
    assert not panel._where.text() and not panel._meaning.isVisible() and not panel.likely._rows


def test_before_a_run_it_says_what_will_be_here(qtbot, tmp_path):
    state = state_of(qtbot, tmp_path, shipped("adding-lstm").project)
    panel = shown_panel(qtbot, SamplesPanel(state))
    assert panel._stack.currentIndex() == 0
    assert panel._empty.hint.text()
    state.close()


def trained(qtbot, state, tmp_path):
    """The project trained for its few steps."""
    state.bridge.start(tmp_path / "run")
    qtbot.waitUntil(lambda: not state.bridge.view.busy, timeout=60_000)
    assert state.bridge.view.done is not None


def test_what_a_person_types_is_scored_step_by_step(qtbot, state, tmp_path):
    panel = shown_panel(qtbot, SamplesPanel(state))
    assert not panel.scoring.go.isEnabled() and not panel.writing.go.isEnabled()
    page = panel.scoring
    panel.rail.buttons()[1].click()
    shown = [page.chart.chart.note.en, page.text.placeholderText(), page.line.placeholderText()]
    assert [words for words in shown if "Train the network" in words] == shown[:1] and page.text.isHidden()
    trained(qtbot, state, tmp_path)
    assert "Type a sequence" in page.chart.chart.note.en and "rival that learns nothing" in page.chart.chart.note.en
    panel.rail.buttons()[1].click()
    page.line.setText("hello")
    page.go.click()
    qtbot.waitUntil(lambda: page._scored is not None, timeout=60_000)
    model, counted = page.chart.chart.marks
    assert len(model.x) == len(counted.x) == 4
    assert str(-sum(model.y))[:4].lstrip("-") in page.sums.text()
    page.orders.setCurrentIndex(1)
    assert "1" in page.chart.chart.marks[1].label
    cursor = page.text.textCursor()
    cursor.setPosition(2)
    page.text.setTextCursor(cursor)
    assert len(page.likely._rows) == 4
    for unweighed in ("hex", "h"):
        page.line.setText(unweighed)
        page.go.click()
        assert page._news.count() == 0
        qtbot.waitUntil(lambda: page._news.count() == 1, timeout=60_000)
        assert page.go.isEnabled()


def test_text_is_written_on_demand(qtbot, state, tmp_path):
    panel = shown_panel(qtbot, SamplesPanel(state)).writing
    trained(qtbot, state, tmp_path)
    panel.prompt.setText("h")
    panel.go.click()
    qtbot.waitUntil(lambda: panel._own is not None, timeout=60_000)
    assert len(panel._own.symbols) == state.session.project.training.sample_length
    for mode in ("greedy", "top_k", "top_p", "beams"):
        before = panel._own
        panel.modes.setCurrentIndex(panel.modes.findData(mode))
        panel.go.click()
        qtbot.waitUntil(lambda before=before: panel._own is not before, timeout=60_000)
        assert panel.many.isHidden() == (mode == "greedy") and panel._own.symbols


def pages(panel):
    return [b.text() for b in panel.rail.buttons() if not b.isHidden()]


def test_a_model_that_goes_on_from_a_prompt_has_all_pages(qtbot, state):
    panel = shown_panel(qtbot, SamplesPanel(state))
    assert pages(panel) == ["Write", "Probability", "Examples"] and panel._pages.currentIndex() == 0
    panel.turn(2)
    state.session.new(shipped("latch").project)
    state.forget_run()
    qtbot.waitUntil(lambda: pages(panel) == ["Examples"], timeout=20_000)
    state.session.new(shipped("char-lm").project)
    state.forget_run()
    qtbot.waitUntil(lambda: panel._pages.currentIndex() == 0, timeout=20_000)


@pytest.mark.parametrize("every", [0, 5])
def test_a_model_with_a_teacher_is_not_asked_to_go_on_from_a_prompt(qtbot, tmp_path, every):
    """It reads and answers the same symbols, but hears them from its teacher: it needs an example to answer to."""
    project = shipped("recall-jordan").project
    few = replace(project.training, steps=5, validate_every=0, probe_budget=0.0, sample_every=every, stop_metric="")
    state = state_of(qtbot, tmp_path, replace(project, training=few))
    panel = shown_panel(qtbot, SamplesPanel(state))
    trained(qtbot, state, tmp_path)
    qtbot.waitUntil(lambda: panel._stack.currentIndex() == 1, timeout=20_000)
    page = panel.writing
    if every:
        assert pages(panel) == ["Samples", "Examples"] and not panel._side.isHidden()
        panel.rail.buttons()[0].click()
        assert page.text.toPlainText() and page.vocabulary() == ("0", "1")
        asking = (page.prompt, page.modes, page.many, page.heat, page.go)
        assert all(part.isHidden() for part in asking) and not page.likely.isHidden()
    else:
        assert pages(panel) == ["Examples"] and panel._side.isHidden() and panel._pages.currentIndex() == 2
    state.close()


def test_a_held_out_example_is_answered_and_so_is_a_typed_one(qtbot, state, tmp_path):
    panel = shown_panel(qtbot, SamplesPanel(state))
    trained(qtbot, state, tmp_path)
    page = panel.examples
    panel.turn(2)
    page.go.click()
    qtbot.waitUntil(lambda: page._answer is not None, timeout=60_000)
    assert page.number.maximum() == 1, "there is one sequence"
    assert [spelt_out(s) for s in page._answer.given] == ["hell"]
    before = page._answer
    page.line.setText("he")
    page.go.click()
    qtbot.waitUntil(lambda: page._answer is not before, timeout=60_000)
    assert [spelt_out(s) for s in page._answer.given] == ["he"]
    assert page.kinds.count() and page.chart.chart.marks


def test_the_next_held_out_example_is_answered_too(qtbot, tmp_path):
    project = shipped("latch").project
    few = replace(project.training, steps=2, validate_every=0, probe_budget=0.0, stop_metric="")
    state = state_of(qtbot, tmp_path, replace(project, training=few))
    panel = shown_panel(qtbot, SamplesPanel(state))
    trained(qtbot, state, tmp_path)
    page = panel.examples
    page.go.click()
    qtbot.waitUntil(lambda: page._answer is not None, timeout=60_000)
    seen = page._answer
    page.number.setValue(2)
    qtbot.waitUntil(lambda: page._answer is not seen, timeout=60_000)
    assert not np.array_equal(page._answer.given[0].values, seen.given[0].values)
    state.close()


def spelt_out(signal) -> str:
    return "".join(spelt(signal))
