"""A loss that skips all there is says so, instead of blaming the learning rate."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from core.project.gallery import shipped
from core.project.model import DataChoice
from core.project.running import make_job
from core.specs.registry import default_registry
from core.train.controls import Controls
from core.train.loop import train
from core.train.messages import Failed


def test_a_loss_that_skips_every_step_is_named(tmp_path: Path) -> None:
    project = shipped("narma-bptt").project
    short = DataChoice(project.data.kind, {**project.data.params, "length": 10})
    job = make_job(replace(project, data=short), default_registry(), None, tmp_path / "run", False)
    (failed,) = [m for m in train(job, Controls()) if isinstance(m, Failed)]
    assert failed.problem.code == "train.all_skipped"
    assert "10" in failed.problem.message.en and failed.problem.message.es != failed.problem.message.en
