"""After a crash: what was lost, and the three honest answers: restore it, keep it for later, discard it.

Keeping is doing nothing. Restoring never writes the person's file: the document comes back as modified and without a path,
with the old one as a suggestion. The old journal goes only when the new one is on the disk, so a second crash loses nothing.
"""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from core.oswords import short
from core.problems import Place, Problem, Refused
from core.project.document import Document
from core.project.journal import RECORDS, Journal, Record, read_records
from core.project.model import Project
from core.project.owner import LOCK, owner_is_dead, write_lock
from core.project.patch import patched
from core.project.schema import project_of
from core.words import Text

FORGET_SECONDS = 30 * 86_400  # an unreadable journal is swept after this


@dataclass(frozen=True)
class Lost:
    """Unsaved work of a process that died. `path`: the person's file ("" where never saved); `edits`: how many since;
    `seconds`: time of the last one; `file_changed`: somebody wrote that file meanwhile."""

    folder: Path
    project: Project
    path: str
    edits: int
    seconds: float
    file_changed: bool


def recovery_root() -> Path:
    """Where journals live: the user's own state folder, never a temporary one that gets swept."""
    from platformdirs import user_state_path

    return user_state_path("unfold", appauthor=False) / "recovery"


def lost(root: Path) -> tuple[Lost, ...]:
    """What can be restored, latest first. Journals of living processes are left alone; empty ones of dead are removed."""
    found = []
    for folder in sorted(root.iterdir()) if root.is_dir() else ():
        if not folder.is_dir() or not owner_is_dead(folder):
            continue
        item = _read(folder)
        if item is not None:
            found.append(item)
    return tuple(sorted(found, key=lambda item: -item.seconds))


def restore(item: Lost, document: Document, journal: Journal) -> None:
    """Open the lost work in the document, modified and without a path. Raises Refused where another window took it."""
    _claim(item.folder)
    document.reset(item.project, None)
    document.mark_unsaved(item.edits)
    try:
        journal.flush()
    except OSError:
        return  # the old journal stays; it will be offered again
    if journal.written:
        discard(item)


def discard(item: Lost) -> None:
    """Throw the lost work away."""
    shutil.rmtree(item.folder, ignore_errors=True)


def replayed(records: list[Record]) -> Project | None:
    """The project after the last record; None where the first is no whole project. A change that does not fit ends it."""
    if not records or "base" not in records[0].change:
        return None
    data = records[0].change["base"]
    project = _project(data)
    for record in records[1:]:
        try:
            data = record.change["base"] if "base" in record.change else patched(data, record.change["patch"])
        except (KeyError, TypeError, AttributeError):
            break
    return _project(data) or project


def _project(data: object) -> Project | None:
    try:
        return project_of(data)
    except Refused:
        return None


def _read(folder: Path) -> Lost | None:
    """What a dead process's folder holds; None (and the folder is cleaned up) where nothing of worth was lost."""
    file = folder / RECORDS
    try:
        records = list(read_records(file.read_bytes()))
        changed = file.stat().st_mtime
    except OSError:
        records, changed = [], folder.stat().st_mtime
    project = replayed(records)
    if project is None:
        if time.time() - changed > FORGET_SECONDS or not file.exists():
            shutil.rmtree(folder, ignore_errors=True)
        return None
    last = records[-1]
    if not last.dirty:
        shutil.rmtree(folder, ignore_errors=True)
        return None
    return Lost(folder, project, last.path, last.edits, changed, _file_changed(last))


def _file_changed(record: Record) -> bool:
    if not record.path:
        return False
    try:
        status = Path(record.path).stat()
    except OSError:
        return record.stamp is not None
    return (status.st_mtime_ns, status.st_size) != record.stamp


def _claim(folder: Path) -> None:
    """Take a dead process's journal over; the second window that tries is told."""
    if not folder.exists() or not owner_is_dead(folder):
        raise Refused(_taken(folder, FileNotFoundError()))
    try:
        lock = folder / LOCK
        if lock.exists():
            lock.rename(folder / f"dead-{os.getpid()}.json")
        write_lock(lock)
    except OSError as error:
        raise Refused(_taken(folder, error)) from None


def _taken(folder: Path, error: OSError) -> Problem:
    return Problem(
        code="recovery.taken",
        message=Text(
            "That work is not there any more: another window took it.", "Ese trabajo ya no está: lo tomó otra ventana."
        ),
        where=Place(file=str(folder), label=str(folder)),
        hint=Text("Look in the other window.", "Mire en la otra ventana."),
        got=short(error),
    )
