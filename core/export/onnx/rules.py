"""One small rule for each primitive: how it is said in ONNX operators. The same rule serves a sequence and one step."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from core.compile.plan import number
from core.export.onnx.timewise import masked
from core.export.onnx.value import Room, Tensor, grown, integer, real, rows, spread
from core.problems import Place, Problem, Refused, filled
from core.specs.ops import Op
from core.words import Text

Rule = Callable[[Room, Op, Sequence[Tensor]], str]

SAME_NAME = {
    "identity": "Identity", "sigmoid": "Sigmoid", "tanh": "Tanh", "relu": "Relu", "elu": "Elu", "softplus": "Softplus",
    "softsign": "Softsign", "exp": "Exp", "log": "Log", "abs": "Abs", "sqrt": "Sqrt", "sin": "Sin", "cos": "Cos",
    "sign": "Sign", "neg": "Neg", "atanh": "Atanh", "dropout": "Identity", "noise": "Identity", "output": "Identity",
}  # fmt: skip
TWO = {"add": "Add", "sub": "Sub", "mul": "Mul", "div": "Div"}


def write_op(room: Room, op: Op, inputs: Sequence[Tensor]) -> str:
    """Write one primitive; the name of its result. Raises Refused where ONNX has no word for it."""
    if op.name in SAME_NAME:
        return room.sheet.add(SAME_NAME[op.name], inputs[0].name)
    if op.name in TWO:
        return _two(room, op, inputs)
    if op.name not in RULES:
        raise Refused(unknown(op))
    return RULES[op.name](room, op, inputs)


def unknown(op: Op) -> Problem:
    return Problem(
        "export.onnx_op",
        filled(Text("{n} cannot be written as ONNX.", "{n} no se puede escribir en ONNX."), n=op.name),
        Place(path=op.path, label="/".join(op.path)),
        Text("Export the model as source instead.", "Exporte el modelo como fuente."),
        got=op.name,
    )


def _two(room: Room, op: Op, inputs: Sequence[Tensor]) -> str:
    axes, features = _reach(inputs)
    return room.sheet.add(TWO[op.name], *(spread(room, x, axes, features) for x in inputs))


def _reach(inputs: Sequence[Tensor]) -> tuple[tuple[str, ...], bool]:
    """The axes of the result, and whether it has a feature dimension."""
    widest = max(inputs, key=lambda x: len(x.sig.axes))
    return widest.sig.axes, any(x.sig.kind == "features" for x in inputs)


def _linear(room: Room, op: Op, inputs: Sequence[Tensor]) -> str:
    sheet = room.sheet
    y = sheet.add("MatMul", inputs[0].name, sheet.constant(room.weight(op.weights[0]).T))
    return sheet.add("Add", y, sheet.constant(room.weight(op.weights[1]))) if len(op.weights) > 1 else y


def _embedding(room: Room, op: Op, inputs: Sequence[Tensor]) -> str:
    return room.sheet.add("Gather", room.sheet.constant(room.weight(op.weights[0])), inputs[0].name, axis=0)


def _one_hot(room: Room, op: Op, inputs: Sequence[Tensor]) -> str:
    sheet, size = room.sheet, number(op.output.sig.size)
    return sheet.add(
        "OneHot", inputs[0].name, sheet.integers(size), sheet.constant(np.array([0, 1], np.float32)), axis=-1
    )


def _leaky(room: Room, op: Op, inputs: Sequence[Tensor]) -> str:
    return room.sheet.add("LeakyRelu", inputs[0].name, alpha=real(op, "slope", 0.01))


def _gelu(room: Room, op: Op, inputs: Sequence[Tensor]) -> str:
    """x Phi(x), with the error function."""
    sheet, x = room.sheet, inputs[0].name
    inner = sheet.add("Erf", sheet.add("Mul", x, sheet.number(0.5**0.5)))
    return sheet.add("Mul", x, sheet.add("Add", sheet.add("Mul", inner, sheet.number(0.5)), sheet.number(0.5)))


def _hard_sigmoid(room: Room, op: Op, inputs: Sequence[Tensor]) -> str:
    return room.sheet.add("HardSigmoid", inputs[0].name, alpha=1 / 6, beta=0.5)


def _square(room: Room, op: Op, inputs: Sequence[Tensor]) -> str:
    return room.sheet.add("Mul", inputs[0].name, inputs[0].name)


def _affine(room: Room, op: Op, inputs: Sequence[Tensor]) -> str:
    sheet = room.sheet
    scaled = sheet.add("Mul", inputs[0].name, sheet.number(real(op, "scale")))
    return sheet.add("Add", scaled, sheet.number(real(op, "offset")))


def _softmax(room: Room, op: Op, inputs: Sequence[Tensor]) -> str:
    return room.sheet.add("Softmax" if op.name == "softmax" else "LogSoftmax", inputs[0].name, axis=-1)


def _concat(room: Room, op: Op, inputs: Sequence[Tensor]) -> str:
    axes, _ = _reach(inputs)
    parts = [x.name if x.sig.axes == axes and x.sig.kind == "features" else grown(room, x, axes) for x in inputs]
    return room.sheet.add("Concat", *parts, axis=-1)


def _slice(room: Room, op: Op, inputs: Sequence[Tensor]) -> str:
    sheet = room.sheet
    start, stop = integer(op, "start"), integer(op, "stop")
    return sheet.add("Slice", inputs[0].name, sheet.integers(start), sheet.integers(stop), sheet.integers(-1))


def _layer_norm(room: Room, op: Op, inputs: Sequence[Tensor]) -> str:
    sheet = room.sheet
    numbers = [sheet.constant(room.weight(w)) for w in op.weights]
    if not numbers:
        numbers = [sheet.constant(np.ones(inputs[0].size, np.float32))]
    epsilon = real(op, "eps", 1e-5)
    return sheet.add("LayerNormalization", inputs[0].name, *numbers, axis=-1, epsilon=epsilon)


def _parameter(room: Room, op: Op, inputs: Sequence[Tensor]) -> str:
    return rows(room, room.weight(op.weights[0]))


def _constant(room: Room, op: Op, inputs: Sequence[Tensor]) -> str:
    value = np.float32(real(op, "value"))
    shape = () if op.output.sig.kind == "scalar" else (number(op.output.sig.size),)
    return rows(room, np.full(shape, value, np.float32))


def _keep_mask(room: Room, op: Op, inputs: Sequence[Tensor]) -> str:
    """Nothing is dropped after training."""
    return rows(room, np.ones(number(op.output.sig.size), np.float32))


def _step(room: Room, op: Op, inputs: Sequence[Tensor]) -> str:
    return room.sheet.add("Cast", room.sheet.add("Greater", inputs[0].name, room.sheet.number(0.0)), to=1)


def _every(room: Room, op: Op, inputs: Sequence[Tensor]) -> str:
    """The remainder of counts, which are whole and not negative."""
    sheet = room.sheet
    rest = sheet.add("Mod", inputs[0].name, sheet.constant(room.weight(op.weights[0])), fmod=1)
    return sheet.add("Cast", sheet.add("Equal", rest, sheet.number(0.0)), to=1)


def _dot_score(room: Room, op: Op, inputs: Sequence[Tensor]) -> str:
    """(B, T, S) from a query over time, (B, S) from one step of it."""
    sheet, (query, keys) = room.sheet, inputs
    if query.sig.axes:
        score = sheet.add("MatMul", query.name, sheet.add("Transpose", keys.name, perm=[0, 2, 1]))
    else:
        asked = sheet.add("Unsqueeze", query.name, sheet.integers(2))
        score = sheet.add("Squeeze", sheet.add("MatMul", keys.name, asked), sheet.integers(2))
    return sheet.add("Mul", score, sheet.number(query.size**-0.5)) if op.attrs.get("scale") else score


def _additive_score(room: Room, op: Op, inputs: Sequence[Tensor]) -> str:
    sheet, (query, keys) = room.sheet, inputs
    asked = sheet.add("Unsqueeze", query.name, sheet.integers(2 if query.sig.axes else 1))
    held = sheet.add("Unsqueeze", keys.name, sheet.integers(1)) if query.sig.axes else keys.name
    squashed = sheet.add("Tanh", sheet.add("Add", asked, held))
    return sheet.add("MatMul", squashed, sheet.constant(room.weight(op.weights[0])))


def _masked_softmax(room: Room, op: Op, inputs: Sequence[Tensor]) -> str:
    hidden = masked(room, inputs[0], inputs[0].sig.axes[-1], -1e30)
    return room.sheet.add("Softmax", hidden, axis=-1)


def _weighted_sum(room: Room, op: Op, inputs: Sequence[Tensor]) -> str:
    sheet, (weights, values) = room.sheet, inputs
    if len(weights.sig.axes) > 1:
        return sheet.add("MatMul", weights.name, values.name)
    one = sheet.add("Unsqueeze", weights.name, sheet.integers(1))
    return sheet.add("Squeeze", sheet.add("MatMul", one, values.name), sheet.integers(1))


RULES: dict[str, Rule] = {
    "linear": _linear, "embedding": _embedding, "one_hot": _one_hot, "leaky_relu": _leaky, "gelu": _gelu,
    "hard_sigmoid": _hard_sigmoid, "square": _square, "affine": _affine, "softmax": _softmax, "log_softmax": _softmax,
    "concat": _concat, "slice": _slice, "layer_norm": _layer_norm, "parameter": _parameter, "constant": _constant,
    "keep_mask": _keep_mask, "step": _step, "every": _every, "dot_score": _dot_score, "additive_score": _additive_score,
    "masked_softmax": _masked_softmax, "weighted_sum": _weighted_sum,
}  # fmt: skip
