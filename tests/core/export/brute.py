"""The judge of ONNX rules: op lists written by hand, and an interpreter that walks them one step at a time."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from core.compile.program import Argument, DrawnWeight, Output, Program
from core.specs.fields import DataField
from core.specs.ops import InitRule, Op, Value, Weight
from core.specs.sig import Sig

UNARY: dict[str, Any] = {
    "identity": lambda x: x, "sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu, "elu": F.elu, "gelu": F.gelu,
    "softplus": F.softplus, "softsign": F.softsign, "exp": torch.exp, "log": torch.log, "abs": torch.abs,
    "square": torch.square, "sqrt": torch.sqrt, "sin": torch.sin, "cos": torch.cos, "sign": torch.sign,
    "hard_sigmoid": F.hardsigmoid, "neg": torch.neg, "dropout": lambda x: x, "output": lambda x: x,
    "step": lambda x: torch.heaviside(x, torch.zeros((), dtype=x.dtype)), "atanh": torch.atanh, "noise": lambda x: x,
}  # fmt: skip
BINARY = {"add": torch.add, "sub": torch.sub, "mul": torch.mul, "div": torch.div}


class Sketch:
    """Builds an op list; every value is named by its id."""

    def __init__(self) -> None:
        self.ops: list[Op] = []
        self.numbers: dict[tuple[tuple[str, ...], str], Tensor] = {}
        self.fields: list[DataField] = []
        self.outputs: list[Output] = []
        self.noise = torch.Generator().manual_seed(5)

    def tokens(self, name: str, size: int) -> int:
        return self._field(DataField(name, Sig("tokens", size, ("T",)), tuple(map(str, range(size)))))

    def features(self, name: str, size: int, axes: tuple[str, ...] = ("T",)) -> int:
        return self._field(DataField(name, Sig("features", size, axes)))

    def _field(self, field: DataField) -> int:
        self.fields.append(field)
        return self.op("input", sig=field.sig, field=field.name)

    def op(self, name: str, /, *inputs: int, sig: Sig, weights: tuple[tuple[int, ...], ...] = (), **attrs: Any) -> int:
        id = len(self.ops)
        path = (f"n{id}",)
        made = []
        for n, shape in enumerate(weights):
            self.numbers[path, f"w{n}"] = (
                torch.randn(*shape, generator=self.noise, dtype=torch.float64) / shape[-1] ** 0.5
            )
            made.append(Weight(path, f"w{n}", shape, InitRule("zeros")))
        self.ops.append(Op(name, inputs, Value(id, sig), path, tuple(made), attrs, "y"))
        return id

    def linear(self, x: int, size: int, bias: bool = True) -> int:
        sig = self.ops[x].output.sig
        shapes = ((size, int(str(sig.size))), *(((size,),) if bias else ()))
        return self.op("linear", x, sig=Sig("features", size, sig.axes), weights=shapes)

    def delay(self, size: int, k: int = 1, init: str = "zeros", start: int | None = None) -> int:
        """Reads nothing yet; `close` ties it to what it delays."""
        weights = ((size,),) if init == "learned" else ()
        inputs = (-1,) if start is None else (-1, start)
        return self.op("delay", *inputs, sig=Sig("features", size, ("T",)), weights=weights, k=k, init=init)

    def close(self, delay: int, value: int) -> None:
        old = self.ops[delay]
        self.ops[delay] = Op(old.name, (value, *old.inputs[1:]), old.output, old.path, old.weights, old.attrs, old.port)

    def output(self, value: int, name: str) -> None:
        sig = self.ops[value].output.sig
        id = self.op("output", value, sig=sig, name=name)
        self.outputs.append(Output(name, sig, self.ops[id].path, "y", value=value))

    def program(self) -> Program:
        weights = tuple(
            DrawnWeight(p, n, tuple(t.shape), InitRule("zeros"), f"{p[0]}.{n}") for (p, n), t in self.numbers.items()
        )
        inputs = tuple(Argument(f.name, f, (f.name,)) for f in self.fields)
        return Program("train", "", "Model", inputs, (), tuple(self.outputs), (), weights, (), ops=tuple(self.ops))

    def arrays(self) -> dict[Any, Any]:
        return {key: t.float().numpy() for key, t in self.numbers.items()}

    def run(self, given: dict[str, Tensor], lengths: list[int]) -> dict[str, Tensor]:
        """Each sequence by itself, each value by recursion over time: slow and plain. Outputs are zero on padding."""
        full = next(x.shape[1] for x in given.values() if x.dim() > 1)
        rows = [_Row(self, {n: x[b] for n, x in given.items()}, t).outputs() for b, t in enumerate(lengths)]
        out: dict[str, Tensor] = {}
        for o in self.outputs:
            values = [r[o.name] for r in rows]
            if o.sig.axes:
                values = [torch.cat([v, v.new_zeros(full - len(v), *v.shape[1:])]) for v in values]
            out[o.name] = torch.stack(values)
        return out


class _Row:
    """One sequence of true length T."""

    def __init__(self, sketch: Sketch, given: dict[str, Tensor], length: int) -> None:
        self.sketch, self.given, self.length = sketch, given, length
        self.known: dict[tuple[int, int | None], Tensor] = {}

    def outputs(self) -> dict[str, Tensor]:
        found = {}
        for op in self.sketch.ops:
            if op.name == "output":
                found[str(op.attrs["name"])] = (
                    self.all(op.output.id) if op.output.sig.axes else self.at(op.output.id, None)
                )
        return found

    def all(self, id: int) -> Tensor:
        return torch.stack([self.at(id, t) for t in range(self.length)])

    def at(self, id: int, t: int | None) -> Tensor:
        op = self.sketch.ops[id]
        t = t if op.output.sig.axes else None
        if (id, t) not in self.known:
            self.known[id, t] = self.work_out(op, t)
        return self.known[id, t]

    def work_out(self, op: Op, t: int | None) -> Tensor:
        w = [self.sketch.numbers[x.path, x.name] for x in op.weights]
        match op.name:
            case "input":
                x = self.given[str(op.attrs["field"])]
                return x if t is None else x[t]
            case "delay":
                k = int(str(op.attrs["k"]))
                if t is not None and t >= k:
                    return self.at(op.inputs[0], t - k)
                if len(op.inputs) > 1:
                    return self.at(op.inputs[1], None)
                return w[0] if w else torch.zeros(int(str(op.output.sig.size)), dtype=torch.float64)
            case "reverse":
                return self.at(op.inputs[0], self.length - 1 - t)  # type: ignore[operator]
            case "last":
                return self.at(op.inputs[0], self.length - 1)
            case "first":
                return self.at(op.inputs[0], 0)
            case "mean_time":
                return self.all(op.inputs[0]).mean(0)
            case "sum_time":
                return self.all(op.inputs[0]).sum(0)
            case "max_time":
                return self.all(op.inputs[0]).amax(0)
            case "parameter":
                return w[0]
            case "keep_mask":
                return torch.ones(int(str(op.output.sig.size)), dtype=torch.float64)
            case "constant":
                return torch.full((int(str(op.output.sig.size)),), float(str(op.attrs["value"])), dtype=torch.float64)
            case _:
                return self.pointwise(op, [self.at(i, t) for i in op.inputs], w)

    def pointwise(self, op: Op, x: list[Tensor], w: list[Tensor]) -> Tensor:
        match op.name:
            case "linear":
                return F.linear(x[0], w[0], w[1] if len(w) > 1 else None)
            case "embedding":
                return w[0][x[0]]
            case "one_hot":
                return F.one_hot(x[0], int(str(op.output.sig.size))).double()
            case "every":
                return (torch.remainder(x[0], w[0]) == 0).double()
            case "leaky_relu":
                return F.leaky_relu(x[0], float(str(op.attrs["slope"])))
            case "affine":
                return x[0] * float(str(op.attrs["scale"])) + float(str(op.attrs["offset"]))
            case "softmax":
                return x[0].softmax(-1)
            case "log_softmax":
                return x[0].log_softmax(-1)
            case "concat":
                return torch.cat(x, -1)
            case "slice":
                return x[0][int(str(op.attrs["start"])) : int(str(op.attrs["stop"]))]
            case "layer_norm":
                return F.layer_norm(x[0], x[0].shape[-1:], *w, eps=float(str(op.attrs["eps"])))
            case "repeat":
                return x[0]
            case name if name in BINARY:
                return BINARY[name](*x)
            case name:
                return UNARY[name](x[0])
