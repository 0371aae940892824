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
         "square", "sqrt", "sin", "cos", "sign", "hard_sigmoid", "neg", "step", "atanh")  # fmt: skip
BOUNDS = {"sigmoid": (0.0, 1.0), "hard_sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0), "softsign": (-1.0, 1.0)}  # squashed
BINARY = ("add", "sub", "mul", "div")
TIME_OPS = ("reverse", "last", "first", "mean_time", "max_time", "sum_time", "repeat")
LOSSES = ("cross_entropy", "mse", "bce")
OpName = str


@dataclass(frozen=True)
class InitRule:
    """How a weight starts. Values are plain numbers so that the emitter can print them.

    uniform(bound), normal(std), constant(value), xavier_uniform, xavier_normal, orthogonal(gain), identity(gain), zeros.
    fan_in/fan_out are those of the drawn weight, before any packing.

    Matrices of reservoirs:
      spectral(radius) density      normal numbers at that share of places, scaled to that spectral radius
      sparse(std) count             normal numbers from `count` inputs to each unit, the rest zero
      signs(value) density          +value or -value at that share of places, the rest zero
      dale(value) density, share    |normal|·value at a share of places; the last `share` of the columns are negative
    Vectors with one number per unit, the same at every start:
      ramp(step)                    step, 2 step, 3 step ... (Hochreiter and Schmidhuber's closed input gates)
      spaced(first) last            evenly in the logarithm from first to last
      chrono(T) sign                sign · log of 1 ... T-1, evenly: forget gates open for 1 ... T steps (Tallec 2018)
      periods(base) count           base^0 ... base^(count-1), a group of units each (clockwork)
    """

    rule: Literal[
        "uniform", "normal", "constant", "xavier_uniform", "xavier_normal", "orthogonal", "identity", "zeros", "fan_in",
        "spectral", "sparse", "signs", "dale", "ramp", "spaced", "chrono", "periods",
    ]  # fmt: skip
    value: float = 0.0
    offset: float = 0.0  # added to every number afterwards (the LSTM's forget bias)
    second: float = 0.0  # the other number of a rule: density, last, sign
    third: float = 0.0  # dale's share
    count: int = 0


WHOLE = ("orthogonal", "identity", "spectral", "sparse", "dale")  # rules that look at the matrix in one piece


@dataclass(frozen=True)
class Pattern:
    """Structural zeros of a matrix (out, in), both cut into `groups` equal shares: masked at the start, and their
    gradient kept at zero.

    block_upper: a group hears itself and those after it; block_lower: itself and those before; block_diagonal: itself
    alone; no_diagonal (whatever the groups): no unit hears itself.
    """

    kind: Literal["block_upper", "block_lower", "block_diagonal", "no_diagonal"]
    groups: int = 1

    def count(self, rows: int, columns: int) -> int:
        """How many numbers are not fixed at zero."""
        return sum(map(sum, self.free(rows, columns)))

    def free(self, rows: int, columns: int) -> list[list[bool]]:
        """Which numbers are not fixed at zero."""
        if self.kind == "no_diagonal":
            return [[r != c for c in range(columns)] for r in range(rows)]
        down, across = [[i * self.groups // size for i in range(size)] for size in (rows, columns)]
        return [[self._keeps(r, c) for c in across] for r in down]

    def _keeps(self, row: int, column: int) -> bool:
        """Whether a group of units hears a group of inputs."""
        if self.kind == "block_upper":
            return column >= row
        return column <= row if self.kind == "block_lower" else column == row


@dataclass(frozen=True)
class Value:
    """The result of one op while building: `id` is unique in the flat graph."""

    id: int
    sig: Sig


@dataclass(frozen=True)
class Weight:
    """A drawn parameter: `path` of its node + `name` identify it for ever, also after packing or fusing.

    shape: (out, in) for matrices, (size,) for vectors, (vocabulary, size) for tables. A second node that reads it (a tied
    output) has the same path and name.
    """

    path: Path
    name: str
    shape: tuple[Size, ...]
    init: InitRule
    trainable: bool = True
    pattern: Pattern | None = None


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
      keep_mask() p, size                a static dropout mask, one for the whole sequence; ones after training
      noise(x) std                       x + normal noise, only while training
      every(count; periods)              1 where a unit's period divides the count, else 0
      layer_norm(x; weight, bias) eps
      parameter(; weight)                a learned static vector
      constant() value, size             a static vector of one number
      reverse/last/first/mean_time/max_time/sum_time(x) axis   over that axis ("" = the last one it has), lengths respected
      repeat(x, like)                    a static value given like's time axis
      delay(x, init?) k                  x_{t-k}; made by the compiler from delayed wires. A node may make one that starts
                                         from zeros (a window over the past). along: I or J of a grid, left or right of a tree
      dot_score(query, keys) scale       a number for each step of the keys: axes (S,) or (T, S), "scalar"
      additive_score(query, keys; v)     v · tanh(query + keys), likewise
      masked_softmax(scores)             over their last axis, padding left out: rows sum to 1
      weighted_sum(weights, values)      sum over the last axis of the weights
      input() field                      a model input; target() field: an answer
      cross_entropy(logits, tokens), mse(a, b), bce(logits, b)   scalar per step
      teacher(free, truth) choose = most_probable | sample   what is heard next: the truth where a model is taught, else what it
                                         said; the compiler makes the form of it that is wanted (core/compile/forms.py)
      reduce_loss(l) over = mean | sum, weight, skip   one number, padding and the first steps left out
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

    def weight(
        self, name: str, shape: tuple[Size, ...], init: InitRule, trainable: bool = True, pattern: Pattern | None = None
    ) -> Weight: ...

    def table(self, param: str) -> Weight | None:
        """The table of the embedding that a parameter names, shared; None where there is none, which is then told."""

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
