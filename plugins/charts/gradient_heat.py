"""Time × unit: how strongly the loss depends on each unit at each time step."""

import numpy as np

from core.api import Axis, Chart, ChartSpec, Heat, Recording, Text, axis_name, dated, say, steps_axis

DECADES = 8.0  # shown below the largest: less than that is nothing
NOTE = Text(
    "Gradients appear with the first step that is probed while they are watched.",
    "Los gradientes aparecen con el primer paso sondeado mientras se observan.",
)


def keys(recording: Recording) -> tuple[str, ...]:
    """Probes with a gradient over more than one time step."""
    frame = recording.frame()
    return tuple(k for k, v in frame.gradients.items() if len(v) > 1) if frame else ()


def strength(gradient: np.ndarray) -> Heat:
    """log10 |dL/d·| with its unit rows upright; exact zeros stay open."""
    size = np.abs(gradient.T.astype(float))
    logs = np.full(size.shape, np.nan)
    np.log10(size, out=logs, where=size > 0)
    seen = logs[np.isfinite(logs)]
    top = float(np.ceil(seen.max())) if seen.size else 0.0
    low = float(np.clip(np.floor(seen.min()), top - DECADES, top - 1)) if seen.size else top - 1
    return Heat(logs, False, (low, top), say(Text("log₁₀ |gradient|", "log₁₀ |gradiente|")))


def draw(recording: Recording, step: int | None = None, key: str = "") -> Chart:
    """The frame at `step` of probe `key` (by default the first)."""
    frame = recording.frame(step)
    key = key or next(iter(keys(recording)), "")
    gradient = frame.gradients.get(key) if frame else None
    beside = recording.planes.get(key, ("", ""))[1]  # of a value over two axes
    marks: tuple[Heat, ...] = ()
    if frame is not None and gradient is not None and gradient.size:
        marks = (strength(gradient),)
    return Chart(
        Text("Gradient over time", "Gradiente en el tiempo"),
        steps_axis(recording, frame, key, len(gradient) if marks else 0),
        Axis(axis_name(beside), whole=True, along=beside) if beside else Axis(Text("unit", "unidad"), whole=True),
        marks,
        note=Text("", "") if marks else NOTE,
        subtitle=dated(frame.step, recording.label(key)) if frame and marks else "",
    )


CHART = ChartSpec(
    "gradient_heat",
    Text("Gradient over time", "Gradiente en el tiempo"),
    Text(
        "How strongly the loss depends on each unit at each time step, as a power of ten.",
        "Con qué fuerza depende la pérdida de cada unidad en cada paso, como potencia de diez.",
    ),
    draw,
    keyed=True,
    keys=keys,
    watches=True,
    group="gradient",
    rank=2,
)
