"""Truncated backpropagation through time: a sequence is read in pieces, and no gradient crosses from one to the next.

Only the forward pass is cut. The loss is taken once over all pieces, so that means, sums, weights and skipped steps are
those of the whole sequence; with no cut inside the sequence nothing changes at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from core.compile.before import before
from core.compile.program import Program
from core.problems import Place, Problem, Refused
from core.specs.ops import TIME_OPS
from core.specs.sig import GRID, TREE
from core.train.settings import Training
from core.words import Text

if TYPE_CHECKING:
    from torch import Tensor

States = dict[str, "Tensor"]
Answer = tuple[dict[str, "Tensor"], States]
Call = Callable[..., Answer]


def cuts_of(text: str, length: int) -> tuple[int, ...]:
    """Where a sequence of `length` steps is cut: "35" every 35 steps, "20,40" before steps 20 and 40, "20," there alone."""
    places = [int(part) for part in text.split(",") if part.strip()]
    if places and "," not in text:
        places = list(range(places[0], length, places[0]))
    return tuple(sorted({p for p in places if 0 < p < length}))


def check_cuts(program: Program, training: Training) -> None:
    """Raises Refused where the text names no places, or the model cannot be read in pieces."""
    text = training.truncate.replace(" ", "")
    if not text:
        return
    parts = text.removesuffix(",").split(",")
    if not all(p.isdecimal() and p.isascii() and int(p) > 0 for p in parts):
        raise Refused(_unreadable(training.truncate))
    why = kept_whole(program)
    if why is not None:
        raise Refused(why)
    for op in program.ops:
        if op.name == "keep_mask":  # each piece would draw its own
            said = Text(
                "one dropout mask holds over the whole sequence",
                "una misma máscara de dropout vale en toda la secuencia",
            )
            raise Refused(_refusal(said, program, op.path))


def axis_of(program: Program) -> str:
    """The one time axis of the model's inputs; "" where there is none, or several."""
    axes = {a for argument in program.inputs for a in argument.field.sig.axes}
    return axes.pop() if len(axes) == 1 else ""


def kept_whole(program: Program) -> Problem | None:
    """What keeps a model from being read in pieces: a node that looks ahead, or not one time axis."""
    axis = axis_of(program)
    used = {op.output.sig.axes for op in program.ops} - {()}
    if program.teachers or axis in ("", TREE, *GRID) or used - {(axis,)}:
        said = Text("it does not read along one time axis alone", "no lee a lo largo de un único eje de tiempo")
        return _refusal(said, program)
    for op in program.ops:
        if op.name in TIME_OPS and op.name not in ("repeat", "last"):
            said = Text("a node needs the whole sequence at once", "un nodo necesita la secuencia entera a la vez")
            return _refusal(said, program, op.path)
    ends = {op.output.id for op in program.ops if op.name == "last"}
    for op in program.ops:
        if ends and op.output.sig.axes and op.name not in ("target", "input") and ends & before(program.ops, op.inputs):
            return _refusal(
                Text("every step hears what came last", "cada paso oye lo que llegó al final"), program, op.path
            )
    return None


@dataclass(frozen=True)
class Pieces:
    """How a program's forward pass is cut. `reset`: the state begins anew after a cut instead of being carried over it."""

    program: Program
    text: str
    reset: bool

    def cuts(self, inputs: Sequence[Tensor]) -> tuple[int, ...]:
        """Where this batch is cut."""
        return cuts_of(self.text, self._length(inputs)) if self.text else ()

    def forward(
        self, call: Call, inputs: Sequence[Tensor], lengths: dict[str, Tensor] | None, state: States | None
    ) -> Answer:
        """`call(*inputs, lengths=, state=)` piece by piece. Rows that have ended take no part in later pieces. Gives the
        outputs of the whole sequences, and each row's state at its end."""
        import torch

        static = {o.name for o in self.program.outputs if not o.sig.axes}
        cuts, axis = self.cuts(inputs), axis_of(self.program)
        ends = (lengths or {}).get(axis)
        held: States = state or {}
        found: dict[str, list[Tensor]] = {}
        for start, stop in pairwise((0, *cuts, self._length(inputs))):
            rows = None if ends is None or bool((ends > start).all()) else (ends > start).nonzero()[:, 0]
            if rows is not None and not len(rows):
                for name in found.keys() - static:  # nobody reads on: the rest is padding
                    some = found[name][0]
                    found[name].append(some.new_zeros(some.shape[0], stop - start, *some.shape[2:]))
                continue
            begin = {} if self.reset and start else {n: _rows(v, rows) for n, v in held.items()}
            if start:
                begin = {n: v.detach() for n, v in begin.items()}
            inside = None if ends is None else {axis: _rows((ends - start).clamp(1, stop - start), rows)}
            outputs, after = call(*self._piece(inputs, rows, start, stop), lengths=inside, state=begin)
            held = {n: _placed(held.get(n), v, rows, len(inputs[0])) for n, v in after.items()}
            for name, value in outputs.items():
                parts = found.setdefault(name, [])
                parts.append(_placed(parts[-1] if name in static and parts else None, value, rows, len(inputs[0])))
        return {n: parts[-1] if n in static else torch.cat(parts, 1) for n, parts in found.items()}, held

    def _piece(self, inputs: Sequence[Tensor], rows: Tensor | None, start: int, stop: int) -> list[Tensor]:
        timed = [bool(a.field.sig.axes) for a in self.program.inputs]
        return [_rows(x[:, start:stop] if along else x, rows) for x, along in zip(inputs, timed, strict=True)]

    def _length(self, inputs: Sequence[Tensor]) -> int:
        timed = [bool(a.field.sig.axes) for a in self.program.inputs]
        return next(x.shape[1] for x, along in zip(inputs, timed, strict=True) if along)


def _rows(x: Tensor, rows: Tensor | None) -> Tensor:
    return x if rows is None else x[rows]


def _placed(held: Tensor | None, new: Tensor, rows: Tensor | None, batch: int) -> Tensor:
    """`new` at its rows; elsewhere what was held, or zero."""
    if rows is None:
        return new
    under = new.new_zeros(batch, *new.shape[1:]) if held is None else held
    return under.index_copy(0, rows, new)


def _unreadable(text: str) -> Problem:
    return Problem(
        "train.truncate",
        Text(f"{text!r} does not say where to cut.", f"{text!r} no dice dónde cortar."),
        Place(param="truncate", label="training.truncate"),
        Text("Write 35 to cut every 35 steps, 20,40 to cut before those steps, or nothing.",
             "Escriba 35 para cortar cada 35 pasos, 20,40 para cortar antes de esos pasos, o nada."),
        got=text,
        expected="35 / 20,40",
    )  # fmt: skip


def _refusal(why: Text, program: Program, path: tuple[str, ...] = ()) -> Problem:
    return Problem(
        "train.truncate_whole",
        Text(f"This model cannot be read in pieces: {why.en}.", f"Este modelo no se puede leer por partes: {why.es}."),
        Place(path=path, param="truncate", label=program.called(path) or "training.truncate"),
        Text("Leave the truncation empty: the gradient then goes back through the whole sequence.",
             "Deje vacío el truncado: el gradiente recorre entonces toda la secuencia."),
    )  # fmt: skip
