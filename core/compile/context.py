"""What all parts of the emitter share: the plan, the names given so far, and the method being written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field

from core.compile.names import Names, label, reduce, stem
from core.compile.plan import Flow, FusedStep, PackedStep, Plan, Result, ScanStep, Step, VectorStep, WeightKey, number
from core.compile.sizes import Sizes
from core.compile.writer import Code, Writer, code, listed, lit, name
from core.graph.model import Path
from core.specs.ops import Op
from core.specs.sig import Sig


@dataclass(frozen=True)
class Carried:
    """One entry of the state dict and the delay that keeps it."""

    name: str
    delay: int  # value id of the delay op
    source: int
    k: int
    sig: Sig


@dataclass
class Method:
    """One method being written: the variable of each value in it.

    `aids` are local names that its body reads and its first lines must make: like, B, T, length, valid, ends_at...
    """

    writer: Writer
    names: Names
    loop: bool = False  # one step of a scan, not whole sequences
    inside: Path = ()  # the cell whose inner values are named without its own name
    vars: dict[int, Code] = field(default_factory=dict)
    weights: dict[WeightKey, Code] = field(default_factory=dict)
    packs: dict[str, Code] = field(default_factory=dict)  # module of a packed product -> its variable
    ends: dict[int, Code] = field(default_factory=dict)  # what each delay holds after the last step
    sequence: set[int] = field(default_factory=set)  # values whose variable holds the whole time axis
    aids: set[str] = field(default_factory=set)

    def fresh(self, wanted: str) -> Code:
        return name(self.names.fresh(wanted))

    def holds(self, value: int, variable: Code, timed: bool) -> None:
        """Remember the variable of a value."""
        self.vars[value] = variable
        if timed:
            self.sequence.add(value)


class Context:
    """The module being written."""

    def __init__(self, plan: Plan, steps: Sequence[Step], taps: Mapping[int, tuple[str, ...]] | None) -> None:
        self.plan, self.flow, self.steps, self.taps = plan, plan.flow, steps, taps
        self.ops = {op.output.id: op for step in steps for op in ops_of(step)} | plan.flow.of()
        self.parts = {p.name: p for p in plan.storage.parts}
        timed = [op.output.sig.axes for op in self.ops.values() if op.output.sig.axes]
        self.axes = tuple(dict.fromkeys(a for axes in timed for a in axes))
        self.used: set[str] = set()  # supporting functions
        self.methods = Names("forward", "loss", "reset_parameters", *self.parts)
        self.scans: list[Writer] = []
        self.arguments = _arguments(plan)
        self.results = _results(plan)
        self.states = self._states()
        self.sizes = Sizes(self.ops, self.parts, self.arguments)

    def beside(self, flow: Flow, steps: Sequence[Step]) -> Context:
        """The same module while another form of it is written, which is not watched: names given so far stay given."""
        other = copy(self)
        other.flow, other.steps, other.taps = flow, steps, None
        other.ops = self.ops | flow.of()
        return other

    def _states(self) -> tuple[Carried, ...]:
        names, out = Names(), []
        taught = next((op.output.sig.axes for op in self.flow.teachers.values()), ())
        for op in self.flow.ops:
            if (
                op.name == "delay"
                and op.output.id not in self.flow.late
                and (op.output.sig.axes == taught or not taught)
            ):
                own = names.fresh(self.called(self.ops[op.inputs[0]]).rstrip("_"))
                out.append(Carried(own, op.output.id, op.inputs[0], int(str(op.attrs["k"])), op.output.sig))
        return tuple(out)

    def called(self, op: Op, inside: Path = ()) -> str:
        """What the canvas calls the value of an op."""
        path, port = self.flow.places.get(op.output.id) or (op.path, op.port or _plainly(op))
        if inside and path[: len(inside)] == inside:
            path = path[len(inside) :]
            return stem(path, port) if path else stem([port])
        return stem(path, port)

    def axis(self, sig: Sig, what: str) -> Code:
        """The local name of an axis' step count, length or mask."""
        return name(what + suffix(self.axes.index(sig.axes[0]) if sig.axes else 0))

    def late(self, step: Step) -> bool:
        """Whether a step belongs to the loss."""
        return any(op.output.id in self.flow.late for op in ops_of(step))

    def new_method(self, arguments: Sequence[Op]) -> Method:
        """A method over whole sequences, its arguments and local aids named."""
        method = Method(Writer(), Names("self", "lengths", "state", "taps", "outputs", "carried", "like", "B"))
        method.writer.depth = 2
        for n in range(len(self.axes)):
            for what in ("T", "length", "valid", "running", "ends_at"):
                method.names.fresh(what + suffix(n))
        for op in arguments:
            method.holds(op.output.id, method.fresh(self.arguments[op.output.id]), bool(op.output.sig.axes))
        return method


def _plainly(op: Op) -> str:
    return "" if op.name == "linear" else op.name


def _arguments(plan: Plan) -> dict[int, str]:
    names = Names()
    ops = [op for op in plan.flow.ops if op.name in ("input", "target")]
    return {op.output.id: names.fresh(stem(op.path)) for op in ops}


def _results(plan: Plan) -> dict[int, str]:
    names = Names()
    return {r.value: names.fresh(_called_for(r)) for r in plan.flow.results}


def _called_for(result: Result) -> str:
    """The key of an output: the name that the person gave it, as far as letters of it are left, else its place."""
    if reduce(result.name):
        return label([result.name])
    return label(result.path, "" if result.port == "logits" else result.port)


def suffix(n: int) -> str:
    """Local names of the first axis are plain; those of the second end in 2."""
    return "" if n == 0 else str(n + 1)


def shape(sig: Sig, step: bool = False, past: int = 0) -> Code:
    """The comment on a line: (B, T, 65)."""
    axes = [Code("B")] + ([lit(past)] if past else [])
    if not step:
        axes += [name(a) for a in sig.axes]
    if sig.kind == "features":
        axes.append(lit(number(sig.size)))
    return code("({a})", a=listed(axes)) if len(axes) > 1 else Code("(B,)")


def ops_of(step: Step) -> tuple[Op, ...]:
    """The ops that a step stands for, as far as it names them."""
    match step:
        case VectorStep(op):
            return (op,)
        case PackedStep():
            return step.ops
        case ScanStep():
            return (*step.delays, *step.ops)
        case FusedStep():
            return step.delays
