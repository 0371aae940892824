"""Scheduled sampling, judged by closed forms; a run with a teacher is reproducible, resumable and judged free as well."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from core.compile.pipeline import compile_graph
from core.data.dataset import Array
from core.data.stream import Generated
from core.graph.codec import read_graph
from core.specs.fields import DataField, Fields
from core.specs.registry import default_registry
from core.specs.sig import Sig
from core.train.controls import Controls
from core.train.forcing import half_after, share_at, told
from core.train.job import WEIGHTS, Job
from core.train.loop import train
from core.train.messages import Done, Frame, Message, Started, Step, Validation
from core.train.settings import Training

BITS = ("0", "1")
FIELDS = Fields(
    (
        DataField("bits", Sig("tokens", 2, ("T",)), BITS),
        DataField("parity", Sig("tokens", 2, ("T",)), BITS, target=True),
    )
)
NODES: dict[str, tuple[str, dict[str, Any]]] = {
    "bits": ("tokens", {}), "x": ("one_hot", {}), "wx": ("dense", {"units": 8}), "said": ("one_hot", {}),
    "wy": ("dense", {"units": 8, "bias": False}), "sum": ("add", {}), "h": ("tanh", {}), "o": ("dense", {"units": 0}),
    "parity": ("target", {}), "teacher": ("teacher", {}), "loss": ("cross_entropy", {}),
}  # fmt: skip
WIRES = ["bits.x x.x", "x.y wx.x", "teacher.y said.x 1", "said.y wy.x", "wx.y sum.x", "wy.y sum.x", "sum.y h.x", "h.y o.x",
         "o.y loss.logits", "parity.y loss.target", "o.y teacher.free", "parity.y teacher.truth"]  # fmt: skip


def parity(rng: np.random.Generator, count: int) -> Mapping[str, Array]:
    bits = rng.integers(0, 2, (count, 12))
    return {"bits": bits, "parity": bits.cumsum(1) % 2}


def job(run_dir: Path, resume: bool = False, given: int = 0, **settings: Any) -> Job:
    """Running parity by its own output: o_t = V tanh(W x_t + R y_{t-1})."""
    wires = []
    for n, wire in enumerate(WIRES):
        source, target, *delay = wire.split()
        entry = {"id": f"w{n}", "from": source.split("."), "to": target.split(".")}
        wires.append({**entry, **({"delay": int(delay[0])} if delay else {})})
    kinds = NODES | {"teacher": ("teacher", {"given": given})}
    graph = read_graph({"nodes": [{"id": i, "kind": k, "params": p} for i, (k, p) in kinds.items()], "wires": wires})
    program, twin = (compile_graph(graph, FIELDS, default_registry(), mode) for mode in ("train", "twin"))
    data = Generated(FIELDS, parity, batch=16, seed=0, held_out=64)
    t = Training(
        **{"steps": 12, "learning_rate": 0.05, "validate_every": 6, "checkpoint_every": 5, "device": "cpu", **settings}
    )
    return Job(program, twin, data, ("accuracy", "exact_match", "nats"), t, run_dir, resume)


def run(made: Job) -> list[Message]:
    return list(train(made, Controls()))


def steps(messages: list[Message]) -> list[Step]:
    return [m for m in messages if isinstance(m, Step)]


def test_the_share_falls_as_bengio_et_al_write() -> None:
    line = Training(steps=100, forcing="linear", forcing_start=0.8, forcing_end=0.2)
    assert [share_at(s, line) for s in (0, 50, 100, 500)] == pytest.approx([0.8, 0.5, 0.2, 0.2])
    power = Training(forcing="exponential", forcing_pace=10.0)
    assert share_at(7, power) == pytest.approx(math.exp(-0.1) ** 7)
    bend = Training(forcing="inverse_sigmoid", forcing_pace=20.0)
    assert share_at(30, bend) == pytest.approx(20 / (20 + math.exp(30 / 20)))
    assert half_after(500.0) * math.log(half_after(500.0)) == pytest.approx(500.0)
    assert share_at(10**9, bend) == pytest.approx(0.0) and share_at(3, Training()) == 1.0


def test_every_share_takes_its_own_way_through_the_program(tmp_path: Path) -> None:
    program = job(tmp_path).program
    arrays = {"parity": torch.zeros(4, 6, dtype=torch.long)}
    numbers = np.linspace(0, 0.999, 24).reshape(4, 6)
    assert set(told(program, arrays, 1.0)) == {"truth"}
    assert told(program, arrays, 0.0) == {"steps": 6}
    mixed = told(program, arrays, 0.25, lambda b, t: numbers)
    assert mixed["forced"].tolist() == (numbers < 0.25).tolist()


def test_a_taught_run_learns_parity_and_is_judged_by_itself(tmp_path: Path) -> None:
    messages = run(job(tmp_path, steps=150, validate_every=150, checkpoint_every=0, probe_budget=0.2))
    (validation,) = [m for m in messages if isinstance(m, Validation)]
    assert validation.metrics["accuracy"] == 1.0 and validation.metrics["exact_match"] == 1.0
    assert {"loss", "free_loss", "nats"} <= set(validation.metrics)
    assert validation.metrics["nats"] == pytest.approx(validation.metrics["loss"], rel=1e-5)
    assert all(s.told == 1.0 for s in steps(messages)) and any(isinstance(m, Frame) for m in messages)


def test_what_a_run_hears_follows_from_its_seed(tmp_path: Path) -> None:
    mixed = {"forcing": "linear", "forcing_start": 0.9, "forcing_end": 0.1}
    one, same = (steps(run(job(tmp_path / n, **mixed))) for n in ("a", "b"))
    other = steps(run(job(tmp_path / "c", **mixed, seed=1)))
    forced = steps(run(job(tmp_path / "d")))
    assert [s.loss for s in one] == [s.loss for s in same] != [s.loss for s in other]
    assert [s.loss for s in one] != [s.loss for s in forced]
    assert one[0].told == pytest.approx(0.9) and one[-1].told == pytest.approx(0.9 - 0.8 * 11 / 12)


def test_a_resumed_run_hears_what_it_would_have_heard(tmp_path: Path) -> None:
    mixed = {"forcing": "inverse_sigmoid", "forcing_pace": 4.0}
    whole = run(job(tmp_path / "whole", **mixed))
    controls = Controls()
    for message in train(job(tmp_path / "parts", **mixed), controls):
        if isinstance(message, Step) and message.step == 7:
            controls.stop()
    rest = run(job(tmp_path / "parts", resume=True, **mixed))
    assert [s.loss for s in steps(rest)] == [s.loss for s in steps(whole)][7:]
    a, b = (load_file(tmp_path / n / WEIGHTS) for n in ("whole", "parts"))
    assert all(torch.equal(a[name], b[name]) for name in a)
    assert isinstance(rest[-1], Done)


@pytest.mark.parametrize(("given", "told"), [(0, False), (10, False), (11, True), (500, True)])
def test_a_free_run_that_hears_only_the_truth_is_said_to_be_none(tmp_path: Path, given: int, told: bool) -> None:
    """Twelve steps: eleven given leave nothing to be heard, since nobody hears the last one; then free is forced."""
    messages = list(train(job(tmp_path / "run", given=given, steps=1, validate_every=1), Controls()))
    (started,) = (m for m in messages if isinstance(m, Started))
    assert (
        any(f"gives {given} steps" in t.en and "has 12." in t.en and "free_loss" in t.en for t in started.told) is told
    )
    found = next(m for m in messages if isinstance(m, Validation)).metrics
    assert (found["free_loss"] == pytest.approx(found["loss"], rel=1e-6)) is told
