"""The small set of primitives every node is built from.

A node's `build` composes them through a `Builder`. It is run once over symbolic sizes (shape inference) and yields the
ops that emission, fusion, the probe twin and ONNX all read: one definition, no second truth. Primitives act on the
last (feature) dimension only, so the same op serves a whole sequence (B, T, F) and one step (B, F); the time
operations (`TIME_OPS`) are the exception and can never sit inside a scan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from core.graph.model import ParamValue, Path
from core.specs.sig import Sig, Size
from core.words import Text

UNARY = ("identity", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu", "softplus", "softsign", "exp", "log", "abs",
         "square", "sqrt", "sin", "cos", "sign", "hard_sigmoid", "neg")  # fmt: skip
BINARY = ("add", "sub", "mul", "div")
TIME_OPS = ("reverse", "last", "first", "mean_time", "max_time", "sum_time", "repeat")
LOSSES = ("cross_entropy", "mse", "bce")
OpName = str


@dataclass(frozen=True)
class InitRule:
    """How a weight starts. Values are plain numbers so that the emitter can print them.

    uniform(bound), normal(std), constant(value), xavier_uniform, xavier_normal, orthogonal(gain), identity(gain),
    zeros, values(...) for literal vectors. fan_in/fan_out are those of the drawn weight, before any packing.
    """

    rule: Literal[
        "uniform", "normal", "constant", "xavier_uniform", "xavier_normal", "orthogonal", "identity", "zeros", "fan_in"
    ]
    value: float = 0.0
    offset: float = 0.0  # added to every number afterwards (the LSTM's forget bias)


@dataclass(frozen=True)
class Value:
    """The result of one op while building: `id` is unique in the flat graph."""

    id: int
    sig: Sig


@dataclass(frozen=True)
class Weight:
    """A drawn parameter: `path` of its node + `name` identify it for ever, also after packing or fusing.

    shape: (out, in) for matrices, (size,) for vectors, (vocabulary, size) for tables.
    """

    path: Path
    name: str
    shape: tuple[Size, ...]
    init: InitRule
    trainable: bool = True


@dataclass(frozen=True)
class Op:
    """One primitive in the flat graph.

    name and what it reads / attrs:
      linear(x; weight, bias?)           y = x Wᵀ + b           W (out, in)
      embedding(tokens; table)           rows of the table
      one_hot(tokens)                    size = vocabulary
      <unary>(x)                         see UNARY; leaky_relu attrs slope
      add/sub/mul/div(a, b)              equal sizes, or one of them scalar; static broadcasts over time
      affine(x) scale, offset            scale·x + offset
      softmax(x), log_softmax(x)         over the last dimension
      concat(x1..xn), slice(x) start, stop   on the last dimension
      dropout(x) p                       only while training
      layer_norm(x; weight, bias) eps
      parameter(; weight)                a learned static vector
      constant() value, size             a static vector of one number
      reverse/last/first/mean_time/max_time/sum_time(x)   over the time axis, lengths respected
      repeat(x, like)                    a static value given like's time axis
      delay(x, init?) k                  x_{t-k}; made by the compiler from delayed wires, never by a node
      input() field                      a model input; target() field: an answer
      cross_entropy(logits, tokens), mse(a, b), bce(logits, b)   scalar per step
      teacher(free, truth) choose = most_probable | sample   what is heard next: the truth where a model is taught, else what it
                                         said; the compiler makes the form of it that is wanted (core/compile/forms.py)
      reduce_loss(l) over = mean | sum, weight   one number, padding left out
      output(x) name                     marks a model output
    """

    name: OpName
    inputs: tuple[int, ...]
    output: Value
    path: Path
    weights: tuple[Weight, ...] = ()
    attrs: Mapping[str, ParamValue] = field(default_factory=dict)
    port: str = ""  # the output port of its node this op's value leaves by, "" for inner values


class Builder(Protocol):
    """What a node's `build(b)` sees. Every method appends one op and returns its value."""

    def input(self, port: str) -> Value | None:
        """The value arriving at a port; None where an optional port has no wire."""

    def inputs(self, port: str) -> Sequence[Value]:
        """All values arriving at a `many` port, in wire order."""

    def output(self, port: str, value: Value) -> None: ...

    def param(self, name: str) -> bool | int | float | str:
        """A parameter's checked value, references to the cell's parameters already resolved."""

    def size(self, name: str) -> Size:
        """A size parameter; 0 stands for a size that what is wired to the node determines."""

    def integer(self, name: str) -> int: ...
    def number(self, name: str) -> float: ...
    def flag(self, name: str) -> bool: ...
    def text(self, name: str) -> str: ...

    def weight(self, name: str, shape: tuple[Size, ...], init: InitRule, trainable: bool = True) -> Weight: ...

    def op(
        self,
        name: OpName,
        /,
        *inputs: Value,
        weights: tuple[Weight, ...] = (),
        **attrs: bool | int | float | str,
    ) -> Value:
        """Append a primitive; its signature is worked out by the primitive's shape rule."""

    def problem(self, code: str, message: Text, hint: Text = Text("", ""), port: str = "", param: str = "") -> None:
        """Report a mistake at this node."""
