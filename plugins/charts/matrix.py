"""A value over two axes: where attention looked, what a state holds over a grid."""

import numpy as np

from core.api import Axis, Chart, ChartSpec, Heat, Recording, Text, axis_name, dated, say, symbol_ticks

NOTE = Text(
    "Appears with the first probed step of a model that has a value over two axes: attention weights, a grid.",
    "Aparece con el primer paso sondeado de un modelo con algún valor sobre dos ejes: pesos de atención, una rejilla.",
)
READ, STEP = Text("what is read", "lo que se lee"), Text("step", "paso")


def keys(recording: Recording) -> tuple[str, ...]:
    """Probes over two axes."""
    frame = recording.frame()
    return tuple(k for k in frame.values if recording.plane(k)) if frame else ()


def draw(recording: Recording, step: int | None = None, key: str = "") -> Chart:
    """The matrix at `step` of probe `key` (by default the first): first axis down, second across."""
    frame = recording.frame(step)
    shown = key or next(iter(keys(recording)), "")
    values = frame.values.get(shown) if frame else None
    first, second = recording.planes.get(shown, ("", "")) if not recording.backward(shown) else ("", "")
    marks: tuple[Heat, ...] = ()
    across: tuple[tuple[float, str], ...] = ()
    down: tuple[tuple[float, str], ...] = ()
    if frame is not None and values is not None and values.size:
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        reach = (0.0, 1.0) if low >= 0 and high <= 1 else None
        marks = (Heat(values, low < 0, reach, say(Text("value", "valor"))),)
        spelt = list(frame.symbols.values())
        across = next((symbol_ticks(s) for s in spelt if len(s) == values.shape[1]), ())
        down = next((symbol_ticks(s) for s in reversed(spelt) if len(s) == values.shape[0]), ())
    return Chart(
        Text("Over two axes", "Sobre dos ejes"),
        Axis(axis_name(second) if second else READ, whole=True, ticks=across, along=second),
        Axis(axis_name(first) if first else STEP, whole=True, ticks=down, along=first),
        marks,
        note=Text("", "") if marks else NOTE,
        subtitle=dated(frame.step, recording.label(shown)) if frame and marks else "",
    )


CHART = ChartSpec(
    "matrix",
    Text("Attention and grids", "Atención y rejillas"),
    Text(
        "Values over two axes as a matrix: a row per step, a column per place looked at. Of several features the norm is shown.",
        "Valores sobre dos ejes como matriz: una fila por paso, una columna por lugar mirado. De varias características se ve la norma.",
    ),
    draw,
    keyed=True,
    keys=keys,
    watches=True,
    group="sequence",
    rank=5,
)
