"""Where a process was when it crashed: written by the process itself at its last moment, read by whoever outlives it."""

from __future__ import annotations

import contextlib
import faulthandler
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from core.problems import Place

CRASH = "crash.txt"  # in the run folder
EMITTED = re.compile(r'File "<unfold train [^"]*>", line (\d+)')  # as core.train.module names what it runs


@contextlib.contextmanager
def crash_told_in(run_dir: Path) -> Iterator[None]:
    """While it lasts, a crash of the process leaves the place of every thread in the run folder."""
    file = run_dir / CRASH
    stream: IO[str] | None = None
    with contextlib.suppress(OSError):  # a folder that cannot be written to is refused elsewhere, in words
        stream = file.open("w", encoding="utf-8")
    if stream is None:
        yield
        return
    faulthandler.enable(stream)
    try:
        yield
    finally:
        faulthandler.disable()
        stream.close()
        file.unlink(missing_ok=True)


def crash_text(run_dir: Path) -> str:
    """Where the threads of a process were that crashed, if it could still say so."""
    try:
        return (run_dir / CRASH).read_text("utf-8", errors="replace")
    except OSError:
        return ""


def node_in(text: str, lines: Mapping[int, Place]) -> Place:
    """The node whose emitted line the innermost of the frames told of was at, if any was."""
    found = (lines.get(int(at)) for at in EMITTED.findall(text))
    return next((node for node in found if node is not None), Place())
