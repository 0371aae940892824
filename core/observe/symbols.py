"""How symbols of a vocabulary are shown where they label something: never invisible, never markup, never long."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

_SHOWN = {" ": "␣", "\n": "↵", "\t": "⇥", "\r": "␍", "": "∅", "\x00": "␀"}
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # controls, direction marks and what no font draws


def visible(symbol: str, longest: int = 12) -> str:
    """One symbol as a person can see it: blanks get a sign, what cannot be drawn its code point."""
    if symbol in _SHOWN:
        return _SHOWN[symbol]
    text = "".join(_SHOWN.get(c) or (f"U+{ord(c):04X}" if unicodedata.category(c) in _HIDDEN else c) for c in symbol)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def symbol_ticks(symbols: Sequence[str]) -> tuple[tuple[float, str], ...]:
    """A named tick per symbol at 0, 1, 2, ..."""
    return tuple((float(place), visible(symbol)) for place, symbol in enumerate(symbols))
