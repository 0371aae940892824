"""What steps run along is named as it is, and a moment stands at the same step on every chart, forward or backward."""

import numpy as np
import pytest

from core.observe.chart import Axis
from core.observe.recording import Recording
from core.observe.ticks import ticks
from core.observe.times import Moment, axes_of, length_of, moment_at, place_on, steps_axis
from core.project.gallery import shipped
from core.project.running import make_job
from core.specs.registry import default_registry
from core.train.controls import Controls
from core.train.loop import train
from core.train.messages import Frame, Started
from core.words import Text, percent, set_language


def told(name: str, tmp_path) -> Started:
    first = next(train(make_job(shipped(name).project, default_registry(), None, tmp_path / "run", False), Controls()))
    assert isinstance(first, Started)
    return first


@pytest.mark.parametrize(
    ("name", "weight", "said"),
    [
        ("hello", "memory/h_state.weight", "time step t"),
        ("grid-forward", "down/", "anti-diagonal i + j"),
        ("tree-parse", "fold/", "level, from the leaves up"),
        ("dates", "read", "step s of what is read"),
    ],
)
def test_the_steps_of_a_weight_are_named_as_they_are(name: str, weight: str, said: str, tmp_path) -> None:
    recording = Recording()
    recording.add(told(name, tmp_path))
    known = [k for k in recording.started.along if k.startswith(weight)]
    names = {steps_axis(recording, None, k, 0).label.en for k in known}
    assert said in names, (names, known)


def test_a_moment_stands_where_its_step_is_and_back_again() -> None:
    ahead, back = Axis(Text("t", "t"), along="T"), Axis(Text("t", "t"), along="T", back=6)
    for step in range(7):
        for axis in (ahead, back):
            place = place_on(axis, Moment("T", step))
            assert place is not None and moment_at(axis, place + 0.3) == Moment("T", step)
    assert place_on(back, Moment("T", 0)) == 6 and place_on(ahead, Moment("S", 0)) is None
    assert moment_at(Axis(Text("n", "n")), 3) is None and place_on(Axis(Text("n", "n")), Moment("", 0)) is None


def test_axes_that_time_runs_along_are_those_of_what_is_shown() -> None:
    r = Recording()
    r.add(Started(1, 0, "cpu", "fp32", 1, "", {}, {}, along={"h": "T", "read": "S", "end": "U"}, backward=("read",)))
    r.add(Frame(1, {"h": np.zeros((5, 2), np.float32), "read": np.zeros((3, 2), np.float32), "end": np.zeros((1, 2), np.float32)}, {},
                symbols={"source": ("a", "b", "c")}))  # fmt: skip
    assert axes_of(r, r.frame()) == ("T", "S") and length_of(r, r.frame(), "S") == 3 and axes_of(r, None) == ()
    assert steps_axis(r, r.frame(), "read", 3).back == 2


def test_no_axis_has_a_single_tick() -> None:
    rng = np.random.default_rng(1)
    for log in (False, True):
        for _ in range(2000):
            low, width = rng.uniform(-9, 9), 10 ** rng.uniform(-2, 3)
            found = ticks(Axis(Text("", ""), log=log), low, low + width, lambda _: rng.choice([1, 2, 3, 8]))
            assert len(found) > 1 and all(low - 1e-6 * width <= place <= low + 1.000001 * width for place, _ in found)


def test_a_share_is_written_as_each_language_does() -> None:
    assert (percent(0.09, 1), percent(0.5)) == ("9.0%", "50%") and percent(0.09, 1, "es") == "9.0\u00a0%"
    set_language("es")
    try:
        assert percent(0.5) == "50\u00a0%"
    finally:
        set_language("en")
