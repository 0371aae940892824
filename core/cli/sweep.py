"""`unfold sweep`: one project over a grid of settings and seeds, its results and its curve."""

from __future__ import annotations

from pathlib import Path

import click

from core.cli.telling import FAILED, print_json, print_table, tell
from core.project.file import load_project
from core.project.settingpath import apply_settings
from core.specs.registry import default_registry
from core.train.measures import present
from core.trials.curve import Spot, spots, write
from core.trials.grid import Point, axes_of
from core.trials.sweep import Plan, success_of
from core.trials.sweep import sweep as run_sweep
from core.trials.trial import Answer
from core.words import Text, say


def sweep(
    file: Path, params: tuple[str, ...], seeds: int, metric: str, success: str, settings: tuple[str, ...], workers: int,
    out: Path, as_json: bool,
) -> int:  # fmt: skip
    """Exit 1 where some training could not be done; the next call does it."""
    registry = default_registry()
    project = apply_settings(load_project(file), settings, registry)
    band = success_of(success) if success else None
    plan = Plan(project, axes_of(params), seeds, present(metric) or (band.metric if band else "loss"), band)
    found = run_sweep(plan, registry, out, workers, heard)
    written = write(plan, found, out) if found else []
    if as_json:
        for spot in spots(plan, found):
            print_json({**dict(zip(plan.axes, spot.values, strict=True)), **_figures(plan, spot)})
    else:
        print_table(_head(plan), [_cells(plan, s) for s in spots(plan, found)])
        for path in written:
            click.echo(str(path))
    return 0 if len(found) == len(plan.points()) else FAILED


def heard(point: Point, answer: Answer, done: int, of: int) -> None:
    shown = " ".join(f"{k}={v:.5g}" for k, v in answer.last.metrics.items())
    tell(
        Text("{d}/{n}  {p} seed {s}: {m} ({t:.1f} s) {bad}", "{d}/{n}  {p} semilla {s}: {m} ({t:.1f} s) {bad}"),
        d=done, n=of, p=" ".join(point.settings), s=point.seed, m=shown, t=answer.last.seconds,
        bad=say(answer.problem.message) if answer.problem else "",
    )  # fmt: skip


def _head(plan: Plan) -> list[str]:
    figure = plan.success.show() if plan.success else plan.metric
    return [*plan.axes, say(Text("runs", "veces")), figure, say(Text("low", "mínimo")), say(Text("high", "máximo"))]


def _cells(plan: Plan, spot: Spot) -> list[str]:
    return [*spot.values, str(spot.runs), f"{spot.middle:.4g}", f"{spot.low:.4g}", f"{spot.high:.4g}"]


def _figures(plan: Plan, spot: Spot) -> dict[str, float]:
    found: dict[str, float] = {"runs": spot.runs, "value": spot.middle, "low": spot.low, "high": spot.high}
    return {**found, "successes": spot.successes} if plan.success else found
