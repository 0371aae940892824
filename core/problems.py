"""What a person did wrong, as a value. Exceptions mean bugs; the two never share a class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from core.words import Text, say

if TYPE_CHECKING:
    from core.graph.model import Graph, Path

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where: on the canvas (node path, port, wire, parameter) or in a file (file, line, column, JSON pointer)."""

    path: Path = ()
    port: str = ""
    edge: str = ""
    param: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    pointer: str = ""
    label: str = ""  # readable form, e.g. "memory/h → gate/x"; made by whoever knows the titles


@dataclass(frozen=True, slots=True)
class Fix:
    """A named one-click repair: a pure edit of the project's whole graph, so one undo."""

    title: Text
    apply: Callable[[Graph], Graph]


@dataclass(frozen=True)
class Problem:
    """One mistake: a stable `code`, one sentence, where it is, what came, what was expected, and what to do."""

    code: str  # "area.name", e.g. "shape.mismatch"
    message: Text  # holes already filled, in both languages
    where: Place = Place()
    hint: Text = Text("", "")
    got: str = ""
    expected: str = ""
    severity: Severity = "error"
    fixes: tuple[Fix, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)
    quote: tuple[str, str] = ("", "")  # another program and what it said, in its own language: shown as a quotation

    def quoted(self) -> str:
        """'torch says: "…"', or "" where nobody is quoted."""
        who, words = self.quote
        return say(Text('{who} says: "{words}"', "{who} dice: «{words}»"), who=who, words=words) if words else ""

    def line(self) -> str:
        """One line for a terminal, in the current language: place, message and hint as sentences; the code last."""
        place = self.where.label or self.where.pointer or self.where.file
        message = say(self.message)
        head = "" if not place or place in message else f"{place}: "
        parts = (head + sentence(message), say(self.hint), self.quoted(), f"[{self.code}]")
        return " ".join(plain(p) for p in parts if p)


def sentence(text: str) -> str:
    """With the stop at its end that a message may lack."""
    text = text.rstrip()
    return text + "." if text and (text[-1].isalnum() or text[-1] in ")]}»\"'%") else text


def plain(text: str) -> str:
    """A text on one line, control characters shown escaped: names come from strangers' files, and a terminal obeys."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def filled(text: Text, **holes: object) -> Text:
    """Both languages with their holes filled. A hole that is itself a Text is filled in its own language."""
    en = {k: v.en if isinstance(v, Text) else v for k, v in holes.items()}
    es = {k: v.es if isinstance(v, Text) else v for k, v in holes.items()}
    return Text(text.en.format(**en), text.es.format(**es))


class Refused(Exception):
    """Carries Problems out of a computation that cannot give a value. The only bridge between the two worlds: it is
    caught at the door (CLI, document, run) and shown as its problems."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(p.code for p in problems))
        self.problems = problems
