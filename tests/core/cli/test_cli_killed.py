"""A training killed at any moment and resumed from the command line leaves the very files of one that was left alone."""

from __future__ import annotations

import json
import os
import random
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

STEPS = 600
SMALL = [
    *("node.memory.units=12", "node.letters.size=8", "data.batch=4", "data.length=8", "data.validation=0.001"),
    *("training.device=cpu", "checkpoint_every=20", "validate_every=400", "sample_every=300", "probe_budget=0.2"),
    f"steps={STEPS}",
]


def start(*place: str) -> subprocess.Popen[bytes]:
    code = "import sys; from core.cli.door import run; sys.exit(run())"
    file = Path(__file__).parents[3] / "resources" / "gallery" / "char-lm.unfold"
    sets = [part for s in SMALL for part in ("--set", s)]
    command = [sys.executable, "-c", code, "train", str(file), *sets, *place]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def finish(*place: str) -> None:
    with start(*place) as process:
        _, told = process.communicate(timeout=120)
    assert process.returncode == 0, told.decode()


def losses(run: Path) -> list[tuple[int, str]]:
    lines = [json.loads(text) for text in (run / "metrics.jsonl").read_text("utf-8").splitlines()]
    return [(e["step"], struct.pack("<d", e["loss"]).hex()) for e in lines if e["kind"] == "step"]


def newest(run: Path) -> int:
    """The step of the newest checkpoint; -1 before the run has begun."""
    if not (run / "config.json").exists():
        return -1
    return max((int(p.name[5:]) for p in (run / "checkpoint").glob("step_*") if not p.suffix), default=0)


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="needs kill -9")
def test_five_kills_at_random_moments_leave_no_trace(tmp_path: Path) -> None:
    alone, killed = tmp_path / "alone", tmp_path / "killed"
    finish("--out", str(alone))
    chance = random.Random(time.time_ns())
    for n in range(5):
        with start(*(("--resume", str(killed)) if n else ("--out", str(killed)))) as process:
            goal = (n * STEPS) // 6 + chance.randrange(0, STEPS // 8)
            while newest(killed) < goal and process.poll() is None:
                time.sleep(0.001)
            time.sleep(chance.random() * 0.05)
            assert process.poll() is None, "it ended before it could be killed"
            process.send_signal(signal.SIGKILL)
    finish("--resume", str(killed))
    assert losses(killed) == losses(alone) and len(losses(alone)) == STEPS
    assert (killed / "weights.safetensors").read_bytes() == (alone / "weights.safetensors").read_bytes()
