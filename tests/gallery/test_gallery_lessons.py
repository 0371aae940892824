"""What the pages of the gallery say of gradients, held against the shipped projects: closed forms and runs of a few steps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from core.graph.edit import set_params
from core.observe.curves import half_life
from core.project.gallery import shipped
from core.project.model import Project
from core.project.running import make_job
from core.specs.registry import default_registry
from core.train.controls import Controls
from core.train.job import Job
from core.train.loop import train
from core.train.messages import Done, Failed, Frame, Step
from core.train.module import make, share
from core.train.probe import Prober


def job_of(project: Project, folder: Path) -> Job:
    return make_job(project, default_registry(), None, folder / "run", False)


def frame_of(project: Project, folder: Path) -> Frame:
    """What the probes show of a fresh model in float64, before any step."""
    job = job_of(project, folder)
    assert job.twin is not None
    torch.manual_seed(0)
    module = make(job.program, torch.float64)
    return Prober(job, module, share(make(job.twin, torch.float64), module)).frame(0)


@pytest.mark.parametrize("a", [0.8, 0.95, 1.0, 1.05])
def test_the_gradient_of_the_vanishing_project_is_a_power_of_its_gain(a: float, tmp_path: Path) -> None:
    """||dL/dh_t|| = a^(T-t) ||dL/dh_T||, and every eigenvalue of W is as long as a."""
    project = shipped("vanishing").project
    frame = frame_of(replace(project, graph=set_params(project.graph, "back", init_gain=a)), tmp_path)
    norms = frame.norms["state.y"].astype(float)
    assert len(norms) == 50 and norms[-1] > 0
    back = np.arange(49, -1, -1)
    np.testing.assert_allclose(norms / norms[-1], a**back, rtol=1e-6)
    np.testing.assert_allclose(np.hypot(*frame.eigen["back.weight"].T), a, rtol=1e-6)
    life = half_life(norms)
    assert a == 1.0 or life == pytest.approx(np.log(2) / -np.log(a), rel=1e-3)


def test_the_matrix_of_the_vanishing_project_stays_what_it_was(tmp_path: Path) -> None:
    """So that the line on the chart is straight at every step of the run, as its page says."""
    project = shipped("vanishing").project
    job = job_of(project, tmp_path)
    assert [w.path for w in job.program.weights if w.recurrent and not w.trainable] == [("back",)]


def told(project: Project, folder: Path, steps: int, clip_norm: float) -> list[object]:
    training = replace(project.training, steps=steps, clip_norm=clip_norm, validate_every=0, probe_budget=0.0)
    return list(train(job_of(replace(project, training=training), folder), Controls()))


def test_the_clipping_project_overflows_at_once_without_clipping(tmp_path: Path) -> None:
    *before, last = told(shipped("clipping").project, tmp_path, 20, clip_norm=0.0)
    assert isinstance(last, Failed) and last.problem.code == "train.not_finite"
    assert "step 2" in last.problem.message.en
    assert len([m for m in before if isinstance(m, Step)]) <= 2


def test_the_clipping_project_goes_on_with_clipping(tmp_path: Path) -> None:
    """Every step is cut to norm 1 at first, from gradients a thousand times as long, and no number overflows."""
    project = shipped("clipping").project
    messages = told(project, tmp_path, 20, project.training.clip_norm)
    steps = [m for m in messages if isinstance(m, Step)]
    assert isinstance(messages[-1], Done) and len(steps) == 20
    assert steps[0].grad_norm > 1000 and max(s.clipped_norm for s in steps) <= 1.001
    assert np.isfinite([s.loss for s in steps]).all() and np.isfinite(messages[-1].metrics["mse"])
