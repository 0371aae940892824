"""How one step stretches the state: the singular values of dz_t/dz_{t-1} along a sequence, all states of a loop together."""

import numpy as np

from core.api import (
    Axis,
    Chart,
    ChartSpec,
    Level,
    Line,
    Recording,
    Text,
    dated,
    jacobian_note,
    jacobian_request,
    loop_names,
    say,
    stepped,
    steps_axis,
)


def draw(recording: Recording, step: int | None = None, key: str = "") -> Chart:
    """The largest, the median and the smallest one at each step; between the outer two a band."""
    frame, shown, found = stepped(recording, "jacobians", step, key)
    marks: tuple[Line | Level, ...] = ()
    if found is not None:
        seen = np.flatnonzero(np.isfinite(found[0]))
        time, (most, median, least) = seen.astype(float), found[:3, seen]
        marks = (
            Line(time, median, say(Text("median", "mediana")), 0, band=(least, most)),
            Line(time, most, say(Text("largest", "mayor")), 1),
            Line(time, least, say(Text("smallest", "menor")), 2),
            Level(1.0, say(Text("1: kept as it is", "1: se conserva")), 3),
        )
    return Chart(
        Text("Singular values", "Valores singulares"),
        steps_axis(recording, frame, shown, found.shape[1] if found is not None else 0),
        Axis(Text("singular value of dzₜ/dzₜ₋₁", "valor singular de dzₜ/dzₜ₋₁"), log=True),
        marks,
        note=Text("", "") if marks else jacobian_note(recording, key),
        subtitle=dated(frame.step, loop_names(recording, shown), seldom=True) if frame and marks else "",
    )


CHART = ChartSpec(
    "jacobian_values",
    Text("Singular values of a step", "Valores singulares de un paso"),
    Text(
        "How much each step stretches or shrinks a change of the state: at 1 it is kept, below it fades, above it grows.",
        "Cuánto estira o encoge cada paso un cambio del estado: con 1 se conserva, por debajo se apaga, por encima crece.",
    ),
    draw,
    keyed=True,
    keys=lambda recording: tuple(recording.loops),
    ask=jacobian_request,
    group="loop",
    rank=2,
)
