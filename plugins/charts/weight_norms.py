"""The gradient's norm of every drawn parameter, before and after clipping."""

import numpy as np

from core.api import Axis, Chart, ChartSpec, Points, Recording, Text, dated, say

NOTE = Text(
    "The norms appear with the first probed training step.",
    "Las normas aparecen con el primer paso de entrenamiento sondeado.",
)


def draw(recording: Recording, step: int | None = None, key: str = "") -> Chart:
    """A row per parameter, the first drawn on top; norms on a log axis."""
    frame = recording.frame_with("weight_norms", step)
    pairs = list(frame.weight_norms.items())[::-1] if frame else []
    rows = np.arange(len(pairs), dtype=float)
    before = np.array([b for _, (b, _) in pairs])
    after = np.array([a for _, (_, a) in pairs])
    marks: list[Points] = []
    if pairs:
        cut = bool((after < before * (1 - 1e-6)).any())
        first = Text("before clipping", "antes del recorte") if cut else Text("not clipped", "sin recorte")
        marks.append(Points(before, rows, say(first), 0))
        if cut:
            marks.append(Points(after, rows, say(Text("after clipping", "después del recorte")), 1))
    return Chart(
        Text("Gradient per parameter", "Gradiente por parámetro"),
        Axis(Text("‖gradient‖", "‖gradiente‖"), log=True),
        Axis(Text("parameter", "parámetro"), limits=(-0.7, max(len(pairs), 1) - 0.3), ticks=named(recording, pairs)),
        tuple(marks),
        note=Text("", "") if marks else NOTE,
        subtitle=dated(frame.step) if frame and marks else "",
    )


def named(recording: Recording, pairs: list[tuple[str, tuple[float, float]]]) -> tuple[tuple[float, str], ...]:
    """A tick per row; long paths keep their end, which tells them apart."""
    names = [recording.label(name) for name, _ in pairs]
    return tuple((float(row), name if len(name) <= 26 else "…" + name[-25:]) for row, name in enumerate(names))


CHART = ChartSpec(
    "weight_norms",
    Text("Gradient per parameter", "Gradiente por parámetro"),
    Text(
        "Which parameters get a large or a small gradient, and what clipping leaves of it.",
        "Qué parámetros reciben un gradiente grande o pequeño y qué deja el recorte.",
    ),
    draw,
    group="gradient",
    rank=7,
)
