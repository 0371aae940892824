"""Which run is of a project: known by what it trained, whatever its folder is called and wherever the project was then."""

from __future__ import annotations

import json
from pathlib import Path

from core.project.model import DataChoice
from core.project.ran import run_folders, title_of
from core.project.rundir import CONFIG, WEIGHTS
from core.project.running import runs_root
from core.words import Text


def made_by(folder: Path, program: str, data: DataChoice) -> bool:
    """Whether the run in a folder trained the program of this hash on this data (with its paths as `located` has them)."""
    try:
        config = json.loads((folder / CONFIG).read_text("utf-8"))
        asked = json.loads(json.dumps({"kind": data.kind, "params": dict(data.params)}))
        return bool(config["program"] == program and config["data"] == asked)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def unsaved_runs(most: int) -> tuple[tuple[Path, Text], ...]:
    """The newest runs of projects that had no file then, with their titles; those that learnt nothing are left out."""
    found = [f for f in run_folders(runs_root(None)) if (f / WEIGHTS).exists()]
    return tuple((f, _title(f)) for f in found[:most])


def _title(folder: Path) -> Text:
    try:
        return title_of(folder)
    except (OSError, ValueError, AttributeError):
        return Text("", "")


def latest_run(home: Path | None, program: str, data: DataChoice) -> Path | None:
    """The newest run with weights: beside the project, else among those begun before it had a file."""
    folders = [f for root in dict.fromkeys((runs_root(home), runs_root(None))) for f in run_folders(root)]
    return next((f for f in folders if (f / WEIGHTS).exists() and made_by(f, program, data)), None)
