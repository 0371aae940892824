"""Writes how a module begins: its sizes and attributes, and the drawn initial value of every weight."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import log, sqrt

from core.compile.context import Context
from core.compile.lines import located
from core.compile.plan import Part, Piece, Storage, WeightKey, number
from core.compile.split import plain_rule
from core.compile.writer import Code, Writer, code, listed, lit, name
from core.graph.model import Path
from core.specs.ops import WHOLE, InitRule, Weight

MADE = {
    "linear": "nn.Linear({a}, {b}{bias})",
    "embedding": "nn.Embedding({a}, {b})",
    "lstm": "nn.LSTM({a}, {b}, batch_first=True{bias})",
    "gru": "nn.GRU({a}, {b}, batch_first=True{bias})",
    "rnn_tanh": "nn.RNN({a}, {b}, batch_first=True{bias})",
    "rnn_relu": 'nn.RNN({a}, {b}, nonlinearity="relu", batch_first=True{bias})',
}


def write_init(ctx: Context, class_name: str) -> Writer:
    """The class line and `__init__`."""
    out = Writer()
    out.say("class {c}(nn.Module):", c=name(class_name))
    out.depth = 1
    out.line(Code("def __init__(self):"))
    out.depth = 2
    out.line(Code("super().__init__()"))
    for part in ctx.plan.storage.parts:
        _write_part(ctx, out, part)
    for piece, weight in _patterned(ctx.plan.storage):
        _write_hook(ctx, out, piece, weight)
    out.line(Code("self.reset_parameters()"))
    return out


def _write_part(ctx: Context, out: Writer, part: Part) -> None:
    attribute = name(part.name)
    if part.kind == "parameter":
        fixed = Code(", requires_grad=False") if part.fixed else Code("")
        out.say("self.{n} = nn.Parameter(torch.zeros({s}){f})", part.path, n=attribute, s=_shape(ctx, part), f=fixed)
        return
    bias = Code("") if part.bias else Code(", bias=False")
    if part.kind == "layer_norm":
        out.say("self.{n} = nn.LayerNorm({a}{bias})", part.path, n=attribute, a=ctx.sizes.into(part), bias=bias)
    else:
        made = code(
            MADE[part.kind],
            a=ctx.sizes.into(part),
            b=ctx.sizes.out(part),
            **({"bias": bias} if "{bias}" in MADE[part.kind] else {}),
        )
        out.say("self.{n} = {m}", part.path, n=attribute, m=made)
    for tensor in part.fixed:
        out.say("self.{n}.{t}.requires_grad_(False)", part.path, n=attribute, t=name(tensor))
    for tensor in part.absent:
        note = Code("not in the drawing: stays zero")
        out.say("self.{n}.{t}.requires_grad_(False)", part.path, note, n=attribute, t=name(tensor))
    for tensor, start, stop in part.drawn_rows:
        ctx.used.add("only_rows")
        out.say(
            "self.{n}.{t}.register_hook(only_rows({a}, {b}))",
            part.path, n=attribute, t=name(tensor), a=lit(start), b=lit(stop),
        )  # fmt: skip


def _patterned(storage: Storage) -> Iterator[tuple[Piece, Weight]]:
    """Weights with structural zeros and where they live, always in one piece."""
    for key, weight in storage.drawn.items():
        if weight.pattern is not None:
            (piece,) = storage.pieces[key]
            yield piece, weight


def _write_hook(ctx: Context, out: Writer, piece: Piece, weight: Weight) -> None:
    """Keeps the gradient of structural zeros at zero."""
    pattern = weight.pattern
    assert pattern is not None and piece.columns is None
    if not weight.trainable:
        return
    ctx.used.update(("kept_zero", pattern.kind))
    top, bottom = piece.rows or (0, number(weight.shape[0]))
    out.say(
        "{t}.register_hook(kept_zero({p}, {g}, {a}, {b}))", weight.path,
        t=located(piece.tensor), p=name(pattern.kind), g=lit(pattern.groups), a=lit(top), b=lit(bottom),
    )  # fmt: skip


def _shape(ctx: Context, part: Part) -> Code:
    return listed([*(lit(n) for n in part.sizes[:-1]), ctx.sizes.out(part)])


@dataclass(frozen=True)
class _Start:
    """One line of reset_parameters: which slice, which rule."""

    piece: Piece
    shape: tuple[int, ...]
    rule: InitRule
    path: Path


def write_reset(ctx: Context) -> Writer:
    """`reset_parameters`: every drawn initial value, in the order of the attributes."""
    storage = ctx.plan.storage
    out = Writer()
    out.depth = 1
    out.line(Code("@torch.no_grad()"))
    out.line(Code("def reset_parameters(self):"))
    out.depth = 2
    for part in storage.parts:
        for tensor in (*part.absent, *(t for t, _, _ in part.drawn_rows)):
            out.say("nn.init.zeros_(self.{p}.{t})", part.path, p=name(part.name), t=name(tensor))
    whole = _whole(storage)
    order = {part.name: n for n, part in enumerate(storage.parts)}
    starts = sorted(_starts(storage, whole), key=lambda s: _place(s.piece, order))
    for start in _merged(starts):
        _write_start(ctx, out, start)
    for key in whole:
        _write_whole(ctx, out, key)
    for piece, weight in _patterned(storage):
        pattern = weight.pattern
        assert pattern is not None
        ctx.used.add(pattern.kind)
        at, mask = _located(piece), name(pattern.kind)
        out.say("{t}.mul_({p}({t}, {g}))", weight.path, t=at, p=mask, g=lit(pattern.groups))
    if not storage.parts:
        out.line(Code("pass"))
    return out


def _place(piece: Piece, order: dict[str, int]) -> tuple[object, ...]:
    part, _, tensor = piece.tensor.partition(".")
    rank = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0", "weight", "bias", "").index(tensor)
    return (order[part], rank, piece.rows or (0, 0), piece.columns or (0, 0))


def _whole(storage: Storage) -> list[WeightKey]:
    """Split weights whose rule needs the matrix in one piece."""
    split = [k for k, pieces in storage.pieces.items() if any(p.of for p in pieces)]
    ruled = {(k[0], k[1]): _rule_of(storage, k) for k in split}
    return [k for k, rule in ruled.items() if rule.rule in WHOLE]


def _rule_of(storage: Storage, key: WeightKey) -> InitRule:
    return storage.drawn[key[0], f"{key[1]}.0"].init


def _starts(storage: Storage, whole: Iterable[WeightKey]) -> Iterator[_Start]:
    joined = {(path, f"{weight}.") for path, weight in whole}
    for key, weight in storage.drawn.items():
        if any(key[0] == path and key[1].startswith(stem) for path, stem in joined):
            continue
        rule = plain_rule(weight) if weight.init.rule in ("fan_in", "xavier_uniform", "xavier_normal") else weight.init
        (piece,) = storage.pieces[key]
        yield _Start(piece, tuple(number(s) for s in weight.shape), _bound(rule, weight, storage), weight.path)


def _bound(rule: InitRule, weight: Weight, storage: Storage) -> InitRule:
    """fan_in of a bias: that of the matrix it stands beside, where the rule does not say."""
    if rule.rule != "fan_in" or len(weight.shape) > 1:
        return rule
    beside = [w for k, w in storage.drawn.items() if k[0] == weight.path and len(w.shape) > 1]
    fan = rule.value or sum(number(w.shape[1]) for w in beside) or number(weight.shape[0])
    return InitRule("uniform", 1 / sqrt(fan), rule.offset)


def _merged(starts: list[_Start]) -> Iterator[_Start]:
    """Neighbouring rows of one tensor with one rule that looks at single numbers only become one line."""
    held: _Start | None = None
    for start in starts:
        rows, before = start.piece.rows, held.piece.rows if held else None
        joins = (
            held is not None and rows and before and before[1] == rows[0] and held.piece.columns == start.piece.columns
            and held.piece.tensor == start.piece.tensor and held.rule == start.rule
            and start.rule.rule in ("uniform", "normal", "constant", "zeros")
        )  # fmt: skip
        if joins and held is not None and rows and before:
            shape = (held.shape[0] + start.shape[0], *start.shape[1:])
            piece = Piece(held.piece.tensor, (before[0], rows[1]), start.piece.columns)
            held = _Start(piece, shape, held.rule, held.path)
            continue
        if held:
            yield held
        held = start
    if held:
        yield held


def _write_start(ctx: Context, out: Writer, start: _Start) -> None:
    piece = start.piece
    if piece.rows and piece.columns is None and _height(ctx.plan.storage, piece) == piece.rows[1] - piece.rows[0]:
        piece = Piece(piece.tensor)
    target, rule = _located(piece), start.rule
    out.line(_initial(ctx, target, rule, start.shape), start.path)
    if rule.offset:
        out.say("{t}.add_({v})", start.path, t=target, v=lit(float(rule.offset)))


def _height(storage: Storage, piece: Piece) -> int:
    """The rows of the whole tensor that a piece lies in."""
    part = next(p for p in storage.parts if p.name == piece.tensor.partition(".")[0])
    gates = {"lstm": 4, "gru": 3}.get(part.kind, 1)
    return gates * part.sizes[1] if part.kind != "parameter" else part.sizes[0]


def _initial(ctx: Context, target: Code, rule: InitRule, shape: tuple[int, ...]) -> Code:
    v = lit(float(rule.value))
    gain = lit(float(rule.value or 1.0))
    match rule.rule:
        case "uniform":
            return code("nn.init.uniform_({t}, {a}, {b})", t=target, a=lit(-float(rule.value)), b=v)
        case "normal":
            return code("nn.init.normal_({t}, 0.0, {v})", t=target, v=v)
        case "constant":
            return code("nn.init.constant_({t}, {v})", t=target, v=v)
        case "xavier_uniform" | "xavier_normal":  # a vector: Xavier needs a matrix
            return code("nn.init.zeros_({t})", t=target)
        case "orthogonal":
            return code("nn.init.orthogonal_({t}, {v})", t=target, v=gain)
        case "identity":
            return code("nn.init.eye_({t}).mul_({v})", t=target, v=gain)
        case "zeros" | "fan_in":
            return code("nn.init.zeros_({t})", t=target)
        case "ramp" | "spaced" | "chrono":
            return _even(target, rule, shape[0])
        case _:
            ctx.used.add(f"{rule.rule}_")
            return code("{f}({t}, {a})", f=name(f"{rule.rule}_"), t=target, a=listed(_numbers(rule, shape)))


def _numbers(rule: InitRule, shape: tuple[int, ...]) -> list[Code]:
    """What the function that fills a matrix of a reservoir is told."""
    value, second = lit(float(rule.value)), lit(float(rule.second))
    match rule.rule:
        case "sparse":
            return [lit(rule.count), value]
        case "periods":
            return [value, lit(rule.count)]
        case "dale":
            return [value, second, lit(shape[1] - round(shape[1] * rule.third))]
        case _:
            return [value, second]


def _even(target: Code, rule: InitRule, size: int) -> Code:
    """A vector whose numbers stand evenly between two ends, or do so in the logarithm."""
    line = "torch.linspace({a}, {b}, {n}, dtype={t}.dtype)"
    if rule.rule == "ramp":
        ends, made = (rule.value, rule.value * size), "{t}.copy_(" + line + ")"
    elif rule.rule == "spaced":
        ends, made = (log(rule.value), log(rule.second)), "{t}.copy_(" + line + ".exp())"
    else:
        ends, made = (1.0, max(1.0, rule.value - 1.0)), "{t}.copy_({s} * " + line + ".log())"
    holes = {"a": lit(float(ends[0])), "b": lit(float(ends[1])), "n": lit(size)}
    sign = {"s": lit(float(rule.second))} if rule.rule == "chrono" else {}
    return code(made, t=target, **holes, **sign)


def _write_whole(ctx: Context, out: Writer, key: WeightKey) -> None:
    """An orthogonal, identity or reservoir matrix is drawn whole, then its columns go to their places."""
    storage = ctx.plan.storage
    pieces = storage.pieces[key]
    weight = storage.drawn[key[0], f"{key[1]}.0"]
    rows, columns = number(weight.shape[0]), max(p.of[1] for p in pieces if p.of)
    tensor = _located(pieces[0])
    out.say("drawn = {t}.new_empty({r}, {c})", weight.path, t=tensor, r=lit(rows), c=lit(columns))
    out.line(_initial(ctx, Code("drawn"), weight.init, (rows, columns)), weight.path)
    if weight.init.offset:
        out.say("drawn.add_({v})", weight.path, v=lit(float(weight.init.offset)))
    for piece in pieces:
        assert piece.of
        out.say("{t}.copy_(drawn[:, {a}:{b}])", weight.path, t=_located(piece), a=lit(piece.of[0]), b=lit(piece.of[1]))


def _located(piece: Piece) -> Code:
    return located(piece.tensor, piece.rows, piece.columns)
