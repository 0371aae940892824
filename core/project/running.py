"""From a project to a run: where its data and its runs lie, what a run is made of, and what is kept of what it tells."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

from core.data.open import metrics_of, open_dataset
from core.observe.recording import Recording
from core.problems import Refused
from core.project.model import DataChoice, Project
from core.project.rundir import RECORDING, write_run_head
from core.specs.registry import Registry
from core.train.job import Job
from core.train.messages import Done, Failed, Message, Saved
from core.words import Text, say

Listener = Callable[[Message], None]
LOST = Text(
    "The recording of this run is damaged: the charts begin anew. Its weights are not touched by that.",
    "La grabación de este entrenamiento está dañada: los gráficos empiezan de nuevo. Los pesos no se ven afectados.",
)


def make_job(
    project: Project,
    registry: Registry,
    home: FilePath | None,
    run_dir: FilePath,
    resume: bool,
    told: tuple[Text, ...] = (),
) -> Job:
    """Open the data and compile program and twin. The head of the run directory is written when the run begins, so that
    a refused one leaves the folder as it was."""
    from core.compile.pipeline import compile_graph

    choice = located(project.data, home)
    dataset = open_dataset(registry, choice, project.training.seed)
    program = compile_graph(project.graph, dataset.fields, registry, "train")
    twin = compile_graph(project.graph, dataset.fields, registry, "twin")
    return Job(
        program, twin, dataset, metrics_of(registry, choice), project.training, run_dir, resume,
        begin=lambda: write_run_head(run_dir, replace(project, data=choice), program),
        home=home.parent if home is not None else None,
        told=told,
    )  # fmt: skip


def located(choice: DataChoice, home: FilePath | None) -> DataChoice:
    """Relative data paths are read from the project file's folder."""
    params: dict[str, Any] = dict(choice.params)
    path = params.get("path")
    if home is not None and isinstance(path, str) and path and not FilePath(path).is_absolute():
        params["path"] = str((home.parent / path).resolve())
        return DataChoice(choice.kind, params)
    return choice


def runs_root(home: FilePath | None) -> FilePath:
    """Where the runs of a project lie: beside it, or under the user's data folder where it was never saved."""
    from platformdirs import user_data_path

    return home.parent / "runs" if home is not None else user_data_path("unfold") / "runs"


def new_run_dir(home: FilePath | None, title: Text = Text("", "")) -> FilePath:
    """A fresh folder name among the project's runs (`NAME-date-time`): its file's name, else its title."""
    root = runs_root(home)
    stem = home.stem if home is not None else stem_of(say(title)) or "untitled"
    name = f"{stem}-{time.strftime('%Y%m%d-%H%M%S')}"
    candidate, n = root / name, 1
    while candidate.exists():
        n += 1
        candidate = root / f"{name}-{n}"
    return candidate


def stem_of(title: str) -> str:
    """A safe file name from a title; "" where nothing of it can be one."""
    stem = re.sub("-+", "-", "".join(c if c.isalnum() or c == "_" else "-" for c in title))
    return stem.strip("-")[:60].lower()


def keeper(recording: Recording, run_dir: FilePath, listener: Listener | None = None) -> Listener:
    """Called in the worker with every message: records it, and writes the recording at each checkpoint and the end."""

    def keep(message: Message) -> None:
        recording.add(message)
        if isinstance(message, (Saved, Done)) or (isinstance(message, Failed) and not message.refused):
            recording.save(run_dir / RECORDING)
        if listener is not None:
            listener(message)

    return keep


def load_recording(run_dir: FilePath) -> Recording:
    file = run_dir / RECORDING
    return Recording.load(file) if file.exists() else Recording()


def seen_before(run_dir: FilePath) -> tuple[Recording, tuple[Text, ...]]:
    """What a run that goes on left to look at, and what is to be said of it: a damaged recording keeps nobody from the
    checkpoint beside it."""
    try:
        return load_recording(run_dir), ()
    except Refused:
        return Recording(), (LOST,)
