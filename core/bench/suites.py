"""The pairs that `unfold bench` measures."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from core.bench.byhand import SCRIPTS
from core.bench.rows import Row
from core.bench.trainee import ENDLESS, Clock, Spent, Trainee
from core.problems import Place, Problem, Refused
from core.words import Text

PAIRS = 9
CHUNK = 1.0  # seconds
WARM = 10  # steps before anything counts
WATCHED = 0.3  # probe budget for the meter's check: a share large enough to be seen above the noise
METER = "probe-meter"
ALL = ""  # the command's default


def run_suites(name: str = ALL, pairs: int = PAIRS, chunk: float = CHUNK) -> list[Row]:
    """Measure one suite, or all of them. Raises Refused where there is none of that name."""
    if name not in (ALL, *SUITES):
        raise Refused(_unknown(name))
    chosen = SUITES if name == ALL else {name: SUITES[name]}
    return [row for measure in chosen.values() for row in measure(pairs, chunk)]


def against_hand(name: str, pairs: int, chunk: float) -> list[Row]:
    """A project as Unfold trains it against the script of the same task."""
    from core.train.device import threads

    with tempfile.TemporaryDirectory(prefix="unfold-") as folder:
        ours = Trainee(name, Path(folder) / "run")
        theirs = SCRIPTS[name](ENDLESS)
        ours.steps(WARM)
        threads(1)
        _steps(theirs, WARM)
        steps = max(1, round(chunk / (_steps(theirs, WARM).wall / WARM)))
        taken: list[tuple[Spent, Spent]] = []
        for n in range(pairs):
            first = ours.steps(steps) if n % 2 == 0 else None
            other = _steps(theirs, steps)
            taken.append((first or ours.steps(steps), other))
        ours.close()
    ratios = tuple(a.wall / b.wall for a, b in taken)
    mine, others = (median(x.wall for x in side) * 1e3 / steps for side in zip(*taken, strict=True))
    note = f"in processor time {median(a.busy / b.busy for a, b in taken):.3f}"
    return [Row(name, mine, others, median(ratios), pairs=pairs, steps=steps, note=note, ratios=ratios)]


def meter(name: str, pairs: int) -> list[Row]:
    """What the probe meter says watching takes (ours) against what a run saves with probes off (theirs), as shares."""
    with tempfile.TemporaryDirectory(prefix="unfold-") as folder:
        run = Trainee(name, Path(folder) / "run", WATCHED)
        run.stretch(True)
        told: list[float] = []
        watched: list[float] = []
        alone: list[float] = []
        for n in range(2 * pairs):
            for probes in (True, False) if n % 2 == 0 else (False, True):
                found = run.stretch(probes)
                (watched if probes else alone).append(found.milliseconds)
                told += [found.share] if probes else []
        run.close()
    says, saves = median(told), 1 - median(alone) / median(watched)
    note = f"probe budget {WATCHED:.0%}; ours: share told by the meter, theirs: share saved with probes off"
    return [Row(f"{METER} {name}", says, saves, says / saves, "share", 2 * pairs, note=note, ratios=tuple(told))]


def _steps(script: Iterator[float], count: int) -> Spent:
    clock = Clock()
    for _ in range(count):
        next(script)
    return clock.read()


Suite = Callable[[int, float], list[Row]]
SUITES: dict[str, Suite] = {
    "adding-lstm": lambda pairs, chunk: against_hand("adding-lstm", pairs, chunk),
    "char-lm": lambda pairs, chunk: against_hand("char-lm", pairs, chunk),
    METER: lambda pairs, chunk: [*meter("adding-lstm", pairs), *meter("char-lm", pairs)],
}


def _unknown(name: str) -> Problem:
    there = ", ".join(SUITES)
    return Problem(
        "bench.unknown",
        Text(f"There is no suite {name!r}.", f"No existe la serie {name!r}."),
        Place(label=name),
        Text(f"There are: {there}.", f"Hay: {there}."),
        got=name,
        expected=there,
    )
