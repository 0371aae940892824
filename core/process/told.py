"""The messages of a run as letters: several in one, since a small model makes thousands of steps a second."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, get_args

from core.process.letter import Array, Arrays, Strange
from core.process.plain import put, take
from core.train.messages import Message

KINDS: dict[str, type] = {kind.__name__.lower(): kind for kind in get_args(Message)}
NAMES = {kind: name for name, kind in KINDS.items()}
FULL = 64 << 20  # bytes of arrays after which a letter is closed: far below the largest that is read

Written = tuple[list[Any], list[Array]]  # messages as JSON, and the arrays behind it


def letters(messages: Sequence[Message], full: int = FULL) -> Iterator[Written]:
    """The messages in as few letters as their arrays allow."""
    told, arrays = [], list[Array]()
    for message in messages:
        one, own = written((message,))
        told += one
        arrays += own
        if own and sum(a.nbytes for a in arrays) >= full:
            yield told, arrays
            told, arrays = [], []
    if told:
        yield told, arrays


def written(messages: Sequence[Message]) -> Written:
    """All in one."""
    arrays: list[Array] = []
    return [[NAMES[type(m)], put(type(m), m, arrays)] for m in messages], arrays


def heard(told: Any, arrays: Arrays) -> list[Message]:
    """The messages again. Raises Strange where anything else was told."""
    if not isinstance(told, list):
        raise Strange("no list of messages")
    found = [_one(entry, arrays) for entry in told]
    if arrays.left:
        raise Strange(f"{arrays.left} bytes that belong to nothing")
    return found


def _one(entry: Any, arrays: Arrays) -> Message:
    if not isinstance(entry, list) or len(entry) != 2 or not isinstance(entry[0], str) or entry[0] not in KINDS:
        raise Strange("a message of no known kind")
    found: Message = take(KINDS[entry[0]], entry[1], arrays)
    return found
