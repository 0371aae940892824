"""The numbers of a run agree wherever they are shown, and stay what they were when its project is opened again."""

import pytest

from core.project.model import Project
from core.train.messages import Done, Started, Step, Validation
from core.words import Text
from studio.bridge import RunView, after
from studio.panels.figures import metric_table
from studio.title import progress
from tests.studio.desk import Patience, hello, open_desk

STARTED = Started(1000, 0, "cpu", "fp32", 10, "", {}, {"loss": 1.4})


def step(at: int, loss: float, seconds: float, **metrics: float) -> Step:
    return Step(at, loss, 0.1, 1.0, 1.0, seconds, at, metrics)


@pytest.fixture(scope="module")
def desk(qapp, tmp_path_factory):
    """A saved project whose run was stopped, between two validations."""
    folder = tmp_path_factory.mktemp("desk")
    project = hello(steps=100_000, probe_budget=0.05, device="cpu", validate_every=60, sample_every=0)
    with open_desk(Patience(), folder, project) as window:
        window.state.session.save(folder / "mine.unfold")
        window.state.bridge.start()
        Patience().waitUntil(lambda: window.state.bridge.view.at > 70, timeout=90_000)
        window.state.bridge.stop()
        Patience().waitUntil(lambda: window.state.bridge.view.phase == "stopped", timeout=90_000)
        yield window


def shown_numbers(desk) -> dict[str, str]:
    bar, panel = desk.statusBar(), desk.training
    cells = {f"{name} {column}": cell.text() for (name, column), cell in panel._cells.items()}
    return {**cells, "device": bar._device.text(), "step": bar._step.text(), "loss": bar._loss.text(),
            "watched": bar._share.text(), "facts": panel._facts.text(), "machine": panel._machine.text(), "when": panel._when.text()}  # fmt: skip


def test_one_step_has_one_loss(desk):
    was = desk.state.bridge.view
    try:
        view = after(after(RunView("running"), STARTED), step(316, 1.391, 3.0, accuracy=0.5))
        desk.state.bridge._become(after(view, step(317, 1.269, 3.1)))
        told = shown_numbers(desk)
        assert told["loss"] == "training loss 1.391" and told["loss train"] == "1.391"
        assert "step 316" in told["when"]
    finally:
        desk.state.bridge._become(was)


def test_the_weights_that_were_kept_are_judged_in_the_end():
    view = after(after(RunView("running"), STARTED), Validation(100, {"loss": 0.9}, 1.0))
    view = after(view, Done(120, {"loss": 0.7, "train_loss": 0.1}, 9.0, False, "", 60))
    assert metric_table(view)[0][2] == 0.7 and view.held == (60, {"loss": 0.7})


def test_time_left_counts_only_the_steps_of_this_go(desk):
    begun = Started(1000, 900, "cpu", "fp32", 10, "", {}, {}, seconds=450.0)
    view = after(after(RunView("starting"), begun), step(910, 1.0, 452.0))
    assert view.rate == pytest.approx(5.0) and view.left == pytest.approx(18.0)
    was = desk.state.bridge.view
    try:
        desk.state.bridge._become(view)
        assert progress(view)[-1] in desk.training._left.text() == "5.0 steps/s · 20 s left"
        desk.state.bridge._become(after(view, step(1000, 1.0, 470.0)))
        assert "left" not in desk.training._left.text() + desk.windowTitle()
    finally:
        desk.state.bridge._become(was)


def test_a_project_that_is_opened_again_shows_what_its_run_ended_with(desk, qtbot):
    ended, home = shown_numbers(desk), desk.state.document.path
    assert ended["loss chance"] != "–" and ended["accuracy train"] != "–" and ended["device"] == "cpu · fp32"
    desk.files.start_from(Project())
    assert not desk.training._when.text()
    desk.files.open(home)
    qtbot.waitUntil(lambda: desk.state.bridge.view.phase == "stopped", timeout=20_000)
    assert shown_numbers(desk) == ended


def test_what_was_held_out_stays_until_it_is_asked_again(desk, qtbot):
    from dataclasses import replace

    ended, view = shown_numbers(desk), desk.state.bridge.view
    project = desk.state.document.project
    other = replace(project.training, validate_every=0)
    desk.state.document.apply_project(
        Text("Never", "Nunca"), replace(project, training=other), "training.validate_every"
    )
    desk.act("resume")
    desk.state.bridge.step_once()
    qtbot.waitUntil(lambda: desk.state.bridge.view.phase == "paused", timeout=60_000)
    now, told = desk.state.bridge.view, shown_numbers(desk)
    assert now.started.start == view.at and now.started.seconds == pytest.approx(view.done.seconds, abs=0.5)
    assert told["loss validation"] == ended["loss validation"] != "–"
    assert told["when"].split(" Held")[1] == ended["when"].split(" Held")[1] and told["when"] != ended["when"]
    later = Validation(now.started.start + 9, {"loss": 0.1}, 0.1)
    earlier = after(RunView(validation=later), now.started)
    assert earlier.validation is None, "that was said of weights which are gone"
