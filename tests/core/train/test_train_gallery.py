"""The shipped projects through the real compiler: watching and stopping leave no trace, bad numbers name their node."""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from core.project.gallery import shipped
from core.project.model import Project
from core.project.running import make_job
from core.specs.registry import default_registry
from core.train.controls import Controls
from core.train.job import METRICS, WEIGHTS, Job
from core.train.learner import Learner, NotFinite
from core.train.loop import train
from core.train.messages import Failed, Frame, Step

NAMES = ["hello", "adding-lstm", "temporal-order-lstm", "lstm-drawn", pytest.param("char-lm", marks=pytest.mark.slow)]


def project(name: str, **settings: Any) -> Project:
    loaded = shipped(name).project
    quick = {"steps": 6, "validate_every": 0, "checkpoint_every": 0, "sample_every": 0, "probe_budget": 0.0}
    return replace(loaded, training=replace(loaded.training, **{**quick, **settings}))


def job(of: Project, folder: Path, resume: bool = False) -> Job:
    return make_job(of, default_registry(), None, folder, resume)


def trace(folder: Path) -> tuple[list[str], bytes]:
    lines = [json.loads(text) for text in (folder / METRICS).read_text("utf-8").splitlines()]
    bits = [struct.pack("<d", e["loss"]).hex() for e in lines if e["kind"] == "step"]
    return bits, b"".join(t.numpy().tobytes() for _, t in sorted(load_file(folder / WEIGHTS).items()))


@pytest.mark.parametrize("name", NAMES)
def test_watched_stopped_and_resumed_equals_left_alone(name: str, tmp_path: Path) -> None:
    steps = 3 if name == "char-lm" else 6
    list(train(job(project(name, steps=steps), tmp_path / "alone"), Controls()))
    busy = project(name, steps=steps, probe_budget=1.0, sample_every=2, checkpoint_every=2)
    stream = train(job(busy, tmp_path / "busy"), Controls())
    frames = 0
    for message in stream:
        frames += isinstance(message, Frame)
        if isinstance(message, Step) and message.step == steps - 1:
            break
    stream.close()
    torch.rand(5)
    frames += sum(isinstance(m, Frame) for m in train(job(busy, tmp_path / "busy", resume=True), Controls()))
    assert frames >= 2
    assert trace(tmp_path / "busy") == trace(tmp_path / "alone")


def test_a_weight_that_bursts_is_named_where_it_is_drawn(tmp_path: Path) -> None:
    failed = list(
        train(
            job(project("hello", steps=200, optimizer="sgd", learning_rate=1e39, clip_norm=0.0), tmp_path), Controls()
        )
    )[-1]
    assert isinstance(failed, Failed) and failed.problem.code == "train.not_finite"
    assert failed.problem.where.path


def test_a_weight_inside_a_fused_cell_is_named(tmp_path: Path) -> None:
    learner = Learner(job(project("adding-lstm"), tmp_path))
    with torch.no_grad():
        next(p for n, p in learner.module.named_parameters() if "weight_hh" in n)[40, 3] = float("nan")
    with pytest.raises(NotFinite) as bad:
        learner.learn()
    assert bad.value.problem.where.path[0] == "memory" and "LSTM › U " in bad.value.problem.message.en


def test_data_that_is_not_finite_names_the_input(tmp_path: Path) -> None:
    learner = Learner(job(project("adding-lstm"), tmp_path))
    batch = learner.stream.next()
    next(a for a in batch.arrays.values() if a.ndim == 3)[1, 7, 0] = float("inf")
    learner.stream.next = lambda: batch  # type: ignore[method-assign]
    with pytest.raises(NotFinite) as bad:
        learner.learn()
    problem = bad.value.problem
    assert learner.job.program.inputs[0].path == problem.where.path and "position 8" in problem.message.en
    assert learner.step == 0
