"""Patience and the weights of the best validation, resumed or not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from training_double import char_job

from core.problems import Refused
from core.train.best import Best
from core.train.controls import Controls
from core.train.job import CHECKPOINTS, WEIGHTS
from core.train.loop import train
from core.train.messages import Done, Message, Step, Validation
from core.train.settings import Training

WILD = {"learning_rate": 0.5, "validate_every": 2, "steps": 24, "keep": "best"}  # up and down, never settled


def told(job: Any, until: int = 0) -> list[Message]:
    controls, out = Controls(), []
    for message in train(job, controls):
        out.append(message)
        if isinstance(message, Step) and message.step == until:
            controls.stop()
    return out


def test_the_published_weights_and_the_final_metrics_are_those_of_the_best_validation(tmp_path: Path) -> None:
    messages = told(char_job(tmp_path / "a", **WILD))
    found = {m.step: m.metrics for m in messages if isinstance(m, Validation)}
    best = min(found, key=lambda step: found[step]["loss"])
    done = messages[-1]
    assert isinstance(done, Done) and done.kept == best < 24
    assert {k: v for k, v in done.metrics.items() if k != "train_loss"} == found[best]
    told(char_job(tmp_path / "b", **{**WILD, "steps": best, "keep": "last"}))
    kept, there = load_file(tmp_path / "a" / WEIGHTS), load_file(tmp_path / "b" / WEIGHTS)
    assert all(torch.equal(kept[n], there[n]) for n in there)


def test_the_best_is_kept_by_another_metric_without_a_value_to_stop_at(tmp_path: Path) -> None:
    messages = told(char_job(tmp_path, **WILD, keep_by="accuracy"))
    found = {m.step: m.metrics for m in messages if isinstance(m, Validation)}
    best = max(found, key=lambda step: (found[step]["accuracy"], -step))
    assert best != min(found, key=lambda step: found[step]["loss"]), "the two metrics agree: nothing is shown"
    done = messages[-1]
    assert isinstance(done, Done) and done.step == 24 and not done.stopped
    assert done.kept == best and done.metrics["accuracy"] == found[best]["accuracy"]


def test_a_metric_that_is_not_computed_decides_nothing(tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        told(char_job(tmp_path, **WILD, keep_by="bleu"))
    (problem,) = caught.value.problems
    assert (problem.code, problem.where.param, problem.got) == ("train.keep_by", "keep_by", "bleu")
    assert "accuracy" in problem.expected
    told(char_job(tmp_path, **{**WILD, "keep": "last"}, keep_by="bleu"))  # asked for nothing: nothing is wrong


@pytest.mark.parametrize("at", [5, 11, 17])
def test_a_resumed_run_keeps_the_same_best_and_the_same_last(tmp_path: Path, at: int) -> None:
    whole = told(char_job(tmp_path / "a", **WILD))
    told(char_job(tmp_path / "b", **WILD), until=at)
    rest = told(char_job(tmp_path / "b", resume=True, **WILD))
    assert whole[-1].kept == rest[-1].kept and whole[-1].metrics == rest[-1].metrics  # type: ignore[union-attr]
    for part in (WEIGHTS, f"{CHECKPOINTS}/step_000000024/weights.safetensors"):
        one, other = load_file(tmp_path / "a" / part), load_file(tmp_path / "b" / part)
        assert all(torch.equal(one[n], other[n]) for n in one), part


def test_patience_ends_the_run(tmp_path: Path) -> None:
    messages = told(char_job(tmp_path, **{**WILD, "steps": 400, "patience": 3}))
    losses = [m.metrics["loss"] for m in messages if isinstance(m, Validation)]
    done = messages[-1]
    assert isinstance(done, Done) and done.step < 400 and not done.stopped
    assert min(losses) == losses[-4] and min(losses[-3:]) >= losses[-4]


def test_better_is_up_or_down_as_the_measure_says() -> None:
    best = Best(Training(stop_metric="accuracy", patience=2))
    assert [best.see(n, {"accuracy": v}) for n, v in enumerate((0.1, float("nan"), 0.3, 0.3, 0.2), 1)] == [
        True, False, True, False, False,
    ]  # fmt: skip
    assert best.step == 3 and best.waited_enough
