"""The lecture's picture: at each step of time the input symbol, the hidden values and the scores of the answer, one above
the other."""

import numpy as np

from core.api import Axis, Chart, ChartSpec, Heat, Recording, Text, dated, say, steps_axis

MOST = 40  # rows of a block that still can be told apart
NOTE = Text(
    "The picture appears with the first step that is probed while it is watched.",
    "El dibujo aparece con el primer paso sondeado mientras se observa.",
)
UNFIT = Text(
    "Nothing here has at most 40 values at each step of time; more could not be told apart.",
    "Nada tiene aquí 40 valores como mucho en cada paso de tiempo; más no se distinguirían.",
)


def keys(recording: Recording) -> tuple[str, ...]:
    """Probes that run over time beside the scores themselves."""
    frame = recording.frame()
    if frame is None:
        return ()
    return tuple(k for k, v in frame.values.items() if len(v) > 1 and k not in frame.outputs and not recording.plane(k))


def blocks(recording: Recording, frame, key: str):
    """(names of the rows, values (rows, T)) from the scores above to the input below; what does not fit is left out."""
    hidden = frame.values.get(key)
    if hidden is None or hidden.shape[1] > MOST:
        return []
    known = recording.started.vocabularies if recording.started is not None else {}
    rows = [f"{say(Text('unit', 'unidad'))} {i}" for i in range(hidden.shape[1])]
    found = [(rows, hidden.T)]
    read = next(((f, s) for f, s in frame.symbols.items() if len(s) == len(hidden)), ("", ()))
    told = (frame.values.get(name, v) for name, v in frame.outputs.items())  # as they are, where they were probed
    scores = next((v for v in told if v.ndim == 2 and len(v) == len(hidden) and 1 < v.shape[1] <= MOST), None)
    if scores is not None:
        names = next(
            (v for f, v in known.items() if f != read[0] and len(v) == scores.shape[1]), known.get(read[0], ())
        )
        names = names if len(names) == scores.shape[1] else range(scores.shape[1])
        found.insert(0, ([f"{say(Text('score', 'punt.'))} {n}" for n in names], scores.T))
    vocabulary = known.get(read[0]) or tuple(dict.fromkeys(read[1]))
    if 0 < len(vocabulary) <= MOST:
        one_hot = np.array([[float(symbol == s) for s in read[1]] for symbol in vocabulary])
        found.append(([f"{say(Text('input', 'entrada'))} {n}" for n in vocabulary], one_hot))
    return found


def stacked(parts):
    """One matrix with an open row between the blocks, each block divided by its largest value; and the rows' names."""
    rows, names = [], []
    for labels, values in parts:
        largest = float(np.nanmax(np.abs(values))) or 1.0
        gap = [np.full((1, values.shape[1]), np.nan)] if rows else []
        names += ([""] if rows else []) + labels
        rows += [*gap, values / largest]
    return np.concatenate(rows), tuple((float(i), name) for i, name in enumerate(names) if name)


def draw(recording: Recording, step: int | None = None, key: str = "") -> Chart:
    """The frame at `step`; `key` is the probe whose values stand in the middle (by default the first)."""
    frame = recording.frame(step)
    key = key or next(iter(keys(recording)), "")
    parts = blocks(recording, frame, key) if frame is not None else []
    marks: tuple[Heat, ...] = ()
    upright: tuple[tuple[float, str], ...] = ()
    if frame is not None and parts:
        z, upright = stacked(parts)
        marks = (Heat(z, True, (-1.0, 1.0), say(Text("share of the block's largest", "parte del mayor del bloque"))),)
    return Chart(
        Text("Unrolled", "Desplegada"),
        steps_axis(recording, frame, key, marks[0].z.shape[1] if marks else 0),
        Axis(Text("", ""), ticks=upright),
        marks,
        note=Text("", "") if marks else UNFIT if frame is not None else NOTE,
        subtitle=dated(frame.step, recording.label(key)) if frame and marks else "",
    )


CHART = ChartSpec(
    "unrolled",
    Text("Unrolled", "Desplegada"),
    Text(
        "Input symbol, hidden values and scores of the answer at each step of time, one above the other.",
        "Símbolo de entrada, valores ocultos y puntuaciones de la respuesta en cada paso, uno sobre otro.",
    ),
    draw,
    keyed=True,
    keys=keys,
    watches=True,
    group="sequence",
    rank=2,
)
