"""Trees and grids unrolled: a copy for every node or cell. Of each only what it reads, remembers and says is kept, so that
many fit on the paper; a grid shows one board for each of these, with the ways in which it is read."""

from __future__ import annotations

from dataclasses import replace

from core.graph.model import Graph
from core.observe.contract import DOORS, TOLD, closed_up, contracted
from core.observe.unrolled import Block, Box, Unrolled
from core.specs.sig import GRID

UNSEEN = ("loss",)  # of a grid: what a cell costs is told when one looks at it


def spread(plan: Unrolled, graph: Graph) -> Unrolled:
    """The plan of a level, its trees and grids with fewer boxes; any other as it is."""
    fields = [b for b in plan.blocks if b.form != "row"]
    if not fields:
        return plan
    holding = {k.source for k in plan.links if k.way == "state"}
    kept = {b.id for block in plan.blocks for b in block.boxes if block not in fields or _worth(b, block, holding)}
    turned = _turned(plan, graph)
    blocks = []
    for block in plan.blocks:
        boxes = tuple(b for b in block.boxes if b.id in kept)
        if block.form == "grid":  # read from the end or not along each axis by itself
            boxes = tuple(replace(b, turned=turned[b.id], back=False) for b in boxes)
        blocks.append(replace(block, boxes=closed_up(boxes) if block in fields else boxes))
    return replace(plan, blocks=tuple(b for b in blocks if b.boxes), links=contracted(plan, kept), stacked=False)


def _worth(box: Box, block: Block, holding: set[str]) -> bool:
    if block.form == "grid" and box.role in UNSEEN:
        return False
    return box.role in (*TOLD, *DOORS) or box.id in holding


def _turned(plan: Unrolled, graph: Graph) -> dict[str, tuple[str, ...]]:
    """Which axes of a grid each box reads from the end: an axis is turned round at a `reverse` along it."""
    before: dict[str, list[str]] = {}
    for k in plan.links:
        if k.way == "within":
            before.setdefault(k.target, []).append(k.source)
    known: dict[str, frozenset[str]] = {}

    def of(id: str) -> frozenset[str]:
        if id not in known:
            known[id] = frozenset()
            fed = [of(a) for a in before.get(id, ())]
            node = graph.nodes[id]
            own = frozenset({str(node.params.get("axis") or GRID[0])}) if node.kind == "reverse" else frozenset()
            known[id] = (fed[0] if fed else frozenset()) ^ own
        return known[id]

    return {b.id: tuple(sorted(of(b.id))) for block in plan.blocks for b in block.boxes if block.form == "grid"}
