"""What the passes hand on: a Flow of live ops, then a Plan of steps over whole sequences and scans, with the place of
every weight."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from core.graph.model import Path
from core.specs.ops import Op, Weight

WeightKey = tuple[Path, str]
Kind = Literal["LSTM", "GRU", "RNN"]


@dataclass(frozen=True)
class Result:
    """A value that leaves `forward`. `name` is what an Output node calls it; "" takes its place on the canvas."""

    value: int
    path: Path
    port: str
    loss: str = ""
    target: str = ""
    name: str = ""


@dataclass(frozen=True)
class Flow:
    """Live ops with pass-throughs resolved. `late` are the ops of the loss part; `alias` maps resolved values."""

    ops: tuple[Op, ...]
    late: frozenset[int]
    results: tuple[Result, ...]
    alias: Mapping[int, int] = field(default_factory=dict)
    places: Mapping[int, tuple[Path, str]] = field(default_factory=dict)  # the outermost port each value leaves by
    teachers: Mapping[int, Op] = field(default_factory=dict)  # by value: the drawn op that `truth` stands for here

    def of(self) -> dict[int, Op]:
        """The op that makes each value."""
        return {op.output.id: op for op in self.ops}

    def value(self, id: int) -> int:
        return self.alias.get(id, id)


@dataclass(frozen=True)
class VectorStep:
    """One op over the whole time axis (or on a static value)."""

    op: Op


@dataclass(frozen=True)
class PackedStep:
    """Linear ops of one input as one product."""

    ops: tuple[Op, ...]
    module: str
    whole: bool = False  # a scan adds it to another product before it is taken apart


@dataclass(frozen=True)
class SumStep:
    """Inside a scan: W x + U h for several gates as one product. `adds` take `products` and the packed `onto`."""

    adds: tuple[Op, ...]
    products: tuple[Op, ...]
    module: str
    onto: str
    bias: bool


@dataclass(frozen=True)
class ScanStep:
    """A strongly connected component: its delays carry state, its other ops run once a step.

    `packs` are the products of one input inside the loop; `exports` the values used outside it.
    """

    name: str
    axis: str
    delays: tuple[Op, ...]
    ops: tuple[Op, ...]
    imports: tuple[int, ...]
    exports: tuple[int, ...]
    packs: tuple[PackedStep, ...] = ()
    sums: tuple[SumStep, ...] = ()
    path: Path = ()  # the innermost cell that holds it all


@dataclass(frozen=True)
class FusedStep:
    """A region that is one of torch's recurrent modules. `delays` in the order of its states (h, then c)."""

    kind: Kind
    module: str
    path: Path
    sources: tuple[int, ...]
    hidden: int  # the value id of h
    delays: tuple[Op, ...]
    size: int
    ops: frozenset[int]  # everything it stands for, delays and absorbed products included
    ended: tuple[int, ...] = ()  # values that are the last of its cell state, which torch gives only there


Step = VectorStep | PackedStep | ScanStep | FusedStep


@dataclass(frozen=True)
class Piece:
    """Where `columns` of a drawn weight live: rows/columns of a tensor of the state_dict (None = all)."""

    tensor: str
    rows: tuple[int, int] | None = None
    columns: tuple[int, int] | None = None
    of: tuple[int, int] | None = None  # columns of the drawn weight


@dataclass(frozen=True)
class Part:
    """One attribute of the module: `linear`, `embedding`, `layer_norm`, `lstm`, `gru`, `rnn_tanh`, `rnn_relu`,
    `parameter`. `sizes` are its constructor's numbers. `absent` are tensors that are not drawn and stay zero;
    `drawn_rows` those of which only these rows are drawn; `fixed` drawn ones that are not trained."""

    name: str
    kind: str
    sizes: tuple[int, ...]
    bias: bool = True
    path: Path = ()
    absent: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    drawn_rows: tuple[tuple[str, int, int], ...] = ()
    reads: tuple[int, ...] = ()  # values whose sizes make up the first size
    makes: int | None = None  # the value that has the last size


@dataclass(frozen=True)
class Storage:
    """The attributes of the module and where each drawn weight lives in them. Equal for train and twin."""

    parts: tuple[Part, ...]
    pieces: Mapping[WeightKey, tuple[Piece, ...]]
    drawn: Mapping[WeightKey, Weight]


@dataclass(frozen=True)
class Plan:
    """Everything the emitter needs."""

    flow: Flow
    steps: tuple[Step, ...]
    storage: Storage
    fused: Mapping[Path, str] = field(default_factory=dict)


def weight_key(weight: Weight) -> WeightKey:
    return (weight.path, weight.name)


def borrows(op: Op) -> bool:
    """Whether an op reads the weight of another node: a tied output."""
    return bool(op.weights) and op.weights[0].path != op.path


def number(size: object) -> int:
    """A resolved size."""
    if not isinstance(size, int):
        raise TypeError(f"size {size!r} was not resolved before compiling")
    return size
