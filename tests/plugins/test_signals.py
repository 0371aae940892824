"""The signal tasks are what their definitions say: each value worked out anew, by the formula, from what was given."""

import numpy as np
import pytest

from core.compile.pipeline import check
from core.data.dataset import baselines_of
from core.data.open import fields_of, open_dataset
from core.project.gallery import shipped
from core.project.model import DataChoice
from core.specs.registry import default_registry

REGISTRY = default_registry()


def opened(kind, seed=0, **params):
    return open_dataset(REGISTRY, DataChoice(kind, params), seed)


def whole(kind, **params):
    return {n: a[0].astype(np.float64) for n, a in opened(kind, **params).stream(0).next().arrays.items()}


@pytest.mark.parametrize("tau", [17, 30])
def test_mackey_glass_follows_its_equation(tau):
    """One sample is ten Euler steps on; between samples the delayed value is interpolated, so the check is coarse."""
    run = whole("mackey_glass", tau=tau, samples=500)
    assert np.array_equal(run["past"][1:], run["signal"][:-1]) and (run["constant"] == 1).all()
    y = 1 + np.arctanh(run["signal"][:, 0])
    grid = np.arange(len(y))
    errors = []
    for t in range(tau + 2, len(y) - 1):
        now = y[t]
        for step in range(10):
            late = np.interp(t - tau + step / 10, grid, y)
            now += 0.1 * (0.2 * late / (1 + late**10) - 0.1 * now)
        errors.append(now - y[t + 1])
    assert np.abs(errors).max() < 0.01 and y.std() > 0.2
    held = opened("mackey_glass", tau=tau, washout=50, horizon=84).validation()
    assert next(iter(held)).arrays["signal"].shape == (50, 134, 1)


def test_mackey_glass_windows_are_cut_from_the_run():
    run = whole("mackey_glass", samples=300)["signal"][:, 0]
    batch = opened("mackey_glass", samples=300, length=20, batch=8).stream(0).next().arrays["signal"]
    assert batch.shape == (8, 20, 1)
    cuts = {tuple(run[i : i + 20].astype(np.float32)) for i in range(281)}
    assert all(tuple(row[:, 0]) in cuts for row in batch) and len({tuple(r[:, 0]) for r in batch}) > 4


def test_narma_is_its_recursion():
    run = whole("narma10", steps=300)
    u, y = run["input"][:, 0], run["output"][:, 0]
    for t in range(12, 300):
        wanted = 0.3 * y[t - 1] + 0.05 * y[t - 1] * y[t - 10 : t].sum() + 1.5 * u[t - 9] * u[t] + 0.1
        assert y[t] == pytest.approx(wanted, abs=1e-5)
    assert u.min() >= 0 and u.max() <= 0.5
    (linear,) = baselines_of(opened("narma10"))
    assert 0.3 < linear.scores["nrmse"] < 0.8


def test_memory_capacity_asks_for_the_past():
    run = whole("memory_capacity", delays=7, steps=50)
    for k in range(1, 8):
        assert np.array_equal(run["delayed"][k:, k - 1], run["input"][:-k, 0])
    assert np.abs(run["input"]).max() <= 0.5


def test_delayed_parity_multiplies_neighbours():
    run = whole("delayed_parity", steps=60)
    u = run["input"][:, 0]
    assert set(np.unique(u)) == {-1.0, 1.0}
    for d in range(5):
        for t in range(8, 60):
            assert run["parity"][t, d] == u[t - d] * u[t - d - 1] * u[t - d - 2]


def test_waves_are_four_sines_learned_by_heart():
    data = opened("waves")
    (held,) = data.validation()
    wave = held.arrays["wave"][0, :, 0]
    assert np.array_equal(held.arrays["wave"], data.stream(0).next().arrays["wave"])
    power = np.abs(np.fft.rfft(wave)) ** 2
    assert sorted(np.argsort(power)[-4:]) == [2, 4, 10, 40]  # periods 160, 80, 32, 8 of 320 steps
    assert wave.var() == pytest.approx(0.5, rel=1e-5)


def test_templates_are_moved_and_the_asked_segment_is_answered():
    """With no jitter a segment is exactly one of its two patterns; each asked segment decides the answer alone."""
    still = {k: opened("templates", jitter=0.0, asked=str(k)).stream(0).next().arrays for k in range(4)}
    for asked, arrays in still.items():
        part = arrays["spikes"].reshape(100, 4, 100, -1)[:, 3 - asked]
        kinds = {(row.tobytes(), answer) for row, answer in zip(part, arrays["template"][:, 0], strict=True)}
        assert len(kinds) == 2 and {a for _, a in kinds} == {-1.0, 1.0}
    moved = opened("templates").stream(0).next().arrays["spikes"]
    assert moved.shape == (100, 400, 4) and 0.02 < moved.mean() < 0.06
    assert len({row.tobytes() for row in moved[:, 300:]}) == 100


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("mackey_glass", {"washout": 30, "horizon": 20}),
        ("waves", {"steps": 90}),
        ("narma10", {"steps": 200, "test_steps": 150}),
        ("memory_capacity", {"steps": 100, "test_steps": 70}),
        ("delayed_parity", {"steps": 100, "test_steps": 70}),
        ("copy", {"delay": 9}),
    ],
)
def test_sequences_are_as_long_as_was_said(kind, params):
    """What the check is told before any number is made must hold for the held-out data itself."""
    choice = DataChoice(kind, params)
    data, said = open_dataset(REGISTRY, choice, 0), fields_of(REGISTRY, choice)
    assert data.fields == said
    batch = next(iter(data.validation()))
    for field in said.items:
        if field.sig.axes == ("T",):
            assert field.steps == batch.arrays[field.name].shape[1] > 1


def test_a_model_that_is_given_all_of_the_signal_is_warned_of():
    project = shipped("mackey-scheduled").project
    given = project.graph.nodes["teacher"].params["given"]
    assert codes(project.graph, {**project.data.params, "washout": given}) == []
    for horizon in (1, 2):
        shorter = {**project.data.params, "washout": given - 1, "horizon": horizon}
        assert codes(project.graph, shorter) == ["teacher.all_given"]


def codes(graph, params):
    return [p.code for p in check(graph, fields_of(REGISTRY, DataChoice("mackey_glass", params)), REGISTRY).problems]
