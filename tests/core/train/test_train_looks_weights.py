"""How far the optimizer moves each weight, and how many units are squashed flat: against formulas and against the values."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from core.compile.program import Program
from core.project.gallery import shipped
from core.project.running import make_job
from core.specs.registry import default_registry
from core.train.controls import Controls
from core.train.job import Job
from core.train.loop import train
from core.train.messages import Frame
from core.train.module import drawn, make, weight_name
from core.train.requests import request
from core.train.taps import near
from tests.core.train.microscope_cells import CELLS, looked, numbers
from tests.core.train.microscope_cells import drawn as drawing


def job_of(name: str, path: Path, **training: object) -> Job:
    project = shipped(name).project
    project = replace(project, training=replace(project.training, **training))
    return make_job(project, default_registry(), None, path, False)


def frames(job: Job, *keys: str) -> list[Frame]:
    controls = Controls()
    controls.watch(keys)
    return [m for m in train(job, controls) if isinstance(m, Frame)]


def test_adam_moves_every_number_by_its_rate_at_first(tmp_path: Path) -> None:
    """Kingma and Ba 2015: the first step is rate · g / |g| for each number whose gradient is well above epsilon."""
    job = job_of("hello", tmp_path, steps=1, optimizer="adam", learning_rate=1e-3, clip_norm=0.0)
    torch.manual_seed(job.training.seed)
    start = {w: float(p.detach().norm()) for w, p in drawn(make(job.program), job.program).items()}
    told = frames(job)[0].updates
    for w in job.program.weights:
        if start[w.path, w.name] > 0:
            moved = w.count - 3 * (weight_name(w) == "memory/x_state.weight")  # nobody reads an "o" in "hell"
            wanted = 1e-3 * np.sqrt(moved) / start[w.path, w.name]
            assert told[weight_name(w)] == pytest.approx(wanted, rel=2e-2), weight_name(w)
    assert told


def test_plain_descent_moves_a_weight_by_rate_times_gradient(tmp_path: Path) -> None:
    job = job_of("vanishing", tmp_path, steps=1, optimizer="sgd", momentum=0.0, learning_rate=0.1, clip_norm=0.5)
    (first, *_) = frames(job)
    torch.manual_seed(job.training.seed)
    begun = drawn(make(job.program), job.program)
    start = {weight_name(w): float(begun[w.path, w.name].detach().norm()) for w in job.program.weights}
    assert first.updates
    for name, share_ in first.updates.items():
        assert share_ == pytest.approx(0.1 * first.weight_norms[name][1] / start[name], rel=1e-2, abs=1e-12)


def test_a_weight_of_zeros_has_no_share_and_a_step_nobody_saw_tells_none(tmp_path: Path) -> None:
    net = looked(drawing(CELLS["tanh"]), numbers())
    with torch.no_grad():
        drawn(net.module, net.program)[("dense",), "bias"].zero_()
    total = net.module.loss(net.module(*net.prober.seen.arguments)[0], *net.prober.seen.targets)[0]
    total.backward()
    net.prober.before_clip()
    net.prober.after_clip()
    with torch.no_grad():
        for p in net.module.parameters():
            p.mul_(1.25)
    net.prober.after_update()
    told = net.prober.frame(1).updates
    assert "dense.bias" not in told and told.keys() == {"memory/x.weight", "memory/x.bias", "memory/h.weight", "dense.weight"}  # fmt: skip
    assert all(v == pytest.approx(0.25, rel=1e-5) for v in told.values())
    assert net.prober.frame(2).updates == {}


def test_looking_changes_no_weight(tmp_path: Path) -> None:
    """Every look, at every step that is due, and none: the same bits."""
    weights = []
    asks = (request("matrix", "memory.h"), request("jacobian", "memory.h"), "memory/h_state.weight")
    for n, (budget, keys) in enumerate(((0.0, ()), (1.0, asks))):
        job = job_of("hello", tmp_path / str(n), steps=6, probe_budget=budget)
        seen = frames(job, *keys)
        assert bool(seen) == bool(budget) and (not seen or (seen[0].matrices and seen[0].jacobians and seen[0].shares))
        weights.append((tmp_path / str(n) / "weights.safetensors").read_bytes())
    assert weights[0] == weights[1]


def squashed_of(program: Program) -> set[str]:
    return {p.key for p in program.probes if p.bounds is not None}


def test_saturation_is_the_share_of_units_near_a_bound() -> None:
    """Of every gate and squashed value, fused or drawn; counted here from the values themselves."""
    net = looked(drawing(CELLS["lstm"]), numbers((7, 4, 5)))
    gates = [f"memory/gate_{g}.y" for g in "ifgo"]
    with torch.no_grad():
        for p in net.module.parameters():
            p.mul_(6.0)
    frame = net.prober.frame(1, gates)
    assert set(frame.saturation) == {*gates, "memory/squash.y"}
    for key in gates:
        low, high = (-1.0, 1.0) if key.endswith("gate_g.y") else (0.0, 1.0)
        values, reach = frame.values[key], 0.05 * (high - low)
        np.testing.assert_allclose(frame.saturation[key][0], (values <= low + reach).mean(1))
        np.testing.assert_allclose(frame.saturation[key][1], (values >= high - reach).mean(1))
    assert any(frame.saturation[key].max() > 0.2 for key in gates)
    assert {p.key for p in net.program.probes if p.bounds == (0.0, 1.0)} == {g for g in gates if "gate_g" not in g}


def test_bounds_themselves_are_near() -> None:
    values = torch.tensor([[0.0, 0.05, 0.0501, 0.95, 1.0], [0.5, 0.5, 0.5, 0.5, 0.94]])
    assert near(values, (0.0, 1.0)).tolist() == [[pytest.approx(0.4), 0.0], [pytest.approx(0.4), 0.0]]


def test_a_fused_cell_tells_of_the_gates_inside(tmp_path: Path) -> None:
    job = job_of("reber-lstm", tmp_path, steps=1)
    assert job.program.fused
    assert {f"memory/{g}.y" for g in ("forget", "input", "output", "candidate", "squash")} <= set(
        frames(job)[0].saturation
    )
