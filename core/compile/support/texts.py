"""All the small functions that an emitted module may bring along, each only where it is used."""

from __future__ import annotations

from collections.abc import Iterable

from core.compile.support.grids import GRIDS
from core.compile.support.losses import LOSSES
from core.compile.support.steps import STEPS
from core.compile.support.taps import TAPS
from core.compile.support.teachers import TEACHERS
from core.compile.support.trees import TREES
from core.compile.support.weights import WEIGHTS

TEXTS = STEPS | GRIDS | TREES | TEACHERS | WEIGHTS | LOSSES | TAPS  # in this order they are emitted
NEEDS = {
    "reverse": ("spread", "widened"),
    "last": ("spread", "widened"),
    "tail": ("spread", "widened"),
    "blank": ("widened",),
    "sum_time": ("blank", "widened"),
    "mean_time": ("blank", "widened"),
    "max_time": ("widened",),
    "block_upper": ("group_of",),
    "block_lower": ("group_of",),
    "block_diagonal": ("group_of",),
}


def supporting(used: Iterable[str]) -> list[str]:
    """The texts of the functions used, and of those they need, in a fixed order."""
    wanted = set(used)
    for name in list(wanted):
        wanted.update(NEEDS.get(name, ()))
    return [text.strip("\n") for name, text in TEXTS.items() if name in wanted]
