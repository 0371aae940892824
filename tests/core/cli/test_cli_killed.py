"""A training killed at any moment and resumed from the command line leaves the very files of one that was left alone."""

from __future__ import annotations

import json
import os
import random
import signal
import struct
import time
from pathlib import Path

import pytest

from tests.warm import Warm

STEPS = 600
COMMAND = "import sys; from core.cli.door import run; sys.exit(run())"
SMALL = [
    *("node.memory.units=12", "node.letters.size=8", "data.batch=4", "data.length=8", "data.validation=0.001"),
    *("training.device=cpu", "checkpoint_every=20", "validate_every=400", "sample_every=300", "probe_budget=0.2"),
    f"steps={STEPS}",
]


def arguments(*place: str) -> list[str]:
    file = Path(__file__).parents[3] / "resources" / "gallery" / "char-lm.unfold"
    return ["train", str(file), *(part for s in SMALL for part in ("--set", s)), *place]


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
    alone, killed, said = tmp_path / "alone", tmp_path / "killed", tmp_path / "said"
    warm = Warm("core.cli.train", "core.train.loop", "lightning_fabric")

    def start(*place: str) -> int:
        return warm.start(COMMAND, *arguments(*place), said=said)

    def finish(*place: str) -> None:
        assert warm.wait(start(*place)) == 0, said.read_text("utf-8")

    finish("--out", str(alone))
    chance = random.Random(time.time_ns())
    for n in range(5):
        child = start(*(("--resume", str(killed)) if n else ("--out", str(killed))))
        goal = (n * STEPS) // 6 + chance.randrange(0, STEPS // 8)
        while newest(killed) < goal and warm.ended(child) is None:
            time.sleep(0.001)
        time.sleep(chance.random() * 0.05)
        assert warm.ended(child) is None, "it ended before it could be killed"
        os.kill(child, signal.SIGKILL)
        assert warm.wait(child) == -signal.SIGKILL
    finish("--resume", str(killed))
    warm.close()
    assert losses(killed) == losses(alone) and len(losses(alone)) == STEPS
    assert (killed / "weights.safetensors").read_bytes() == (alone / "weights.safetensors").read_bytes()
