"""A sweep: one project over a grid of settings and seeds, trained by worker processes, resumed where it was left."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from core.compile.program import Program
from core.problems import Place, Problem, Refused
from core.project.card import COMPARISON, Band
from core.project.file import write_project
from core.project.model import Project
from core.specs.registry import Registry
from core.train.measures import MEASURES, higher_is_better, present
from core.train.ways import FREE_LOSS
from core.trials.grid import Point, points, set_up
from core.trials.pool import work
from core.trials.study import Study
from core.trials.trial import Answer, Ask, key_of, program_of, quiet
from core.words import Text

SEEDS = {"seed", "training.seed"}
Listener = Callable[[Point, Answer, int, int], None]


@dataclass(frozen=True)
class Plan:
    """What is to be trained. `success` judges the last validation of a training; without it the metric is the figure."""

    project: Project
    axes: Mapping[str, tuple[str, ...]]
    seeds: int
    metric: str
    success: Band | None = None

    def points(self) -> list[Point]:
        return points(self.axes, self.seeds)


def success_of(text: str) -> Band:
    """`metric>=x`. Raises Refused."""
    found = COMPARISON.search(text)
    metric = text[: found.start()].strip() if found else ""
    if found is None or not metric or text[found.end() :].strip():
        raise Refused(
            Problem(
                "sweep.success",
                Text(f"{text!r} is not of the form metric>=x.", f"{text!r} no tiene la forma métrica>=x."),
                Place(label="--success"),
                Text('Write, for example, --success "accuracy>=0.95"', 'Escriba, por ejemplo, --success "accuracy>=0.95"'),
                got=text,
            )
        )  # fmt: skip
    return Band(present(metric), found.group(1), float(found.group(2)))


def sweep(
    plan: Plan, registry: Registry, out: Path, workers: int, heard: Listener = lambda point, answer, done, of: None
) -> dict[Point, Answer]:
    """Every point with its answer, what `out` knows already included. Raises Refused before the first training where some
    point does not fit. `heard` is told of each training as it ends, and how many are done."""
    wanted = plan.points()
    _checked(plan, registry)
    study = Study(out, identity(plan.project, registry), plan.metric, higher_is_better(plan.metric))
    known = study.known()
    found = {p: known[p] for p in wanted if p in known}
    missing = [p for p in wanted if p not in known]
    metrics = tuple(dict.fromkeys([plan.metric, *([plan.success.metric] if plan.success else [])]))

    def ask(point: Point) -> Ask:
        return Ask(write_project(quiet(set_up(plan.project, point, registry), point.seed)), metrics)

    for point, answer in work(missing, ask, workers):
        if answer.tried:
            study.add(point, answer)
            found[point] = answer
        heard(point, answer, len(found), len(wanted))
    return {p: found[p] for p in wanted if p in found}


def identity(project: Project, registry: Registry) -> str:
    """What is swept, whatever its seed: the program, the data and the settings as they are before a point changes them."""
    still = quiet(project, 0)
    return hashlib.sha256(key_of(still, program_of(still, registry)).encode()).hexdigest()[:12]


def _checked(plan: Plan, registry: Registry) -> None:
    """Each combination once, with one seed: every mistake is told before the first training."""
    if SEEDS & plan.axes.keys():
        raise Refused(_own_seed())
    problems: list[Problem] = []
    for point in replace(plan, seeds=1).points():
        try:
            program = program_of(set_up(plan.project, point, registry), registry)
            for name in dict.fromkeys([plan.metric, *([plan.success.metric] if plan.success else [])]):
                _check_metric(name, program)
        except Refused as refused:
            problems += [p for p in refused.problems if p.line() not in {q.line() for q in problems}]
    if problems:
        raise Refused(*problems)


def _check_metric(name: str, program: Program) -> None:
    """Raises Refused where no validation will hold this number: every training would count as a failure."""
    kinds = {o.loss for o in program.outputs if o.target}
    there = [n for n, m in MEASURES.items() if not m.table and kinds & set(m.losses)]
    known = ("loss", *([FREE_LOSS] if program.teachers else []), *there)
    if name not in known:
        raise Refused(
            Problem(
                "sweep.metric",
                Text(f"This project's validations do not give {name!r}.", f"Las validaciones de este proyecto no dan {name!r}."),
                Place(label="--metric"),
                Text(f"They give: {', '.join(known)}.", f"Dan: {', '.join(known)}."),
                got=name,
                expected=", ".join(known),
            )
        )  # fmt: skip


def _own_seed() -> Problem:
    return Problem(
        "sweep.seed",
        Text("Seeds are no parameter of a sweep: each combination is trained with the same ones.",
             "Las semillas no son un parámetro del barrido: cada combinación se entrena con las mismas."),
        Place(param="seed", label="--param"),
        Text("Say how many with --seeds.", "Diga cuántas con --seeds."),
        got="training.seed",
    )  # fmt: skip
