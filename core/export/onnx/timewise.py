"""Primitives over a whole time axis: reverse, last, first, mean, max, sum, repeat, shift. Padding is left out of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from core.compile.plan import number
from core.export.onnx.value import Room, Tensor, grown, integer, rows
from core.problems import Place, Problem, Refused
from core.specs.ops import Op
from core.words import Text

Rule = Callable[[Room, Op, Sequence[Tensor]], str]


def write_time(room: Room, op: Op, inputs: Sequence[Tensor]) -> str:
    """Write one operation over time; the name of its result."""
    return RULES[op.name](room, op, inputs)


def axis_of(op: Op, x: Tensor) -> str:
    """The one time axis of a value. Raises Refused where there are several."""
    if len(x.sig.axes) != 1:
        raise Refused(
            Problem(
                "export.onnx_axes",
                Text("Only one time axis can be written as ONNX so far.", "En ONNX solo cabe, por ahora, un eje de tiempo."),
                Place(path=op.path, label="/".join(op.path)),
                Text("Export the model as source instead.", "Exporte el modelo como fuente."),
                got=x.sig.show(),
            )
        )  # fmt: skip
    return x.sig.axes[0]


def masked(room: Room, x: Tensor, axis: str, fill: float = 0.0) -> str:
    """The tensor with another number on the padding of one of its axes."""
    sheet, mask = room.sheet, room.mask(axis)
    size = 1 + len(x.sig.axes) + (x.sig.kind == "features")
    others = [n for n in range(1, size) if n != 1 + x.sig.axes.index(axis)]
    if others:
        mask = sheet.add("Unsqueeze", mask, sheet.integers(*others))
    return sheet.add("Where", mask, x.name, _filler(room, x, fill))


def _filler(room: Room, x: Tensor, fill: float) -> str:
    return room.sheet.integers(int(fill)) if x.sig.kind == "tokens" else room.sheet.number(fill)


def _reverse(room: Room, op: Op, inputs: Sequence[Tensor]) -> str:
    lengths = room.lengths(axis_of(op, inputs[0]))
    return room.sheet.add("ReverseSequence", inputs[0].name, lengths, batch_axis=0, time_axis=1)


def _last(room: Room, op: Op, inputs: Sequence[Tensor]) -> str:
    sheet = room.sheet
    end = sheet.add("Sub", room.lengths(axis_of(op, inputs[0])), sheet.integers(1))
    return sheet.add("GatherND", inputs[0].name, sheet.add("Unsqueeze", end, sheet.integers(1)), batch_dims=1)


def _first(room: Room, op: Op, inputs: Sequence[Tensor]) -> str:
    return room.sheet.add("Gather", inputs[0].name, room.sheet.constant(np.array(0, np.int64)), axis=1)


def _sum(room: Room, op: Op, inputs: Sequence[Tensor]) -> str:
    sheet = room.sheet
    return sheet.add("ReduceSum", masked(room, inputs[0], axis_of(op, inputs[0])), sheet.integers(1), keepdims=0)


def _mean(room: Room, op: Op, inputs: Sequence[Tensor]) -> str:
    sheet = room.sheet
    counted = sheet.add("Cast", room.lengths(axis_of(op, inputs[0])), to=1)
    if inputs[0].sig.kind == "features":
        counted = sheet.add("Unsqueeze", counted, sheet.integers(1))
    return sheet.add("Div", _sum(room, op, inputs), counted)


def _max(room: Room, op: Op, inputs: Sequence[Tensor]) -> str:
    sheet = room.sheet
    return sheet.add(
        "ReduceMax", masked(room, inputs[0], axis_of(op, inputs[0]), -np.inf), sheet.integers(1), keepdims=0
    )


def _repeat(room: Room, op: Op, inputs: Sequence[Tensor]) -> str:
    return grown(room, inputs[0], inputs[1].sig.axes)


def _shift(room: Room, op: Op, inputs: Sequence[Tensor]) -> str:
    """A delay outside any cycle: k initial values, then the sequence without its last k."""
    sheet, x = room.sheet, inputs[0]
    axis = axis_of(op, x)
    k = integer(op, "k")
    late = sheet.add("Concat", start(room, op, inputs, k), x.name, axis=1)
    return sheet.add("Slice", late, sheet.integers(0), room.time(axis), sheet.integers(1))


def start(room: Room, op: Op, inputs: Sequence[Tensor], k: int) -> str:
    """The first k values of a delay: (B, k, size), or (B, k) of tokens and scalars."""
    sheet = room.sheet
    if len(inputs) > 1:
        fed = sheet.add("Unsqueeze", inputs[1].name, sheet.integers(1))
        return fed if k == 1 else sheet.add("Concat", *[fed] * k, axis=1)
    features = op.output.sig.kind == "features"
    shape = (k, number(op.output.sig.size)) if features else (k,)
    if op.weights:
        return rows(room, np.broadcast_to(room.weight(op.weights[0]), shape))
    zeros = rows(room, np.zeros(shape, np.float32))
    return sheet.add("Cast", zeros, to=7) if op.output.sig.kind == "tokens" else zeros


RULES: dict[str, Rule] = {
    "reverse": _reverse, "last": _last, "first": _first, "sum_time": _sum, "mean_time": _mean, "max_time": _max,
    "repeat": _repeat, "delay": _shift,
}  # fmt: skip
