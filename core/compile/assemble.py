"""From typed ops to a Program: the passes behind the front of the compiler, and the tables that describe the result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping, Sequence

from core.compile.before import before
from core.compile.emit import CLASS, Emitted, emit
from core.compile.fuse import Fused, fuse, unfused
from core.compile.names import Names, reduce
from core.compile.plan import Flow, FusedStep, Plan, Storage, WeightKey, weight_key
from core.compile.program import Argument, DrawnWeight, Mode, Output, ProbePoint, Program, State, Teacher
from core.compile.regions import scans
from core.compile.specialise import specialise
from core.compile.storage import storage
from core.graph.model import Path
from core.specs.fields import DataField, Fields
from core.specs.ops import BOUNDS, Op
from core.specs.sig import GRID

Ports = Mapping[tuple[Path, str], int]


def assemble(
    ops: Sequence[Op],
    ports: Ports,
    fields: Fields,
    mode: Mode = "train",
    heads: Sequence[tuple[Path, str]] = (),
    labels: Mapping[Path, str] | None = None,
    hash: str = "",
) -> Program:
    """Compile typed ops. Two calls with equal arguments give equal programs."""
    flow = specialise(ops, ports, heads)
    names = Names()
    fused = fuse(flow, names)
    kept = storage(fused, names)
    plan = Plan(flow, fused.steps, kept)
    steps = fused.steps if mode == "train" else unfused(flow)
    probes = _probes(flow, ports, labels or {})
    taps: dict[int, tuple[str, ...]] = {}
    for point in probes:
        value = flow.value(ports[point.path, point.port])
        taps[value] = (*taps.get(value, ()), point.key)
    emitted = emit(plan, steps, taps if mode == "twin" else None)
    return Program(
        mode=mode,
        source=emitted.source,
        class_name=CLASS,
        inputs=_arguments(flow, emitted, fields, "input"),
        targets=_arguments(flow, emitted, fields, "target"),
        outputs=_outputs(flow, emitted),
        states=_states(flow, emitted),
        weights=_weights(fused, kept),
        probes=probes,
        fused={step.path: step.kind for step in fused.steps if isinstance(step, FusedStep)},
        lines=emitted.lines,
        hash=hash,
        teachers=_teachers(flow, emitted, fields),
        ops=tuple(ops),
        labels=labels or {},
    )


def _arguments(flow: Flow, emitted: Emitted, fields: Fields, kind: str) -> tuple[Argument, ...]:
    found = (op for op in flow.ops if op.name == kind)
    return tuple(Argument(emitted.arguments[op.output.id], _field(op, fields), op.path) for op in found)


def _field(op: Op, fields: Fields) -> DataField:
    wanted = str(op.attrs["field"])
    return fields.get(wanted) or DataField(wanted, op.output.sig, target=op.name == "target")


def _teachers(flow: Flow, emitted: Emitted, fields: Fields) -> tuple[Teacher, ...]:
    found = []
    for op in flow.ops:
        drawn = flow.teachers.get(op.output.id)
        if drawn is not None:
            states = tuple(s.name for s in emitted.states if s.source == op.output.id)
            said, given = emitted.results.get(drawn.inputs[0], ""), int(str(drawn.attrs.get("given", 0)))
            found.append(Teacher(str(op.attrs["key"]), _field(op, fields), op.path, states, said, given))
    return tuple(found)


def _outputs(flow: Flow, emitted: Emitted) -> tuple[Output, ...]:
    by_id = flow.of()
    return tuple(
        Output(
            emitted.results[r.value], by_id[r.value].output.sig, r.path, r.port, r.loss, r.target, r.value,
            _skipped(flow, r.value),
        )
        for r in flow.results
    )  # fmt: skip


def _skipped(flow: Flow, value: int) -> int:
    """The first steps that the loss of an output leaves out; only one axis has first steps."""
    for op in flow.ops:
        if op.name == "reduce_loss" and value in before(flow.ops, op.inputs):
            return int(str(op.attrs.get("skip", 0))) if len(flow.of()[value].output.sig.axes) == 1 else 0
    return 0


def _states(flow: Flow, emitted: Emitted) -> tuple[State, ...]:
    by_id = flow.of()
    sources = [(s, by_id[s.source]) for s in emitted.states]
    return tuple(State(s.name, s.sig, s.k, op.path, op.port) for s, op in sources)


def _weights(fused: Fused, kept: Storage) -> tuple[DrawnWeight, ...]:
    """Every drawn weight (a split one piece by piece) in the order of the ops."""
    looped = _looped(fused.ops)
    inside = _recurrent(fused.ops, looped)
    loose = {weight_key(w) for op in fused.ops if op.output.id not in looped for w in op.weights}
    out: dict[WeightKey, DrawnWeight] = {}
    for op in fused.ops:
        for read in op.weights:
            key = weight_key(read)
            if key in out and out[key].recurrent:
                continue
            weight = kept.drawn[key]  # as its owner drew it
            (piece,) = kept.pieces[key]
            shape = tuple(int(str(s)) for s in weight.shape)
            square = len(shape) == 2 and shape[0] == shape[1]
            out[key] = DrawnWeight(
                weight.path, weight.name, shape, weight.init, piece.tensor, piece.rows, piece.columns,
                weight.trainable, square and op.output.id in inside, weight.pattern,
                _steps(op), key not in loose,
            )  # fmt: skip
    return tuple(out.values())


def _looped(ops: Sequence[Op]) -> set[int]:
    """Every value that is made inside a loop, also where a fused module does it."""
    return {op.output.id for loop in scans(ops) for op in loop}


def _steps(op: Op) -> tuple[str, ...]:
    """The axes of the steps of an operation: of two that are no grid, as in attention, it is the first."""
    axes = op.output.sig.axes
    return axes if axes == GRID else axes[:1]


def _recurrent(ops: Sequence[Op], looped: Container[int]) -> set[int]:
    """The products that read a value of the step before, directly or inside a loop."""
    delayed = {op.output.id for op in ops if op.name == "delay"}
    products = [op for op in ops if op.name == "linear"]
    return {op.output.id for op in products if op.inputs[0] in delayed or op.output.id in looped}


def _probes(flow: Flow, ports: Ports, labels: Mapping[Path, str]) -> tuple[ProbePoint, ...]:
    """A point for each drawn port whose value the forward part computes; which port it is, is said where there are several."""
    outputs = Counter(path for path, _ in ports)
    by_id, looped = flow.of(), _looped(flow.ops)
    names, out = Names(), []
    for (path, port), raw in ports.items():
        value = flow.value(raw)
        if value not in by_id or value in flow.late:
            continue
        place = "/".join(reduce(p) or "node" for p in path)
        key = names.fresh(f"{place}.{reduce(port) or 'port'}")
        label = labels.get(path, "/".join(path)) + (f" {port}" if outputs[path] > 1 else "")
        made = by_id[value]
        out.append(ProbePoint(key, path, port, made.output.sig, value in looped, label, value, BOUNDS.get(made.name)))
    return tuple(out)
