"""One training as plain data: what a worker process is asked, and what it answers. Both cross a pipe as a line of JSON."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from typing import Any

from core.compile.program import Program
from core.data.open import fields_of
from core.problems import Place, Problem
from core.project.file import write_project
from core.project.model import Project
from core.specs.registry import Registry
from core.train.measures import renamed
from core.words import Text

UNTOLD = {"probe_budget": 0.0, "sample_every": 0, "checkpoint_every": 0, "device": "cpu", "threads": 1}
"""Nobody watches a trial, one core is what it gets, and neither changes what is learned."""


@dataclass(frozen=True)
class Ask:
    """A project's text and metrics to compute beside its own. With `stop` (metric, sign, value), training ends at the first
    validation where all of them hold."""

    project: str
    metrics: tuple[str, ...] = ()
    stop: tuple[tuple[str, str, float], ...] = ()

    def line(self) -> str:
        return json.dumps(asdict(self))


@dataclass(frozen=True)
class Score:
    """One validation: after how many steps, training sequences and CPU seconds (imports and set-up left out), and what
    it gave."""

    step: int
    sequences: int
    seconds: float
    metrics: dict[str, float]


@dataclass(frozen=True)
class Answer:
    """How it went. `cut`: it ended early because what was asked for held. `problem`: why it did not end well."""

    scores: tuple[Score, ...] = ()
    parameters: int = 0
    cut: bool = False
    problem: Problem | None = None
    tried: bool = True  # False: the process was lost, so that the training is still to be done

    @property
    def last(self) -> Score:
        return self.scores[-1] if self.scores else Score(0, 0, 0.0, {})

    def plain(self) -> dict[str, Any]:
        return {
            "scores": [asdict(s) for s in self.scores],
            "parameters": self.parameters,
            "cut": self.cut,
            "problem": None if self.problem is None else _told(self.problem),
        }

    @staticmethod
    def of(data: dict[str, Any]) -> Answer:
        told = data["problem"]
        return Answer(
            tuple(Score(**{**s, "metrics": renamed(s["metrics"])}) for s in data["scores"]),
            data["parameters"],
            data["cut"],
            None if told is None else Problem(told["code"], Text(*told["message"]), Place(label=told["place"])),
        )


def _told(problem: Problem) -> dict[str, Any]:
    return {"code": problem.code, "message": list(problem.message), "place": problem.where.label}


def quiet(project: Project, seed: int) -> Project:
    """The project as a trial trains it."""
    return replace(project, training=replace(project.training, seed=seed, **UNTOLD))  # type: ignore[arg-type]


def program_of(project: Project, registry: Registry) -> Program:
    """The program it trains. Raises Refused."""
    from core.compile.pipeline import compile_graph

    return compile_graph(project.graph, fields_of(registry, project.data), registry, "train")


def key_of(project: Project, program: Program) -> str:
    """The same for two trials that train the same program on the same data in the same way; drawing and words do not
    count."""
    training = write_project(replace(Project(), data=project.data, training=project.training))
    return hashlib.sha256(f"{program.hash} {training}".encode()).hexdigest()[:12]
