"""Every chart: honest when empty, right when there is something, in both languages, and the same live and on paper."""

import numpy as np
import pytest

from core.data.dataset import Baseline
from core.observe.chart import Chart, Heat, Level, Line, Points, Ring
from core.observe.colors import LIGHT
from core.observe.paper import figure
from core.observe.recording import Recording
from core.observe.table import csv_text
from core.specs.registry import default_registry
from core.train.messages import Frame, Sample, Started, Step, Validation
from core.words import Text, set_language

KINDS = tuple(default_registry().of("chart"))
T, U, WORDS = 12, 5, ("a", "b", "\n", "<i>")


def charts():
    return default_registry().of("chart")


def frame(step: int, eigen: bool = True) -> Frame:
    rng = np.random.default_rng(step)
    h = np.tanh(rng.normal(size=(T, U))).astype(np.float32)
    falling = (0.5 ** np.arange(T)[::-1]).astype(np.float32)
    text = tuple(WORDS[i % 4] for i in range(T))
    return Frame(
        step, {"memory/h.y": h, "memory/f.y": np.abs(h), "static.y": h[:1], "look.weights": rng.dirichlet(np.ones(4), T).astype(np.float32)}, {"memory/h.y": falling},
        {"memory/h.y": h * falling[:, None]}, np.arange(T, dtype=np.float32), {"memory/f.weight": (2.0, 0.5)},
        {"memory/f.weight": np.array([[0.6, 0.8], [0.6, -0.8]], np.float32)} if eigen else {},
        {"text": text, "next": text[1:] + ("a",)}, {"logits": rng.dirichlet(np.ones(4), T).astype(np.float32)},
        shares={"memory/f.weight": np.stack((falling, np.cumsum(falling[::-1])[::-1], falling))} if eigen else {},
    )  # fmt: skip


@pytest.fixture(scope="module")
def full() -> Recording:
    r = Recording()
    r.add(Started(100, 0, "cpu", "fp32", 9, "", {}, {"loss": 1.386, "accuracy": 0.25}, {"memory/h.y": "Memory h"}, (),
                  {"next": WORDS}, (), {"look.weights": ("T", "S")},
                  baselines=(Baseline(Text("bigram", "bigrama"), {"loss": 1.1}),)))  # fmt: skip
    for n in range(1, 101):
        r.add(Step(n, 2.0 / n, 0.01, 3.0, 1.0 if n % 2 else 3.0, n * 0.1, 8, {"accuracy": n / 100}, 1 - n / 100))
    table = np.array([[3, 1, 0, 0], [0, 2, 0, 0], [1, 0, 4, 0], [0, 0, 0, 0]], np.float32)
    r.add(Validation(50, {"loss": 0.5, "accuracy": 0.4, "free_loss": 0.8}, 0.1, {"logits": table}))
    r.add(frame(10))
    r.add(frame(90, eigen=False))
    r.add(Sample(80, ("b", "\n"), "b\n", 0.8, np.array([[0, 1, 0, 0], [0.5, 0, 0.5, 0]], np.float32)))
    return r


def of(chart: Chart, kind: type) -> list:
    return [m for m in chart.marks if isinstance(m, kind)]


def test_all_charts_are_there():
    assert set(charts()) >= {"loss", "metrics", "gradient_flow", "heat", "distribution", "confusion", "clip_rate"}
    assert not [p for p in default_registry().problems if "charts" in p.where.file]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "es"])
def test_an_empty_recording_gives_a_note_and_no_marks(kind, language):
    set_language(language)
    try:
        chart = charts()[kind].draw(Recording(), None, "")
    finally:
        set_language("en")
    assert chart.marks == () and all(chart.note) and chart.note.en != chart.note.es
    figure(chart, LIGHT)


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_recording_gives_marks_and_no_note(kind, full):
    spec = charts()[kind]
    for key in ("", *(spec.keys(full) if spec.keys else ())):
        chart = spec.draw(full, None, key)
        assert chart.marks and not any(chart.note), key
        figure(chart, LIGHT)
        assert len(csv_text(chart).splitlines()) > 1
    assert spec.keyed == (spec.keys is not None)


@pytest.mark.parametrize("kind", KINDS)
def test_drawing_changes_nothing_and_is_repeatable(kind, full):
    version = full.version
    a, b = charts()[kind].draw(full, 50, ""), charts()[kind].draw(full, 50, "")
    assert full.version == version and csv_text(a) == csv_text(b)


@pytest.mark.parametrize("kind", KINDS)
def test_a_step_before_the_first_frame_is_empty_or_of_the_whole_run(kind, full):
    chart = charts()[kind].draw(full, 0, "")
    assert chart.marks or all(chart.note)


def test_every_text_is_in_both_languages(full):
    for kind in KINDS:
        spec = charts()[kind]
        for text in (spec.name, spec.help, spec.draw(full, None, "").title):
            assert isinstance(text, Text) and all(text)


def test_loss_has_validation_and_chance(full):
    chart = charts()["loss"].draw(full, None, "")
    assert [m.label for m in chart.marks] == ["", "training", "validation", "chance", "bigram"]
    assert [m.y for m in of(chart, Level)] == [1.386, 1.1]
    assert of(chart, Level)[0].y == 1.386 and of(chart, Points)[0].y.tolist() == [0.5]


def test_attention_is_a_row_per_step_and_a_column_per_place(full):
    chart = charts()["matrix"].draw(full, 90, "look.weights")
    (heat,) = of(chart, Heat)
    assert heat.z.shape == (T, 4) and heat.limits == (0.0, 1.0) and not heat.diverging
    assert len(chart.y.ticks) == T and chart.x.ticks == ()


def test_the_confusion_matrix_has_rows_of_one_and_only_what_occurs(full):
    chart = charts()["confusion"].draw(full, None, "")
    (heat,) = of(chart, Heat)
    assert heat.z.shape == (3, 3) and heat.z.sum(1).tolist() == [1, 1, 1] and heat.z[0, 1] == 0.25
    assert chart.subtitle == "81.8 % right · step 50" and [name for _, name in chart.x.ticks] == ["a", "b", "↵"]


def test_contributions_gather_to_the_gradient(full):
    chart = charts()["contributions"].draw(full, None, "")
    alone, gathered, along = of(chart, Line)
    assert gathered.y[0] == pytest.approx(alone.y.sum(), rel=1e-6) and of(chart, Level)[0].y == pytest.approx(
        along.y.sum()
    )
    assert chart.subtitle == "memory/f.weight · step 10"  # the last frame that told of them


def test_the_clip_rate_is_the_share_of_clipped_steps(full):
    chart = charts()["clip_rate"].draw(full, None, "")
    assert chart.subtitle == "50 % of all steps"
    assert chart.marks[0].y.mean() == pytest.approx(0.5, abs=0.05)


def test_gradient_flow_is_the_frame_s_norms_with_their_half_life(full):
    chart = charts()["gradient_flow"].draw(full, None, "")
    assert chart.y.log and [m.label for m in chart.marks] == ["Memory h (halves in 1.0)"]
    assert chart.marks[0].y.tolist() == full.frame().norms["memory/h.y"].tolist()
    assert chart.x.ticks[2] == (2.0, "↵") and "step 90" in chart.subtitle


def test_heat_has_a_row_per_unit_and_gates_run_from_nothing_to_one(full):
    chart = charts()["heat"].draw(full, None, "memory/f.y")
    heat = of(chart, Heat)[0]
    assert heat.z.shape == (U, T) and heat.limits == (0.0, 1.0) and not heat.diverging
    assert of(charts()["heat"].draw(full, None, ""), Heat)[0].limits == (-1.0, 1.0)
    assert charts()["heat"].keys(full) == ("memory/h.y", "memory/f.y")


def test_gradient_heat_shows_powers_of_ten(full):
    heat = of(charts()["gradient_heat"].draw(full, None, ""), Heat)[0]
    gradient = full.frame().gradients["memory/h.y"]
    np.testing.assert_allclose(10.0**heat.z, np.abs(gradient.T), rtol=1e-5)


def test_eigenvalues_come_from_the_last_frame_that_has_them(full):
    chart = charts()["eigenvalues"].draw(full, None, "")
    assert chart.equal and of(chart, Ring) and "step 10" in chart.subtitle
    assert of(chart, Points)[0].label == "memory/f.weight (ρ = 1.00)"


def test_distribution_marks_the_symbol_that_came(full):
    chart = charts()["distribution"].draw(full, None, "")
    heat, points = of(chart, Heat)[0], of(chart, Points)[0]
    rows = [text for _, text in chart.y.ticks]
    assert sorted(rows) == sorted(["a", "b", "↵", "<i>"]) and heat.z.shape == (4, T)
    came = full.frame().symbols["next"]
    shown = {"\n": "↵"}
    assert [rows[int(y)] for y in points.y] == [shown.get(s, s) for s in came]
    values = full.frame().outputs["logits"]
    np.testing.assert_array_equal(heat.z[rows.index("b")], values[:, 1])


def test_the_sample_s_distribution_can_be_chosen(full):
    chart = charts()["distribution"].draw(full, None, "sample")
    assert [text for _, text in chart.x.ticks] == ["b", "↵"] and "step 80" in chart.subtitle


def test_gradient_norm_tells_how_often_it_was_clipped(full):
    assert charts()["grad_norm"].draw(full, None, "").subtitle == "50 % of steps clipped"


def test_weight_norms_are_before_and_after(full):
    chart = charts()["weight_norms"].draw(full, None, "")
    assert [p.x.tolist() for p in of(chart, Points)] == [[2.0], [0.5]] and chart.y.ticks == ((0.0, "memory/f.weight"),)


def test_scrubbing_goes_to_the_frame_at_or_before(full):
    assert "step 10" in charts()["heat"].draw(full, 89, "").subtitle


def test_a_model_of_numbers_has_no_distribution():
    r = Recording()
    r.add(Frame(1, {}, {}, outputs={"sum": np.array([[0.5], [0.7]], np.float32), "y": np.ones((2, 3), np.float32) * 2}))
    assert charts()["distribution"].keys(r) == () and charts()["distribution"].draw(r, None, "").marks == ()


def test_the_unrolled_picture_shows_input_hidden_values_and_scores_at_each_step() -> None:
    """The lecture's figure: four one-hot inputs, three hidden values, four scores, at four steps."""
    hidden = np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3)
    scores = np.arange(16, dtype=np.float32).reshape(4, 4) - 8.0
    r = Recording()
    letters = ("h", "e", "l", "o")
    r.add(Started(10, 0, "cpu", "fp32", 40, "", {}, {}, vocabularies={"text": letters, "next": letters}))
    r.add(Frame(1, {"memory.h": hidden}, {}, symbols={"text": tuple("hell"), "next": tuple("ello")}, outputs={"next.logits": scores}))  # fmt: skip
    drawn = default_registry().of("chart")["unrolled"].draw(r)  # type: ignore[attr-defined]
    z = drawn.marks[0].z
    assert z.shape == (4 + 1 + 3 + 1 + 4, 4) and np.isnan(z[[4, 8]]).all()
    assert np.allclose(z[:4] * 8, scores.T) and np.allclose(z[5:8], hidden.T)
    assert z[9:].tolist() == [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 1], [0, 0, 0, 0]]
    assert [t for _, t in drawn.x.ticks] == list("hell") and ("score o") in [t for _, t in drawn.y.ticks]


def test_the_gap_is_what_a_free_run_loses(full):
    told, free, gap = (m.y[0] for m in charts()["forcing"].draw(full, None, "").marks)
    assert (told, free) == (0.5, 0.8) and gap == pytest.approx(0.3)
    (share,) = charts()["forcing"].draw(full, None, "share").marks
    assert share.y[0] == pytest.approx(0.99) and share.y[-1] == 0.0
