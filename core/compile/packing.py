"""Products of one input as one product: before a loop, inside it, and the two added for all gates at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.compile.names import Names
from core.compile.plan import PackedStep, SumStep, borrows
from core.specs.ops import Op

Readers = Mapping[int, Sequence[int]]


@dataclass(frozen=True)
class LoopPacks:
    """What is packed for one scan: hoisted products, products inside, sums of the two."""

    hoisted: tuple[PackedStep, ...]
    inner: tuple[PackedStep, ...]
    sums: tuple[SumStep, ...]


def readers_of(ops: Sequence[Op]) -> dict[int, list[int]]:
    """Which values are computed from each value."""
    readers: dict[int, list[int]] = {}
    for op in ops:
        for i in op.inputs:
            readers.setdefault(i, []).append(op.output.id)
    return readers


def pack(loop: Sequence[Op], ops: Sequence[Op], kept: set[int], name: str, names: Names) -> LoopPacks:
    """The packed products of one scan. `kept` values leave the model and must stand alone."""
    by_id = {op.output.id: op for op in ops}
    readers = readers_of(ops)
    inside = {op.output.id for op in loop}
    inner = [g for g in _by_input(op for op in loop if op.name == "linear" and not borrows(op)) if len(g) > 1]
    paired = [_paired(g, by_id, readers, inside, kept) for g in inner]
    inner_steps = tuple(_named(g, f"{name}_recurrent", names) for g in inner)
    onto = [_named([p for _, p in pairs], f"{name}_input", names, whole=True) for pairs in paired if pairs]
    sums: list[SumStep] = []
    for group, pairs, recurrent in zip(inner, paired, inner_steps, strict=True):
        if pairs:
            adds = tuple(a for a, _ in pairs)
            sums.append(
                SumStep(adds, tuple(group), recurrent.module, onto[len(sums)].module, len(group[0].weights) > 1)
            )
    taken = {op.output.id for step in onto for op in step.ops}
    feeding = (op for op in ops if op.output.id not in taken and _feeds_only(op, readers, inside, kept))
    alone = [_named(g, f"{name}_input", names) for g in _by_input(feeding) if len(g) > 1]
    return LoopPacks((*onto, *alone), inner_steps, tuple(sums))


def _by_input(products: Iterable[Op]) -> list[list[Op]]:
    """Products that read one input and are trained alike."""
    groups: dict[tuple[object, ...], list[Op]] = {}
    for op in products:
        groups.setdefault((op.inputs[0], tuple(w.trainable for w in op.weights)), []).append(op)
    return list(groups.values())


def _feeds_only(op: Op, readers: Readers, inside: set[int], kept: set[int]) -> bool:
    """A product outside the scan that nothing else reads."""
    v = op.output.id
    read = readers.get(v, ())
    if op.name != "linear" or borrows(op) or v in inside or v in kept:
        return False
    return bool(read) and all(r in inside for r in read)


def _paired(
    group: Sequence[Op], by_id: Mapping[int, Op], readers: Readers, inside: set[int], kept: set[int]
) -> list[tuple[Op, Op]]:
    """For each product inside, the sum that alone reads it and the product outside it is added to; [] if one lacks."""
    pairs = []
    for op in group:
        read = readers.get(op.output.id, ())
        add = by_id[read[0]] if len(read) == 1 else op
        others = [by_id[i] for i in add.inputs if i != op.output.id]
        if add.name != "add" or op.output.id in kept or len(others) != 1:
            return []
        if not _feeds_only(others[0], readers, inside, kept) or len(readers[others[0].output.id]) != 1:
            return []
        pairs.append((add, others[0]))
    same = _by_input(p for _, p in pairs)
    timed = all(p.output.sig.axes for _, p in pairs)
    return pairs if len(same) == 1 and timed else []


def _named(group: Sequence[Op], wanted: str, names: Names, whole: bool = False) -> PackedStep:
    return PackedStep(tuple(group), names.fresh(wanted), whole)
