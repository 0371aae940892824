"""What happens around a run: imports, devices, the allocator, controls."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest
import torch

from core.problems import Refused
from core.train.allocator import tune
from core.train.controls import Controls
from core.train.device import Machine, resolve
from core.train.failure import failed


@pytest.mark.parametrize(
    "name", ["job", "controls", "run", "failure", "ledger", "allocator", "generation", "writing", "scoring"]
)
def test_these_load_no_torch(name: str) -> None:
    code = (
        f"import core.train.{name}, sys; assert not {{'torch', 'lightning_fabric', 'safetensors'}} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_allocator_is_tuned_on_glibc_and_silent_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.platform == "linux":
        code = "from core.train.allocator import tune; import platform; assert tune() == (platform.libc_ver()[0] == 'glibc')"
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    monkeypatch.setattr(sys, "platform", "darwin")
    assert tune() is False


def test_auto_takes_the_best_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert resolve("auto", "fp32") == "cuda"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert resolve("auto", "fp32") == "mps" and resolve("auto", "fp64") == "cpu"
    with pytest.raises(Refused) as refused:
        resolve("mps", "fp64")
    assert refused.value.problems[0].code == "device.precision"
    with pytest.raises(Refused) as refused:
        resolve("cuda", "fp32")
    assert refused.value.problems[0].expected == "auto, cpu, mps"


def test_floats_come_in_the_runs_precision() -> None:
    import numpy as np

    machine = Machine("cpu", "fp64")
    arrays = {"x": np.ones((2, 3), np.float32), "y": np.array([1, 2])}
    x, y = machine.tensors(arrays, ("x", "y"))
    assert x.dtype == torch.float64 and y.dtype == torch.int64
    arrays["x"][:] = 0
    assert bool((x == 1).all())


def test_single_steps_are_counted() -> None:
    controls = Controls()
    controls.step_once()
    controls.step_once()
    assert controls.wait_turn() and controls.wait_turn() and controls.paused
    threading.Timer(0.05, controls.go).start()
    assert controls.wait_turn() and not controls.paused


def test_stop_ends_the_waiting() -> None:
    controls = Controls()
    controls.pause()
    threading.Timer(0.05, controls.stop).start()
    assert not controls.wait_turn() and controls.stopping


def test_a_learning_rate_is_taken_once_and_checked() -> None:
    controls = Controls()
    controls.set_learning_rate(0.5)
    assert controls.take_learning_rate() == 0.5 and controls.take_learning_rate() is None
    for bad in (-1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="learning rate"):
            controls.set_learning_rate(bad)


def test_every_failure_speaks_both_languages() -> None:
    for error in (MemoryError(), OSError(5, "I/O", "f"), ValueError("x")):
        problem = failed(3, error).problem
        assert problem.message.en != problem.message.es and problem.hint.en != problem.hint.es
