"""metrics.jsonl: one line per message, every step's loss included. Written through a buffer, cut back when a run resumes."""

from __future__ import annotations

import json
import logging
import math
import os
import time
from pathlib import Path
from typing import IO, Any

from core.problems import Place, Problem, Refused, filled
from core.train.messages import Frame, Message, Sample, Step, plain
from core.words import Text

FLUSH_SECONDS = 1.0

log = logging.getLogger(__name__)


class Ledger:
    """Append-only, and one run's alone while it is open. `position` goes into a checkpoint; `Ledger(path, position)` forgets what came after it.
    Raises Refused where another run, of any process, writes there."""

    def __init__(self, path: Path, position: int = 0) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file: IO[bytes] = os.fdopen(
            os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644), "r+b"
        )
        if not _locked(self._file):
            self._file.close()
            raise Refused(_busy(path.parent))
        self._file.truncate(min(position, path.stat().st_size))
        self._file.seek(0, os.SEEK_END)
        self._flushed = time.monotonic()

    def add(self, message: Message) -> None:
        """Write one line; frames are left to the recording."""
        if isinstance(message, Frame):
            return
        self._file.write(line(message))
        if time.monotonic() - self._flushed > FLUSH_SECONDS:
            self.flush()

    def flush(self) -> None:
        self._file.flush()
        self._flushed = time.monotonic()

    def position(self) -> int:
        """Bytes so far, all of them safely on the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())
        return self._file.tell()

    def close(self) -> None:
        self._file.close()


def _locked(file: IO[bytes]) -> bool:
    """Take the file for this run; the system gives it back however the process ends."""
    try:
        import fcntl
    except ImportError:  # Windows: two runs in one folder are not told apart
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        log.info("this file system cannot lock %s", file.name)
    return True


def _busy(folder: Path) -> Problem:
    return Problem(
        "run.busy",
        filled(Text("Another training is writing to {d}.", "Otro entrenamiento está escribiendo en {d}."), d=folder),
        Place(file=str(folder), label=str(folder)),
        Text("Wait for it, stop it, or give this one another folder.",
             "Espere a que acabe, deténgalo, o dé otra carpeta a este."),
    )  # fmt: skip


def line(message: Message) -> bytes:
    if isinstance(message, Step):  # written at every step, so by the short way
        data = {"kind": "step", **vars(message), "metrics": dict(message.metrics)}
    else:
        data = plain(message)
    if isinstance(message, Sample):
        data.pop("distribution")
    data.pop("tables", None)  # large; the recording holds them
    try:
        text = json.dumps(data, ensure_ascii=False, allow_nan=False)
    except ValueError:
        text = json.dumps(_finite(data), ensure_ascii=False, allow_nan=False)
    return text.encode(errors="backslashreplace") + b"\n"  # the name of a folder may hold what is no text: \udcf1


def _finite(value: Any) -> Any:
    """JSON has no NaN: null stands for it."""
    if isinstance(value, dict):
        return {k: _finite(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_finite(v) for v in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
