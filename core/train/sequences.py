"""The few fixed sequences that probes look at: on the device of the model, as long as they are, spelt in their symbols."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.compile.program import ProbePoint, Program
from core.data.dataset import Batch
from core.specs.fields import DataField
from core.specs.sig import GRID, TREE
from core.train.forcing import told
from core.train.taps import Steps, over_grid, readable, shown
from core.train.unforced import Unforced, axis_of, unforced


class Sequences:
    """`example` is the one whose values are shown. `taught`: what a model with teachers takes besides; probes show it while
    it is told. `like` tells device and precision."""

    def __init__(self, program: Program, batch: Batch, like: Tensor) -> None:
        self.example = 0
        self.batch = batch
        self._program, self._like = program, like
        self.arguments = [self._tensor(a.field.name) for a in program.inputs]
        self.targets = [self._tensor(a.field.name) for a in program.targets]
        lengths = {axis: torch.as_tensor(n).to(like.device) for axis, n in batch.lengths.items()}
        self.lengths: dict[str, Tensor] | None = lengths or None
        self._truths = {t.field.name: self._tensor(t.field.name) for t in program.teachers}
        self.taught: dict[str, Any] = told(program, self._truths, 1.0)
        self.extents = self._sizes()

    def _tensor(self, name: str) -> Tensor:
        array = torch.as_tensor(self.batch.arrays[name])
        return array.to(self._like.device, self._like.dtype if array.is_floating_point() else None)

    def _sizes(self) -> dict[str, int]:
        """Of the batch and of every axis that is read or answered."""
        given = [
            *zip(self._program.inputs, self.arguments, strict=True),
            *zip(self._program.targets, self.targets, strict=True),
        ]
        sizes = {a: x.shape[1 + n] for arg, x in given for n, a in enumerate(arg.field.sig.axes)}
        return {**sizes, "B": self.batch.size}

    @property
    def longest(self) -> int:
        """The size of the longest axis."""
        return max((n for axis, n in self.extents.items() if axis != "B"), default=1)

    def alone(self, copies: int) -> tuple[list[Tensor], list[Tensor], dict[str, Tensor], dict[str, Any]]:
        """The shown sequence by itself, so many times: what is read, what is answered, a length for every axis that steps run
        along, and what a teacher tells."""

        def own(x: Tensor) -> Tensor:
            return x[self.example : self.example + 1].expand(copies, *x.shape[1:])

        inputs, answers = ([own(x) for x in given] for given in (self.arguments, self.targets))
        taught = {n: {k: own(x) for k, x in v.items()} if isinstance(v, dict) else v for n, v in self.taught.items()}
        lengths = {axis: own(n) for axis, n in (self.lengths or {}).items()}
        for axis, size in self.extents.items():
            if axis not in ("B", TREE, *GRID):
                lengths.setdefault(axis, torch.full((copies,), size, device=inputs[0].device))
        return inputs, answers, lengths, taught

    def unforced(self, twin: Any) -> Unforced:
        """The shown sequence as a model with teachers answers it by itself, for as long as the answer is."""
        axis, i = axis_of(self._program), slice(self.example, self.example + 1)
        steps = self.length((axis,), self.extents[axis])
        answers = [
            x[i, :steps] if a.field.sig.axes[:1] == (axis,) else x[i]
            for a, x in zip(self._program.targets, self.targets, strict=True)
        ]
        truths = {name: x[i, :steps] for name, x in self._truths.items()}
        lengths = {a: n[i] for a, n in (self.lengths or {}).items()} or None
        return unforced(twin, self._program, [x[i] for x in self.arguments], answers, truths, lengths)

    def answers(self) -> dict[str, Tensor]:
        """What is right, by field: numbers, and the ids of symbols over a grid. Other symbols are spelt."""
        given = [(a.field, x) for a, x in zip(self._program.targets, self.targets, strict=True)]
        found = [(f, x) for f, x in given if len(f.sig.axes) > 1 or f.vocabulary is None]
        return {f.name: self.own(x if len(f.sig.axes) > 1 else shown(x, f.sig), f.sig.axes) for f, x in found}

    def cells(self, steps: Steps, point: ProbePoint) -> Tensor:
        """(I, J, units) of the shown grid; what goes into a cross-entropy as chances."""
        whole = over_grid(steps, point, self.extents)[self.example]
        head = next((o for o in self._program.outputs if (o.path, o.port) == (point.path, point.port)), None)
        whole = whole if head is None else readable(whole, head)
        return whole.unsqueeze(-1) if point.sig.kind != "features" else whole

    def tree(self) -> Tensor | None:
        """Left and right child of each node of the shown tree, -1 where there is none."""
        children = (self.lengths or {}).get(f"{TREE}/children")
        return None if children is None else self.own(children, (TREE,))

    def length(self, axes: Sequence[str], full: int) -> int:
        """How many steps the shown sequence has along the first of `axes`."""
        lengths = self.batch.lengths.get(axes[0]) if axes else None
        return full if lengths is None else min(full, int(lengths[self.example]))

    def reach(self, axes: Sequence[str], full: int) -> int:
        """How many steps the longest of all sequences has."""
        lengths = self.batch.lengths.get(axes[0]) if axes else None
        return full if lengths is None else min(full, int(lengths.max()))

    def own(self, whole: Tensor, axes: Sequence[str]) -> Tensor:
        """(B, T, size) -> (T, size) of the shown sequence, padding left off; of two axes that of both."""
        one = whole[self.example, : self.length(axes, whole.shape[1])]
        return one[:, : self.length(axes[1:], one.shape[1])] if len(axes) > 1 else one

    def outputs(self, outputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Of each output of the model what the shown sequence gets, as one reads it."""
        told = [o for o in self._program.outputs if o.name in outputs and len(o.sig.axes) <= 1]
        return {o.name: self.own(shown(readable(outputs[o.name].detach(), o), o.sig), o.sig.axes) for o in told}

    def losses(self, parts: Mapping[str, Tensor]) -> Tensor | None:
        """(T,) of the shown sequence over all that is answered, NaN at steps that nobody asked about; (1,) where it is
        answered once."""
        found = [p.detach() for p in parts.values() if p.dim() in (1, 2)]
        if not found or len({p.shape for p in found}) > 1:
            return None
        total = torch.stack(found).sum(0)
        if total.dim() == 1:
            return total[self.example : self.example + 1]
        asked = [o for o in self._program.outputs if o.loss]
        total[:, : min((o.skip for o in asked), default=0)] = torch.nan
        return self.own(total.unsqueeze(2), next((o.sig.axes for o in asked), ()))[:, 0]

    def answered(self, losses: Mapping[str, Tensor]) -> int:
        """How many steps of the shown sequence have a loss."""
        axes = next((o.sig.axes for o in self._program.outputs if o.loss and o.sig.axes), ())
        return self.length(axes, max((p.shape[0] for p in losses.values() if p.dim()), default=0))

    def symbols(self) -> dict[str, tuple[str, ...]]:
        """What is read and what is to be answered, of fields that have a vocabulary."""
        fields = [a.field for a in (*self._program.inputs, *self._program.targets)]
        told = [f for f in fields if f.vocabulary is not None and len(f.sig.axes) <= 1]
        return {f.name: self._spelt(f) for f in told if f.name in self.batch.arrays}

    def _spelt(self, field: DataField) -> tuple[str, ...]:
        words = field.vocabulary or ()
        ids = np.atleast_1d(self.batch.arrays[field.name][self.example])
        ids = ids.reshape(-1)[: self.length(field.sig.axes, len(ids))]
        return tuple(words[i] if 0 <= i < len(words) else "?" for i in ids.tolist())
