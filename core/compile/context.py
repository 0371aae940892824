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

LOCALS = ("T", "length", "valid", "running", "ends_at", "children", "levels")
TAKEN = ("B", "F")  # names of the emitted text that an axis may not take


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

    `aids` are local names that its body reads and its first lines must make: like, B, T, length, valid, ends_at... In a loop
    `over` are the axes that it runs along, which a value made in it does not have, and `rows` what one step is a batch of.
    """

    writer: Writer
    names: Names
    over: tuple[str, ...] = ()
    rows: Code = Code("B")
    inside: Path = ()  # the cell whose inner values are named without its own name
    vars: dict[int, Code] = field(default_factory=dict)
    weights: dict[WeightKey, Code] = field(default_factory=dict)
    packs: dict[str, Code] = field(default_factory=dict)  # module of a packed product -> its variable
    ends: dict[int, Code] = field(default_factory=dict)  # what each delay holds after the last step
    aids: set[str] = field(default_factory=set)

    def fresh(self, wanted: str) -> Code:
        return name(self.names.fresh(wanted))

    def held(self, sig: Sig) -> tuple[str, ...]:
        """The axes that a variable of this method has."""
        return tuple(a for a in sig.axes if a not in self.over)

    def note(self, sig: Sig, past: int = 0) -> Code:
        """The comment on a line of this method: (B, T, 65)."""
        return shape(Sig(sig.kind, sig.size, self.held(sig)), past, self.rows)


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
        self.sizes = Sizes(self.ops, self.parts, self.arguments, self.axes)

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
                and not op.attrs.get("along")
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

    def local(self, method: Method, what: str, axis: str) -> Code:
        """The local name of an axis' step count ("T"), length or mask, which the method's first lines then make."""
        found = local_name(self.axes, what, axis)
        method.aids.add(found)
        return found

    def mask(self, method: Method, sig: Sig, value: Code) -> Code:
        """The mask of a value over one axis or two."""
        masks = [self.local(method, "valid", a) for a in sig.axes]
        if len(masks) == 1:
            return masks[0]
        self.used.add("both")
        return code("both({m})", m=listed([*masks, value]))

    def late(self, step: Step) -> bool:
        """Whether a step belongs to the loss."""
        return any(op.output.id in self.flow.late for op in ops_of(step))

    def new_method(self, arguments: Sequence[Op]) -> Method:
        """A method over whole sequences, its arguments and local aids named."""
        method = Method(Writer(), Names("self", "lengths", "state", "taps", "outputs", "carried", "like", "B"))
        method.writer.depth = 2
        for local in local_names(self.axes):
            method.names.fresh(local)
        for op in arguments:
            method.vars[op.output.id] = method.fresh(self.arguments[op.output.id])
        return method


def _plainly(op: Op) -> str:
    return "" if op.name == "linear" else op.name


def _arguments(plan: Plan) -> dict[int, str]:
    names = Names()
    ops = [op for op in plan.flow.ops if op.name in ("input", "target")]
    return {op.output.id: names.fresh(stem(op.path)) for op in ops}


def _results(plan: Plan) -> dict[int, str]:
    """None is called as an input: a format that knows values by their names alone could not tell them apart."""
    given = _arguments(plan)
    names = Names(*(given[op.output.id] for op in plan.flow.ops if op.name == "input"))
    return {r.value: names.fresh(_called_for(r)) for r in plan.flow.results}


def _called_for(result: Result) -> str:
    """The key of an output: the name that the person gave it, as far as letters of it are left, else its place."""
    if reduce(result.name):
        return label([result.name])
    return label(result.path, "" if result.port == "logits" else result.port)


def local_name(axes: Sequence[str], what: str, axis: str) -> Code:
    """The step count is called like its axis; other names of the first axis are plain, those of the second end in its name."""
    n = axes.index(axis)
    if what == "T":
        return name(axis if axis not in TAKEN else f"T{n + 1}")
    return name(what if n == 0 else f"{what}_{axis.lower()}")


def local_names(axes: Sequence[str]) -> list[str]:
    """All local names of axes, whether made or not."""
    return [local_name(axes, what, axis) for axis in axes for what in LOCALS]


def shape(sig: Sig, past: int = 0, rows: Code = Code("B")) -> Code:
    """The comment on a line: (B, T, 65)."""
    axes = [rows] + ([lit(past)] if past else [])
    axes += [name(a) for a in sig.axes]
    if sig.kind == "features":
        axes.append(lit(number(sig.size)))
    return code("({a})", a=listed(axes)) if len(axes) > 1 else code("({r},)", r=rows)


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
