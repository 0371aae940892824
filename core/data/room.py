"""Whether a file's contents fit into memory, asked before the first byte is read: Linux hands out memory it lacks."""

from __future__ import annotations

from pathlib import Path

from core.problems import Place, Problem, Refused
from core.words import Text

SHARE = 0.7  # of what is free
GIB = 2**30


def free_memory() -> int | None:
    """Bytes that this machine can still give, where the system tells."""
    table = Path("/proc/meminfo")
    if not table.exists():
        return None
    rows = dict(line.split(":", 1) for line in table.read_text("ascii").splitlines() if ":" in line)
    return int(rows["MemAvailable"].split()[0]) * 1024 if "MemAvailable" in rows else None


def check_room(file: Path, needed: int, param: str = "path") -> None:
    """Raises Refused where reading the file would take more than the machine has free."""
    free = free_memory()
    if free is not None and needed > SHARE * free:
        raise Refused(_no_room(file, needed, free, param))


def _no_room(file: Path, needed: int, free: int, param: str) -> Problem:
    need, have = f"{needed / GIB:.1f} GiB", f"{free / GIB:.1f} GiB"
    return Problem(
        code="data.no_room",
        message=Text(
            f"Reading {file.name} would take about {need} of memory; {have} are free.",
            f"Leer {file.name} ocuparía unos {need} de memoria; hay {have} libres.",
        ),
        where=Place(param=param, file=str(file), label=f"data.{param}"),
        hint=Text("Use a part of it.", "Use una parte."),
        got=need,
        expected=have,
    )
