"""What a sweep found, as a table, and as the curve over its first parameter with a band that says how sure it is."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import numpy as np

from core.observe.chart import Axis, Chart, Line, Points
from core.observe.paper import render
from core.project.atomic import replace_file
from core.train.measures import measure_name
from core.trials.grid import Point
from core.trials.sweep import Plan
from core.trials.trial import Answer
from core.trials.wilson import wilson
from core.words import Text, say

RESULTS = "results.csv"
PICTURES = ("curve.svg", "curve.png", "curve.csv")
Found = Mapping[Point, Answer]


@dataclass(frozen=True)
class Spot:
    """One combination of values over all its seeds: how many succeeded, or the median and quartiles of the metric."""

    values: tuple[str, ...]
    runs: int
    successes: int
    middle: float
    low: float
    high: float


def succeeded(plan: Plan, answer: Answer) -> bool:
    """Whether the last validation meets `success`. A training that failed has not."""
    band = plan.success
    return band is not None and answer.problem is None and band.holds(answer.last.metrics.get(band.metric, math.nan))


def spots(plan: Plan, found: Found) -> list[Spot]:
    """One for each combination that has been trained at all, in the grid's order."""
    out: list[Spot] = []
    for values in dict.fromkeys(p.values for p in found):
        answers = [a for p, a in found.items() if p.values == values]
        wins = sum(succeeded(plan, a) for a in answers)
        if plan.success is not None:
            middle, (low, high) = wins / len(answers), wilson(wins, len(answers))
        else:
            scores = [a.last.metrics.get(plan.metric, math.nan) for a in answers]
            known = [s for s in scores if math.isfinite(s)] or [math.nan]
            low, middle, high = (float(q) for q in np.quantile(known, (0.25, 0.5, 0.75)))
        out.append(Spot(tuple(v for _, v in values), len(answers), wins, middle, low, high))
    return out


def write(plan: Plan, found: Found, out: Path) -> list[Path]:
    """results.csv and the curve beside it, as vector graphics, as a picture and as numbers. The files' paths."""
    replace_file(out / RESULTS, results(plan, found).encode())
    drawn = chart(plan, found)
    for name in PICTURES:
        render(drawn, out / name)
    return [out / RESULTS, *(out / name for name in PICTURES)]


def results(plan: Plan, found: Found) -> str:
    """A row for each training."""
    metrics = list(dict.fromkeys(m for a in found.values() for m in a.last.metrics))
    text = StringIO()
    sheet = csv.writer(text, lineterminator="\n")
    sheet.writerow(
        [*plan.axes, "seed", *(["success"] if plan.success else []), *metrics, "sequences", "seconds", "problem"]
    )
    for point, a in found.items():
        won = [int(succeeded(plan, a))] if plan.success else []
        row = [*(v for _, v in point.values), point.seed, *won, *(a.last.metrics.get(m, "") for m in metrics)]
        sheet.writerow([*row, a.last.sequences, round(a.last.seconds, 3), a.problem.code if a.problem else ""])
    return text.getvalue()


def chart(plan: Plan, found: Found) -> Chart:
    """A line over the first parameter for each combination of the others; the band is Wilson's 95 % for a success rate, else
    the quartiles."""
    first, *others = plan.axes
    known = spots(plan, found)
    places = _places(plan.axes[first])
    marks: list[Line | Points] = []
    for colour, rest in enumerate(dict.fromkeys(s.values[1:] for s in known)):
        line = sorted((s for s in known if s.values[1:] == rest), key=lambda s: places[s.values[0]])
        x, y, low, high = (
            np.array(v, np.float64)
            for v in ([places[s.values[0]] for s in line], [s.middle for s in line], [s.low for s in line], [s.high for s in line])
        )  # fmt: skip
        label = ", ".join(f"{_short(path)} {v}" for path, v in zip(others, rest, strict=True))
        marks += [Line(x, y, label, colour, band=(low, high)), Points(x, y, "", colour)]
    named = () if _numeric(plan.axes[first]) else tuple((place, value) for value, place in places.items())
    short = _short(first)
    return Chart(
        plan.project.title if any(plan.project.title) else Text("Sweep", "Barrido"),
        Axis(Text(short, short), ticks=named),
        _upright(plan),
        tuple(marks),
        subtitle=say(Text("{n} trainings", "{n} entrenamientos"), n=len(found)),
    )


def _upright(plan: Plan) -> Axis:
    if plan.success is None:
        name = measure_name(plan.metric)
        return Axis(Text(f"{name.en}: median and quartiles", f"{name.es}: mediana y cuartiles"))
    shown = plan.success.show()
    label = Text(f"share with {shown}; Wilson's 95 % band", f"fracción con {shown}; banda de Wilson del 95 %")
    return Axis(label, limits=(-0.03, 1.03))


def _short(path: str) -> str:
    return path.rpartition(".")[2].replace("_", " ")


def _places(values: tuple[str, ...]) -> dict[str, float]:
    return {v: float(v) if _numeric(values) else float(i) for i, v in enumerate(values)}


def _numeric(values: tuple[str, ...]) -> bool:
    try:
        return all(math.isfinite(float(v)) for v in values)
    except ValueError:
        return False
