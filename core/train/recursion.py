"""The loops of a network: which states move on together from one step to the next, and through which weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.compile.before import before
from core.compile.program import Program
from core.compile.regions import scans
from core.specs.ops import Op


@dataclass(frozen=True)
class Loop:
    """`states`: the probe keys of its states, in the order in which the program carries them; `weights`: the names of the
    recurrent weights that it reads; `size`: numbers in all its states."""

    states: tuple[str, ...]
    weights: tuple[str, ...]
    size: int

    @property
    def key(self) -> str:
        """What the loop is called: its first state."""
        return self.states[0]


def loops_of(program: Program) -> tuple[Loop, ...]:
    """Every loop along time whose states are numbers that go one step back, in the order of computation. A loop of a grid or
    a tree is none, nor is one that reads further back or that hears nothing (a counter). Symbols that are heard again move
    nothing smoothly; what a teacher says is the truth while probes look, so that no gradient goes back through it."""
    found = (_loop(scan, program) for scan in scans(program.ops))
    return tuple(loop for loop in found if loop is not None)


def _loop(scan: Sequence[Op], program: Program) -> Loop | None:
    made, keys = {op.output.id: op for op in scan}, outermost(program)
    delays = [op for op in scan if op.name == "delay"]
    if any(op.attrs.get("along") or op.attrs["k"] != 1 or len(op.output.sig.axes) != 1 for op in delays):
        return None
    heard = before(program.ops, [i for op in scan for i in op.inputs if i not in made])
    if not any(op.name == "input" for op in program.ops if op.output.id in heard):
        return None
    moved = dict.fromkeys(op.inputs[0] for op in delays if op.output.sig.kind == "features")
    states = [v for v in moved if v in keys and made[v].name != "teacher"]
    if not states:
        return None
    carried = [(s.path, s.port) for s in program.states]
    places = {
        v: next((n for n, place in enumerate(carried) if place == (made[v].path, made[v].port)), len(carried))
        for v in states
    }
    read = {(w.path, w.name) for op in scan for w in op.weights}
    weights = tuple(
        "/".join(w.path) + "." + w.name for w in program.weights if w.recurrent and (w.path, w.name) in read
    )
    size = sum(int(str(made[v].output.sig.size)) for v in states)
    return Loop(tuple(keys[v] for v in sorted(states, key=places.__getitem__)), weights, size)


def outermost(program: Program) -> Mapping[int, str]:
    """Value -> the key under which it leaves the outermost cell: "memory.h" says more than "memory/hidden.y"."""
    out: dict[int, str] = {}
    for point in sorted(program.probes, key=lambda p: len(p.path)):
        out.setdefault(point.value, point.key)
    return out
