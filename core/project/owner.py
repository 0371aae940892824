"""Who writes a journal: a process of this machine since its start, and whether it still lives."""

from __future__ import annotations

import json
import os
import platform
import time
from pathlib import Path
from typing import Any

LOCK = "lock.json"
YOUNG_SECONDS = 10.0  # a folder without a lock may be just being made


def write_lock(file: Path) -> None:
    """Say that this process owns the folder. Raises FileExistsError where somebody does already."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    handle = os.open(file, flags, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump(_me(), stream)


def owner_is_dead(folder: Path) -> bool:
    """Whether the writer of a journal certainly is gone. Of another machine (network home) nothing is certain."""
    claim = _claim(folder / LOCK)
    if not claim:
        return time.time() - folder.stat().st_mtime > YOUNG_SECONDS
    if claim.get("host") != platform.node():
        return False
    if claim.get("boot") != boot_id():
        return True
    pid = claim.get("pid")
    return not isinstance(pid, int) or not _alive(pid) or started(pid) != claim.get("started")


def boot_id() -> str:
    """Differs after every start of the machine, where the system tells."""
    file = Path("/proc/sys/kernel/random/boot_id")
    return file.read_text().strip() if file.exists() else ""


def started(pid: int) -> str:
    """When a process began, in the system's own ticks: a number used again by another process is told apart."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def _me() -> dict[str, Any]:
    return {"pid": os.getpid(), "boot": boot_id(), "host": platform.node(), "started": started(os.getpid())}


def _claim(file: Path) -> dict[str, Any]:
    try:
        claim = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return claim if isinstance(claim, dict) else {}


def _alive(pid: int) -> bool:
    if pid <= 0:
        return False
    if os.name == "nt":
        return _alive_on_windows(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return _state(pid) != "Z"


def _state(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, IndexError):
        return ""


def _alive_on_windows(pid: int) -> bool:
    """There os.kill would end the process instead of asking for it."""
    import ctypes

    kernel: Any = ctypes.windll.kernel32  # type: ignore[attr-defined,unused-ignore]
    handle = kernel.OpenProcess(0x1000, False, pid)  # PROCESS_QUERY_LIMITED_INFORMATION
    if not handle:
        return False
    kernel.CloseHandle(handle)
    return True
