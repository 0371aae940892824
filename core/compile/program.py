"""What compiling gives: the emitted source and everything needed to run, watch, map back and export it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Literal

from core.graph.model import Path
from core.problems import Problem
from core.shapes.typed import Wire as Wire
from core.specs.fields import DataField
from core.specs.ops import InitRule, Op, Pattern
from core.specs.sig import Sig

Mode = Literal["train", "twin"]


@dataclass(frozen=True)
class Argument:
    """One positional argument of the emitted `forward` (or, for targets, of `loss`): `name` is its identifier, `field`
    the dataset field that feeds it."""

    name: str
    field: DataField
    path: Path


@dataclass(frozen=True)
class Output:
    """One entry of the dict that `forward` returns first. `loss` names the loss op kind it goes into, or ""."""

    name: str
    sig: Sig
    path: Path
    port: str
    loss: str = ""
    target: str = ""  # dataset field of the answer it is compared with
    value: int = -1  # id of the value among the program's ops
    skip: int = 0  # first steps that its loss leaves out


@dataclass(frozen=True)
class State:
    """One entry of the state dict that `forward` takes and returns: (B, delay, size), oldest first (tokens: (B, delay))."""

    name: str
    sig: Sig
    delay: int
    path: Path  # where the delayed wire starts
    port: str


@dataclass(frozen=True)
class DrawnWeight:
    """A drawn parameter and where its numbers live: `tensor` is the state_dict name; rows/columns the slice of it
    (None = all) that a packed or fused tensor gives to this node.

    A matrix over a concatenation inside a loop lives in pieces, one entry each: `name` is then "weight.0", "weight.1"
    and `shape` the piece's, by the order of the concatenation.
    """

    path: Path
    name: str
    shape: tuple[int, ...]
    init: InitRule
    tensor: str
    rows: tuple[int, int] | None = None
    columns: tuple[int, int] | None = None
    trainable: bool = True
    recurrent: bool = False  # multiplies a delayed value: its eigenvalues are worth watching
    pattern: Pattern | None = None
    along: tuple[str, ...] = ()  # the axes of the steps at which it is read, none where it is read once
    in_scan: bool = False  # it is read inside loops and nowhere else

    @property
    def count(self) -> int:
        """How many numbers it holds, structural zeros left out."""
        return self.pattern.count(*self.shape) if self.pattern else prod(self.shape)


@dataclass(frozen=True)
class ProbePoint:
    """A value that the twin can show: every output port of every node, also inside cells.

    `key` indexes the `taps` dict of the twin's forward. In a scan the tap is a list of T tensors (B, size), so that
    the gradient of each step is the true recursion; outside, a list of one tensor (B, T, size). A scan over a grid taps its
    I + J - 1 anti-diagonals (B * I, size), row b * I + i of the one numbered d being cell (i, d - i); a fold over trees taps
    its levels (M, size), and under "N/nodes" the rows b * N + n that each is made of. `core.train.taps` puts them together.
    """

    key: str  # "memory/forget.y" : node path joined by "/" + "." + port
    path: Path
    port: str
    sig: Sig
    in_scan: bool
    label: str = ""  # readable, from the titles; data, never code
    value: int = -1  # id of the value among the program's ops: points of one value have equal ids
    bounds: tuple[float, float] | None = None  # between which the value is squashed, where it is: a gate's are 0 and 1


@dataclass(frozen=True)
class Teacher:
    """One entry of the `truth` that `forward` takes: `name` is its key, `field` the dataset field that feeds it. `path` is
    the teacher node; its `states` are those entries of the state dict that keep what it said."""

    name: str
    field: DataField
    path: Path
    states: tuple[str, ...] = ()
    said: str = ""  # the output that is what the model says, where that leaves the model
    given: int = 0  # steps at the beginning that are always told


@dataclass(frozen=True)
class Stop:
    """The output that says when a model has said all: `stop`, the logit that this is the last step; `length`, logits of the
    number of symbols."""

    kind: Literal["stop", "length"]
    output: str


@dataclass(frozen=True)
class Program:
    """The emitted module. Train and twin of one graph have equal state_dict names and shapes."""

    mode: Mode
    source: str
    class_name: str
    inputs: tuple[Argument, ...]
    targets: tuple[Argument, ...]
    outputs: tuple[Output, ...]
    states: tuple[State, ...]
    weights: tuple[DrawnWeight, ...]
    probes: tuple[ProbePoint, ...]
    fused: Mapping[Path, str] = field(default_factory=dict)  # cell or region path -> "LSTM" | "GRU" | "RNN"
    lines: Mapping[int, Path] = field(default_factory=dict)  # 1-based source line -> node
    hash: str = ""  # of graph + fields; the same for train and twin
    teachers: tuple[Teacher, ...] = ()
    stop: Stop | None = None
    ops: tuple[Op, ...] = ()  # the flat typed ops it was emitted from, in order (ONNX is written from them)
    labels: Mapping[Path, str] = field(default_factory=dict)  # how a person calls each node

    def called(self, path: Path) -> str:
        """How a person calls a node; "" for none."""
        return self.labels.get(path, "/".join(path))

    @property
    def parameter_count(self) -> int:
        """Trainable numbers, each drawn weight once."""
        return sum(w.count for w in self.weights if w.trainable)


@dataclass(frozen=True)
class Checked:
    """What can be said about a graph without emitting: problems, the signature of every wire and output port."""

    problems: tuple[Problem, ...]
    wires: tuple[Wire, ...] = ()
    ports: Mapping[tuple[Path, str], Sig] = field(default_factory=dict)  # (node path, output port) -> sig

    @property
    def ok(self) -> bool:
        return not any(p.severity == "error" for p in self.problems)


# The doors of the compiler (core/compile/__init__ re-exports nothing; import from core.compile.pipeline):
#   check(graph, fields, registry) -> Checked
#   compile_graph(graph, fields, registry, mode="train") -> Program        raises Refused with every error
#
# The emitted class, for reference (torch only, nothing of ours):
#   class Model(nn.Module):
#       def __init__(self): ...                  modules named by their place on the canvas, then reset_parameters()
#       def reset_parameters(self): ...          the drawn initial values, in drawing order
#       def forward(self, text, lengths=None, state=None) -> (outputs: dict[str, Tensor], state: dict[str, Tensor])
#       def loss(self, outputs, next_text, lengths=None) -> (total: scalar Tensor, parts: dict[str, Tensor])
#            parts[name] is the per-step loss (B, T) or (B,), zero where padded, before weighting and reduction
#   Where the graph has teachers, forward takes three arguments more, truth=None, forced=None, steps=None:
#     truth: dict of Program.teachers' names -> answers (B, T, ...). Alone: every answer is heard, the loop through the
#       teachers is cut and what follows runs over all of time at once. forced: bool (B, T), where it is heard; elsewhere
#       the model hears what it said itself. No truth: it hears itself for `steps` steps (where an input has the same time
#       axis, that tells the steps). Only states along the teachers' axis are carried: other axes are read whole each time.
#   The twin's forward has one more argument, taps=None: a dict that it fills (see ProbePoint).
#   lengths: dict axis name -> LongTensor (B,), or None; an axis left out is full. Outputs are zero on padding.
#   state: what an earlier call returned, {} or None to begin anew. With lengths and state=None nothing is followed
#   through padding (it costs time) and the state returned is {}; pass {} to begin and get each sequence's own end.
