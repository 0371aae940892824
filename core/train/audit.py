"""The padding auditor: the same sequences with more padding behind them must give the same outputs, loss and gradient.

A model for which they differ lets padding leak into its numbers; the first value that differs names the node.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from core.compile.program import ProbePoint, Program
from core.data.dataset import Array, Batch
from core.problems import Place, Problem
from core.specs.fields import DataField
from core.specs.sig import Sig
from core.train.job import Job
from core.words import Text

if TYPE_CHECKING:
    from torch import Tensor

    from core.train.learner import Learner, Ran

PADS, LONGEST = (1, 7, 20), 40  # steps
CLOSE = 1e-6  # relative to the largest value, or to 1
GARBAGE = 3.0  # size of what is written on padding: whatever is read of it shows


@dataclass(frozen=True)
class Leak:
    """`what` differs by `by` (relative) when `pad` steps are added along `axis`; `point` is the first value that does."""

    what: str
    axis: str
    pad: int
    by: float
    point: ProbePoint | None = None


def audit(job: Job, sequences: int = 2, pads: Sequence[int] = PADS) -> tuple[Leak, ...]:
    """Every leak found on a few held-out sequences, in float64; at most one for each axis and number of steps."""
    from core.train.learner import Learner

    training = replace(job.training, precision="fp64", device="cpu", truncate="")
    learner = Learner(replace(job, training=training))
    learner.module.eval()
    fields = _fields(job.program)
    batch = _lengths_told(_shortened(job.dataset.examples(sequences), fields), fields)
    base = _seen(learner, batch)
    leaks = []
    for axis in [a for a in batch.lengths if "/" not in a]:
        for pad in pads:
            more = padded(batch, fields, axis, pad)
            what, by = _difference(job.program, base, _seen(learner, more), batch)
            if what:
                leaks.append(Leak(what, axis, pad, by, _first(learner, batch, more)))
    return tuple(leaks)


def padded(batch: Batch, fields: Sequence[DataField], axis: str, pad: int) -> Batch:
    """The batch with `pad` steps of garbage added behind every sequence along an axis; its lengths stay."""
    random = np.random.default_rng(pad)
    arrays: dict[str, Array] = dict(batch.arrays)
    for f in fields:
        for at in (1 + i for i, a in enumerate(f.sig.axes) if a == axis):
            old = arrays[f.name]
            shape = (*old.shape[:at], pad, *old.shape[at + 1 :])
            whole = old.dtype.kind in "iu"
            junk = random.integers(0, int(str(f.sig.size)), shape) if whole else GARBAGE * random.normal(size=shape)
            arrays[f.name] = np.concatenate([old, junk.astype(old.dtype)], at)
    structure = {
        name: np.concatenate([v, np.full((len(v), pad, *v.shape[2:]), -1, v.dtype)], 1)
        for name, v in batch.lengths.items()
        if name.startswith(f"{axis}/")
    }
    return Batch(arrays, {**batch.lengths, **structure})


def problem_of(leak: Leak) -> Problem:
    path = leak.point.path if leak.point else ()
    where = (leak.point.label or leak.point.key) if leak.point else "model"
    return Problem(
        "audit.leak",
        Text(f"{leak.pad} padded steps along {leak.axis} change the {leak.what} by {leak.by:.2g}; first seen in {where}.",
             f"{leak.pad} pasos de relleno en {leak.axis} cambian {SPANISH[leak.what]} en {leak.by:.2g}; se ve primero en {where}."),
        Place(path=path, port=leak.point.port if leak.point else "", label=where),
        Text("The node reads beyond the end of a sequence: its operations over time must respect the lengths.",
             "El nodo lee más allá del final de una secuencia: sus operaciones en el tiempo deben respetar las longitudes."),
        got=f"{leak.by:.3g}",
        expected=f"< {CLOSE:g}",
    )  # fmt: skip


SPANISH = {"outputs": "las salidas", "loss": "la pérdida", "gradient": "el gradiente"}


def _fields(program: Program) -> tuple[DataField, ...]:
    taught = tuple(t.field for t in program.teachers)
    found = {f.name: f for f in (*(a.field for a in (*program.inputs, *program.targets)), *taught)}
    return tuple(found.values())


def _shortened(batch: Batch, fields: Sequence[DataField]) -> Batch:
    """Long sequences of a single axis cut short: the audit is of the model, not of its patience."""
    axes = {f.sig.axes for f in fields} - {()}
    if batch.lengths or len(axes) != 1 or len(next(iter(axes))) != 1:
        return batch
    timed = {f.name for f in fields if f.sig.axes}
    return Batch({n: v[:, :LONGEST] if n in timed else v for n, v in batch.arrays.items()})


def _lengths_told(batch: Batch, fields: Sequence[DataField]) -> Batch:
    """Every axis with its lengths spelt out: without any, nothing would say where padding begins."""
    told = dict(batch.lengths)
    for f in fields:
        for at, axis in enumerate(f.sig.axes, 1):
            array = batch.arrays[f.name]
            told.setdefault(axis, np.full(len(array), array.shape[at], np.int64))
    return Batch(batch.arrays, told)


def _seen(learner: Learner, batch: Batch) -> tuple[Ran, dict[str, Tensor]]:
    learner.module.zero_grad(set_to_none=True)
    ran = learner.run(batch, None)
    if ran.loss.requires_grad:
        ran.loss.backward()  # type: ignore[no-untyped-call]
    grads = {n: p.grad.clone() for n, p in learner.module.named_parameters() if p.grad is not None}
    return ran, grads


def _difference(program: Program, base: tuple[Ran, Any], other: tuple[Ran, Any], batch: Batch) -> tuple[str, float]:
    """What differs most tellingly, and by how much; "" where nothing does."""
    lengths = _tensors(batch.lengths)
    for o in program.outputs:
        by = _apart(base[0].outputs[o.name], other[0].outputs[o.name], o.sig, lengths)
        if by > CLOSE:
            return "outputs", by
    by = _gap(base[0].loss, other[0].loss)
    if by > CLOSE:
        return "loss", by
    worst = max((_gap(g, other[1][n]) for n, g in base[1].items()), default=0.0)
    return ("gradient", worst) if worst > CLOSE else ("", 0.0)


def _first(learner: Learner, batch: Batch, more: Batch) -> ProbePoint | None:
    """The earliest value, in the order of computation, that the padding changes."""
    twin, made = learner.twin(), learner.job.twin
    if twin is None or made is None:
        return None
    taps: tuple[dict[str, list[Tensor]], dict[str, list[Tensor]]] = ({}, {})
    for given, seen in ((batch, taps[0]), (more, taps[1])):
        learner.look(twin, given, None, seen)
    order = {op.path: n for n, op in reversed(list(enumerate(made.ops)))}
    lengths = _tensors(batch.lengths)
    for point in sorted(made.probes, key=lambda p: order.get(p.path, len(order))):
        before, after = taps[0].get(point.key), taps[1].get(point.key)
        if before and after and _tap_apart(before, after, point, lengths) > CLOSE:
            return point
    return None


def _tap_apart(before: list[Tensor], after: list[Tensor], point: ProbePoint, lengths: Mapping[str, Tensor]) -> float:
    import torch

    if point.in_scan and len(point.sig.axes) != 1:
        return 0.0  # grids and trees step along something else: their outputs were compared
    if point.in_scan:
        if before[0].shape != after[0].shape:
            return 0.0
        return _apart(torch.stack(before, 1), torch.stack(after, 1), point.sig, lengths)
    return _apart(before[0], after[0], point.sig, lengths)


def _apart(a: Tensor, b: Tensor, sig: Sig, lengths: Mapping[str, Tensor]) -> float:
    """The largest difference where both are no padding, relative."""
    from core.train.judged import mask_of

    inside = tuple(slice(0, n) for n in a.shape)
    b = b[inside]
    if a.shape != b.shape:
        return float("inf")
    on = mask_of(sig, a, lengths)
    return _gap(a[on], b[on])


def _gap(a: Tensor, b: Tensor) -> float:
    if not a.numel() or not a.is_floating_point():
        return float((a != b).any()) if a.numel() else 0.0
    finite = a.isfinite()
    if bool((finite != b.isfinite()).any()):
        return float("inf")  # what overflows on padding alone is the worst leak of all
    a, b = a[finite], b[finite]
    return float(((a - b).abs().max() / a.abs().max().clamp(min=1.0)).detach()) if a.numel() else 0.0


def _tensors(lengths: Mapping[str, Array]) -> dict[str, Tensor]:
    import torch

    return {name: torch.as_tensor(v) for name, v in lengths.items() if "/" not in name}
