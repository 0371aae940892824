"""Every chart: honest when empty, right when there is something, in both languages, and the same live and on paper."""

from dataclasses import fields, is_dataclass

import numpy as np
import pytest

from core.data.dataset import Baseline
from core.observe.chart import Chart, Heat, Level, Line, Points, Ring, shape
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
        matrices={"memory/h.y": np.column_stack((np.arange(T), np.tril(0.5 ** np.abs(np.subtract.outer(np.arange(T), np.arange(T)))))).astype(np.float32)} if eigen else {},
        jacobians={"memory/h.y": np.stack((np.full(T, 0.9), np.full(T, 0.5), np.full(T, 0.1), 0.5 ** np.arange(T))).astype(np.float32)} if eigen else {},
        roots={"memory/h.y": np.array([[1, 0.3, 0.4], [2, 0.3, -0.4]], np.float32)} if eigen else {},
        saturation={"memory/f.y": np.stack((np.linspace(0, 0.5, T), np.full(T, 0.25))).astype(np.float32)}, updates={"memory/f.weight": 2e-3 / step, "memory/f.bias": 0.5},
    )  # fmt: skip


@pytest.fixture(scope="module")
def full() -> Recording:
    r = Recording()
    r.add(Started(100, 0, "cpu", "fp32", 9, "", {}, {"loss": 1.386, "accuracy": 0.25}, {"memory/h.y": "Memory h"}, (),
                  {"next": WORDS}, (), {"look.weights": ("T", "S")}, loops={"memory/h.y": ("memory/h.y",)}, recurrent={"memory/h.y": ("memory/f.weight",)},
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


def test_loss_has_held_out_data_and_chance(full):
    chart = charts()["loss"].draw(full, None, "")
    assert [m.label for m in chart.marks] == ["", "training", "held out", "chance", "bigram"]
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
    assert chart.subtitle == "81.8% right · step 50" and [name for _, name in chart.x.ticks] == ["a", "b", "↵"]


def test_contributions_gather_to_the_gradient(full):
    chart = charts()["contributions"].draw(full, None, "")
    alone, gathered, along = of(chart, Line)
    assert gathered.y[0] == pytest.approx(alone.y.sum(), rel=1e-6) and of(chart, Level)[0].y == pytest.approx(
        along.y.sum()
    )
    assert chart.subtitle == "memory/f.weight · step 10"  # the last frame that told of them


def test_contributions_say_why_there_are_none_and_keep_what_was_told_before(full):
    r = looked(shares={"w": np.ones((3, 6), np.float32), "v": np.ones((3, 6), np.float32)})
    r.add(Frame(2, {}, {}, shares={"w": np.empty((3, 0), np.float32)}, weight_norms={"w": (1.0, 1.0)}))
    draw = charts()["contributions"].draw
    assert "step 1" in draw(r, None, "v").subtitle  # the frame after it tells of another weight
    assert not draw(r, None, "w").marks and "not told apart" in draw(r, None, "w").note.en
    assert draw(r, 1, "w").marks
    assert "next probed step" in draw(r, None, "new").note.en
    closed = looked()
    closed.add(Step(1, 0.5, 0.0, 0.0, 0.0, 0.1, 8))
    assert "learns by the gradient" in draw(closed, None, "").note.en


def test_the_clip_rate_is_the_share_of_clipped_steps(full):
    chart = charts()["clip_rate"].draw(full, None, "")
    assert chart.subtitle == "50% of all steps"
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
    assert charts()["grad_norm"].draw(full, None, "").subtitle == "50% of steps clipped"


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


def test_the_gradient_matrix_is_open_above_the_diagonal_and_names_both_axes(full):
    chart = charts()["gradient_matrix"].draw(full, None, "")
    (heat,) = of(chart, Heat)
    assert heat.z.shape == (T, T) and np.isnan(heat.z[np.triu_indices(T, 1)]).all()
    np.testing.assert_allclose(10 ** heat.z[T - 1], 0.5 ** np.arange(T - 1, -1, -1.0), rtol=1e-5)
    assert len(chart.x.ticks) == len(chart.y.ticks) == T and chart.subtitle == "Memory h · step 10, updated less often"
    assert chart.x.ticks[0][1] == "a" and chart.y.ticks[0][1] == "b"  # what was read, what was to be answered


def looked(**parts) -> Recording:
    r = Recording()
    r.add(Started(9, 0, "cpu", "fp32", 9, "", {}, {}, loops={"h": ("h", "c")}, recurrent={"h": ("w",)}))
    r.add(Frame(1, {"h": np.zeros((6, 4), np.float32), "c": np.zeros((6, 4), np.float32)}, {}, **parts))
    return r


def test_one_loss_at_the_end_is_a_row_drawn_as_a_curve_and_said():
    row = np.array([[np.nan, 1e-3, 1e-2, 1e-1]], np.float32)
    chart = charts()["gradient_matrix"].draw(looked(matrices={"h": row}), None, "h")
    (line,) = of(chart, Line)
    assert line.y.tolist() == row[0, 1:].tolist() and chart.y.log and line.label == "one loss, at the end: one row"


def test_rows_that_were_left_out_show_the_next_one_that_was_not():
    at = np.array([1.0, 3.0, 5.0])
    matrix = np.column_stack((at, [[1, 1, 0, 0, 0, 0], [1, 1, 1, 1, 0, 0], [1] * 6])).astype(np.float32)
    (heat,) = of(charts()["gradient_matrix"].draw(looked(matrices={"h": matrix}), None, "c" * 0), Heat)
    assert np.isfinite(heat.z).sum(1).tolist() == [2, 2, 4, 4, 6, 6]


def test_the_charts_of_jacobians_say_what_a_step_does(full):
    values = charts()["jacobian_values"].draw(full, None, "")
    median, most, least = of(values, Line)
    assert median.band is not None and (most.y == np.float32(0.9)).all() and (least.y == np.float32(0.1)).all()
    product = charts()["jacobian_product"].draw(full, None, "")
    kept, power = of(product, Line)
    assert "halves in 1.0 steps" in kept.label and power.dashed and power.label == "1.00^k, memory/f.weight"
    roots = charts()["jacobian_roots"].draw(full, None, "")
    assert [p.label for p in of(roots, Points)] == ["dzₜ/dzₜ₋₁, 2 steps (ρ = 0.50)", "memory/f.weight (ρ = 1.00)"]
    assert roots.equal and of(roots, Ring) and values.subtitle == "Memory h · step 10, updated less often"


def test_they_say_why_there_is_nothing():
    large = looked()
    large.add(Frame(2, {"h": np.zeros((6, 384), np.float32), "c": np.zeros((6, 384), np.float32)}, {}))
    for kind in ("jacobian_values", "jacobian_roots", "jacobian_product"):
        assert "768 numbers; Jacobians are worked out up to 512" in charts()[kind].draw(large, None, "").note.en
        assert "next probed step" in charts()[kind].draw(looked(), None, "").note.en
    timeless = Recording()
    timeless.add(Started(9, 0, "cpu", "fp32", 9, "", {}, {}))
    timeless.add(Frame(1, {}, {}))
    assert "this network has none" in charts()["jacobian_values"].draw(timeless, None, "").note.en
    assert "Give the cell fewer units" in charts()["jacobian_values"].draw(large, None, "").note.en
    assert "no state" in charts()["gradient_matrix"].draw(timeless, None, "").note.en
    grid = Recording()
    grid.add(Started(9, 0, "cpu", "fp32", 9, "", {}, {}, planes={"down.h": ("I", "J")}))
    grid.add(Frame(1, {"down.h": np.ones((3, 4), np.float32)}, {"down.h": np.ones(3, np.float32)}, {"down.h": np.ones((3, 4), np.float32)}))  # fmt: skip
    assert "two axes" in charts()["gradient_matrix"].draw(grid, None, "").note.en
    assert charts()["gradient_flow"].draw(grid, None, "").x.label.en == "row i"
    shown = charts()["gradient_heat"].draw(grid, None, "")
    assert (shown.x.label.en, shown.y.label.en) == ("row i", "column j")
    assert "answers a sequence once" in charts()["step_loss"].draw(grid, None, "").note.en


def test_costly_charts_ask_for_what_they_show(full):
    asked = {kind: spec.ask for kind, spec in charts().items() if spec.ask is not None}
    assert {k: a(full, "") for k, a in asked.items()} == {
        "gradient_matrix": "matrix:memory/h.y", "jacobian_values": "jacobian:memory/h.y", "jacobian_roots": "jacobian:memory/h.y",
        "jacobian_product": "jacobian:memory/h.y", "contributions": "memory/f.weight",
    }  # fmt: skip
    assert (
        asked["gradient_matrix"](full, "memory/f.y") == "matrix:memory/f.y" and asked["contributions"](full, "w") == "w"
    )
    assert all(a(Recording(), "") == "" for a in asked.values())


def test_saturation_is_both_bounds_of_one_gate_or_all_gates_together(full):
    all_gates = charts()["saturation"].draw(full, None, "")
    low, high = of(charts()["saturation"].draw(full, None, "memory/f.y"), Line)
    np.testing.assert_allclose(of(all_gates, Line)[0].y, low.y + high.y)
    assert high.y.tolist() == [0.25] * T and all_gates.y.limits == (0.0, 1.0)
    low, high = of(charts()["saturation_course"].draw(full, None, "memory/f.y"), Line)
    assert low.x.tolist() == [10, 90] and low.y == pytest.approx([0.25, 0.25]) and high.y == pytest.approx([0.25, 0.25])


def test_updates_stand_beside_one_thousandth_and_biases_wait_to_be_asked(full):
    chart = charts()["updates"].draw(full, None, "")
    (line,) = of(chart, Line)
    assert line.x.tolist() == [10, 90] and line.y == pytest.approx([2e-4, 2e-3 / 90]) and chart.y.log
    assert [m.y for m in of(chart, Level)] == [1e-3]
    assert of(charts()["updates"].draw(full, None, "memory/f.bias"), Line)[0].y == pytest.approx([0.5, 0.5])


@pytest.mark.parametrize("kind", KINDS)
def test_a_replayed_recording_shows_what_was_shown(kind, full, tmp_path):
    """Saved, loaded and drawn again: the same marks, number by number, at every frame and key."""
    full.save(tmp_path / "recording.npz")
    again, spec = Recording.load(tmp_path / "recording.npz"), charts()[kind]
    assert spec.keys is None or spec.keys(again) == spec.keys(full)
    for step in (None, 10, 90):
        for key in ("", *(spec.keys(full) if spec.keys else ())):
            assert same(spec.draw(again, step, key), spec.draw(full, step, key)), (step, key)
            assert csv_text(spec.draw(again, step, key)) == csv_text(spec.draw(full, step, key))


def same(a, b) -> bool:
    """Whether two charts show the same, to the last number."""
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and a.dtype == b.dtype and np.array_equal(a, b, equal_nan=True)
    if is_dataclass(a):
        return type(a) is type(b) and all(same(getattr(a, f.name), getattr(b, f.name)) for f in fields(a))
    if isinstance(a, tuple):
        return isinstance(b, tuple) and len(a) == len(b) and all(map(same, a, b))
    return a == b


def unlike(mark: Line | Points | Level) -> tuple:
    """What of a mark is not its colour."""
    return type(mark), getattr(mark, "dashed", False), shape(mark) if not isinstance(mark, Level) else mark.y


@pytest.mark.parametrize("kind", KINDS)
def test_colour_is_never_the_only_sign(kind, full):
    spec = charts()[kind]
    marks = [m for m in spec.draw(full, None, "").marks if isinstance(m, (Line, Points, Level)) and m.label]
    signs = [unlike(m) for m in marks]
    assert len(set(signs)) == len(signs), signs
