"""Moving pictures as GIF, written picture by picture: nothing but the last one is held, and where it ends is where one stops.

Each picture stores only the rectangle that has changed, with colours of its own (GIF89a). Pillow finds the colours and
packs them; it comes with matplotlib.
"""

from __future__ import annotations

import io
import os
import struct
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]  # (height, width, 3)
HEAD, OVER_AND_OVER = b"GIF89a", b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
END = b"\x3b"
LOCAL = 0x80  # a picture with a table of colours of its own
KEPT = 0x04  # what a picture does not cover stays as it was


class Gif:
    """A file that pictures are added to. Left by an exception it is not there; otherwise it takes the place of `path`."""

    def __init__(self, path: Path, rate: float) -> None:
        """`rate`: pictures a second."""
        self._path, self._partial = path, path.with_name(f".{path.name}.part")
        self._delay = max(2, round(100 / rate))  # hundredths of a second; viewers do not go faster
        self._file: IO[bytes] | None = None
        self._last: Pixels | None = None
        self.written = 0

    def __enter__(self) -> Gif:
        self._file = self._partial.open("wb")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close(kept=kind is None)

    def close(self, kept: bool) -> None:
        """End the film; `kept`: in the place it was meant for, else nowhere. Raises OSError where the end does not fit."""
        try:
            if self._file is not None:
                if kept:
                    self._write(END)
                self._file.close()
                if kept:
                    os.replace(self._partial, self._path)  # noqa: PTH105 - atomic on every system
        finally:
            self._file = None
            self._partial.unlink(missing_ok=True)

    def add(self, pixels: Pixels) -> None:
        """One more picture; all have the size of the first. Raises OSError where it does not fit."""
        if self._last is None:
            height, width = pixels.shape[:2]
            self._write(HEAD + struct.pack("<HHBBB", width, height, 0x70, 0, 0) + OVER_AND_OVER)
        top, left, height, width = changed(self._last, pixels)
        self._write(picture(pixels[top : top + height, left : left + width], left, top, self._delay))
        self._last = pixels

    def _write(self, data: bytes) -> None:
        assert self._file is not None, "a film is written inside its with-block"
        self._file.write(data)
        self.written += len(data)


def changed(before: Pixels | None, now: Pixels) -> tuple[int, int, int, int]:
    """(top, left, height, width) of the smallest rectangle in which two pictures differ, of at least one pixel."""
    if before is None:
        return 0, 0, now.shape[0], now.shape[1]
    other = (before != now).any(2)
    rows, columns = np.flatnonzero(other.any(1)), np.flatnonzero(other.any(0))
    if not len(rows):
        return 0, 0, 1, 1
    return int(rows[0]), int(columns[0]), int(rows[-1] - rows[0] + 1), int(columns[-1] - columns[0] + 1)


def picture(pixels: Pixels, left: int, top: int, delay: int) -> bytes:
    """The blocks of one picture of a film."""
    from PIL import Image

    height, width = pixels.shape[:2]
    image: Any = Image.fromarray(np.ascontiguousarray(pixels)).quantize(256, dither=Image.Dither.NONE)
    alone = io.BytesIO()
    image.save(alone, "GIF", interlace=0)
    colours, packed = _parts(alone.getvalue())
    size = (len(colours) // 3).bit_length() - 2
    control = struct.pack("<BBBBHBB", 0x21, 0xF9, 4, KEPT, delay, 0, 0)
    place = struct.pack("<BHHHHB", 0x2C, left, top, width, height, LOCAL | size)
    return control + place + colours + packed


def _parts(gif: bytes) -> tuple[bytes, bytes]:
    """Of a GIF of one picture: its table of colours and its packed pixels."""
    flags = gif[10]
    colours = gif[13 : 13 + 3 * 2 ** ((flags & 7) + 1)] if flags & LOCAL else b""
    at = 13 + len(colours)
    while gif[at] == 0x21:  # what it says besides: skipped block by block
        at += 2
        while gif[at]:
            at += gif[at] + 1
        at += 1
    own = gif[at + 9]
    at += 10
    if own & LOCAL:
        colours = gif[at : at + 3 * 2 ** ((own & 7) + 1)]
        at += len(colours)
    return colours, gif[at:-1]


def evenly(frames: tuple[int, ...], most: int) -> tuple[int, ...]:
    """At most so many of the steps of a recording, the first and the last among them."""
    if len(frames) <= most:
        return frames
    return tuple(frames[i] for i in np.unique(np.linspace(0, len(frames) - 1, max(most, 2)).round().astype(int)))
