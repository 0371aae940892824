"""A product over a concatenation is the sum of products over its parts: [W_h W_x][h, x] = W_h h + W_x x.

Done where the concatenation lies in a cycle, so that the parts from outside leave the loop and both spellings of a
gate become one program.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt

from core.compile.plan import WeightKey, number
from core.compile.regions import scans
from core.specs.ops import InitRule, Op, Value, Weight


@dataclass(frozen=True)
class Split:
    """The rewritten ops; for each new weight the drawn one and its columns."""

    ops: tuple[Op, ...]
    columns: Mapping[WeightKey, tuple[Weight, tuple[int, int]]]


def split(ops: Sequence[Op]) -> Split:
    """Rewrite every such product of a cycle; new values get negative ids."""
    by_id = {op.output.id: op for op in ops}
    cyclic = {op.output.id for scan in scans(ops) for op in scan}
    columns: dict[WeightKey, tuple[Weight, tuple[int, int]]] = {}
    out: list[Op] = []
    fresh = 0
    for op in ops:
        source = by_id[op.inputs[0]] if op.inputs else op
        if (
            op.name != "linear"
            or op.output.id not in cyclic
            or source.name != "concat"
            or source.output.id not in cyclic
            or any(w.pattern for w in op.weights)
        ):
            out.append(op)
            continue
        total: Value | None = None
        at = 0
        biased = next((n for n, part in enumerate(source.inputs) if part not in cyclic), 0)
        for n, part in enumerate(source.inputs):
            width = number(by_id[part].output.sig.size)
            piece = _piece(op.weights[0], n, (at, at + width))
            columns[piece.path, piece.name] = (op.weights[0], (at, at + width))
            at += width
            fresh -= 1
            axes = by_id[part].output.sig.axes or ()
            product = Value(fresh, replace(op.output.sig, axes=axes))
            weights = (piece, *op.weights[1:]) if n == biased else (piece,)
            out.append(Op("linear", (part,), product, op.path, weights))
            if total is None:
                total = product
                continue
            fresh -= 1
            last = n == len(source.inputs) - 1
            summed = op.output if last else Value(fresh, op.output.sig)
            out.append(Op("add", (total.id, product.id), summed, op.path, port=op.port if last else ""))
            total = summed
        if len(source.inputs) == 1:
            out[-1] = replace(out[-1], output=op.output, port=op.port)
    return Split(tuple(out), columns)


def _piece(weight: Weight, n: int, columns: tuple[int, int]) -> Weight:
    """The weight of one part. Rules that look at the whole matrix become plain numbers where they can."""
    rows = number(weight.shape[0])
    shape = (rows, columns[1] - columns[0])
    return Weight(weight.path, f"{weight.name}.{n}", shape, plain_rule(weight), weight.trainable)


def plain_rule(weight: Weight) -> InitRule:
    """The same start without reference to the shape: fan_in and Xavier as bounds (Glorot 2010, eq. 16)."""
    rule, gain = weight.init.rule, weight.init.value or 1.0
    if len(weight.shape) < 2:
        return weight.init
    fan_out, fan_in = number(weight.shape[0]), number(weight.shape[1])
    if rule == "fan_in":
        return InitRule("uniform", 1 / sqrt(fan_in), weight.init.offset)
    if rule == "xavier_uniform":
        return InitRule("uniform", gain * sqrt(6 / (fan_in + fan_out)), weight.init.offset)
    if rule == "xavier_normal":
        return InitRule("normal", gain * sqrt(2 / (fan_in + fan_out)), weight.init.offset)
    return weight.init
