"""Turns live ops into steps: matched scans become torch's recurrent modules, products of one input become one.

Storage follows from it and is decided here once, for the program that trains and for its twin.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.compile.before import before
from core.compile.match import Match, match
from core.compile.names import Names, stem
from core.compile.packing import LoopPacks, pack, readers_of
from core.compile.plan import Flow, FusedStep, Kind, ScanStep, Step, VectorStep, borrows, number
from core.compile.regions import arrange, scans
from core.compile.split import Split, split
from core.graph.model import Path
from core.specs.ops import Op

KINDS: Mapping[str, Kind] = {"lstm": "LSTM", "gru": "GRU", "rnn_tanh": "RNN", "rnn_relu": "RNN"}
ABSORBED = ("linear", "add", "parameter")


@dataclass(frozen=True)
class Fused:
    """The steps of the training program, what each fused step matched, and how weights were split."""

    ops: tuple[Op, ...]
    steps: tuple[Step, ...]
    matches: Mapping[str, Match]  # by module name
    split: Split


def fuse(flow: Flow, names: Names) -> Fused:
    """Steps for training. Names of the modules of fused and packed steps are taken from `names`."""
    rewritten = split(flow.ops)
    kept = {r.value for r in flow.results}
    roots = [*kept, *(op.output.id for op in rewritten.ops if op.name == "reduce_loss")]
    live = before(rewritten.ops, roots)
    ops = tuple(op for op in rewritten.ops if op.output.id in live)
    found: list[tuple[FusedStep, Match]] = []
    loops: list[tuple[Op, ...]] = []
    for scan in scans(ops):
        step = None if scan[0].output.id in flow.late else _fused(scan, ops, kept, names)
        if step:
            found.append(step)
        else:
            loops.append(scan)
    taken = {v for step, _ in found for v in step.ops}
    packs = [pack(loop, ops, kept | taken, _name(loop), names) for loop in loops]
    steps = _steps(ops, [s for s, _ in found], loops, packs, kept)
    return Fused(ops, steps, {s.module: m for s, m in found}, rewritten)


def unfused(flow: Flow) -> tuple[Step, ...]:
    """Steps of the twin: every drawn value on its own."""
    kept = {r.value for r in flow.results}
    loops = list(scans(flow.ops))
    return _steps(flow.ops, [], loops, [LoopPacks((), (), ()) for _ in loops], kept)


def _fused(scan: tuple[Op, ...], ops: Sequence[Op], kept: set[int], names: Names) -> tuple[FusedStep, Match] | None:
    by_id = {op.output.id: op for op in ops}
    absorbed = _absorbed(scan, ops, kept)
    found = match(scan, by_id, absorbed)
    if found is None or not _sizes_fit(found, by_id, scan, absorbed):
        return None
    ended = _ended(found, ops)
    standing = frozenset(op.output.id for op in scan) | _expanded(scan, by_id, absorbed) | {*ended}
    seen = {found.delays[0].inputs[0], *ended}  # what torch's module gives
    if any(v in standing and v not in seen for op in ops if op.output.id not in standing for v in op.inputs):
        return None
    sources = tuple(v for v, _ in found.gates[0].inputs)
    if any(v in standing and v not in seen for v in (*kept, *sources)):
        return None
    hidden = found.delays[0].inputs[0]
    path = common_path(scan)
    module = names.fresh(stem(path) if path else KINDS[found.kind].lower())
    size = number(found.delays[0].output.sig.size)
    path = path or by_id[hidden].path
    return FusedStep(KINDS[found.kind], module, path, sources, hidden, found.delays, size, standing, ended), found


def _ended(found: Match, ops: Sequence[Op]) -> tuple[int, ...]:
    """The values that are the last of an LSTM's cell state: an encoder hands it on to a decoder."""
    if len(found.delays) < 2:
        return ()
    cell = found.delays[1].inputs[0]
    return tuple(op.output.id for op in ops if op.name == "last" and op.inputs == (cell,))


def _absorbed(scan: tuple[Op, ...], ops: Sequence[Op], kept: set[int]) -> frozenset[int]:
    """Outside products, sums and parameters that feed this scan and nothing else."""
    inside = {op.output.id for op in scan}
    readers = readers_of(ops)
    kept = kept | {v for op in scan if op.name == "delay" for v in op.inputs[1:]}  # fed starts come from outside
    found: set[int] = set()
    for op in reversed(ops):
        v = op.output.id
        if v in inside or v in kept or op.name not in ABSORBED:
            continue
        if readers.get(v) and all(r in inside or r in found for r in readers[v]):
            found.add(v)
    return frozenset(found)


def _expanded(scan: tuple[Op, ...], by_id: Mapping[int, Op], absorbed: frozenset[int]) -> frozenset[int]:
    """The absorbed ops that the normal form looked into: back from the scan, up to the products."""
    found: set[int] = set()
    todo = [v for op in scan for v in op.inputs if v in absorbed]
    while todo:
        v = todo.pop()
        found.add(v)
        if by_id[v].name != "linear":
            todo.extend(i for i in by_id[v].inputs if i in absorbed)
    return frozenset(found)


def _sizes_fit(found: Match, by_id: Mapping[int, Op], scan: Iterable[Op], absorbed: frozenset[int]) -> bool:
    """All states as wide as each gate's matrices are high, and every source a sequence of features."""
    size = found.delays[0].output.sig.size
    products = [op for op in (*scan, *(by_id[v] for v in absorbed)) if op.name != "delay"]
    shapes = {(w.path, w.name): w.shape for op in products for w in op.weights}
    if not all(w.trainable for op in products for w in op.weights) or any(borrows(op) for op in products):
        return False
    sources = [by_id[v].output.sig for v, _ in found.gates[0].inputs]
    if any(d.output.sig.size != size for d in found.delays):
        return False
    if any(len(s.axes) != 1 or s.kind != "features" for s in sources):
        return False
    for gate in found.gates:
        keys = [*(w for _, w in gate.inputs), gate.recurrent, *filter(None, (gate.input_bias, gate.recurrent_bias))]
        if any(shapes[k][0] != size for k in keys) or shapes[gate.recurrent] != (size, size):
            return False
    return all(_drawn_rows(found, which) is not None for which in ("input_bias", "recurrent_bias"))


def _drawn_rows(found: Match, which: str) -> tuple[int, int] | None:
    """First and last gate + 1 that draw this bias, where they stand together; (0, 0) where none does."""
    drawn = [n for n, gate in enumerate(found.gates) if getattr(gate, which)]
    if not drawn:
        return (0, 0)
    return (drawn[0], drawn[-1] + 1) if drawn[-1] + 1 - drawn[0] == len(drawn) else None


def drawn_rows(found: Match, which: str) -> tuple[int, int]:
    """The gates that draw `input_bias` or `recurrent_bias`, as first and last + 1."""
    return _drawn_rows(found, which) or (0, 0)


def common_path(ops: Iterable[Op]) -> Path:
    """The innermost cell that holds all the ops."""
    paths = [op.path for op in ops]
    out: list[str] = []
    for parts in zip(*paths, strict=False):
        if len(set(parts)) > 1:
            break
        out.append(parts[0])
    return tuple(out)


def _steps(
    ops: Sequence[Op],
    fused: Sequence[FusedStep],
    loops: Sequence[tuple[Op, ...]],
    packs: Sequence[LoopPacks],
    kept: set[int],
) -> tuple[Step, ...]:
    by_id = {op.output.id: op for op in ops}
    starts: dict[int, Step] = {}
    groups: list[Iterable[int]] = []
    for step in fused:
        groups.append(step.ops)
        starts.update(dict.fromkeys(step.ops, step))
    for hoisted in (step for packed in packs for step in packed.hoisted):
        members = [op.output.id for op in hoisted.ops]
        groups.append(members)
        starts.update(dict.fromkeys(members, hoisted))
    for loop, packed in zip(loops, packs, strict=True):
        members = [op.output.id for op in loop]
        groups.append(members)
        starts.update(dict.fromkeys(members, _scan(loop, ops, kept, packed)))
    order = arrange(ops, groups)
    return tuple(starts.get(group[0]) or VectorStep(by_id[group[0]]) for group in order)


def _name(loop: Sequence[Op]) -> str:
    """What a scan is called: the cell that holds it."""
    path = common_path(loop)
    return stem(path) if path else "memory"


def _scan(loop: tuple[Op, ...], ops: Sequence[Op], kept: set[int], packed: LoopPacks) -> ScanStep:
    inside = {op.output.id for op in loop}
    delays = tuple(op for op in loop if op.name == "delay")
    body = tuple(op for op in loop if op.name != "delay")
    whole = {op.output.id for step in packed.hoisted if step.whole for op in step.ops}
    imports = _ordered(i for op in body for i in op.inputs if i not in inside and i not in whole)
    used = {i for op in ops if op.output.id not in inside for i in op.inputs} | kept
    exports = _ordered(op.output.id for op in loop if op.output.id in used)
    axes = [op.output.sig.axes for op in loop if op.output.sig.axes]
    return ScanStep(
        _name(loop), axes[0][0] if axes else "T", delays, in_order(body), imports, exports,
        packed.inner, packed.sums, common_path(loop),
    )  # fmt: skip


def in_order(body: Sequence[Op]) -> tuple[Op, ...]:
    """The ops of one time step, each after what it reads; delays are read from the step before."""
    members = {op.output.id for op in body}
    done: set[int] = set()
    out: list[Op] = []
    todo = list(body)
    while todo:
        ready = [op for op in todo if all(i in done or i not in members for i in op.inputs)]
        if not ready:
            raise AssertionError("a cycle without a delay came through the check")
        for op in ready:
            done.add(op.output.id)
        out.extend(ready)
        todo = [op for op in todo if op.output.id not in done]
    return tuple(out)


def _ordered(values: Iterable[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(values))
