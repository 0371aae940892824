"""A model with teachers twice on the same sequence: a row of copies that hears the truth, and one that hears its own answers.

Of each copy only what tells the two apart is kept: what it reads and hears, what it remembers, what it says, and what
that costs. What lay between is passed over. In the one row the answer goes round into the next copy, in the other what
was said. Nothing here knows how many steps there are, nor which of both a recorded frame holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from core.observe.unrolled import Block, Box, Link, Row, Unrolled

TEACHER = "teacher"
TOLD = ("input", "target", "loss", "head")


def beside(plan: Unrolled) -> Unrolled | None:
    """Both rows, the one that hears itself below; None where nothing is taught."""
    teachers = [b for block in plan.blocks for b in block.boxes if b.kind == TEACHER]
    axis = next((b.axis for b in teachers), "")
    if not axis:
        return None
    kept = _kept(plan, {b.id for b in teachers})
    links = _contracted(plan, kept)
    blocks: list[Block] = []
    for block in plan.blocks:
        boxes = _close(tuple(b for b in block.boxes if b.id in kept))
        if block.axis == axis:
            blocks += [Block(axis, boxes, "free"), Block(axis, boxes, "taught")]
        elif boxes:
            blocks.append(Block(block.axis, boxes))
    return Unrolled(tuple(blocks), tuple(links), stacked=True, axis=axis)


def readers(plan: Unrolled) -> Mapping[str, tuple[str, int]]:
    """Box that hears again -> what says it, and how many steps before."""
    own = [k for k in plan.links if k.row == "free" and k.way == "state"]
    return {k.target: (k.source, k.delay) for k in own}


def _kept(plan: Unrolled, teachers: set[str]) -> set[str]:
    """What a copy is about: boxes that are told something, that remember, that hear again, that look or say."""
    state = [k for k in plan.links if k.way == "state"]
    kept = {b.id for block in plan.blocks for b in block.boxes if b.role in TOLD or not block.axis}
    kept |= {k.source for k in state} | {k.target for k in state if k.source in teachers}
    kept |= {end for k in plan.links if k.way == "look" for end in (k.source, k.target)}
    kept |= {k.source for k in plan.links if k.target in teachers}
    return kept - teachers


def _contracted(plan: Unrolled, kept: set[str]) -> list[Link]:
    """Every way from a kept box to the next kept one, as one link."""
    after: dict[str, list[Link]] = {}
    for k in plan.links:
        after.setdefault(k.source, []).append(k)
    boxes = {b.id: b for block in plan.blocks for b in block.boxes}
    found: dict[tuple[str, str, str, int, tuple[str, ...], Row], Link] = {}
    for id in kept:
        for link in _ways(id, Link(id, id, "within"), after, kept, boxes, ()):
            found.setdefault((link.source, link.target, link.way, link.delay, link.keys, link.row), link)
    return list(found.values())


def _ways(
    at: str,
    so_far: Link,
    after: Mapping[str, list[Link]],
    kept: set[str],
    boxes: Mapping[str, Box],
    seen: tuple[str, ...],
) -> Iterable[Link]:
    for k in after.get(at, ()):
        if k.target in seen:
            continue
        joined = _joined(so_far, k)
        if boxes[k.target].kind == TEACHER:  # the truth comes by a target, what is said by anything else
            joined = replace(joined, row="taught" if boxes[so_far.source].role == "target" else "free")
        if k.target in kept:
            if not (joined.way == "state" and joined.row == "" and boxes[at].kind == TEACHER):
                yield replace(joined, target=k.target)
        else:
            yield from _ways(k.target, joined, after, kept, boxes, (*seen, at))


def _joined(a: Link, b: Link) -> Link:
    """One wire after the other: what is not a plain step within a copy gives the way."""
    if b.way == "within":
        return replace(a, edges=(*a.edges, *b.edges), via=())
    if a.way == "within":
        return replace(b, source=a.source, edges=(*a.edges, *b.edges), row=a.row, via=())
    return replace(a, edges=(*a.edges, *b.edges), delay=a.delay + b.delay, via=())


def _close(boxes: tuple[Box, ...]) -> tuple[Box, ...]:
    """The same order of heights and places, without gaps."""
    ranks = sorted({b.rank for b in boxes})
    rows = {r: sorted((b for b in boxes if b.rank == r), key=lambda b: b.slot) for r in ranks}
    wide = max((len(row) for row in rows.values()), default=1)
    return tuple(
        replace(b, rank=n, slot=i + (wide - len(rows[r])) / 2)
        for n, r in enumerate(ranks)
        for i, b in enumerate(rows[r])
    )
