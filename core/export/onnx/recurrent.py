"""A region that is a known cell as ONNX's LSTM, GRU or RNN operator.

Orders differ: torch keeps i f g o and r z n, ONNX i o f c and z r h. Torch's GRU resets after the recurrent product:
`linear_before_reset=1`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.compile.match import Gate, Match
from core.compile.plan import FusedStep, WeightKey
from core.export.onnx.sheet import Array
from core.export.onnx.timewise import start
from core.export.onnx.value import Room, Tensor
from core.specs.ops import Op

ORDER = {"lstm": (0, 3, 1, 2), "gru": (1, 0, 2), "rnn_tanh": (0,), "rnn_relu": (0,)}
OPERATOR = {"lstm": "LSTM", "gru": "GRU", "rnn_tanh": "RNN", "rnn_relu": "RNN"}
EXTRA: Mapping[str, Mapping[str, Any]] = {
    "lstm": {}, "gru": {"linear_before_reset": 1}, "rnn_tanh": {"activations": ["Tanh"]}, "rnn_relu": {"activations": ["Relu"]},
}  # fmt: skip


@dataclass(frozen=True)
class Numbers:
    """W (1, gates·H, I), R (1, gates·H, H), B (1, 2·gates·H) of the operator."""

    w: Array
    r: Array
    b: Array


def numbers(found: Match, size: int, weights: Mapping[WeightKey, Array]) -> Numbers:
    """The drawn weights of a matched region in ONNX's order of gates."""
    gates = [found.gates[n] for n in ORDER[found.kind]]
    w = np.concatenate([np.concatenate([weights[k] for _, k in g.inputs], axis=1) for g in gates])
    r = np.concatenate([weights[g.recurrent] for g in gates])
    b = np.concatenate([_bias(g, w, size, weights) for w in ("input_bias", "recurrent_bias") for g in gates])
    return Numbers(w[np.newaxis], r[np.newaxis], b[np.newaxis])


def _bias(gate: Gate, which: str, size: int, weights: Mapping[WeightKey, Array]) -> Array:
    key: WeightKey | None = getattr(gate, which)
    return np.zeros(size, np.float32) if key is None else weights[key]


def write_recurrent(
    room: Room,
    step: FusedStep,
    found: Match,
    sources: Sequence[Tensor],
    starts: Sequence[tuple[Op, Sequence[Tensor]]],
    weights: Mapping[WeightKey, Array],
) -> tuple[str, str]:
    """The hidden sequence (B, T, H) of a fused step, and its cell state at the end (B, H) where it is read."""
    sheet = room.sheet
    x = sources[0].name if len(sources) == 1 else sheet.add("Concat", *(s.name for s in sources), axis=-1)
    given = numbers(found, step.size, weights)
    inputs = [
        sheet.add("Transpose", x, perm=[1, 0, 2]),
        *(sheet.constant(a) for a in (given.w, given.r, given.b)),
        sheet.add("Cast", room.lengths(sources[0].sig.axes[0]), to=6),
        *(_start(room, op, reads) for op, reads in starts),
    ]
    extra = EXTRA[found.kind]
    y, *ends = sheet.several(OPERATOR[found.kind], inputs, 3 if step.ended else 1, hidden_size=step.size, **extra)
    end = sheet.add("Squeeze", ends[1], sheet.integers(0)) if ends else ""
    return sheet.add("Transpose", sheet.add("Squeeze", y, sheet.integers(1)), perm=[1, 0, 2]), end


def _start(room: Room, op: Op, inputs: Sequence[Tensor]) -> str:
    """An initial state as the operator wants it: (1, B, H)."""
    return room.sheet.add("Transpose", start(room, op, inputs, 1), perm=[1, 0, 2])
