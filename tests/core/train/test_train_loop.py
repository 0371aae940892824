"""The loop tells what happens, obeys its controls, and no way of watching or stopping it changes the weights."""

from __future__ import annotations

import json
import logging
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from training_double import CharData, CharStream, char_job, line_job

from core.data.dataset import Baseline, Batch
from core.problems import Refused
from core.train.controls import Controls
from core.train.device import Machine
from core.train.job import METRICS, WEIGHTS
from core.train.learner import Learner
from core.train.loop import train
from core.train.messages import Done, Failed, Frame, Message, Paused, Sample, Saved, Started, Step, Validation
from core.words import Text


def told(job: object, controls: Controls | None = None) -> list[Message]:
    return list(train(job, controls or Controls()))  # type: ignore[arg-type]


def losses(messages: list[Message]) -> list[float]:
    return [m.loss for m in messages if isinstance(m, Step)]


def test_a_run_tells_start_steps_validation_and_end(tmp_path: Path) -> None:
    messages = told(char_job(tmp_path, validate_every=5, checkpoint_every=6, sample_every=6, sample_length=7))
    kinds = [type(m) for m in messages]
    assert kinds[0] is Started and kinds[-1] is Done
    assert kinds.count(Step) == 12 and kinds.count(Validation) == 3 and kinds.count(Saved) == 2
    samples = [m for m in messages if isinstance(m, Sample)]
    assert len(samples) == 2 and len(samples[0].text) == 7
    done = messages[-1]
    assert isinstance(done, Done) and not done.stopped and done.step == 12
    assert {"loss", "accuracy", "bits_per_char", "train_loss"} <= set(done.metrics)
    assert done.metrics["bits_per_char"] == pytest.approx(done.metrics["loss"] / np.log(2), rel=1e-5)


def test_the_start_tells_what_simple_competitors_score(tmp_path: Path) -> None:
    class Compared(CharData):
        def baselines(self) -> tuple[Baseline, ...]:
            np.random.rand(3)
            torch.rand(3)
            return (Baseline(Text("bigram", "bigrama"), {"loss": 0.9}),)

    plain = told(char_job(tmp_path / "a"))
    messages = told(replace(char_job(tmp_path / "b"), dataset=Compared()))
    assert isinstance(messages[0], Started) and messages[0].baselines[0].scores == {"loss": 0.9}
    first = json.loads((tmp_path / "b" / METRICS).read_text("utf-8").splitlines()[0])
    assert first["baselines"] == [{"name": {"en": "bigram", "es": "bigrama"}, "scores": {"loss": 0.9}}]
    assert losses(plain) == losses(messages)


def test_the_steps_are_those_of_a_script_written_by_hand(tmp_path: Path) -> None:
    messages = told(line_job(tmp_path, optimizer="sgd", learning_rate=0.1, clip_norm=0.05, seed=3))
    stream = line_job(tmp_path).dataset.stream(3)
    torch.manual_seed(3)
    layer = torch.nn.Linear(2, 1)
    for message in [m for m in messages if isinstance(m, Step)]:
        batch = stream.next()
        loss = ((layer(torch.tensor(batch.arrays["x"])) - torch.tensor(batch.arrays["y"])) ** 2).mean()
        layer.zero_grad()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(layer.parameters(), 0.05)
        assert message.loss == pytest.approx(loss.item(), rel=1e-6)
        assert message.grad_norm == pytest.approx(float(norm), rel=1e-5)
        assert message.clipped_norm == pytest.approx(min(float(norm), 0.05), rel=1e-3)
        with torch.no_grad():
            for p in layer.parameters():
                p -= 0.1 * p.grad
    assert torch.allclose(load_file(tmp_path / WEIGHTS)["out.weight"], layer.weight, atol=1e-6)


def test_every_step_is_in_the_ledger(tmp_path: Path) -> None:
    messages = told(char_job(tmp_path))
    lines = [json.loads(text) for text in (tmp_path / METRICS).read_text("utf-8").splitlines()]
    assert [entry["loss"] for entry in lines if entry["kind"] == "step"] == losses(messages)
    assert lines[0]["kind"] == "started" and lines[-1]["kind"] == "done"


def test_validating_and_sampling_do_not_change_the_training(tmp_path: Path) -> None:
    plain = told(char_job(tmp_path / "a"))
    busy = told(char_job(tmp_path / "b", validate_every=1, sample_every=2, checkpoint_every=3, sample_length=5))
    assert losses(plain) == losses(busy)


def test_probes_do_not_change_the_training(tmp_path: Path) -> None:
    plain = told(char_job(tmp_path / "a"))
    watched = told(char_job(tmp_path / "b", probe_budget=1.0))
    frames = [m for m in watched if isinstance(m, Frame)]
    assert frames[-1].step == 12 and "memory.h" in frames[-1].norms
    assert frames[0].weight_norms["scores.w"][0] > 0
    assert losses(plain) == losses(watched)


def test_the_learning_rate_can_be_changed_between_steps(tmp_path: Path) -> None:
    controls, rates = Controls(), []
    for message in train(char_job(tmp_path, schedule="linear", schedule_factor=0.0), controls):
        if isinstance(message, Step):
            rates.append(message.learning_rate)
            if message.step == 6:
                controls.set_learning_rate(0.02)
    assert rates[:6] == pytest.approx([0.01 * (1 - i / 11) for i in range(6)])
    assert rates[6:] == pytest.approx([0.02 * (1 - i / 11) for i in range(6, 12)])


def test_the_last_step_tells_its_metrics(tmp_path: Path) -> None:
    steps = [m for m in told(char_job(tmp_path)) if isinstance(m, Step)]
    assert steps[-1].metrics and not all(s.metrics for s in steps)


def test_stopping_ends_with_a_checkpoint(tmp_path: Path) -> None:
    controls, messages = Controls(), []
    for message in train(char_job(tmp_path), controls):
        messages.append(message)
        if isinstance(message, Step) and message.step == 4:
            controls.stop()
    assert isinstance(messages[-2], Saved) and messages[-2].step == 4
    assert isinstance(messages[-1], Done) and messages[-1].stopped


def test_pausing_is_told_before_waiting(tmp_path: Path) -> None:
    controls = Controls()
    controls.step_once()
    stream = train(char_job(tmp_path), controls)
    kinds = [type(next(stream)) for _ in range(3)]
    assert kinds == [Started, Step, Paused]
    controls.go()
    assert isinstance(next(stream), Step)
    stream.close()


def test_a_pause_takes_no_time(tmp_path: Path) -> None:
    controls = Controls()
    controls.step_once()
    messages = []
    for message in train(char_job(tmp_path, steps=3), controls):
        messages.append(message)
        if isinstance(message, Paused):
            threading.Timer(1.5, controls.go).start()
    steps = [m for m in messages if isinstance(m, Step)]
    assert steps[2].seconds - steps[0].seconds < 1.0


def test_a_metric_ends_the_run_early(tmp_path: Path) -> None:
    messages = told(
        line_job(tmp_path, steps=500, learning_rate=0.1, validate_every=10, stop_metric="mse", stop_value=0.05)
    )
    done = messages[-1]
    assert isinstance(done, Done) and done.step < 500 and not done.stopped and done.metrics["mse"] <= 0.05


def test_an_unknown_stop_metric_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        told(line_job(tmp_path, stop_metric="accuracy"))
    assert refused.value.problems[0].code == "train.stop_metric"
    assert "loss, mse" in refused.value.problems[0].hint.en


def test_numbers_that_are_not_finite_name_step_and_node(tmp_path: Path) -> None:
    messages = told(char_job(tmp_path, spoil=" / (text < 0).sum()"))
    failed = messages[-1]
    assert isinstance(failed, Failed) and failed.step == 1
    assert failed.problem.code == "train.not_finite"
    assert failed.problem.where.path == ("scores",) and "Scores" in failed.problem.message.en


def test_weights_that_explode_are_named(tmp_path: Path) -> None:
    failed = told(line_job(tmp_path, steps=400, optimizer="sgd", learning_rate=1e30))[-1]
    assert isinstance(failed, Failed) and failed.problem.where.label in ("out w", "loss")
    assert "learning rate" in failed.problem.hint.en


def test_double_precision_trains_doubles(tmp_path: Path) -> None:
    told(char_job(tmp_path, precision="fp64", steps=3))
    assert load_file(tmp_path / WEIGHTS)["embed.weight"].dtype == torch.float64


def test_bf16_keeps_its_weights_in_full_precision(tmp_path: Path) -> None:
    done = told(char_job(tmp_path, precision="bf16", steps=3))[-1]
    assert isinstance(done, Done)
    assert load_file(tmp_path / WEIGHTS)["embed.weight"].dtype == torch.float32


def test_fabric_says_nothing_of_its_own(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.delitem(sys.modules, "lightning_fabric", raising=False)  # importing it turns its banners on
    logging.getLogger("lightning_fabric").addHandler(caplog.handler)
    Machine("cpu", "bf16")
    logging.getLogger("lightning_fabric").removeHandler(caplog.handler)
    assert caplog.messages == []


@pytest.mark.skipif(torch.cuda.is_available(), reason="needs a machine without CUDA")
def test_a_missing_device_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        told(char_job(tmp_path, device="cuda"))
    assert refused.value.problems[0].code == "device.missing" and "cpu" in refused.value.problems[0].hint.en


def test_a_model_without_loss_or_without_weights_is_refused(tmp_path: Path) -> None:
    whole = line_job(tmp_path)
    mute = replace(whole.program, outputs=(replace(whole.program.outputs[0], loss=""),))
    frozen = replace(
        whole.program,
        source=whole.program.source.replace(
            "nn.Linear(2, 1)",
            "nn.Linear(2, 1)\n        self.out.weight.requires_grad_(False)\n        self.out.bias.requires_grad_(False)",
        ),
    )
    for program, code in ((mute, "train.no_loss"), (frozen, "train.nothing_to_learn")):
        with pytest.raises(Refused) as refused:
            told(replace(whole, program=program))
        assert refused.value.problems[0].code == code


class _Padded(CharData):
    """Carried windows with lengths: the state must be followed through padding."""

    def stream(self, seed: int) -> CharStream:
        class Stream(CharStream):
            def next(self) -> Batch:
                return replace(super().next(), lengths={"T": np.array([9, 5, 3, 9])})

        return Stream(seed)


def test_a_state_is_asked_for_where_data_carries_it(tmp_path: Path) -> None:
    asked = []
    learner = Learner(replace(char_job(tmp_path), dataset=_Padded()))
    forward = learner.module.forward
    learner.module.forward = lambda *x, state, **more: asked.append(state) or forward(*x, state=state, **more)
    for _ in range(6):
        learner.learn()
    assert asked[0] is None and asked[4] == {}, "the fifth batch starts anew, but its state will be carried on"
    assert all(set(asked[i]) == {"h", "c"} for i in (1, 2, 3, 5))
