"""Whether an answer reaches a prediction. Through a teacher it may, but only later: what was said at earlier steps.

A target's value is raw. Past a teacher it is heard now; past a delay after that it is heard from before, and harmless
until an operation looks across time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from core.graph.model import Path
from core.problems import Fix, Place, Problem
from core.shapes import fixes
from core.shapes.flatten import Flat, Source
from core.shapes.mistakes.all import mistake
from core.shapes.rules import NEEDS_TIME
from core.shapes.typed import Typed
from core.specs.ops import Op

SINKS = ("loss", "head", "stop", "length", "output")


def leaks(flat: Flat, typed: Typed) -> Iterator[Problem]:
    """Predictions that depend on an answer, and teachers that hear something else than one."""
    yield from _untrue(flat, typed)
    early = False
    for start in (op for op in typed.ops if op.name == "target"):
        raw, now = _tainted(typed.ops, start.output.id)
        for leaf in flat.leaves.values():
            if leaf.spec.role not in SINKS:
                continue
            port = flat.scopes[leaf.path[:-1]].inputs[leaf.node.id][0].name
            for source in sources(flat, leaf.path, port):
                if _value(typed, source) in raw:
                    yield mistake("model.leak", *last_wire(flat, source), got=start.attrs["field"])
                early |= _value(typed, source) in now and not source.delay
    if early:
        yield from _undelayed(flat)


def _untrue(flat: Flat, typed: Typed) -> Iterator[Problem]:
    """A teacher's truth is a target, as it is."""
    ops = {op.output.id: op for op in typed.ops}
    for op in typed.ops:
        value = ops.get(op.inputs[1]) if op.name == "teacher" and len(op.inputs) > 1 else None
        while value is not None and value.name == "identity" and value.inputs:
            value = ops.get(value.inputs[0])
        if value is not None and value.name != "target":
            for source in sources(flat, op.path, "truth"):
                yield mistake("teacher.truth", *last_wire(flat, source), got=flat.shown(source.path))


def _tainted(ops: Sequence[Op], start: int) -> tuple[set[int], set[int]]:
    """The values that an answer reaches past no teacher, or looking across time; and those that hear it at its own step."""
    taught = {op.output.id: op.inputs[1] for op in ops if op.name == "teacher"}
    delays = {op.output.id for op in ops if op.name == "delay"}
    across = {op.output.id for op in ops if op.name in NEEDS_TIME}
    users = _users(ops)

    def spread(found: Iterable[int], stop: set[int] | frozenset[int] = frozenset()) -> set[int]:
        """Everything computed from values, teachers' truths not followed."""
        todo = list(found)
        seen = set(todo)
        while todo:
            value = todo.pop()
            for user in users.get(value, ()):
                if user not in seen and user not in stop and taught.get(user) != value:
                    seen.add(user)
                    todo.append(user)
        return seen

    raw = spread([start])
    now = spread(v for v, truth in taught.items() if truth in raw)
    heard = spread((v for v, truth in taught.items() if truth in raw), delays)
    ahead = spread(v for v in now & across)
    return raw | ahead, heard


def _users(ops: Iterable[Op]) -> dict[int, list[int]]:
    users: dict[int, list[int]] = {}
    for op in ops:
        for i in op.inputs:
            users.setdefault(i, []).append(op.output.id)
    return users


def _undelayed(flat: Flat) -> Iterator[Problem]:
    """The wires that leave a teacher without a delay, and the fix."""
    for (path, port), arrivals in flat.arrivals.items():
        for source in (a for a in arrivals if isinstance(a, Source) and not a.delay):
            sink = flat.leaves[path].spec.role == "loss" and port == "target"
            if flat.leaves[source.path].spec.kind == "teacher" and not sink:
                hop = source.hops[0]
                scope = flat.scopes[hop.path]
                fix = fixes.delay(flat.registry, hop.path, hop.edge.id, 1, scope.wire(hop.edge))
                yield mistake("teacher.now", scope.at_edge(hop.edge), (fix,))


def sources(flat: Flat, path: Path, port: str) -> list[Source]:
    """The values that arrive at a port."""
    return [a for a in flat.arrivals.get((path, port), ()) if isinstance(a, Source)]


def last_wire(flat: Flat, source: Source) -> tuple[Place, tuple[Fix, ...]]:
    """The last wire that a value came along, and the fix that cuts it."""
    hop = source.hops[-1]
    scope = flat.scopes[hop.path]
    return scope.at_edge(hop.edge), (fixes.cut(flat.registry, hop.path, hop.edge.id, scope.wire(hop.edge)),)


def _value(typed: Typed, source: Source) -> int | None:
    return typed.ports.get((source.path, source.port))
