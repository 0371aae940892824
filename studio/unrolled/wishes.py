"""What a run is to tell while the unrolled view is open: the values of its boxes, as far as they have any over time."""

from __future__ import annotations

from core.compile.program import Program
from core.graph.model import Path
from core.observe.unrolled import Unrolled
from core.train.requests import UNFORCED

MOST = 24  # values asked for


def wishes(plan: Unrolled, path: Path, program: Program, beside: bool) -> tuple[str, ...]:
    """Probe keys, what says most first; outputs are told anyway. `beside`: also of the model by itself."""
    told = {o.path for o in program.outputs}
    known = {p.key for p in program.probes if p.sig.kind != "tokens"}
    keys = [
        next((k for k in b.keys if k in known), "")
        for block in plan.blocks
        for b in sorted(block.boxes, key=lambda b: (b.kind == "dense", -b.rank))
        if b.role != "loss" and (block.form == "grid" or (*path, b.id) not in told)
    ]
    looks = [k for link in plan.links if link.way == "look" for k in link.keys if k in known]
    return (*((UNFORCED,) if beside else ()), *tuple(dict.fromkeys(filter(None, (*looks, *keys))))[:MOST])
