"""One measured pair, and the machine and method it was measured with."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

METHOD = (
    "one process, one thread, chunks of steps in turn, the order of a pair changing each time; medians of chunks, "
    "the ratio is the median of the pairs' ratios"
)


@dataclass(frozen=True)
class Row:
    """Milliseconds a step (or a share, where `unit` says so) on our side and on the other; `ratio` ours / theirs."""

    name: str
    ours_ms: float
    theirs_ms: float
    ratio: float
    unit: str = "ms"
    pairs: int = 0
    steps: int = 0  # in a chunk
    note: str = ""
    ratios: tuple[float, ...] = field(default=())

    def plain(self) -> dict[str, Any]:
        """For --json."""
        return {
            "name": self.name,
            "ours": self.ours_ms,
            "theirs": self.theirs_ms,
            "ratio": self.ratio,
            "unit": self.unit,
            "pairs": self.pairs,
            "steps": self.steps,
            "note": self.note,
            "ratios": list(self.ratios),
        }


def machine() -> str:
    """Processor, cores, system, versions, and how the figures are made."""
    from importlib.metadata import version

    cores = os.cpu_count() or 1
    return (
        f"{_processor()}, {cores} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"torch {version('torch')}; {METHOD}"
    )


def _processor() -> str:
    """The processor's name, where the system tells it."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown processor"
