"""Symbols and their numbers: characters or words of a text, and back to readable text.

A vocabulary is a plain tuple of symbols (index = id), as a data field carries it. Where every symbol is one character
it is a vocabulary of characters; otherwise of words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from core.data.dataset import Array
from core.data.spelling import Marks, of_words, split_words
from core.problems import Problem, Refused
from core.words import Text

UNKNOWN, PAD, START, END = Marks.UNKNOWN, "<pad>", "<start>", "<end>"

Vocabulary = tuple[str, ...]


def characters(text: str, min_count: int = 1, max_size: int = 0) -> Vocabulary:
    """Every character of the text in code point order; `<unk>` first where rare ones are left out."""
    codes = _code_points(text)
    counts = np.bincount(codes) if len(codes) else np.zeros(0, np.int64)
    present = np.flatnonzero(counts)
    kept = present[counts[present] >= min_count]
    if max_size and len(kept) + (len(kept) < len(present)) > max_size:
        commonest = kept[np.argsort(-counts[kept], kind="stable")]
        kept = np.sort(commonest[: max_size - 1])
    symbols = tuple(chr(c) for c in kept)
    return symbols if len(kept) == len(present) else (UNKNOWN, *symbols)


def words(text: str, min_count: int = 1, max_size: int = 0) -> Vocabulary:
    """`<unk>` and every word, punctuation mark and line end of the text, commonest first."""
    return counted_words(split_words(text), min_count, max_size)


def counted_words(symbols: Iterable[str], min_count: int = 1, max_size: int = 0) -> Vocabulary:
    """`<unk>` and the different ones of these words, commonest first."""
    counts = Counter(symbols)
    counts.pop(UNKNOWN, None)
    ranked = sorted((w for w, c in counts.items() if c >= min_count), key=lambda w: (-counts[w], w))
    return (UNKNOWN, *(ranked[: max_size - 1] if max_size else ranked))


def is_mark(symbol: str) -> bool:
    """Whether it is no part of a text, such as `<start>`; `<unk>` stands for a part that is not known."""
    return symbol != UNKNOWN and Marks.SPECIAL.fullmatch(symbol) is not None


def ids_of(text: str, vocabulary: Vocabulary) -> Array:
    """The text as int64 ids. Raises Refused for the first symbol that is not in a vocabulary without `<unk>`."""
    if of_words(vocabulary):
        return _looked_up(split_words(text), vocabulary)
    codes = _code_points(text)
    known = [(ord(s), i) for i, s in enumerate(vocabulary) if len(s) == 1]
    unknown = vocabulary.index(UNKNOWN) if UNKNOWN in vocabulary else -1
    table = np.full(max([int(codes.max(initial=0)), *(c for c, _ in known)]) + 1, unknown, np.int64)
    for code, i in known:
        table[code] = i
    ids = table[codes]
    missing = np.flatnonzero(ids < 0)
    if len(missing):
        raise Refused(_not_there(text[int(missing[0])], int(missing[0]), vocabulary))
    return ids


def padded(sequences: Sequence[Sequence[str]], vocabulary: Vocabulary) -> tuple[Array, Array]:
    """Sequences of symbols as ids (B, longest), with id 0 after the end of each, and their lengths (B,). A symbol that is
    not in the vocabulary becomes `<unk>`, which must be in it then."""
    table = {s: i for i, s in enumerate(vocabulary)}
    lengths = np.array([len(s) for s in sequences], np.int64)
    ids = np.zeros((len(sequences), max(1, int(lengths.max(initial=0)))), np.int64)
    for row, symbols in zip(ids, sequences, strict=True):
        row[: len(symbols)] = [table[s] if s in table else table[UNKNOWN] for s in symbols]
    return ids, lengths


def shown(symbol: str) -> str:
    """A symbol as an axis label or list row: spaces, line ends and invisible characters get a visible form."""
    named = {" ": "␣", "\n": "↵", "\t": "⇥", "\r": "␍", "": "∅"}
    if symbol in named:
        return named[symbol]
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in symbol)


def _code_points(text: str) -> Array:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.int64)


def _looked_up(symbols: list[str], vocabulary: Vocabulary) -> Array:
    table = {s: i for i, s in enumerate(vocabulary)}
    unknown = table.get(UNKNOWN)
    if unknown is None:
        for at, symbol in enumerate(symbols):
            if symbol not in table:
                raise Refused(_not_there(symbol, at, vocabulary))
    return np.fromiter((table.get(s, unknown or 0) for s in symbols), np.int64, len(symbols))


def _not_there(symbol: str, at: int, vocabulary: Vocabulary) -> Problem:
    some = " ".join(shown(s) for s in vocabulary[:40]) + (" …" if len(vocabulary) > 40 else "")
    return Problem(
        code="data.unknown_symbol",
        message=Text(
            f"Symbol {at + 1} of the text, {shown(symbol)!r}, is not in the vocabulary of {len(vocabulary)}.",
            f"El símbolo {at + 1} del texto, {shown(symbol)!r}, no está en el vocabulario de {len(vocabulary)}.",
        ),
        hint=Text(f"The model knows: {some}", f"El modelo conoce: {some}"),
        got=shown(symbol),
        expected=some,
    )
