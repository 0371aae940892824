"""The shape rule of every primitive, one row each: what it asks of its inputs' kinds and sizes, and what it gives.

Axes are a separate table (`AXES`), because they are joined to a fixpoint over the finished ops.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from core.specs.ops import BINARY, TIME_OPS, UNARY, Weight
from core.specs.sig import Dim, Sig, SigKind, Size

Attr = bool | int | float | str


class Call(Protocol):
    """One application of a primitive, as its rule sees it. The askers report a mistake and go on."""

    @property
    def sigs(self) -> Sequence[Sig]: ...
    @property
    def weights(self) -> Sequence[Weight]: ...
    @property
    def attrs(self) -> Mapping[str, Attr]: ...

    def kind(self, index: int, *kinds: SigKind) -> None:
        """Input `index` must be of one of these kinds."""

    def same(self, index: int, size: Size) -> None:
        """Input `index` must have this size."""

    def vocabulary(self, index: int, size: Size) -> None:
        """Input `index` are logits for that many symbols."""

    def total(self, total: Size, parts: Sequence[Size]) -> None:
        """Sizes that add up, known now or later."""

    def field(self, name: str) -> Sig:
        """What the data's field of that name carries."""


Rule = Callable[[Call], Sig]


def _linear(c: Call) -> Sig:
    c.kind(0, "features")
    rows, columns = c.weights[0].shape
    c.same(0, columns)
    return Sig("features", rows)


def _embedding(c: Call) -> Sig:
    c.kind(0, "tokens")
    vocabulary, size = c.weights[0].shape
    c.same(0, vocabulary)
    return Sig("features", size)


def _one_hot(c: Call) -> Sig:
    c.kind(0, "tokens")
    return Sig("features", c.sigs[0].size)


def _unary(c: Call) -> Sig:
    c.kind(0, "features", "scalar")
    return c.sigs[0]


def _binary(c: Call) -> Sig:
    for i in (0, 1):
        c.kind(i, "features", "scalar")
    a, b = c.sigs
    if "scalar" in (a.kind, b.kind):
        return b if a.kind == "scalar" else a
    c.same(1, a.size)
    return a


def _features(c: Call) -> Sig:
    c.kind(0, "features")
    return c.sigs[0]


def _layer_norm(c: Call) -> Sig:
    c.kind(0, "features")
    for weight in c.weights:
        c.same(0, weight.shape[0])
    return c.sigs[0]


def _concat(c: Call) -> Sig:
    for i in range(len(c.sigs)):
        c.kind(i, "features")
    if len(c.sigs) == 1:
        return c.sigs[0]
    total = Dim("Σ")
    c.total(total, [s.size for s in c.sigs])
    return Sig("features", total)


def _slice(c: Call) -> Sig:
    """Either start and stop, or part and parts: equal shares whose size may become known later."""
    c.kind(0, "features")
    if "parts" not in c.attrs:
        return Sig("features", int(c.attrs["stop"]) - int(c.attrs["start"]))
    share = Dim("share")
    c.total(c.sigs[0].size, [share] * int(c.attrs["parts"]))
    return Sig("features", share)


def _constant(c: Call) -> Sig:
    return Sig("features", int(c.attrs["size"]) or Dim("size"))


def _parameter(c: Call) -> Sig:
    return Sig("features", c.weights[0].shape[0])


def _every(c: Call) -> Sig:
    c.kind(0, "features")
    c.same(0, c.weights[0].shape[0])
    return c.sigs[0]


def _field(c: Call) -> Sig:
    return c.field(str(c.attrs["field"]))


def _any(c: Call) -> Sig:
    return c.sigs[0]


def _cross_entropy(c: Call) -> Sig:
    c.kind(0, "features")
    c.kind(1, "tokens")
    c.vocabulary(0, c.sigs[1].size)
    return Sig("scalar")


def _pair(c: Call) -> Sig:
    c.kind(0, "features")
    c.kind(1, "features")
    c.same(0, c.sigs[1].size)
    return Sig("scalar")


def _teacher(c: Call) -> Sig:
    """What is heard is like the truth; what the model says are logits of its symbols, or numbers like its own."""
    c.kind(0, "features")
    c.kind(1, "tokens", "features")
    (c.vocabulary if c.sigs[1].kind == "tokens" else c.same)(0, c.sigs[1].size)
    return c.sigs[1]


def _dot_score(c: Call) -> Sig:
    c.kind(0, "features")
    c.kind(1, "features")
    c.same(0, c.sigs[1].size)
    return Sig("scalar")


def _additive_score(c: Call) -> Sig:
    for weight in c.weights:
        c.same(0, weight.shape[0])
    return _dot_score(c)


def _masked_softmax(c: Call) -> Sig:
    c.kind(0, "scalar")
    return Sig("scalar")


def _weighted_sum(c: Call) -> Sig:
    c.kind(0, "scalar")
    c.kind(1, "features")
    return Sig("features", c.sigs[1].size)


def _reduce(c: Call) -> Sig:
    c.kind(0, "scalar")
    return Sig("scalar")


RULES: Mapping[str, Rule] = {
    **dict.fromkeys(UNARY, _unary),
    **dict.fromkeys(BINARY, _binary),
    **dict.fromkeys(("reverse", "last", "first", "repeat", "output", "delay"), _any),
    **dict.fromkeys(("mean_time", "max_time", "sum_time", "affine", "noise"), _unary),
    **dict.fromkeys(("softmax", "log_softmax", "dropout"), _features),
    **dict.fromkeys(("input", "target"), _field),
    **dict.fromkeys(("mse", "bce"), _pair),
    "linear": _linear,
    "embedding": _embedding,
    "one_hot": _one_hot,
    "concat": _concat,
    "slice": _slice,
    "layer_norm": _layer_norm,
    "parameter": _parameter,
    "constant": _constant,
    "keep_mask": _constant,
    "every": _every,
    "cross_entropy": _cross_entropy,
    "teacher": _teacher,
    "dot_score": _dot_score,
    "additive_score": _additive_score,
    "masked_softmax": _masked_softmax,
    "weighted_sum": _weighted_sum,
    "reduce_loss": _reduce,
}

NEEDS_TIME = frozenset(TIME_OPS) - {"repeat"}
DROPS_TIME = NEEDS_TIME - {"reverse"}
STATIC = frozenset({"constant", "parameter", "keep_mask", "reduce_loss"})
GIVEN = frozenset({"input", "target"})
SCORES = frozenset({"dot_score", "additive_score"})


def axes_of(
    name: str, given: tuple[str, ...], arriving: Sequence[tuple[str, ...]], attrs: Mapping[str, Attr] | None = None
) -> tuple[str, ...]:
    """The axes of an op's value from those of its inputs. Static values take the axes of what they meet."""
    if name in STATIC:
        return ()
    if name in GIVEN:
        return given
    if name == "delay":
        return arriving[0]
    if name == "repeat":
        return arriving[1]
    if name in SCORES:
        return (*arriving[0], *arriving[1])
    if name == "weighted_sum":
        return arriving[0][:-1]
    joined = next((axes for axes in arriving if axes), ())
    if name not in DROPS_TIME:
        return joined
    gone = summed_axis(joined, attrs or {})
    return tuple(a for a in joined if a != gone)


def summed_axis(axes: tuple[str, ...], attrs: Mapping[str, object]) -> str:
    """The axis that a time operation runs over: the one it names, else the last."""
    return str(attrs.get("axis") or "") or (axes[-1] if axes else "")
