"""Held-out rows of a series are forecast by a state that has followed it from the beginning, and only they are scored."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.project.gallery import shipped
from core.project.running import make_job
from core.specs.registry import default_registry
from core.train.controls import Controls
from core.train.learner import Learner


def test_validation_equals_one_run_over_all_years(tmp_path, monkeypatch):
    monkeypatch.setattr("core.data.forecast.STRETCH", 50)
    project = shipped("sunspots-rnn").project
    settings = replace(project.training, probe_budget=0.0)
    job = make_job(replace(project, training=settings), default_registry(), None, tmp_path, False)
    learner = Learner(job)
    for _ in range(3):
        learner.learn()
    found = learner.validate(("mse", "nmse"), Controls())[0]
    data = job.dataset
    years = np.concatenate([data.training.arrays["series"], data.held.arrays["series"]])
    with torch.no_grad():
        outputs, _ = learner.module(torch.tensor(years)[None])
    said = next(iter(outputs.values()))[0, -35:].numpy()
    error = (said - data.held.arrays["next"]) ** 2
    assert found["mse"] == pytest.approx(float(error.mean()), rel=1e-5)
    assert found["nmse"] == pytest.approx(float(error.mean()) * data.scale[0] ** 2 / 1495.594, rel=1e-5)
