"""A drawn cell as ONNX's Scan: states go round, sequences are read and written along time, all else is seen from outside.

Where a sequence has ended its states are held, as in the program.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.compile.plan import ScanStep, number
from core.export.onnx.rules import write_op
from core.export.onnx.sheet import Array, Sheet
from core.export.onnx.timewise import start
from core.export.onnx.value import Room, Tensor, integer, without
from core.specs.ops import Op, Weight
from core.specs.sig import Sig

FLOAT, INT64, BOOL = 1, 7, 9


@dataclass(frozen=True)
class Inside:
    """The room of one step: its own sheet, everything else from the room around."""

    sheet: Sheet
    around: Room

    def weight(self, weight: Weight) -> Array:
        return self.around.weight(weight)

    def batch(self) -> str:
        return self.around.batch()

    def time(self, axis: str) -> str:
        return self.around.time(axis)

    def lengths(self, axis: str) -> str:
        return self.around.lengths(axis)

    def mask(self, axis: str) -> str:
        return self.around.mask(axis)


def write_scan(
    room: Room, step: ScanStep, known: Mapping[int, Tensor], reads: Mapping[int, Sequence[Tensor]]
) -> dict[int, str]:
    """Write one scan; the names of its exported sequences by value. `reads` are what fed delays start from."""
    from onnx import helper

    axis = step.axis
    room.batch()  # asked for here, so that inside only its name is used
    body = Inside(Sheet(room.sheet), room)
    own = {op.output.id for op in (*step.delays, *step.ops)}
    imports = tuple(dict.fromkeys(i for op in step.ops for i in op.inputs if i not in own))
    sequences = [v for v in imports if axis in known[v].sig.axes]
    inner = {v: Tensor(body.sheet.fresh("now"), without(known[v].sig, axis)) for v in sequences}
    inner |= {v: known[v] for v in imports if v not in inner}
    on = body.sheet.fresh("on")
    states: list[str] = []
    for op in step.delays:
        states += (names := [body.sheet.fresh("state") for _ in range(integer(op, "k"))])
        inner[op.output.id] = Tensor(names[-1], without(op.output.sig, axis))
    for op in step.ops:
        value = write_op(body, op, [inner[i] for i in op.inputs])
        inner[op.output.id] = Tensor(value, without(op.output.sig, axis))
    after = _shifted(body.sheet, step, inner, states, on)
    exports = [body.sheet.add("Identity", inner[v].name) for v in step.exports]

    infos = [_info(helper, n, s) for n, s in zip(states, _state_sigs(step), strict=True)]
    infos += [_info(helper, inner[v].name, inner[v].sig) for v in sequences]
    infos.append(helper.make_tensor_value_info(on, BOOL, [None]))
    results = [_info(helper, n, s) for n, s in zip(after, _state_sigs(step), strict=True)]
    results += [_info(helper, n, inner[v].sig) for n, v in zip(exports, step.exports, strict=True)]
    graph = helper.make_graph(body.sheet.nodes, room.sheet.fresh("step"), infos, results)
    begin = [name for op in step.delays for name in _begin(room, op, reads.get(op.output.id, ()))]
    mask = room.mask(axis)
    outputs = room.sheet.several(
        "Scan",
        [*begin, *(known[v].name for v in sequences), mask],
        len(states) + len(exports),
        body=graph,
        num_scan_inputs=len(sequences) + 1,
        scan_input_axes=[1] * (len(sequences) + 1),
        scan_output_axes=[1] * len(exports),
    )
    return dict(zip(step.exports, outputs[len(states) :], strict=True))


def _shifted(sheet: Sheet, step: ScanStep, inner: Mapping[int, Tensor], states: Sequence[str], on: str) -> list[str]:
    """The states after a step: each delay line moves on by one, or is held where the sequence has ended."""
    out: list[str] = []
    for op in step.delays:
        k = integer(op, "k")
        line = states[len(out) : len(out) + k]
        moved = [inner[op.inputs[0]].name, *line[:-1]]
        mask = sheet.add("Unsqueeze", on, sheet.integers(1)) if op.output.sig.kind == "features" else on
        out += [sheet.add("Where", mask, new, old) for new, old in zip(moved, line, strict=True)]
    return out


def _begin(room: Room, op: Op, inputs: Sequence[Tensor]) -> list[str]:
    """The delay line before the first step, newest first."""
    k = integer(op, "k")
    line = start(room, op, inputs, k)
    at = [room.sheet.constant(np.array(k - 1 - n, np.int64)) for n in range(k)]
    return [room.sheet.add("Gather", line, i, axis=1) for i in at]


def _state_sigs(step: ScanStep) -> list[Sig]:
    return [without(op.output.sig, step.axis) for op in step.delays for _ in range(integer(op, "k"))]


def _info(helper: Any, name: str, sig: Sig) -> Any:
    """Declared with free batch; sizes of features are known."""
    kind = INT64 if sig.kind == "tokens" else FLOAT
    shape = [None] * (1 + len(sig.axes)) + ([number(sig.size)] if sig.kind == "features" else [])
    return helper.make_tensor_value_info(name, kind, shape)
