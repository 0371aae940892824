"""A model with teachers twice on the same sequence: a row of copies that hears the truth, and one that hears its own answers.

Of each copy only what tells the two apart is kept: what it reads and hears, what it remembers, what it says, and what
that costs. What lay between is passed over. In the one row the answer goes round into the next copy, in the other what
was said. Nothing here knows how many steps there are, nor which of both a recorded frame holds.
"""

from __future__ import annotations

from collections.abc import Mapping

from core.observe.contract import TEACHER, TOLD, closed_up, contracted
from core.observe.unrolled import Block, Unrolled


def beside(plan: Unrolled) -> Unrolled | None:
    """Both rows, the one that hears itself below; None where nothing is taught."""
    teachers = [b for block in plan.blocks for b in block.boxes if b.kind == TEACHER]
    axis = next((b.axis for b in teachers), "")
    if not axis:
        return None
    kept = _kept(plan, {b.id for b in teachers})
    links = contracted(plan, kept)
    blocks: list[Block] = []
    for block in plan.blocks:
        boxes = closed_up(tuple(b for b in block.boxes if b.id in kept))
        if block.axis == axis:
            blocks += [Block(axis, boxes, "free"), Block(axis, boxes, "taught")]
        elif boxes:
            blocks.append(Block(block.axis, boxes))
    return Unrolled(tuple(blocks), links, stacked=True, axis=axis)


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
