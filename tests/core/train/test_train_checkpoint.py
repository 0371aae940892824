"""A checkpoint is whole or absent, and going on from it equals never having stopped, bit for bit."""

from __future__ import annotations

import json
import os
import random
import signal
import struct
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from training_double import char_job

from core.problems import Refused
from core.train import checkpoint, learner
from core.train.checkpoint import Snapshot
from core.train.controls import Controls
from core.train.job import CHECKPOINTS, METRICS, WEIGHTS
from core.train.loop import train
from core.train.messages import Failed, Message, Started, Step
from tests.warm import Warm

SETTINGS = {
    "steps": 30,
    "checkpoint_every": 5,
    "validate_every": 10,
    "clip_norm": 0.5,
    "schedule": "cosine",
    "warmup": 4,
}


def ledger(folder: Path) -> list[tuple[int, str]]:
    """(step, bits of the loss) of every step in metrics.jsonl."""
    lines = [json.loads(text) for text in (folder / METRICS).read_text("utf-8").splitlines()]
    return [(e["step"], struct.pack("<d", e["loss"]).hex()) for e in lines if e["kind"] == "step"]


def weights(folder: Path) -> bytes:
    return b"".join(t.numpy().tobytes() for _, t in sorted(load_file(folder / WEIGHTS).items()))


def cut_and_go_on(folder: Path, at: int, **settings: Any) -> None:
    """A run that is left between two steps as if the process had died, and another that resumes it."""
    stream = train(char_job(folder, **settings), Controls())
    for message in stream:
        if isinstance(message, Step) and message.step == at:
            break
    stream.close()
    torch.manual_seed(12345)  # what another process would find
    assert not [m for m in train(char_job(folder, resume=True, **settings), Controls()) if isinstance(m, Failed)]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """The same job, never interrupted."""

    def run(**settings: Any) -> Path:
        folder = tmp_path_factory.mktemp("whole")
        list(train(char_job(folder, **settings), Controls()))
        return folder

    return run


@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw", "rmsprop"])
@pytest.mark.parametrize("schedule", ["cosine", "step"])
def test_resuming_equals_never_stopping(
    tmp_path: Path, whole: Callable[..., Path], optimizer: str, schedule: str
) -> None:
    settings = {**SETTINGS, "optimizer": optimizer, "schedule": schedule, "momentum": 0.5, "weight_decay": 0.01}
    cut_and_go_on(tmp_path, at=13, **settings)
    reference = whole(**settings)
    assert ledger(tmp_path) == ledger(reference)
    assert weights(tmp_path) == weights(reference)


def _without(*names: str) -> Callable[[Snapshot], Snapshot]:
    """A snapshot that has forgotten the tensors beginning with any of these."""

    def forget(s: Snapshot) -> Snapshot:
        kept = {k: v for k, v in s.rest.items() if not k.startswith(names)}
        return Snapshot(s.step, s.weights, kept, s.data)

    return forget


def _fresh_position(s: Snapshot) -> Snapshot:
    start = char_job(Path()).dataset.stream(0).position()
    return Snapshot(s.step, s.weights, s.rest, {**s.data, "stream": start})


def _other_torch_numbers(s: Snapshot) -> Snapshot:
    state = torch.Generator().manual_seed(1).get_state()
    return Snapshot(s.step, s.weights, {**s.rest, "random/torch": state}, s.data)


def _step_of_schedule(s: Snapshot) -> Snapshot:
    return Snapshot(s.step, s.weights, s.rest, {**s.data, "base_rate": s.data["base_rate"] * 1.001})


@pytest.mark.parametrize(
    "forget", [_without("optimizer/"), _without("state/"), _fresh_position, _other_torch_numbers, _step_of_schedule]
)
def test_leaving_any_state_out_is_noticed(
    tmp_path: Path, whole: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, forget: Callable[[Snapshot], Snapshot]
) -> None:
    newest = checkpoint.newest
    monkeypatch.setattr(learner.checkpoint, "newest", lambda folder: forget(newest(folder)))  # type: ignore[arg-type]
    cut_and_go_on(tmp_path, at=13, **SETTINGS)
    assert weights(tmp_path) != weights(whole(**SETTINGS))


KILLED = """
import sys
from pathlib import Path
from training_double import char_job
from core.train.controls import Controls
from core.train.loop import train
from core.train.messages import Step

folder = Path(sys.argv[1])
job = char_job(folder, resume=(folder / "checkpoint").exists(), steps=400, checkpoint_every=20, clip_norm=0.5)
for message in train(job, Controls()):
    if isinstance(message, Step):
        print(message.step, flush=True)
print("end", flush=True)
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="needs kill -9")
def test_five_kills_leave_no_trace(tmp_path: Path, whole: Callable[..., Path]) -> None:
    reference = whole(steps=400, checkpoint_every=20, clip_norm=0.5)
    warm = Warm("training_double", "core.train.loop", "lightning_fabric")
    run, said = tmp_path / "run", tmp_path / "said"
    for kill_at in (33, 90, 150, 222, 301):
        _kill(warm, warm.start(KILLED, str(run), said=said), said, kill_at)
    assert warm.wait(warm.start(KILLED, str(run), said=said)) == 0
    warm.close()
    assert said.read_text().split()[-1] == "end"
    assert ledger(run) == ledger(reference)
    assert weights(run) == weights(reference)


def _kill(warm: Warm, child: int, said: Path, step: int) -> None:
    """Kill it once it has told of a step."""
    while not (told := said.read_text().split() if said.exists() else []) or int(told[-1]) < step:
        assert warm.ended(child) is None, told
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    assert warm.wait(child) == -signal.SIGKILL


def test_only_the_newest_three_are_kept(tmp_path: Path) -> None:
    list(train(char_job(tmp_path, **SETTINGS), Controls()))
    names = sorted(p.name for p in (tmp_path / CHECKPOINTS).glob("step_*"))
    assert names == ["step_000000020", "step_000000025", "step_000000030"]
    assert (tmp_path / CHECKPOINTS / "latest").read_text() == names[-1]


@pytest.mark.parametrize("file", [checkpoint.MODEL, checkpoint.REST, checkpoint.STATE, checkpoint.MANIFEST])
@pytest.mark.parametrize("harm", ["flip", "cut", "remove"])
def test_a_damaged_checkpoint_is_passed_over(tmp_path: Path, file: str, harm: str) -> None:
    for step in (1, 2):
        checkpoint.write(tmp_path, Snapshot(step, {"w": torch.full((40,), float(step))}, {}, {"x": step}))
    _harm(tmp_path / "step_000000002" / file, harm)
    found = checkpoint.newest(tmp_path)
    assert found is not None and found.step == 1 and found.data == {"x": 1}


def _harm(file: Path, harm: str) -> None:
    content = bytearray(file.read_bytes())
    if harm == "remove":
        file.unlink()
    elif harm == "cut":
        file.write_bytes(content[: len(content) // 2])
    else:
        content[len(content) // 2] ^= 0x40
        file.write_bytes(content)


def test_nothing_whole_is_refused(tmp_path: Path) -> None:
    path = checkpoint.write(tmp_path, Snapshot(1, {"w": torch.ones(2)}, {}, {}))
    _harm(path / checkpoint.MODEL, "flip")
    with pytest.raises(Refused) as refused:
        checkpoint.newest(tmp_path)
    assert refused.value.problems[0].code == "checkpoint.broken"


def test_a_disk_that_fills_up_leaves_the_older_one_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkpoint.write(tmp_path, Snapshot(1, {"w": torch.ones(2)}, {}, {}))
    for failing in range(1, 9):
        calls = iter(range(1, 100))

        def sync(handle: int, calls: Any = calls, failing: int = failing, real: Any = os.fsync) -> None:
            if next(calls) == failing:
                raise OSError(28, "No space left on device")
            real(handle)

        with monkeypatch.context() as patch:
            patch.setattr(checkpoint.os, "fsync", sync)
            try:
                checkpoint.write(tmp_path, Snapshot(2, {"w": torch.zeros(2)}, {}, {}))
            except OSError as error:
                assert error.errno == 28
        found = checkpoint.newest(tmp_path)
        assert found is not None and float(found.weights["w"].sum()) == (2.0 if found.step == 1 else 0.0)


def test_every_generator_goes_on_where_it_was(tmp_path: Path) -> None:
    def draw() -> tuple[float, float, float, float]:
        return random.gauss(0, 1), float(np.random.normal()), float(torch.rand(1)), random.random()

    draw()
    tensors, data = checkpoint.random_state()
    path = checkpoint.write(tmp_path, Snapshot(1, {}, tensors, {"generators": data}))
    drawn = draw()
    again = checkpoint.read(path)
    assert again is not None
    checkpoint.set_random_state(again.rest, again.data["generators"])
    assert draw() == drawn
    with checkpoint.untouched_random():
        then = draw()
    assert draw() == then


def test_resuming_another_model_is_refused(tmp_path: Path) -> None:
    list(train(char_job(tmp_path), Controls()))
    with pytest.raises(Refused) as refused:
        list(train(char_job(tmp_path, resume=True, spoil=" * 2"), Controls()))
    assert refused.value.problems[0].code == "checkpoint.other_model"


def test_resuming_says_what_changed_on_the_machine(tmp_path: Path) -> None:
    list(train(char_job(tmp_path), Controls()))
    resumed: list[Message] = list(train(char_job(tmp_path, resume=True, threads=2, steps=14), Controls()))
    started = resumed[0]
    assert isinstance(started, Started) and started.start == 12 and started.differs == ("threads: 1 → 2",)
    assert 0 < started.seconds <= resumed[1].seconds, "so that a pace can be told of this go alone"


def test_resuming_a_finished_run_ends_at_once(tmp_path: Path) -> None:
    list(train(char_job(tmp_path), Controls()))
    again = list(train(char_job(tmp_path, resume=True), Controls()))
    assert not [m for m in again if isinstance(m, Step)] and len(ledger(tmp_path)) == 12


def test_saving_is_quick(tmp_path: Path) -> None:
    snapshot = Snapshot(1, {"w": torch.zeros(250_000)}, {}, {})
    times = []
    for _ in range(5):
        start = time.perf_counter()
        checkpoint.write(tmp_path, snapshot)
        times.append(time.perf_counter() - start)
    assert sorted(times)[2] < 0.5
