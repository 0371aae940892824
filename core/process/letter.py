"""What crosses between two processes: a head in JSON and raw arrays behind it, both counted before they are read.

Never pickle: whoever reads what the other side pickled runs what the other side likes.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from math import prod
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

MARK = b"UNF1"
_FRONT = struct.Struct("<4sIQ")  # mark, bytes of the head, bytes of the arrays
MOST_HEAD, MOST_ARRAYS = 64 << 20, 1 << 30
TYPES = ("<f4", "<f8", "<i4", "<i8", "|u1", "|b1")
MOST_AXES = 8

Array = NDArray[Any]


class Strange(Exception):
    """What came is not what the other side is allowed to say."""


class Arrays:
    """The bytes behind a head, given out in the order in which they were put there."""

    def __init__(self, data: bytes = b"") -> None:
        self._data, self._at = data, 0

    def take(self, kind: Any, shape: Any) -> Array:
        """The next array. Raises Strange where type or shape are none, or the bytes do not suffice."""
        if kind not in TYPES:
            raise Strange(f"an array of {kind!r}")
        if not isinstance(shape, list) or len(shape) > MOST_AXES or not all(type(n) is int and n >= 0 for n in shape):
            raise Strange(f"an array of shape {shape!r}")
        dtype, count = np.dtype(kind), prod(shape)
        end = self._at + count * dtype.itemsize
        if end > len(self._data):
            raise Strange(f"an array of shape {shape!r}, longer than what came")
        own = self._data[self._at : end]  # a copy: a view would keep the whole letter
        found = np.frombuffer(own, dtype).reshape(shape)
        self._at = end
        return found

    @property
    def left(self) -> int:
        """Bytes that nobody took."""
        return len(self._data) - self._at


def typed(array: Array) -> Array:
    """The array as it crosses: little-endian, without gaps."""
    return np.asarray(array, array.dtype.newbyteorder("<"), order="C")


def write(stream: BinaryIO, head: Any, arrays: Sequence[Array] = ()) -> None:
    """One letter. Raises OSError where nobody reads any more."""
    text = json.dumps(head).encode()  # ASCII: names of files may hold what is no text
    parts = [a.tobytes() for a in arrays]
    stream.write(_FRONT.pack(MARK, len(text), sum(map(len, parts))) + text + b"".join(parts))
    stream.flush()


def read(stream: BinaryIO) -> tuple[Any, Arrays] | None:
    """The next letter, waiting for it; None once the other side is gone, also in the middle of one. Raises Strange."""
    front = stream.read(_FRONT.size)
    if len(front) < _FRONT.size:
        return None
    mark, head, body = _FRONT.unpack(front)
    if mark != MARK or head > MOST_HEAD or body > MOST_ARRAYS:
        raise Strange("no letter")
    text, data = stream.read(head), stream.read(body)
    if len(text) < head or len(data) < body:
        return None
    try:
        return json.loads(text), Arrays(data)
    except (ValueError, RecursionError) as error:
        raise Strange(f"a head that is no JSON: {error}") from None
