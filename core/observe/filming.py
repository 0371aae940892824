"""A chart over the whole of a recording as a film: which frames, one picture of each, written as GIF."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from core.observe.chart import ChartSpec
from core.observe.colors import LIGHT
from core.observe.gif import Gif, evenly
from core.observe.later import drawn
from core.observe.paper import figure, pixels
from core.observe.recording import Recording
from core.observe.times import TRAINING, Moment
from core.problems import Place, Problem, Refused, filled
from core.words import Text

RATE, MOST = 10, 120  # pictures a second, and in all
SIZE = (6.4, 4.2)  # inches; at 100 dots each


def film_chart(
    recording: Recording,
    spec: ChartSpec,
    key: str,
    path: Path,
    rate: float = RATE,
    most: int = MOST,
) -> Iterator[int]:
    """Write the film, and tell after each picture how many are there; whoever stops listening leaves no file. Raises Refused
    where there is nothing to film or `path` is no GIF, OSError where it cannot be written."""
    frames = evenly(recording.frames, most)
    check_film(path, frames)
    with Gif(path, rate) as gif:
        for n, step in enumerate(frames, 1):
            fig = figure(drawn(spec, recording, step, key), LIGHT, SIZE, Moment(TRAINING, step))
            gif.add(pixels(fig))
            yield n


def check_film(path: Path, frames: tuple[int, ...]) -> None:
    """Raises Refused."""
    if path.suffix.lower() != ".gif":
        raise Refused(_no_gif(path))
    if len(frames) < 2:
        raise Refused(_still(len(frames)))


def _no_gif(path: Path) -> Problem:
    return Problem(
        "film.format",
        filled(Text("{name} does not end in .gif.", "{name} no termina en .gif."), name=path.name),
        Place(file=str(path), label=path.name),
        Text("A film is written as GIF: give it a name like film.gif.", "Una película se escribe en GIF: dele un nombre como pelicula.gif."),
        got=path.suffix,
        expected=".gif",
    )  # fmt: skip


def _still(count: int) -> Problem:
    return Problem(
        "film.frames",
        Text(f"A film needs two recorded frames at least; there are {count}.", f"Una película necesita al menos dos cuadros grabados; hay {count}."),
        hint=Text("Train longer, or raise the probe budget under Training.", "Entrene más tiempo o suba el presupuesto de sondas en Entrenamiento."),
    )  # fmt: skip
