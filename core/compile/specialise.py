"""Second half of the graph's meaning: which values leave the model, which ops belong to the loss, which do nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from core.compile.before import before, reach
from core.compile.forms import forced
from core.compile.plan import Flow, Result
from core.compile.regions import merge_delays, part_delays
from core.graph.model import Path
from core.specs.ops import LOSSES, Op

PASS_THROUGH = ("identity", "output")


def specialise(
    ops: Sequence[Op],
    ports: Mapping[tuple[Path, str], int] | None = None,
    heads: Sequence[tuple[Path, str]] = (),
) -> Flow:
    """The live ops, split into forward and loss. `ports` are the values of drawn ports; `heads` those to sample from."""
    ports = ports or {}
    alias = pass_throughs(ops)
    plain = [replace(op, inputs=tuple(alias.get(i, i) for i in op.inputs)) for op in ops if op.output.id not in alias]
    taught, teachers = forced(plain)
    merged, same = merge_delays(taught)
    resolved = part_delays(merged)
    teachers = {v: replace(op, inputs=tuple(same.get(i, i) for i in op.inputs)) for v, op in teachers.items()}
    alias = {**{a: same.get(b, b) for a, b in alias.items()}, **same}
    places = _places(ports, alias)
    late = after(resolved, (op.output.id for op in resolved if op.name == "target" or op.name in LOSSES))
    marked = {alias.get(ports[h], ports[h]): h for h in heads if h in ports}
    marked |= {alias[op.output.id]: (op.path, op.port) for op in ops if op.name == "output"}
    named = {alias[op.output.id]: str(op.attrs.get("name", "")) for op in ops if op.name == "output"}
    results = tuple(replace(r, name=named.get(r.value, "")) for r in _results(resolved, late, places, marked))
    roots = [r.value for r in results] + [op.output.id for op in resolved if op.name == "reduce_loss"]
    live = before([teachers.get(op.output.id, op) for op in resolved], roots)
    ops = tuple(op for op in resolved if op.output.id in live)
    heard = {v: op for v, op in teachers.items() if v in live}
    return Flow(ops, frozenset(late & live), results, alias, places, heard)


def _places(ports: Mapping[tuple[Path, str], int], alias: Mapping[int, int]) -> dict[int, tuple[Path, str]]:
    """For each value the outermost port that it leaves by; the first drawn where several do."""
    out: dict[int, tuple[Path, str]] = {}
    for place, value in ports.items():
        value = alias.get(value, value)
        if value not in out or len(place[0]) < len(out[value][0]):
            out[value] = place
    return out


def pass_throughs(ops: Sequence[Op]) -> dict[int, int]:
    """Values that only repeat another one, each mapped to the original."""
    alias: dict[int, int] = {}
    for op in ops:
        if op.name in PASS_THROUGH:
            alias[op.output.id] = op.inputs[0]
    return {v: _follow(alias, v) for v in alias}


def _follow(alias: Mapping[int, int], value: int) -> int:
    seen = set()
    while value in alias and value not in seen:
        seen.add(value)
        value = alias[value]
    return value


def after(ops: Sequence[Op], values: Iterable[int]) -> set[int]:
    """The values and everything computed from them, also around cycles."""
    readers: dict[int, list[int]] = {}
    for op in ops:
        for i in op.inputs:
            readers.setdefault(i, []).append(op.output.id)
    return reach(readers, values)


def _results(
    ops: Sequence[Op],
    late: set[int],
    drawn: Mapping[int, tuple[Path, str]],
    marked: Mapping[int, tuple[Path, str]],
) -> tuple[Result, ...]:
    by_id = {op.output.id: op for op in ops}
    places: dict[int, tuple[Path, str]] = {}
    for op in ops:
        if op.output.id in late:
            for i in op.inputs:
                if i not in late:
                    places.setdefault(i, drawn.get(i, (by_id[i].path, by_id[i].port)))
    places |= {v: place for v, place in marked.items() if v not in late}
    if not places:  # a graph still being drawn: show what its ends compute
        read = {i for op in ops for i in op.inputs}
        ends = [op for op in ops if op.output.id not in read and op.name not in ("input", "target")]
        places = {op.output.id: drawn.get(op.output.id, (op.path, op.port)) for op in ends}
    order = [op.output.id for op in ops if op.output.id in places]
    return tuple(Result(v, *places[v], *_answer(ops, by_id, late, v)) for v in order)


def _answer(ops: Sequence[Op], by_id: Mapping[int, Op], late: set[int], value: int) -> tuple[str, str]:
    """The loss that judges a value and the dataset field it is compared with."""
    for op in ops:
        if op.name in LOSSES and value in _before_late(by_id, late, op.inputs[:1]):
            fields = [by_id[i].attrs["field"] for i in sorted(before(ops, op.inputs)) if by_id[i].name == "target"]
            return op.name, str(fields[0]) if fields else ""
    return "", ""


def _before_late(by_id: Mapping[int, Op], late: set[int], values: Iterable[int]) -> set[int]:
    """What the values are computed from, going back only as far as the forward part."""
    return reach({i: list(by_id[i].inputs) for i in late}, values)
