"""Everything a run needs, as one value: it crosses into the worker once and nothing flows back through it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.compile.program import Program
from core.data.dataset import Dataset
from core.train.settings import Training
from core.words import Text

CHECKPOINTS = "checkpoint"
METRICS = "metrics.jsonl"
WEIGHTS = "weights.safetensors"


def nothing() -> None:
    """A run directory without a head."""


@dataclass(frozen=True)
class Job:
    """`metrics` are names of core.train.metrics, computed beside the loss. `twin` is only for probes and for naming the
    node where a number went bad; without it a run still trains. With `resume` the newest checkpoint of `run_dir` goes on.
    `begin` is called when everything was found to be in order and the run directory is this run's alone."""

    program: Program
    twin: Program | None
    dataset: Dataset
    metrics: tuple[str, ...]
    training: Training
    run_dir: Path
    resume: bool = False
    begin: Callable[[], None] = nothing
    home: Path | None = None  # the project's folder: relative paths in the drawing start there
    told: tuple[Text, ...] = ()  # what is known before it begins, and to be told when it does
