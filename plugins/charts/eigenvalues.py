"""Eigenvalues of the recurrent matrices beside the unit circle: inside memories fade, outside they explode."""

import numpy as np

from core.api import Axis, Chart, ChartSpec, Points, Recording, Ring, Text, dated

NOTE = Text(
    "Eigenvalues appear with the first probed step of a model with a square recurrent matrix.",
    "Los valores propios aparecen con el primer paso sondeado de un modelo con una matriz recurrente cuadrada.",
)


def keys(recording: Recording) -> tuple[str, ...]:
    """The matrices that have been looked at."""
    frame = recording.frame_with("eigen")
    return tuple(frame.eigen) if frame else ()


def draw(recording: Recording, step: int | None = None, key: str = "") -> Chart:
    """All matrices, or the one named `key`. Eigenvalues are worked out now and then only; the step says when."""
    frame = recording.frame_with("eigen", step)
    chosen = {k: v for k, v in frame.eigen.items() if key in ("", k)} if frame else {}
    points = [
        Points(values[:, 0], values[:, 1], radius(recording.label(name), values), color)
        for color, (name, values) in enumerate(chosen.items())
    ]
    return Chart(
        Text("Eigenvalues", "Valores propios"),
        Axis(Text("real", "real")),
        Axis(Text("imaginary", "imaginario")),
        (Ring(1.0), *points) if points else (),
        equal=True,
        note=Text("", "") if points else NOTE,
        subtitle=dated(frame.step, seldom=True) if frame and points else "",
    )


def radius(name: str, values: np.ndarray) -> str:
    """The matrix's name with its spectral radius."""
    return f"{name} (ρ = {np.hypot(values[:, 0], values[:, 1]).max():.2f})" if len(values) else name


CHART = ChartSpec(
    "eigenvalues",
    Text("Eigenvalues", "Valores propios"),
    Text(
        "The spectrum of each recurrent matrix on the unit circle, with its spectral radius ρ.",
        "El espectro de cada matriz recurrente sobre el círculo unidad, con su radio espectral ρ.",
    ),
    draw,
    keyed=True,
    keys=keys,
    group="loop",
    rank=4,
)
