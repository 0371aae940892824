"""The loss of each time step along one sequence."""

from dataclasses import replace

import numpy as np

from core.api import Axis, Chart, ChartSpec, Level, Line, Recording, Text, dated, say, steps_axis, symbol_ticks

NOTE = Text(
    "The loss along time appears with the first probed step of a model that answers at every time step.",
    "La pérdida a lo largo del tiempo aparece con el primer paso sondeado de un modelo que responde en cada paso.",
)
ONCE = Text(
    "This network answers a sequence once, or over two axes: its losses do not lie along one time. See Loss.",
    "Esta red responde una sola vez por secuencia, o en dos ejes: sus pérdidas no se ordenan en un tiempo. Vea Pérdida.",
)


def draw(recording: Recording, step: int | None = None, key: str = "") -> Chart:
    """L_t of the probed sequence, its ticks the symbols that were to be answered."""
    frame = recording.frame(step)
    losses = frame.losses if frame else None
    marks: list[Line | Level] = []
    along = steps_axis(recording, None, "", 0)
    if frame is not None and losses is not None and len(losses) > 1 and np.isfinite(losses).any():
        marks.append(Line(np.arange(len(losses), dtype=float), losses, say(Text("loss at t", "pérdida en t")), 0))
        marks.append(Level(float(np.nanmean(losses)), say(Text("mean", "media")), 1))
        answers = [s for s in frame.symbols.values() if len(s) == len(losses)]
        along = replace(along, ticks=symbol_ticks(answers[-1]) if answers else ())
    return Chart(
        Text("Loss along time", "Pérdida a lo largo del tiempo"),
        along,
        Axis(Text("loss", "pérdida")),
        tuple(marks),
        note=Text("", "") if marks else ONCE if frame is not None else NOTE,
        subtitle=dated(frame.step) if frame and marks else "",
    )


CHART = ChartSpec(
    "step_loss",
    Text("Loss along time", "Pérdida a lo largo del tiempo"),
    Text(
        "Which time steps of a sequence are hard to answer.", "Qué pasos de una secuencia son difíciles de responder."
    ),
    draw,
    group="sequence",
    rank=3,
)
