"""Every shipped project: padding changes nothing, and one step at a time equals all at once. A planted leak is found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from core.project.gallery import HOME, shipped
from core.project.running import make_job
from core.specs.registry import default_registry
from core.train.audit import audit, problem_of
from core.train.module import make
from core.train.truncate import Pieces, kept_whole

NAMES = sorted(f.stem for f in HOME.glob("*.unfold"))


def job_of(name: str) -> Any:
    entry = shipped(name)
    return make_job(entry.project, default_registry(), entry.path, Path("unused"), False)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_padding_changes_nothing_and_one_step_at_a_time_equals_all_at_once(name: str) -> None:
    job = job_of(name)
    assert audit(job, pads=(1, 20)) == ()
    if kept_whole(job.program) is None:
        _streams(job)


def _streams(job: Any) -> None:
    """The module with explicit state, step by step, in float64."""
    module = make(job.program, torch.float64).eval()
    arrays = job.dataset.examples(2).arrays
    inputs = []
    for a in job.program.inputs:
        x = arrays[a.field.name][:, :40] if a.field.sig.axes else arrays[a.field.name]
        inputs.append(torch.as_tensor(np.asarray(x, np.float64) if x.dtype.kind == "f" else x))
    with torch.no_grad():
        whole, end = module(*inputs, lengths=None, state=None)
        steps, held = Pieces(job.program, "1", False).forward(module, inputs, None, None)
    for n, value in whole.items():
        assert torch.allclose(steps[n], value, atol=1e-6), n
    assert all(torch.allclose(held[n], end[n], atol=1e-6) for n in end)


@pytest.mark.parametrize(
    "name", ["mackey-glass-esn", "mackey-scheduled", "parity-jordan", "recall-jordan", "tags-chain"]
)
@pytest.mark.parametrize("free", [False, True], ids=["told", "free"])
def test_a_model_with_a_teacher_too_is_the_same_one_step_at_a_time(name: str, free: bool) -> None:
    """What it is told comes with each step; free, its state carries what it said itself."""
    job = job_of(name)
    module = make(job.program, torch.float64).eval()
    arrays = job.dataset.examples(2).arrays

    def tensor(field: str) -> torch.Tensor:
        x = np.asarray(arrays[field])[:, :40]
        return torch.as_tensor(x.astype(np.float64) if x.dtype.kind == "f" else x)

    inputs = [tensor(a.field.name) for a in job.program.inputs]
    truth = {t.name: tensor(t.field.name) for t in job.program.teachers}
    steps = next(iter(truth.values())).shape[1]

    def said(
        at: slice, state: dict[str, torch.Tensor] | None
    ) -> tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]]:
        heard = {"steps": at.stop - at.start} if free else {"truth": {n: y[:, at] for n, y in truth.items()}}
        return module(*(x[:, at] for x in inputs), state=state, **heard)

    with torch.no_grad():
        whole, end = said(slice(0, steps), {})
        parts, state = [], dict[str, torch.Tensor]()
        for t in range(steps):
            out, state = said(slice(t, t + 1), state)
            parts.append(out)
    assert steps > 10 and whole
    for n, value in whole.items():
        assert torch.allclose(torch.cat([p[n] for p in parts], 1), value, atol=1e-6), n
    assert state.keys() == end.keys() and all(torch.allclose(state[n], end[n], atol=1e-6) for n in end)


@pytest.mark.parametrize("name", ["hello", "reber-gru", "digit-names", "sunspots-tdnn"])
def test_every_padding_from_1_to_20_changes_nothing(name: str) -> None:
    assert audit(job_of(name), pads=tuple(range(1, 21))) == ()


def test_one_project_at_once() -> None:
    job = job_of("temporal-order-lstm")
    assert audit(job) == () and kept_whole(job.program) is None
    _streams(job)


def spoiled(program: Any, old: str, new: str) -> Any:
    assert old in program.source
    return replace(program, source=program.source.replace(old, new), hash="spoiled")


def test_a_planted_leak_is_reported_with_its_node() -> None:
    job = job_of("temporal-order-lstm")
    old, new = (
        "def last(x, length):",
        "def last(x, length):\n    return x.select(1, x.shape[1] - 1)\n\n\ndef unused(x, length):",
    )
    leaky = replace(job, program=spoiled(job.program, old, new), twin=spoiled(job.twin, old, new))
    leaks = audit(leaky, pads=(3,))
    assert [(k.what, k.axis, k.pad) for k in leaks] == [("outputs", "T", 3)]
    point = leaks[0].point
    assert point is not None
    ends = [op.path for op in job.program.ops if op.name == "last"]
    assert point.path in ends
    problem = problem_of(leaks[0])
    assert problem.where.path == point.path and all(problem.message) and all(problem.hint)


def test_what_is_no_number_only_with_padding_is_a_leak() -> None:
    job = job_of("temporal-order-lstm")
    old = "def last(x, length):"
    new = f"{old}\n    return x.gather(1, (length - 1)[:, None, None].expand(-1, 1, x.shape[2])).squeeze(1) + 0 / (x.shape[1] == length.max())\n\n\ndef unused(x, length):"
    leaky = replace(job, program=spoiled(job.program, old, new), twin=spoiled(job.twin, old, new))
    assert [(k.what, k.by) for k in audit(leaky, pads=(3,))] == [("outputs", float("inf"))]
