"""One row per primitive: the expression that computes it. The same row serves a whole sequence and one step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from core.compile.plan import number
from core.compile.writer import Code, code, key, listed, lit
from core.shapes.rules import summed_axis
from core.specs.ops import Op
from core.specs.sig import Sig


@dataclass(frozen=True)
class Arg:
    """A value where it is read: its variable, its signature, and the axes that the variable has (in a scan not the one it
    runs along)."""

    code: Code
    sig: Sig
    axes: tuple[str, ...]


@dataclass
class Place:
    """Where an op is written: what it may name there. `axes` are those of the variable it makes; `local` gives the name of
    an axis' step count, length or mask; `used` collects supporting functions."""

    axes: tuple[str, ...]
    weights: tuple[Code, ...]
    call: Code | None  # `self.module`, where one module is exactly this op
    batch: Code
    like: Code
    local: Callable[[str, str], Code]
    used: set[str] = field(default_factory=set)
    aids: set[str] = field(default_factory=set)  # local names that the line reads: like, B


Row = Callable[[Op, list[Arg], Place], Code]


def expression(op: Op, args: list[Arg], place: Place) -> Code:
    """The right-hand side of the line that computes `op`."""
    return ROWS[op.name](op, args, place)


def _call(function: str) -> Row:
    return lambda op, args, place: code(function + "({x})", x=args[0].code)


def _timed(function: str, which: str = "") -> Row:
    """A function over the second dimension; another axis is moved there first."""

    def row(op: Op, args: list[Arg], place: Place) -> Code:
        place.used.add(function)
        axis = summed_axis(args[0].axes, op.attrs)
        moved = args[0].axes.index(axis) > 0
        x = code("{x}.transpose(1, 2)", x=args[0].code) if moved else args[0].code
        made = code(function + "({x}, {how})", x=x, how=place.local(which, axis))
        return code("{m}.transpose(1, 2)", m=made) if moved and function == "reverse" else made

    return row


def _first(op: Op, args: list[Arg], place: Place) -> Code:
    at = 1 + args[0].axes.index(summed_axis(args[0].axes, op.attrs))
    return code("{x}.select({n}, 0)", x=args[0].code, n=lit(at))


def _binary(sign: str) -> Row:
    def row(op: Op, args: list[Arg], place: Place) -> Code:
        a, b = (_fit(arg, op.output.sig, place) for arg in args)
        return code("{a} " + sign + " {b}", a=a, b=b)

    return row


def _fit(arg: Arg, sig: Sig, place: Place) -> Code:
    """The argument with the axes it needs to broadcast against `sig`."""
    out = arg.code
    if arg.sig.kind == "scalar" and sig.kind == "features":
        out = code("{x}.unsqueeze(-1)", x=out)
    for _ in place.axes if not arg.axes else ():
        out = code("{x}.unsqueeze(1)", x=out)
    return out


def _linear(op: Op, args: list[Arg], place: Place) -> Code:
    if place.call:
        return code("{f}({x})", f=place.call, x=args[0].code)
    return code("F.linear({a})", a=listed([args[0].code, *place.weights]))


def _embedding(op: Op, args: list[Arg], place: Place) -> Code:
    if place.call:
        return code("{f}({x})", f=place.call, x=args[0].code)
    return code("F.embedding({x}, {w})", x=args[0].code, w=place.weights[0])


def _one_hot(op: Op, args: list[Arg], place: Place) -> Code:
    place.aids.add("like")
    size = lit(number(op.output.sig.size))
    return code("F.one_hot({x}, {n}).to({like}.dtype)", x=args[0].code, n=size, like=place.like)


def _concat(op: Op, args: list[Arg], place: Place) -> Code:
    parts = []
    for arg in args:
        part = _fit(arg, op.output.sig, place)
        if place.axes and not arg.axes:
            part = code("{x}.expand(-1, {t}, -1)", x=part, t=_steps(place))
        parts.append(part)
    return code("torch.cat([{parts}], -1)", parts=listed(parts))


def _slice(op: Op, args: list[Arg], place: Place) -> Code:
    start, stop = int(str(op.attrs["start"])), int(str(op.attrs["stop"]))
    return code("{x}.narrow(-1, {a}, {n})", x=args[0].code, a=lit(start), n=lit(stop - start))


def _affine(op: Op, args: list[Arg], place: Place) -> Code:
    scale, offset = float(str(op.attrs["scale"])), float(str(op.attrs["offset"]))
    if scale == -1.0:
        return code("{b} - {x}", b=lit(offset), x=args[0].code)
    if offset == 0.0:
        return code("{a} * {x}", a=lit(scale), x=args[0].code)
    return code("{a} * {x} + {b}", a=lit(scale), b=lit(offset), x=args[0].code)


def _dropout(op: Op, args: list[Arg], place: Place) -> Code:
    return code("F.dropout({x}, {p}, self.training)", x=args[0].code, p=lit(float(str(op.attrs["p"]))))


def _layer_norm(op: Op, args: list[Arg], place: Place) -> Code:
    weights = [*place.weights, Code("None"), Code("None")][:2]
    eps = lit(float(str(op.attrs.get("eps", 1e-5))))
    return code(
        "F.layer_norm({x}, ({n},), {w}, {eps})",
        x=args[0].code, n=lit(number(op.output.sig.size)), w=listed(weights), eps=eps,
    )  # fmt: skip


def _keep_mask(op: Op, args: list[Arg], place: Place) -> Code:
    place.aids.update(("like", "B"))
    ones = code("{l}.new_full(({b}, {n}), 1.0)", l=place.like, b=place.batch, n=lit(number(op.output.sig.size)))
    return code("F.dropout({x}, {p}, self.training)", x=ones, p=lit(float(str(op.attrs["p"]))))


def _noise(op: Op, args: list[Arg], place: Place) -> Code:
    place.used.add("noisy")
    return code("noisy({x}, {s}, self.training)", x=args[0].code, s=lit(float(str(op.attrs["std"]))))


def _every(op: Op, args: list[Arg], place: Place) -> Code:
    place.used.add("every")
    return code("every({x}, {w})", x=args[0].code, w=place.weights[0])


def _leaky(op: Op, args: list[Arg], place: Place) -> Code:
    return code("F.leaky_relu({x}, {s})", x=args[0].code, s=lit(float(str(op.attrs.get("slope", 0.01)))))


def _parameter(op: Op, args: list[Arg], place: Place) -> Code:
    place.aids.add("B")
    return code("{w}.expand({b}, -1)", w=place.weights[0], b=place.batch)


def _constant(op: Op, args: list[Arg], place: Place) -> Code:
    place.aids.update(("like", "B"))
    size = code("{b}, {n}", b=place.batch, n=lit(number(op.output.sig.size)))
    shape = place.batch if op.output.sig.kind == "scalar" else size
    return code("{l}.new_full(({s},), {v})", l=place.like, s=shape, v=lit(float(str(op.attrs["value"]))))


def _repeat(op: Op, args: list[Arg], place: Place) -> Code:
    if not place.axes:
        return args[0].code
    rest = Code(", -1") if op.output.sig.kind == "features" else Code("")
    x = code("{x}" + ".unsqueeze(1)" * len(place.axes), x=args[0].code)
    return code("{x}.expand(-1, {t}{r})", x=x, t=_steps(place), r=rest)


def _steps(place: Place) -> Code:
    """The step counts of the axes."""
    return listed(place.local("T", axis) for axis in place.axes)


def _dot_score(op: Op, args: list[Arg], place: Place) -> Code:
    """Over all of the query's time at once, or of one step."""
    query, keys = args
    if query.axes:
        score = code("torch.matmul({q}, {k}.transpose(1, 2))", q=query.code, k=keys.code)
    else:
        score = code("torch.matmul({k}, {q}.unsqueeze(-1)).squeeze(-1)", q=query.code, k=keys.code)
    if not op.attrs.get("scale"):
        return score
    return code("{a} * {s}", a=lit(number(query.sig.size) ** -0.5), s=score)


def _additive_score(op: Op, args: list[Arg], place: Place) -> Code:
    query, keys = args
    both = "{q}.unsqueeze(2) + {k}.unsqueeze(1)" if query.axes else "{q}.unsqueeze(1) + {k}"
    return code("(torch.tanh(" + both + ") * {v}).sum(-1)", q=query.code, k=keys.code, v=place.weights[0])


def _masked_softmax(op: Op, args: list[Arg], place: Place) -> Code:
    place.used.add("attend")
    return code("attend({x}, {v})", x=args[0].code, v=place.local("valid", args[0].axes[-1]))


def _weighted_sum(op: Op, args: list[Arg], place: Place) -> Code:
    weights, values = args
    if len(weights.axes) > 1:
        return code("torch.matmul({w}, {v})", w=weights.code, v=values.code)
    return code("torch.matmul({w}.unsqueeze(1), {v}).squeeze(1)", w=weights.code, v=values.code)


def _cross_entropy(op: Op, args: list[Arg], place: Place) -> Code:
    logits, target = args[0].code, args[1].code
    return code('F.cross_entropy({x}.flatten(0, -2), {y}.flatten(), reduction="none").view_as({y})', x=logits, y=target)


def _pair(args: list[Arg]) -> tuple[Code, Code, bool]:
    """Prediction and target with equal dimensions, and whether a feature dimension is left to average."""
    a, b = args
    wide = a.sig.kind == "features" or b.sig.kind == "features"
    left = code("{x}.unsqueeze(-1)", x=a.code) if wide and a.sig.kind == "scalar" else a.code
    right = code("{x}.unsqueeze(-1)", x=b.code) if wide and b.sig.kind != "features" else b.code
    return left, right, wide


def _mse(op: Op, args: list[Arg], place: Place) -> Code:
    a, b, wide = _pair(args)
    return code("({a} - {b}).square()" + (".mean(-1)" if wide else ""), a=a, b=b)


def _bce(op: Op, args: list[Arg], place: Place) -> Code:
    a, b, wide = _pair(args)
    loss = 'F.binary_cross_entropy_with_logits({a}, {b}.to({a}.dtype), reduction="none")'
    return code(loss + (".mean(-1)" if wide else ""), a=a, b=b)


def _truth(op: Op, args: list[Arg], place: Place) -> Code:
    given = code("truth[{k}]", k=key(str(op.attrs["key"])))
    return code("None if truth is None else {x}", x=given) if op.attrs.get("optional") else given


def _teacher(op: Op, args: list[Arg], place: Place) -> Code:
    said = args[0].code
    if op.output.sig.kind == "tokens":
        how = "most_probable" if op.attrs.get("choose") == "most_probable" else "drawn_symbol"
        place.used.add(how)
        said = code(how + "({x})", x=said)
    place.used.add("heard")
    return code("heard({s}, {t}, {f})", s=said, t=args[1].code, f=args[2].code)


ROWS: Mapping[str, Row] = {
    "linear": _linear,
    "embedding": _embedding,
    "one_hot": _one_hot,
    "add": _binary("+"),
    "sub": _binary("-"),
    "mul": _binary("*"),
    "div": _binary("/"),
    "affine": _affine,
    "softmax": lambda op, args, place: code("{x}.softmax(-1)", x=args[0].code),
    "log_softmax": lambda op, args, place: code("{x}.log_softmax(-1)", x=args[0].code),
    "concat": _concat,
    "slice": _slice,
    "dropout": _dropout,
    "keep_mask": _keep_mask,
    "noise": _noise,
    "every": _every,
    "step": lambda op, args, place: code("({x} > 0).to({x}.dtype)", x=args[0].code),
    "layer_norm": _layer_norm,
    "parameter": _parameter,
    "constant": _constant,
    "repeat": _repeat,
    "reverse": _timed("reverse", "length"),
    "last": _timed("last", "length"),
    "first": _first,
    "mean_time": _timed("mean_time", "valid"),
    "max_time": _timed("max_time", "valid"),
    "sum_time": _timed("sum_time", "valid"),
    "leaky_relu": _leaky,
    "hard_sigmoid": _call("F.hardsigmoid"),
    "neg": lambda op, args, place: code("-{x}", x=args[0].code),
    **{
        n: _call(f"torch.{n}")
        for n in ("sigmoid", "tanh", "exp", "log", "abs", "square", "sqrt", "sin", "cos", "sign", "atanh")
    },
    **{n: _call(f"F.{n}") for n in ("relu", "elu", "gelu", "softplus", "softsign")},
    "dot_score": _dot_score,
    "additive_score": _additive_score,
    "masked_softmax": _masked_softmax,
    "weighted_sum": _weighted_sum,
    "truth": _truth,
    "teacher": _teacher,
    "cross_entropy": _cross_entropy,
    "mse": _mse,
    "bce": _bce,
}
