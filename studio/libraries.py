"""Every library that Unfold stands on, with its licence: found by following what each installed package requires."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, PackagePath, distribution
from typing import Any

OURS = "unfold-studio"
DEVELOPING = "test"  # what only our own tests need is not part of the studio
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
EXTRA = re.compile(r"""extra\s*==\s*["']([^"']+)["']""")
TEXT = re.compile(r"(^|/)(LICEN[CS]ES?|COPYING|NOTICE|AUTHORS)[^/]*($|/)", re.IGNORECASE)
SHORT = 120  # a longer "licence" is its whole text
LARGEST = 400_000  # characters shown


@dataclass(frozen=True)
class Library:
    name: str
    version: str
    licence: str  # "" where its text alone says

    def text(self) -> str:
        """What its licence files say."""
        parts = []
        for file in _texts(self.name):
            try:
                parts.append(f"{file.name}\n\n{file.read_text('utf-8')}")
            except (OSError, UnicodeDecodeError):
                continue
        return "\n\n\n".join(parts)[:LARGEST]


def libraries() -> tuple[Library, ...]:
    """All that are installed of what we require, and of what those require, by name."""
    found: dict[str, Library] = {}
    waiting = _required(OURS, ours=True)
    while waiting:
        name = waiting.pop()
        key = _same(name)
        if key in found:
            continue
        try:
            dist = distribution(name)
        except PackageNotFoundError:  # another system's, or an extra that is not here
            continue
        found[key] = _library(dist)
        waiting += _required(name)
    return tuple(sorted(found.values(), key=lambda one: one.name.casefold()))


def _required(name: str, ours: bool = False) -> list[str]:
    """Names of what a package requires; of extras only our own."""
    try:
        lines = distribution(name).requires or []
    except PackageNotFoundError:
        return []
    named = []
    for line in lines:
        match, extra = NAME.match(line), EXTRA.search(line)
        if match and (extra is None or (ours and extra[1] != DEVELOPING)):
            named.append(match[0])
    return named


def _same(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _library(dist: Distribution) -> Library:
    about: Any = dist.metadata  # a message, says its documentation; its type leaves out half of it
    licence = about.get("License-Expression") or about.get("License") or ""
    if not licence or len(licence) > SHORT or "\n" in licence:
        classed = [c for c in about.get_all("Classifier") or [] if c.startswith("License ::")]
        last = [c.rpartition("::")[2].strip() for c in classed]
        licence = ", ".join(last) if last else licence.strip().splitlines()[0][:SHORT] if licence.strip() else ""
    return Library(about["Name"], dist.version, licence)


def _texts(name: str) -> list[PackagePath]:
    """The licence files of a package; looking for them takes a while in large ones."""
    return [f for f in distribution(name).files or () if TEXT.search(str(f)) and f.suffix not in (".py", ".pyc")]
