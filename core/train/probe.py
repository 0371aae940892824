"""Runs the probe twin on a few fixed sequences and reads what a person wants to see: values, gradients along time, norms.

Watching never changes the result: the twin shares the parameters but is a module of its own, kept in eval mode; its
gradients come from `torch.autograd.grad`, so no `.grad` is touched; nothing here draws a random number.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

import torch
from torch import Tensor, nn

from core.compile.program import ProbePoint, Program
from core.data.dataset import Dataset
from core.specs.sig import GRID, TREE
from core.train.gradient_matrix import scales_of
from core.train.messages import Floats, Frame
from core.train.microscope import Microscope
from core.train.module import part_of, weight_name
from core.train.parcel import Parcel
from core.train.requests import UNFORCED
from core.train.sequences import Sequences
from core.train.settings import Training
from core.train.shares import Shares
from core.train.taps import PLACES, Steps, along, near, norm
from core.train.truncate import Pieces
from core.train.unforced import axis_of, framed
from core.train.weight_norms import WeightNorms

EIGEN_REST = 200.0  # eigenvalues rest for this many times what they cost, ...
EIGEN_PAUSE = 2.0  # ... at least this many seconds,
EIGEN_LARGEST = 1024  # and are left out for larger matrices
LOOKS = 4  # matrices of attention that are read unasked


class Watched(Protocol):
    """The part of a job that probing needs."""

    @property
    def twin(self) -> Program | None: ...
    @property
    def dataset(self) -> Dataset: ...
    @property
    def training(self) -> Training: ...


class Prober:
    """Makes frames from the twin of a module in training."""

    def __init__(self, job: Watched, module: nn.Module, twin_module: nn.Module) -> None:
        shared = {id(p) for p in module.parameters()}
        if not all(id(p) in shared for p in twin_module.parameters()):
            raise ValueError("the twin does not share the module's parameters")
        assert job.twin is not None
        self._twin: Any = twin_module.eval()
        self._program = job.twin
        self._pieces = Pieces(job.twin, job.training.truncate, job.training.truncate_state == "reset")
        self._parameters = dict(twin_module.named_parameters(remove_duplicate=False))
        self._points = {point.key: point for point in job.twin.probes}
        self._states, self._outputs = default_keys(job.twin)
        self._squashed = squashed(job.twin)
        self._recurrent = frozenset(recurrent_keys(job.twin))
        looks = [p.key for p in job.twin.probes if len(p.sig.axes) == 2 and p.sig.kind == "scalar"]
        self._unasked = looks[:LOOKS]
        self._outer: dict[str, str] = {}  # key -> the same value's key farthest out, known after the first look
        weights = [w for w in job.twin.weights if w.trainable and w.tensor in self._parameters]
        like = next(p for p in self._parameters.values() if p.is_floating_point())
        self.seen = Sequences(job.twin, job.dataset.examples(job.training.probe_examples), like)
        self._microscope = Microscope(job.twin, self._states, self.seen.extents, self._alone, self.seen.length)
        self._norms = WeightNorms(self._parameters, weights)
        self._shares = Shares(self._parameters, weights, self.seen)
        self._eigen_due = 0.0

    # --- what the loop calls around clipping, in a step whose frame is due: no device is waited for ---

    def before_clip(self) -> None:
        """Note the norm of each drawn weight's gradient, and the weights as they are."""
        self._norms.before_clip()

    def after_clip(self) -> None:
        self._norms.after_clip()

    def after_update(self) -> None:
        """Note how far the weights moved."""
        self._norms.after_update()

    # --- a frame ---

    def frame(self, step: int, keys: Iterable[str] = (), whole: bool = False, beside: Iterable[str] = ()) -> Frame:
        """What the twin shows now: of all states and outputs, and of `keys` besides (keys it lacks are left out). A key may
        name a weight: what each step adds to its gradient; or a look (core.train.requests). `whole`: of all weights that are
        not too large, and all looks that are not too long, which takes several times as long as the rest. Of what is only
        in `beside` the values, and gradients where a later step reads them."""
        start = time.perf_counter()
        parcel, keys = Parcel(), tuple(keys)
        copies = self._shares.copies(set(keys), whole)
        with torch.enable_grad():
            taps: dict[str, Steps] = {}
            with copies:
                outputs = self._forward(taps)
            total, parts = self._twin.loss(outputs, *self.seen.targets, lengths=self.seen.lengths)
            if self._microscope.wanted(keys, whole) and total.requires_grad:
                scales = {name: s[self.seen.example] for name, s in scales_of(total, parts).items()}
                self._microscope.look(parcel, keys, whole, scales, self.seen.answered(scales))
            states = [self._outermost(key, taps) for key in self._states]
            asked = [*states, *keys]
            chosen = [
                k for k in dict.fromkeys((*asked, *self._unasked, *self._outputs)) if k in self._points and taps.get(k)
            ]
            more = [k for k in dict.fromkeys(beside) if k in self._points and taps.get(k) and k not in chosen]
            derived = [*chosen, *(k for k in more if k in self._recurrent)]
            gradients, split = _gradients(total, {key: taps[key] for key in derived}, self._shares.sources(copies))
        chosen += more
        levels = taps.get(PLACES, [])
        for key in chosen:
            self._pack(parcel, key, (taps[key], gradients.get(key)), levels, key in asked)
        self._pack_saturation(parcel, taps, levels)
        for name, values in self.seen.outputs(outputs).items():
            parcel.put("outputs", name, values)
        if (losses := self.seen.losses(parts)) is not None:
            parcel.put("losses", "", losses)
        for name, values in self.seen.answers().items():
            parcel.put("answers", name, values)
        for key in (k for k in chosen if k in (*keys, *beside) and self._points[k].sig.axes == GRID):
            parcel.put("cells", key, self.seen.cells(taps[key], self._points[key]))
        if (children := self.seen.tree()) is not None:
            parcel.put("trees", TREE, children)
        if axis_of(self._program) and (whole or UNFORCED in (*keys, *beside)):
            points = {k: self._points[k] for k in chosen}
            self.seen.unforced(self._twin).put(parcel, self._program, points, self.seen.extents, self.seen.length)
        self._norms.pack(parcel)
        self._pack_eigen(parcel)
        self._shares.pack(parcel, copies, split, keys)
        found = parcel.open()
        return self._told(step, found, time.perf_counter() - start)

    def _forward(self, taps: dict[str, Steps]) -> dict[str, Tensor]:
        """Cut where training cuts, so that the gradients seen are those that train; sequences with padding are not."""
        if self.seen.lengths is None and self._pieces.cuts(self.seen.arguments):
            return self._pieces.forward(partial(self._twin, taps=taps), self.seen.arguments, None, None)[0]
        outputs: dict[str, Tensor] = self._twin(
            *self.seen.arguments, lengths=self.seen.lengths, state=None, taps=taps, **self.seen.taught
        )[0]
        return outputs

    def _alone(self, taps: dict[str, Steps], copies: int, cut: bool) -> Mapping[str, Tensor]:
        """The shown sequence by itself, so many times, with a length for every axis that steps run along: its states are
        followed. Gives its losses."""
        inputs, answers, lengths, taught = self.seen.alone(copies)
        if cut and self.seen.lengths is None and self._pieces.cuts(inputs):
            outputs = self._pieces.forward(partial(self._twin, taps=taps), inputs, lengths, {})[0]
        else:
            outputs = self._twin(*inputs, lengths=lengths, state={}, taps=taps, **taught)[0]
        found: Mapping[str, Tensor] = self._twin.loss(outputs, *answers, lengths=lengths)[1]
        return found

    def _outermost(self, key: str, taps: Mapping[str, Steps]) -> str:
        """A cell's state also leaves by the cell's port: "memory.h" says more than "memory/hidden.y"."""
        if key not in self._outer and taps.get(key):
            same = [k for k, s in taps.items() if k in self._points and len(s) and s[0] is taps[key][0]]
            self._outer[key] = min(same or [key], key=lambda k: len(self._points[k].path))
        return self._outer.get(key, key)

    def _pack(self, parcel: Parcel, key: str, found: tuple[Steps, Steps | None], levels: Steps, flow: bool) -> None:
        """`found`: the tap and its gradient. `flow`: its norm along time belongs to the gradient-flow ribbon."""
        (steps, gradient), point = found, self._points[key]
        axes = point.sig.axes
        parcel.put("values", key, self.seen.own(along(steps, point, self.seen.extents, levels), axes))
        if gradient is None:
            return
        whole = along(gradient, point, self.seen.extents, levels)
        if flow:
            longest = self.seen.reach(axes, whole.shape[1])
            parcel.put("norms", key, norm(whole, (0, 2))[:longest])
        parcel.put("gradients", key, self.seen.own(whole, axes))

    def _pack_saturation(self, parcel: Parcel, taps: Mapping[str, Steps], levels: Steps) -> None:
        """Of every squashed value along one axis: the shares of units near its lower and its upper bound at each step."""
        for point in self._squashed:
            if taps.get(point.key) and point.bounds is not None:
                own = self.seen.own(along(taps[point.key], point, self.seen.extents, levels), point.sig.axes)
                parcel.put("saturation", point.key, near(own, point.bounds))

    def _pack_eigen(self, parcel: Parcel) -> None:
        """Eigenvalues of the square recurrent weights, on their own slow clock."""
        start = time.monotonic()
        if start < self._eigen_due:
            return
        for weight in self._program.weights:
            if weight.recurrent and weight.tensor in self._parameters:
                matrix = part_of(self._parameters, weight).detach()
                if matrix.dim() == 2 and matrix.shape[0] == matrix.shape[1] <= EIGEN_LARGEST:
                    parcel.put("eigen", weight_name(weight), _eigenvalues(matrix))
        cost = time.monotonic() - start
        self._eigen_due = start + cost + max(EIGEN_PAUSE, EIGEN_REST * cost)

    def _told(self, step: int, found: Mapping[str, Mapping[str, Floats]], cost: float) -> Frame:
        noted = found.get("weights", {})
        return Frame(
            step,
            found.get("values", {}),
            found.get("norms", {}),
            found.get("gradients", {}),
            found.get("losses", {}).get(""),
            self._norms.gradients(noted),
            found.get("eigen", {}),
            self.seen.symbols(),
            found.get("outputs", {}),
            cost,
            found.get("shares", {}),
            found.get("matrices", {}),
            found.get("jacobians", {}),
            found.get("roots", {}),
            found.get("saturation", {}),
            self._norms.updates(noted),
            found.get("trees", {}),
            found.get("cells", {}),
            found.get("answers", {}),
            self._pieces.cuts(self.seen.arguments),
            framed(step, found, self.seen.symbols()),
        )


def default_keys(program: Program) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The probes that are always read: every state, every output."""
    known = {(p.path, p.port): p.key for p in program.probes}
    kept = sorted(program.states, key=lambda s: s.sig.kind == "tokens")  # symbols heard again say less than a memory
    states = dict.fromkeys(known[s.path, s.port] for s in kept if (s.path, s.port) in known)
    by_value = {op.output.id: op for op in program.ops}
    beyond = [by_value[op.inputs[0]] for op in program.ops if op.name == "delay" and op.attrs.get("along")]
    states |= dict.fromkeys(known[op.path, op.port] for op in beyond if (op.path, op.port) in known)
    outputs = dict.fromkeys(known[o.path, o.port] for o in program.outputs if (o.path, o.port) in known)
    return tuple(states), tuple(outputs)


def squashed(program: Program) -> tuple[ProbePoint, ...]:
    """The points of squashed values along time, each value once, where it is drawn."""
    found = {p.value: p for p in program.probes if p.bounds is not None and len(p.sig.axes) == 1}
    inside = {p.value: p for p in sorted(program.probes, key=lambda p: len(p.path)) if p.value in found}
    return tuple(inside[p.value] for p in found.values())


def recurrent_keys(program: Program) -> tuple[str, ...]:
    """The probes of what a later step reads, also where no call carries it on."""
    read = {op.inputs[0] for op in program.ops if op.name == "delay"}
    return tuple(p.key for p in program.probes if p.value in read)


def _gradients(
    total: Tensor, taps: Mapping[str, Steps], beside: Sequence[Tensor]
) -> tuple[dict[str, Steps], list[Tensor | None]]:
    """d total / d tap of every step, zeros where a step does not matter; keys that gradients never reach are left out.
    And d total / d each of `beside`."""
    usable = {key: steps for key, steps in taps.items() if all(s.requires_grad for s in steps)}
    flat = [step for steps in usable.values() for step in steps]
    if not (flat or beside) or not total.requires_grad:
        return {}, [None] * len(beside)
    all_found = torch.autograd.grad(total, [*flat, *beside], allow_unused=True)
    found = iter(all_found)
    gradients = {
        key: [torch.zeros_like(step) if (g := next(found)) is None else g for step in steps]
        for key, steps in usable.items()
    }
    return gradients, list(all_found[len(flat) :])


def _eigenvalues(matrix: Tensor) -> Tensor:
    whole = matrix.to("cpu", torch.float64)
    if not whole.isfinite().all():  # LAPACK would complain on the terminal
        return torch.full((len(whole), 2), torch.nan)
    values = torch.linalg.eigvals(whole)
    return torch.view_as_real(values).float()
