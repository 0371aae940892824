"""What a run folder says of a run that is over: how far it came, what it reached, its curves; and several side by side."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.observe.chart import Axis, Chart, Line, Points
from core.observe.curves import smooth
from core.oswords import reason
from core.problems import Place, Problem, Refused, filled
from core.project.rundir import CONFIG, METRICS, PROJECT
from core.train.measures import measure_name
from core.train.messages import Probed, Step, Validation
from core.words import Text, say

Doubles = NDArray[np.float64]
Ended = Literal["done", "stopped", "failed", "open"]
ENDED: Mapping[Ended, Text] = {
    "done": Text("finished", "terminado"),
    "stopped": Text("stopped", "detenido"),
    "failed": Text("failed", "falló"),
    "open": Text("not ended", "sin terminar"),
}
TRAINING = "train/loss"
NOWHERE: Doubles = np.empty(0)
NOTHING = Text("Tick the runs whose curves are to be laid over each other.", "Marque las ejecuciones cuyas curvas quiera superponer.")  # fmt: skip


@dataclass(frozen=True)
class Ran:
    """`metrics`: on held-out data, those of the weights that were kept. `curves`: "validation/NAME" and "train/loss" ->
    (steps, values)."""

    folder: Path
    title: Text
    ended: Ended
    step: int
    total: int
    seconds: float
    parameters: int
    metrics: Mapping[str, float]
    curves: Mapping[str, tuple[Doubles, Doubles]]
    kept: int = 0  # the step of those weights
    last: Step | None = None
    scored: Step | None = None  # the last step that told its metrics, or the last
    validation: Validation | None = None  # the last one
    probed: Probed | None = None
    task: str = ""  # the kind of its data

    @property
    def name(self) -> str:
        return self.folder.name


def run_folders(root: Path) -> tuple[Path, ...]:
    """Every run under a folder of runs, the newest first."""
    try:
        found = [f for f in root.iterdir() if (f / CONFIG).is_file()]
        return tuple(sorted(found, key=lambda f: -(f / CONFIG).stat().st_mtime))
    except OSError:
        return ()


def read_run(folder: Path) -> Ran:
    """The run in a folder, from its ledger. Raises Refused where there is none or it cannot be read."""
    try:
        config = json.loads((folder / CONFIG).read_text("utf-8"))
        told = list(_lines(folder / METRICS))
        return _read(folder, config, title_of(folder), told)
    except OSError as error:
        raise Refused(_unreadable(folder, reason(error))) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refused(_unreadable(folder, Text("a file in it is damaged", "uno de sus archivos está dañado"))) from None


def title_of(folder: Path) -> Text:
    """How the project was called that a run trained. Raises OSError, ValueError or AttributeError where no file says it."""
    head = json.loads((folder / PROJECT).read_text("utf-8")).get("title") or {}
    return Text(str(head.get("en", "")), str(head.get("es", "")))


def _read(folder: Path, config: Mapping[str, Any], title: Text, told: list[dict[str, Any]]) -> Ran:
    ends = [m for m in told if m["kind"] in ("done", "failed")]
    steps = [m for m in told if m["kind"] == "step"]
    validations = [m for m in told if m["kind"] == "validation"]
    last = ends[-1] if ends else {}
    seconds = last.get("seconds") or (steps[-1]["seconds"] if steps else 0.0)
    metrics = last.get("metrics") or (validations[-1]["metrics"] if validations else {})
    scored = next((m for m in reversed(steps) if m.get("metrics")), steps[-1] if steps else None)
    probed = next((m for m in reversed(told) if m["kind"] == "probed"), None)
    return Ran(
        folder=folder,
        title=title,
        ended=_ended(last),
        step=int(steps[-1]["step"]) if steps else 0,
        total=int(config["training"]["steps"]),
        seconds=float(seconds),
        parameters=int(config["parameters"]),
        metrics={k: v for k, v in _numbers(metrics).items() if k != "train_loss"},
        curves=_curves(steps, validations),
        kept=int(last.get("kept") or 0),
        last=_step(steps[-1]) if steps else None,
        scored=_step(scored) if scored else None,
        validation=_validation(validations[-1]) if validations else None,
        probed=_probed(probed) if probed else None,
        task=str(config.get("data", {}).get("kind", "")),
    )


def _step(m: Mapping[str, Any]) -> Step:
    of = {name: _number(m.get(name)) for name in ("loss", "learning_rate", "grad_norm", "clipped_norm", "seconds")}
    return Step(int(m["step"]), sequences=int(m.get("sequences", 0)), metrics=_numbers(m.get("metrics") or {}), **of)


def _validation(m: Mapping[str, Any]) -> Validation:
    return Validation(int(m["step"]), _numbers(m["metrics"]), _number(m.get("seconds")))


def _probed(m: Mapping[str, Any]) -> Probed:
    whole = _number(m.get("overall", 0.0)), int(m.get("made", 0))
    return Probed(int(m["step"]), _number(m["share"]), int(m["frames"]), int(m["dropped"]), *whole)


def _ended(last: Mapping[str, Any]) -> Ended:
    if not last:
        return "open"
    if last["kind"] == "failed":
        return "failed"
    return "stopped" if last.get("stopped") else "done"


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    """The messages of a ledger; a last line that was cut off by a crash ends it."""
    with file.open("rb") as stream:
        for line in stream:
            try:
                yield json.loads(line)
            except ValueError:
                if stream.read(1):
                    raise
                return


def _curves(steps: list[dict[str, Any]], validations: list[dict[str, Any]]) -> dict[str, tuple[Doubles, Doubles]]:
    found: dict[str, list[tuple[int, float]]] = {}
    for m in steps:
        found.setdefault(TRAINING, []).append((m["step"], _number(m["loss"])))
    for m in validations:
        for name, value in m["metrics"].items():
            found.setdefault(f"validation/{name}", []).append((m["step"], _number(value)))
    made: dict[str, tuple[Doubles, Doubles]] = {}
    for name, points in found.items():
        both = np.asarray(points, np.float64)
        made[name] = (both[:, 0], both[:, 1])
    return made


def _number(value: Any) -> float:
    """A ledger writes what is no number as a text: "nan", "inf"."""
    return float("nan") if value is None else float(value)


def _numbers(values: Mapping[str, Any]) -> dict[str, float]:
    return {name: _number(value) for name, value in values.items()}


def curve_names(runs: Sequence[Ran]) -> tuple[str, ...]:
    """What can be laid over each other: held-out measures first, then the training loss."""
    names = dict.fromkeys(n for run in runs for n in run.curves)
    return tuple(sorted(names, key=lambda n: (n == TRAINING, n != "validation/loss", n)))


def alike(one: Ran, other: Ran) -> bool:
    """Whether one axis can hold the curves of both: the same kind of data, and judged by the same measures, which follow
    from the loss. One that was never judged is not told apart by them."""
    mine, theirs = ({*run.metrics} - {"loss"} for run in (one, other))
    return one.task == other.task and (not mine or not theirs or mine == theirs)


def curve_title(name: str) -> Text:
    """How a curve is called: the measure, and on which data."""
    measure = measure_name(name.partition("/")[2])
    where = Text("training", "entrenamiento") if name == TRAINING else Text("held out", "reserva")
    return Text(f"{measure.en}, {where.en}", f"{measure.es}, {where.es}")


def overlaid(runs: Sequence[tuple[int, Ran]], name: str) -> Chart:
    """One curve of each run, drawn by its number."""
    marks: list[Line | Points] = []
    for at, run in runs:
        x, y = run.curves.get(name, (NOWHERE, NOWHERE))
        if len(x) == 1:
            marks.append(Points(x, y, run.name, at))
        elif len(x):
            x, y = smooth(x, y) if name == TRAINING else (x, y)
            marks.append(curve_of(at, run.name, x, y))
    title = curve_title(name)
    measure = Text(title.en.partition(",")[0].lower(), title.es.partition(",")[0].lower())
    step = Axis(Text("training step", "paso de entrenamiento"), whole=True)
    return Chart(title, step, Axis(measure), tuple(marks), note=Text("", "") if marks else NOTHING)


def curve_of(at: int, name: str, x: Doubles = NOWHERE, y: Doubles = NOWHERE) -> Line:
    """How the run of this number is drawn."""
    return Line(x, y, name, at, dashed=at % 2 == 1)


def table_of(runs: Sequence[Ran]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Heads and cells, as a person reads and copies them."""
    measures = tuple(dict.fromkeys(m for run in runs for m in run.metrics))
    heads = (
        say(Text("Run", "Ejecución")), say(Text("State", "Estado")), say(Text("Steps", "Pasos")),
        *(say(measure_name(m)) for m in measures), say(Text("Parameters", "Parámetros")), say(Text("Seconds", "Segundos")),
    )  # fmt: skip
    rows = [
        (run.name, say(ENDED[run.ended]), f"{run.step}/{run.total}", *(_written(run.metrics.get(m)) for m in measures),
         str(run.parameters), f"{run.seconds:.1f}")
        for run in runs
    ]  # fmt: skip
    return heads, rows


def _written(value: float | None) -> str:
    return "" if value is None else f"{value:.5g}"


def _unreadable(folder: Path, why: Text) -> Problem:
    return Problem(
        "run.unreadable",
        filled(Text("{d} cannot be read as a run: {why}.", "No se puede leer {d} como ejecución: {why}."), d=folder.name, why=why),
        Place(file=str(folder), label=str(folder)),
        Text("Choose a folder that a training has written.", "Elija una carpeta escrita por un entrenamiento."),
    )  # fmt: skip
