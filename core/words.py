"""Every text a person sees, in both languages at the place where it is used.

A `Text` cannot be built with one language missing, so no catalogue can fall behind the code. The window, the command
line and plugins all speak through `say`.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Language = Literal["en", "es"]
LANGUAGES: tuple[Language, ...] = ("en", "es")

_current: Language = "en"


class Text(NamedTuple):
    """One text in English and Spanish; `{name}` holes are filled by `say`."""

    en: str
    es: str


Wording = str | Text
"""A person's own words, the same in every language, or words that ship in both."""


def set_language(language: Language) -> None:
    """Choose the language that `say` answers in, for the whole process."""
    global _current
    if language not in LANGUAGES:
        raise ValueError(f"language {language!r} is not one of {LANGUAGES}")
    _current = language


def language() -> Language:
    return _current


def say(text: Text, /, **holes: object) -> str:
    """The text in the current language, its holes filled. Holes are data: they are never formatted twice."""
    template = text.en if _current == "en" else text.es
    return template.format(**holes) if holes else template


def grouped(number: int) -> str:
    """A whole number in groups of three, parted by narrow spaces as both languages read them (ISO 80000-1)."""
    return f"{number:,}".replace(",", "\u202f")


def percent(share: float, digits: int = 0, into: Language | None = None) -> str:
    """A share as each language writes it: 9.0% in English; in Spanish with a fixed space, 9.0 %, and the same point as in
    every other number of the window."""
    number = f"{100 * share:.{digits}f}"
    return f"{number}%" if (into or _current) == "en" else f"{number}\u00a0%"


def worded(text: Wording) -> str:
    """A person's own words as they are, shipped ones in the current language."""
    return say(text) if isinstance(text, Text) else text


def reworded(old: Wording, new: str) -> Wording:
    """What a person typed where `old` was shown; `old` itself where they changed nothing."""
    return old if worded(old) == new else new
