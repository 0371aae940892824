"""Time × unit: the values of one probed wire or gate, unrolled over a sequence."""

import numpy as np

from core.api import Axis, Chart, ChartSpec, Heat, Recording, Text, dated, say, steps_axis

NOTE = Text(
    "Values appear with the first step that is probed while they are watched.",
    "Los valores aparecen con el primer paso sondeado mientras se observan.",
)
TIMELESS = Text(
    "No value of this network runs over time: there is nothing to unroll.",
    "Ningún valor de esta red corre en el tiempo: no hay nada que desplegar.",
)


def keys(recording: Recording) -> tuple[str, ...]:
    """Probes that have more than one time step, and only one axis."""
    frame = recording.frame()
    return tuple(k for k, v in frame.values.items() if len(v) > 1 and not recording.plane(k)) if frame else ()


def limits(values: np.ndarray) -> tuple[bool, tuple[float, float] | None]:
    """(diverging, limits): gates from 0 to 1, squashed values from -1 to 1, others as far as they reach."""
    if values.size == 0 or not np.isfinite(values).any():
        return True, None
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if low >= 0:
        return False, (0.0, 1.0) if high <= 1 else (0.0, high)
    return True, (-1.0, 1.0) if low >= -1 and high <= 1 and max(-low, high) > 0.3 else None


def draw(recording: Recording, step: int | None = None, key: str = "") -> Chart:
    """The frame at `step` of probe `key` (by default the first): a row per unit, a column per time step."""
    frame = recording.frame(step)
    known = keys(recording)
    key = key or next(iter(known), "")
    values = frame.values.get(key) if frame else None
    marks: tuple[Heat, ...] = ()
    if frame is not None and values is not None and values.size:
        diverging, reach = limits(values)
        marks = (Heat(values.T, diverging, reach, say(Text("value", "valor"))),)
    return Chart(
        Text("Values over time", "Valores en el tiempo"),
        steps_axis(recording, frame, key, len(values) if marks else 0),
        Axis(Text("unit", "unidad"), whole=True),
        marks,
        note=Text("", "") if marks else TIMELESS if frame is not None and not known else NOTE,
        subtitle=dated(frame.step, recording.label(key)) if frame and marks else "",
    )


CHART = ChartSpec(
    "heat",
    Text("Values over time", "Valores en el tiempo"),
    Text(
        "What each unit holds at each time step: states, gates, any wire that is watched.",
        "Lo que guarda cada unidad en cada paso: estados, puertas, cualquier cable observado.",
    ),
    draw,
    keyed=True,
    keys=keys,
    watches=True,
    group="sequence",
    rank=1,
)
