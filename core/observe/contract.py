"""A plan with fewer boxes: every way from a kept box to the next kept one becomes one link, what lay between is passed over."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from core.observe.unrolled import Box, Link, Unrolled

TEACHER = "teacher"
TOLD = ("input", "target", "loss", "head")  # roles that are always worth a place
DOORS = ("cell_input", "cell_output")


def contracted(plan: Unrolled, kept: Collection[str]) -> tuple[Link, ...]:
    """Links between kept boxes. Past a teacher a link says which row has it: the truth comes by a target, what is said by
    anything else."""
    after: dict[str, list[Link]] = {}
    for k in plan.links:
        after.setdefault(k.source, []).append(k)
    boxes = {b.id: b for block in plan.blocks for b in block.boxes}
    found: dict[tuple[object, ...], Link] = {}
    for id in (b for b in boxes if b in kept):
        for link in _ways(id, Link(id, id, "within"), after, kept, boxes, set()):
            found.setdefault(_same(link), link)
    return tuple(found.values())


def _ways(
    at: str,
    so_far: Link,
    after: Mapping[str, list[Link]],
    kept: Collection[str],
    boxes: Mapping[str, Box],
    met: set[tuple[object, ...]],
) -> Iterable[Link]:
    """Of ways that come to a box alike, the first: past twenty detours there would be a million. No circle lies between kept
    boxes, since whatever goes round is kept."""
    for k in after.get(at, ()):
        joined = replace(_joined(so_far, k), target=k.target)
        if boxes[k.target].kind == TEACHER:
            joined = replace(joined, row="taught" if boxes[so_far.source].role == "target" else "free")
        if _same(joined) in met:
            continue
        met.add(_same(joined))
        if k.target in kept:
            yield joined
        else:
            yield from _ways(k.target, joined, after, kept, boxes, met)


def _same(link: Link) -> tuple[object, ...]:
    """What tells links apart."""
    return link.source, link.target, link.way, link.delay, link.keys, link.row, link.along


def _joined(a: Link, b: Link) -> Link:
    """One wire after the other: what is not a plain step within a copy gives the way."""
    edges = (*a.edges, *b.edges)
    if b.way == "within":
        return replace(a, edges=edges, via=())
    if a.way == "within":
        return replace(b, source=a.source, edges=edges, row=a.row, via=())
    return replace(a, edges=edges, delay=a.delay + b.delay, via=())


def closed_up(boxes: tuple[Box, ...]) -> tuple[Box, ...]:
    """The same order of heights and places, without gaps."""
    ranks = sorted({b.rank for b in boxes})
    rows = {r: sorted((b for b in boxes if b.rank == r), key=lambda b: b.slot) for r in ranks}
    wide = max((len(row) for row in rows.values()), default=1)
    return tuple(
        replace(b, rank=n, slot=i + (wide - len(rows[r])) / 2)
        for n, r in enumerate(ranks)
        for i, b in enumerate(rows[r])
    )
