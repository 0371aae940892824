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
    jacobian_note,
    jacobian_request,
    loop_names,
    loop_of,
    say,
    symbol_ticks,
)


def draw(recording: Recording, step: int | None = None, key: str = "") -> Chart:
    """The largest, the median and the smallest one at each step; between the outer two a band."""
    frame = recording.frame_with("jacobians", step)
    shown = loop_of(recording, key)
    found = frame.jacobians.get(shown) if frame else None
    marks: tuple[Line | Level, ...] = ()
    ticks: tuple[tuple[float, str], ...] = ()
    if frame is not None and found is not None and found.size:
        seen = np.flatnonzero(np.isfinite(found[0]))
        time, (most, median, least) = seen.astype(float), found[:3, seen]
        marks = (
            Line(time, median, say(Text("median", "mediana")), 0, band=(least, most)),
            Line(time, most, say(Text("largest", "mayor")), 1),
            Line(time, least, say(Text("smallest", "menor")), 2),
            Level(1.0, say(Text("1: kept as it is", "1: se conserva")), 3),
        )
        ticks = symbol_ticks(recording.spelt(frame, shown, found.shape[1]))
    return Chart(
        Text("Singular values", "Valores singulares"),
        Axis(Text("time step t", "paso de tiempo t"), whole=True, ticks=ticks),
        Axis(Text("singular value of dzₜ/dzₜ₋₁", "valor singular de dzₜ/dzₜ₋₁"), log=True),
        marks,
        note=Text("", "") if marks else jacobian_note(recording, key),
        subtitle=f"{loop_names(recording, shown)} · {say(Text('step {n}', 'paso {n}'), n=frame.step)}"
        if frame and marks
        else "",
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
    keywords=("jacobian", "svd", "contraction", "jacobiano", "contracción"),
    ask=jacobian_request,
)
