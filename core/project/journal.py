"""Every edit of a document, appended at once to a file of the application's own, so that a crash loses nothing.

The record is handed to the operating system before `edited` returns: it outlives the death of the process. A thread has
it flushed to the disk within a second: it outlives a power cut. The person's own file is never touched.

A journal is a folder: `lock.json` says who writes it, `journal.jsonl` holds records, one a line:
    LENGTH CRC32 SEQ JSON      length of the JSON in bytes, checksum over "SEQ JSON" (hexadecimal)
The first record holds the whole project, the others a `patch` each.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import secrets
import shutil
import threading
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.oswords import reason, short
from core.problems import Place, Problem
from core.project.atomic import System, replace_file
from core.project.document import Change, Document
from core.project.owner import LOCK, write_lock
from core.project.patch import Data, patch
from core.project.schema import data_of
from core.project.upgrades import FORMAT
from core.words import Text

RECORDS = "journal.jsonl"
FLUSH_SECONDS = 0.5
COMPACT_BYTES = 4 << 20  # a journal that grew by this much is rewritten as one record


@dataclass(frozen=True)
class Record:
    """One line. `path`: the person's file; `stamp`: its time and size when it was read or saved; `dirty`: differs from it,
    by so many `edits` as undo counts them."""

    seq: int
    change: Data  # {"base": project data} or {"patch": what `patch` gave}
    path: str
    stamp: tuple[int, int] | None
    dirty: bool
    edits: int


def spelled_record(record: Record) -> bytes:
    content = {
        **record.change,
        "path": record.path,
        "stamp": record.stamp,
        "dirty": record.dirty,
        "edits": record.edits,
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")
    body = b"%d %s" % (record.seq, text)
    return b"%d %08x %s\n" % (len(text), zlib.crc32(body), body)


def read_records(data: bytes) -> Iterator[Record]:
    """The records up to the first that is torn, corrupt or out of order."""
    expected: int | None = None
    for line in data.split(b"\n")[:-1]:
        record = _record(line)
        if record is None or (expected is not None and record.seq != expected):
            return
        expected = record.seq + 1
        yield record


def _record(line: bytes) -> Record | None:
    try:
        length, crc, body = line.split(b" ", 2)
        seq, text = body.split(b" ", 1)
        if len(text) != int(length) or zlib.crc32(body) != int(crc, 16):
            return None
        content: dict[str, Any] = json.loads(text)
        path, stamp, dirty = content.pop("path"), content.pop("stamp"), content.pop("dirty")
        edits = int(content.pop("edits", 0))
        return Record(int(seq), content, path, tuple(stamp) if stamp else None, dirty, edits)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


class Journal:
    """Writes down every edit of a document from now on. `report` is told (once) where that does not work; training and
    editing go on without it."""

    def __init__(
        self, document: Document, root: Path, report: Callable[[Problem], None] | None = None, system: System = System()
    ) -> None:
        self._document = document
        self._report = report
        self._system = system
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._wake = threading.Event()
        self._handle = -1
        self._seq = 0
        self._size = 0
        self._base_size = 0
        self._stamp = _stamp(document.path)
        self._failed = False
        self.folder = root / secrets.token_hex(8)
        self._guarded(self._begin)
        self._stop_listening = (document.subscribe(self._edited), document.subscribe_marks(self._marked))
        self._flusher = threading.Thread(target=self._keep_flushing, name="journal", daemon=True)
        self._flusher.start()

    @property
    def written(self) -> bool:
        """Whether every edit so far reached the journal."""
        return not self._failed and self._handle >= 0

    def flush(self) -> None:
        """Return when everything so far is on the disk. Raises OSError."""
        with self._lock:
            if self._handle < 0:
                return
            handle = os.dup(self._handle)
        try:
            getattr(os, "fdatasync", os.fsync)(handle)
        finally:
            os.close(handle)

    def close(self) -> None:
        """The document is closed by the person's wish: nothing is to be restored, the journal goes."""
        for stop in self._stop_listening:
            stop()
        self._stopped.set()
        self._wake.set()
        self._flusher.join(timeout=5)
        with self._lock:
            self._close_handle()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _begin(self) -> None:
        self.folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        write_lock(self.folder / LOCK)
        self._rewrite()

    def _edited(self, change: Change) -> None:
        record = {"patch": patch(change.before, change.after)}
        self._guarded(lambda: self._append(record))

    def _marked(self) -> None:
        """Saved, or restored and not saved yet: the journal starts over from the project as it is."""
        self._stamp = _stamp(self._document.path)
        self._guarded(self._rewrite)

    def _append(self, change: Data) -> None:
        if self._failed or self._size - self._base_size > COMPACT_BYTES:
            self._rewrite()
            return
        data = spelled_record(self._next(change))
        with self._lock:
            done = self._system.write(self._handle, memoryview(data))
            if done != len(data):
                os.ftruncate(self._handle, self._size)
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            self._size += done
        self._wake.set()

    def _rewrite(self) -> None:
        """One record of the whole project instead of everything before it; the old journal stays until it is whole."""
        data = spelled_record(self._next({"base": data_of(self._document.project, FORMAT)}))
        file = self.folder / RECORDS
        replace_file(file, data, system=self._system)
        handle = self._system.open(str(file), os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0))
        with self._lock:
            self._close_handle()
            self._handle, self._size, self._base_size = handle, len(data), len(data)
        self._failed = False

    def _next(self, change: Data) -> Record:
        self._seq += 1
        path = self._document.path
        document = self._document
        return Record(self._seq, change, str(path) if path else "", self._stamp, document.dirty, document.edits)

    def _guarded(self, action: Callable[[], None]) -> None:
        """A full disk must not stop the editing. After a failure the next edit starts the journal over."""
        try:
            action()
        except OSError as error:
            if not self._failed and self._report is not None:
                self._report(_no_journal(self.folder, error))
            self._failed = True

    def _keep_flushing(self) -> None:
        while not self._stopped.is_set():
            self._wake.wait()
            self._wake.clear()
            with contextlib.suppress(OSError):  # the next write of a broken disk reports it
                self.flush()
            self._stopped.wait(FLUSH_SECONDS)

    def _close_handle(self) -> None:
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def _stamp(path: Path | None) -> tuple[int, int] | None:
    """Time and size of the person's file, to notice that somebody else changed it."""
    try:
        status = path.stat() if path else None
    except OSError:
        return None
    return (status.st_mtime_ns, status.st_size) if status else None


def _no_journal(folder: Path, error: OSError) -> Problem:
    why = reason(error)
    return Problem(
        code="journal.failed",
        message=Text(
            f"Edits cannot be kept for a crash: {why.en}.", f"No se pueden guardar los cambios ante un fallo: {why.es}."
        ),
        where=Place(file=str(folder), label=str(folder)),
        hint=Text("Save the project now; free some disk space.", "Guarde el proyecto ya; libere espacio en el disco."),
        severity="warning",
        got=short(error),
    )
