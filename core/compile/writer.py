"""The only way to make emitted text. It takes compiler-made identifiers and literals of checked values, nothing else.

`Code` marks text that is known to be safe; a template's holes accept only Code, so a stray string is a TypeError here
and never a line of a program.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping

from core.graph.model import Path

IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
KEY = re.compile(r"[A-Za-z0-9_./]{1,1000}")  # longer than the deepest cell's longest port
BIGGEST = 10**9
INDENT = "    "


class Code(str):
    """Text made by this module."""

    __slots__ = ()


def name(text: str) -> Code:
    """An identifier; never one that starts with an underscore."""
    if not IDENTIFIER.fullmatch(text) or len(text) > 200:
        raise ValueError(f"not an identifier: {text!r}")
    return Code(text)


def lit(value: bool | int | float) -> Code:
    """A literal number, range-checked."""
    if isinstance(value, bool):
        return Code(repr(value))
    if isinstance(value, int) and abs(value) <= BIGGEST:
        return Code(repr(value))
    if isinstance(value, float) and math.isfinite(value):
        return Code(repr(value + 0.0))
    raise ValueError(f"not a number that can be written: {value!r}")


def key(text: str) -> Code:
    """A string literal used as a dict key: made of identifiers, `/` and `.`."""
    if not KEY.fullmatch(text):
        raise ValueError(f"not a key: {text!r}")
    return Code('"' + text + '"')


def code(template: str, **holes: Code) -> Code:
    """A template of this compiler's own source, its holes filled with Code."""
    for hole, value in holes.items():
        if not isinstance(value, Code):
            raise TypeError(f"hole {hole!r} holds {type(value).__name__}, not Code")
    return Code(template.format(**holes))


def listed(items: Iterable[Code], tuple_: bool = False) -> Code:
    """`a, b, c`; as a tuple with the comma that one element needs."""
    items = list(items)
    if not all(isinstance(i, Code) for i in items):
        raise TypeError("listed takes Code")
    text = ", ".join(items)
    return Code(f"({text},)" if tuple_ and len(items) == 1 else f"({text})" if tuple_ else text)


class Writer:
    """Lines of emitted text, and the place on the canvas that each came from."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.places: dict[int, Path] = {}
        self.depth = 0

    def line(self, text: Code, path: Path = (), note: Code | None = None) -> None:
        """One line at the current depth; `note` becomes a comment after it."""
        if not isinstance(text, Code) or not (note is None or isinstance(note, Code)):
            raise TypeError("a Writer takes Code")
        full = INDENT * self.depth + text + (f"  # {note}" if note else "")
        if "\n" in full or "\r" in full:
            raise ValueError("one line at a time")
        self.lines.append(full)
        if path:
            self.places[len(self.lines)] = path

    def say(self, template: str, path: Path = (), note: Code | None = None, **holes: Code) -> None:
        self.line(code(template, **holes), path, note)

    def block(self, text: str) -> None:
        """Fixed text of this compiler's own (the supporting functions), at depth 0."""
        self.lines.extend(text.strip("\n").split("\n"))

    def extend(self, other: Writer) -> None:
        """Append another writer's lines, places included."""
        start = len(self.lines)
        self.lines.extend(other.lines)
        self.places.update({start + n: path for n, path in other.places.items()})

    def blank(self, count: int = 1) -> None:
        self.lines.extend([""] * count)

    def text(self) -> str:
        return "\n".join(self.lines) + "\n"

    def map(self) -> Mapping[int, Path]:
        return dict(self.places)
