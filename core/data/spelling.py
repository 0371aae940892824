"""How a text becomes the numbers of its symbols, and numbers a text again: by characters, or by words where some symbol is
longer than one character.

Needs Python alone, word for word: this text goes with exported models.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence


class Marks:
    """Not names of the file's own: those in capitals are taken by the sizes of an exported model."""

    UNKNOWN = "<unk>"
    SPECIAL = re.compile(r"<[^<>\s]+>")  # is not written as it reads
    WORD = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]|\n")
    CLOSING = frozenset(".,;:!?)]}»”…%")
    OPENING = frozenset("([{«“¿¡\n")


def split_words(text: str) -> list[str]:
    """Words, punctuation marks and line ends, in order."""
    return Marks.WORD.findall(text)


def of_words(vocabulary: Sequence[str]) -> bool:
    """Whether these symbols are words rather than single characters."""
    return any(len(s) > 1 and not Marks.SPECIAL.fullmatch(s) for s in vocabulary)


def numbers_of(text: str, vocabulary: Sequence[str]) -> list[int]:
    """The place of each symbol in the vocabulary. Raises ValueError for one that is not there, where there is no `<unk>`."""
    table = {symbol: number for number, symbol in enumerate(vocabulary)}
    parts = split_words(text) if of_words(vocabulary) else list(text)
    found = [table.get(s, table.get(Marks.UNKNOWN)) for s in parts]
    if None in found:
        at = found.index(None)
        some = " ".join(map(repr, vocabulary[:40])) + (" ..." if len(vocabulary) > 40 else "")
        raise ValueError(f"symbol {at + 1} of the text, {parts[at]!r}, is not one that the model knows: {some}")
    return [number for number in found if number is not None]


def text_of(ids: Iterable[int], vocabulary: Sequence[str]) -> str:
    """Readable text of some ids: characters joined, words with spaces where people put them."""
    symbols = [vocabulary[int(i)] for i in ids]
    if not of_words(vocabulary):
        return "".join(symbols)
    out = ""
    for symbol in symbols:
        glued = not out or out[-1] in Marks.OPENING or symbol in Marks.CLOSING or symbol == "\n"
        out += symbol if glued else f" {symbol}"
    return out
