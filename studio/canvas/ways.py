"""Along what a wire may be delayed, in words: time, up or left on a grid, the children of a tree."""

from __future__ import annotations

from collections.abc import Mapping

from core.specs.sig import Sig, ways
from core.words import Text, say

WAYS: Mapping[str, Text] = {
    "": Text("its own time axis", "su propio eje de tiempo"),
    "I": Text("I: from the cell above", "I: de la casilla de arriba"),
    "J": Text("J: from the cell on the left", "J: de la casilla de la izquierda"),
    "left": Text("from the left child", "del hijo izquierdo"),
    "right": Text("from the right child", "del hijo derecho"),
}
BRIEF: Mapping[str, Text] = {"left": Text("left", "izq."), "right": Text("right", "der.")}
ALONG = Text("Along", "A lo largo de")


def offered(sig: Sig | None, present: str) -> tuple[str, ...]:
    """What a person may choose among for a value; () where there is no choice. What a file says already is kept."""
    known = ways(sig.axes) if sig is not None else ()
    there = tuple(dict.fromkeys((*known, present))) if present or len(known) > 1 else ()
    return there if len(there) > 1 or present else ()


def way_name(way: str) -> str:
    return say(WAYS[way]) if way in WAYS else way


def way_brief(way: str) -> str:
    """As it stands on a chip."""
    return say(BRIEF[way]) if way in BRIEF else way
