"""Ctrl-C in a training keeps what was learnt, and the run can be resumed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

HELLO = Path(__file__).parents[3] / "resources" / "gallery" / "hello.unfold"


def start(*arguments: str) -> subprocess.Popen[bytes]:
    heard = "signal.signal(signal.SIGINT, signal.default_int_handler)"  # a shell in the background has it ignored
    code = f"import signal, sys; {heard}; from core.cli.door import run; sys.exit(run())"
    sets = ["--set", "device=cpu", "--set", "probe_budget=0", "--set", "validate_every=0", "--set", "sample_every=0"]
    command = [sys.executable, "-c", code, "train", str(HELLO), "--steps", "1000000", *sets, *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def size_of(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def interrupted(run: Path, process: subprocess.Popen[bytes], known: int = 0) -> str:
    """Pressed once it trains, that is tells more than the `known` bytes; what it said until it ended by itself."""
    until = time.monotonic() + 60
    while size_of(run / "metrics.jsonl") < known + 2000:
        assert process.poll() is None and time.monotonic() < until
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130, told.decode()
    return told.decode()


@pytest.mark.skipif(os.name != "posix", reason="needs a signal")
def test_ctrl_c_keeps_the_weights_and_the_run_goes_on_from_there(tmp_path: Path) -> None:
    run = tmp_path / "run"
    with start("--out", str(run)) as process:
        told = interrupted(run, process)
    assert "Stopping" in told and "terminate" not in told and "Traceback" not in told
    assert (run / "weights.safetensors").exists() and list((run / "checkpoint").glob("step_*"))
    known = size_of(run / "metrics.jsonl")
    with start("--resume", str(run)) as process:
        told = interrupted(run, process, known)
    assert "resumed at step" in told


@pytest.mark.skipif(os.name != "posix", reason="needs a signal")
def test_resuming_what_has_no_checkpoint_says_so(tmp_path: Path) -> None:
    run = tmp_path / "run"
    with start("--out", str(run)) as process:
        interrupted(run, process)
    shutil.rmtree(run / "checkpoint")
    (run / "metrics.jsonl").unlink()
    known = size_of(run / "metrics.jsonl")
    with start("--resume", str(run)) as process:
        told = interrupted(run, process, known)
    assert "holds no checkpoint" in told
