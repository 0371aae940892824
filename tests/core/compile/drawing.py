"""Draws typed ops by hand, so that the back of the compiler is tested without its front."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.compile.assemble import assemble
from core.compile.program import Program
from core.specs.fields import DataField, Fields
from core.specs.ops import InitRule, Op, Value, Weight
from core.specs.sig import Sig

UNIFORM = InitRule("uniform", 0.3)


@dataclass
class Drawing:
    """Ops in the making. Values are ids; `p` is the path of the node that is being drawn."""

    ops: list[Op] = field(default_factory=list)
    ports: dict = field(default_factory=dict)
    fields: list[DataField] = field(default_factory=list)
    heads: list = field(default_factory=list)

    def sig(self, v: int) -> Sig:
        return next(op.output.sig for op in self.ops if op.output.id == v)

    def put(self, name, inputs, sig, path, weights=(), port="y", **attrs) -> int:
        v = len(self.ops) + 1
        self.ops.append(Op(name, tuple(inputs), Value(v, sig), tuple(path), tuple(weights), attrs, port))
        if port:
            self.ports[tuple(path), port] = v
        return v

    def source(self, name, kind, size, axes=("T",), target=False, path=None) -> int:
        sig = Sig(kind, size, axes)
        self.fields.append(DataField(name, sig, target=target))
        return self.put("target" if target else "input", (), sig, path or (name,), port="x", field=name)

    def linear(self, x, units, path, bias=True, init=UNIFORM, columns=None) -> int:
        size = columns or self.sig(x).size
        weights = [Weight(tuple(path), "weight", (units, size), init)]
        if bias:
            weights.append(Weight(tuple(path), "bias", (units,), init))
        return self.put("linear", (x,), Sig("features", units, self.sig(x).axes), path, weights)

    def embedding(self, x, size, path) -> int:
        s = self.sig(x)
        w = Weight(tuple(path), "weight", (s.size, size), InitRule("normal", 1.0))
        return self.put("embedding", (x,), Sig("features", size, s.axes), path, [w])

    def unary(self, name, x, path, **attrs) -> int:
        return self.put(name, (x,), self.sig(x), path, **attrs)

    def binary(self, name, a, b, path, port="y") -> int:
        sig = max(self.sig(a), self.sig(b), key=lambda s: (len(s.axes), s.kind == "features"))
        return self.put(name, (a, b), sig, path, port=port)

    def total(self, values, path) -> int:
        out = values[0]
        for v in values[1:]:
            out = self.binary("add", out, v, path, port="")
        self.ports[tuple(path), "y"] = out
        return out

    def concat(self, values, path) -> int:
        size = sum(self.sig(v).size for v in values)
        axes = next((self.sig(v).axes for v in values if self.sig(v).axes), ())
        return self.put("concat", values, Sig("features", size, axes), path)

    def delay(self, size, path, k=1, init="zeros", fed=None, kind="features") -> int:
        """A delay whose source is given later by `close`."""
        weights = [Weight(tuple(path), "init", (size,), UNIFORM)] if init == "learned" else []
        inputs = (0,) if fed is None else (0, fed)
        return self.put("delay", inputs, Sig(kind, size, ("T",)), path, weights, port="", k=k, init=init)

    def close(self, delay, source) -> None:
        op = self.ops[delay - 1]
        self.ops[delay - 1] = Op(op.name, (source, *op.inputs[1:]), op.output, op.path, op.weights, op.attrs, op.port)

    def loss(self, kind, prediction, target, path, over="mean", weight=1.0) -> int:
        axes = self.sig(prediction).axes
        v = self.put(kind, (prediction, target), Sig("scalar", 1, axes), path, port="loss")
        return self.put("reduce_loss", (v,), Sig("scalar"), path, port="", over=over, weight=weight)

    def compile(self, mode="train") -> Program:
        return assemble(self.ops, self.ports, Fields(tuple(self.fields)), mode, self.heads)


def lstm(
    d: Drawing, x: int, units: int, cell: tuple, spelling: str = "separate", both=False, **init
) -> tuple[int, int]:
    """An LSTM drawn from primitives; returns h and c. spelling: separate | concatenated | swapped; `both` gives W_h biases."""
    h = d.delay(units, (*cell, "hidden"), **init.get("h", {}))
    c = d.delay(units, (*cell, "keep"), **init.get("c", {}))
    gate = {}
    for g in "ifgo":
        if spelling == "concatenated":
            pre = d.linear(d.concat([h, x], (*cell, f"join_{g}")), units, (*cell, f"w_{g}"))
        else:
            wx = d.linear(x, units, (*cell, f"x_{g}"))
            wh = d.linear(h, units, (*cell, f"h_{g}"), bias=both)
            pre = d.binary("add", *((wh, wx) if spelling == "swapped" else (wx, wh)), (*cell, f"sum_{g}"))
        gate[g] = d.unary("tanh" if g == "g" else "sigmoid", pre, (*cell, f"gate_{g}"))
    kept = d.binary("mul", *((c, gate["f"]) if spelling == "swapped" else (gate["f"], c)), (*cell, "forget"))
    written = d.binary("mul", gate["i"], gate["g"], (*cell, "write"))
    new = d.binary("add", *((written, kept) if spelling == "swapped" else (kept, written)), (*cell, "keep"))
    out = d.binary("mul", gate["o"], d.unary("tanh", new, (*cell, "squash")), (*cell, "hidden"))
    d.close(h, out)
    d.close(c, new)
    d.ports[cell, "h"], d.ports[cell, "c"] = out, new
    return out, new


def gru(d: Drawing, x: int, units: int, cell: tuple, form: str = "after", spelling: str = "torch") -> int:
    """A GRU drawn from primitives: form after (torch's) | lecture; spelling torch | difference."""
    h = d.delay(units, (*cell, "hidden"))
    sums = {}
    for g in "rz":
        wx = d.linear(x, units, (*cell, f"x_{g}"))
        sums[g] = d.binary("add", d.linear(h, units, (*cell, f"h_{g}"), bias=False), wx, (*cell, f"sum_{g}"))
    r, z = (d.unary("sigmoid", sums[g], (*cell, f"gate_{g}")) for g in "rz")
    wx = d.linear(x, units, (*cell, "x_n"))
    if form == "after":
        wh = d.binary("mul", r, d.linear(h, units, (*cell, "h_n")), (*cell, "reset"))
    else:
        wh = d.linear(d.binary("mul", r, h, (*cell, "reset")), units, (*cell, "h_n"))
    n = d.unary("tanh", d.binary("add", wx, wh, (*cell, "sum_n")), (*cell, "new"))
    if form == "lecture":
        keep = d.binary(
            "mul", d.put("affine", (z,), d.sig(z), (*cell, "rest"), scale=-1.0, offset=1.0), h, (*cell, "keep")
        )
        out = d.binary("add", keep, d.binary("mul", z, n, (*cell, "write")), (*cell, "hidden"))
    elif spelling == "torch":
        rest = d.put("affine", (z,), d.sig(z), (*cell, "rest"), scale=-1.0, offset=1.0)
        out = d.binary(
            "add", d.binary("mul", rest, n, (*cell, "write")), d.binary("mul", z, h, (*cell, "keep")), (*cell, "hidden")
        )
    else:
        gap = d.binary("sub", h, n, (*cell, "gap"))
        out = d.binary("add", n, d.binary("mul", gap, z, (*cell, "move")), (*cell, "hidden"))
    d.close(h, out)
    d.ports[cell, "h"] = out
    return out


def rnn(d: Drawing, x: int, units: int, cell: tuple, squash: str = "tanh", both=False, init=UNIFORM, bias=True) -> int:
    h = d.delay(units, (*cell, "hidden"))
    pre = d.binary(
        "add",
        d.linear(x, units, (*cell, "x"), bias=bias),
        d.linear(h, units, (*cell, "h"), bias=both, init=init),
        (*cell, "sum"),
    )
    out = d.unary(squash, pre, (*cell, "hidden")) if squash else pre
    d.close(h, out)
    d.ports[cell, "h"] = out
    return out


def char_model(vocabulary=11, size=5, units=7) -> Drawing:
    d = Drawing()
    e = d.embedding(d.source("text", "tokens", vocabulary), size, ("embedding",))
    h, _ = lstm(d, e, units, ("lstm",))
    logits = d.linear(h, vocabulary, ("dense",))
    d.ports[("softmax",), "logits"] = logits
    d.heads.append((("softmax",), "logits"))
    y = d.source("next", "tokens", vocabulary, target=True)
    d.loss("cross_entropy", logits, y, ("cross_entropy",))
    return d
