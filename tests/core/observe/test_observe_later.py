"""Looking back beyond where something was first recorded: the note is about the step that is looked at."""

from __future__ import annotations

import numpy as np
import pytest

from core.observe.later import LATER, drawn
from core.observe.recording import Recording
from core.specs.registry import default_registry
from core.train.messages import Frame, Sample, Started, Step, Validation

CHARTS = default_registry().of("chart")
H = "memory.h"


@pytest.fixture(scope="module")
def recording() -> Recording:
    """Values from step 1 on; what is looked at on demand from step 40 on, and again at 60; a text at 70."""
    made = Recording()
    made.add(Started(100, 0, "cpu", "fp32", 9, "", {}, {}, {}, (), {}, (), {}, loops={H: (H,)}, recurrent={H: ("w",)}))
    for step in range(1, 101):
        made.add(Step(step, 1.0, 0.1, 1.0, 1.0, 1.0, 8, {}, 0.0))
    values, looked = np.ones((5, 3), np.float32), np.full((4, 5), 0.5, np.float32)
    for step in (1, 20, 40, 50, 60, 80):
        asked = {"jacobians": {H: looked}, "values": {H: values, "gate.y": values}} if step in (40, 60) else {}
        made.add(Frame(step, **{"values": {H: values}, "norms": {}, **asked}))
    made.add(Sample(70, ("a", "b"), "ab", 1.0, np.full((2, 3), 1 / 3, np.float32), None))
    made.add(Validation(50, {}, 0.1, {"next": np.eye(3, dtype=np.float32)}))
    return made


@pytest.mark.parametrize(("kind", "first"), [("jacobian_product", 40), ("jacobian_values", 40), ("confusion", 50), ("distribution", 70)])  # fmt: skip
def test_before_it_was_first_recorded_the_note_says_when_that_was(recording: Recording, kind: str, first: int) -> None:
    key = "sample" if kind == "distribution" else ""
    for step in (1, 20, first - 1):
        chart = drawn(CHARTS[kind], recording, step, key)
        assert not chart.marks
        assert chart.note.en == LATER.en.format(n=step, m=first) and chart.note.es == LATER.es.format(n=step, m=first)
    for step in (first, 80, None):
        chart = drawn(CHARTS[kind], recording, step, key)
        assert chart.marks and not chart.note.en


def test_what_was_never_recorded_keeps_its_own_note(recording: Recording) -> None:
    for kind in ("contributions", "gradient_matrix"):
        own = CHARTS[kind].draw(recording, 20, "").note
        assert own.en and drawn(CHARTS[kind], recording, 20, "").note == own
