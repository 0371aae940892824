"""`unfold export`, `plot`: what a finished run gives."""

from __future__ import annotations

import sys
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import click

from core.cli.telling import print_table, tell
from core.oswords import reason
from core.problems import Place, Problem, Refused
from core.project.running import load_recording
from core.session import Session
from core.specs.registry import default_registry
from core.words import Text

if TYPE_CHECKING:
    from core.observe.chart import ChartSpec
    from core.observe.recording import Recording


def export(file: Path, run_dir: Path, format_: str, to: Path) -> int:
    """Write, verify apart from Unfold, print the errors."""
    from core.export.deliver import export as deliver
    from core.export.exporter import ExporterSpec
    from core.project.rundir import same_program

    session = Session()
    session.open(file)
    same_program(session.program(), run_dir)
    verified = deliver(run_dir, format_, to, session.registry)
    for written in verified.files:
        click.echo(str(written))
    worst: dict[tuple[int, int], float] = {}  # a size is asked with equal and with unequal lengths
    for b, t, error in verified.errors:
        worst[b, t] = max(error, worst.get((b, t), error))
    print_table(["B", "T", "max |error|"], [(str(b), str(t), f"{e:.2e}") for (b, t), e in worst.items()])
    tell(
        Text(
            "Verified with {r} in a fresh process without Unfold: largest error {e:.2e}.",
            "Verificado con {r} en un proceso nuevo sin Unfold: error máximo {e:.2e}.",
        ),
        r=verified.runtime,
        e=verified.largest,
    )
    used = session.registry.of("exporter")[format_]
    assert isinstance(used, ExporterSpec)
    click.echo(used.used(verified.files))
    return 0


def plot(
    run_dir: Path,
    chart: str,
    key: str,
    step: int | None,
    to: Path | None,
    csv: Path | None,
    film: Path | None,
    frames: int,
    rate: float,
) -> int:
    """The picture, the numbers and the film of a chart, whichever are asked for."""
    from core.observe.chart import ChartSpec
    from core.observe.later import drawn
    from core.observe.paper import render, write_csv
    from core.project.rundir import run_project

    if to is None and csv is None and film is None:
        raise Refused(_no_place())
    run_project(run_dir)
    charts = default_registry().of("chart")
    spec = charts.get(chart)
    if not isinstance(spec, ChartSpec):
        raise Refused(_unknown("plot.chart", chart, sorted(charts)))
    recording = load_recording(run_dir)
    known = recording.keys() if spec.keys is None else spec.keys(recording)
    if key and key not in known:
        raise Refused(_unknown_key(key, known))
    shown = drawn(spec, recording, step, key)
    asked: list[tuple[Path | None, Callable[[Path], object]]] = [
        (to, lambda path: render(shown, path)),
        (csv, lambda path: write_csv(shown, path)),
        (film, lambda path: _film(recording, spec, key, path, frames, rate)),
    ]
    for path, write in asked:
        if path is not None:
            try:
                write(path)
            except OSError as error:
                raise Refused(_not_written(path, error)) from None
            click.echo(str(path))
    return 0


def _film(recording: Recording, spec: ChartSpec, key: str, path: Path, frames: int, rate: float) -> None:
    from core.observe.filming import film_chart

    count = min(frames, len(recording.frames))
    with click.progressbar(length=count, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        for _ in film_chart(recording, spec, key, path, rate=rate, most=frames):
            bar.update(1)


def _no_place() -> Problem:
    return Problem(
        "plot.nowhere",
        Text("Nothing says what to write.", "Falta decir qué escribir."),
        Place(label="plot"),
        Text("Give --to for a picture, --csv for the numbers or --film for a GIF.",
             "Dé --to para una imagen, --csv para los números o --film para un GIF."),
    )  # fmt: skip


def _unknown_key(key: str, known: tuple[str, ...]) -> Problem:
    near = get_close_matches(key, known, 3, 0.4) or known[:12]
    there = ", ".join(near)
    return Problem(
        "plot.key",
        Text(f"The run has recorded nothing for {key!r}.", f"El entrenamiento no registró nada de {key!r}."),
        Place(label=key),
        Text(f"It has, among others: {there}.", f"Tiene, entre otros: {there}.")
        if known
        else Text("Leave --key out: there is nothing to choose.", "Omita --key: no hay nada que elegir."),
        got=key,
        expected=there,
    )


def _not_written(to: Path, error: OSError) -> Problem:
    why = reason(error)
    return Problem(
        "plot.not_written",
        Text(f"{to} cannot be written: {why.en}.", f"No se puede escribir {to}: {why.es}."),
        Place(file=str(to), label=str(to)),
        Text("Choose a folder that is there and that you may write to.", "Elija una carpeta que exista y donde pueda escribir."),
    )  # fmt: skip


def _unknown(code: str, name: str, known: list[str]) -> Problem:
    there = ", ".join(known)
    return Problem(
        code,
        Text(f"There is no chart {name!r}.", f"No existe el gráfico {name!r}."),
        Place(label=name),
        Text(f"There are: {there}.", f"Hay: {there}."),
        got=name,
        expected=there,
    )
