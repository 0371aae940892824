"""The shown sequence once more, as a model with teachers answers it by itself: each step hears what it said at the one before.

First the model is led through its own answers step by step; then the twin is told just these, so that every inner value
can be read. Nothing is derived: what is said is chosen, and choices have no gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from core.compile.program import ProbePoint, Program
from core.data.vocabulary import END
from core.train.forcing import told, unended
from core.train.judged import stops_after
from core.train.messages import Floats, Frame
from core.train.parcel import Parcel
from core.train.taps import Steps, along, readable, shown


@dataclass(frozen=True)
class Unforced:
    """What one example gave: outputs by name, losses by part, and what was tapped."""

    outputs: Mapping[str, Tensor]
    parts: Mapping[str, Tensor]
    taps: Mapping[str, Steps]

    def put(
        self,
        parcel: Parcel,
        program: Program,
        points: Mapping[str, ProbePoint],
        extents: Mapping[str, int],
        length: Callable[[Sequence[str], int], int],
    ) -> None:
        """Under "free/...", up to where the model says that this is all. `length(axes, full)`: how long the example is."""
        axis, last = axis_of(program), ends(program, self.outputs)

        def own(whole: Tensor, axes: Sequence[str]) -> Tensor:
            """(1, *axes, ...) -> (*axes, ...) without padding."""
            for n, a in enumerate(axes, 1):
                steps = last if a == axis else length((a,), whole.shape[n])
                whole = whole.narrow(n, 0, min(whole.shape[n], steps))
            return whole[0]

        for key, point in points.items():
            if steps := self.taps.get(key):
                value = along(steps, point, {**extents, "B": 1}, ())
                parcel.put("free/values", key, own(value, point.sig.axes))
        for o in program.outputs:
            if o.name in self.outputs and len(o.sig.axes) <= 1:
                parcel.put("free/outputs", o.name, own(shown(readable(self.outputs[o.name], o), o.sig), o.sig.axes))
        losses = [p for p in self.parts.values() if p.dim() == 2]
        if losses and len({p.shape for p in losses}) == 1:
            parcel.put("free/losses", "", own(torch.stack(losses).sum(0), (axis,)))


def axis_of(program: Program) -> str:
    """The axis along which a model with teachers answers; "" where it has none, or hears what never leaves it."""
    leaves = {o.name for o in program.outputs}
    heard = bool(program.teachers) and all(t.said in leaves for t in program.teachers)
    return program.teachers[0].field.sig.axes[0] if heard else ""


@torch.no_grad()
def unforced(
    twin: Any,
    program: Program,
    inputs: Sequence[Tensor],
    answers: Sequence[Tensor],
    truths: Mapping[str, Tensor],
    lengths: Mapping[str, Tensor] | None,
) -> Unforced:
    """All of one example (1, ...); `truths` by field, as long as the answer is. Choices are the most probable ones."""
    free = unended(program, lengths)
    outputs, _ = twin(*inputs, lengths=free, **told(program, truths, 0.0))
    taps: dict[str, Steps] = {}
    outputs, _ = twin(*inputs, lengths=free, truth=_said(program, outputs, truths), taps=taps)
    _, parts = twin.loss(outputs, *answers, lengths=lengths)
    return Unforced(outputs, parts, taps)


def _said(program: Program, outputs: Mapping[str, Tensor], truths: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What each teacher heard: what the model said, after the steps that are always told."""
    symbols = {o.name for o in program.outputs if o.loss == "cross_entropy"}
    heard = {}
    for t in program.teachers:
        said = outputs[t.said].argmax(-1) if t.said in symbols else outputs[t.said].clone()
        said[:, : t.given] = truths[t.field.name][:, : t.given].to(said.dtype)
        heard[t.name] = said
    return heard


def ends(program: Program, outputs: Mapping[str, Tensor]) -> int:
    """After how many steps the model says that this is all: its own <end> among them; as many as there are if it does not."""
    teacher = program.teachers[0]
    said = outputs[teacher.said][0]
    if program.stop is not None:
        return min(len(said), int(stops_after(program.stop, outputs)[0]))
    words = teacher.field.vocabulary or ()
    stops = (said.argmax(-1) == words.index(END)).nonzero() if END in words else said.new_zeros(0)
    return int(stops[0]) + 1 if len(stops) else len(said)


def framed(
    step: int, found: Mapping[str, Mapping[str, Floats]], symbols: Mapping[str, tuple[str, ...]]
) -> Frame | None:
    """As a frame of its own, from what was put under "free/..."; None where nobody looked."""
    if "free/outputs" not in found:
        return None
    losses = found.get("free/losses", {}).get("")
    return Frame(step, found.get("free/values", {}), {}, losses=losses, symbols=symbols, outputs=found["free/outputs"])
