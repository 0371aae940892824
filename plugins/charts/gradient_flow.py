"""The gradient-flow ribbon: how long dL/dh_t and dL/dc_t are at each time step, on a log axis."""

import numpy as np

from core.api import Axis, Chart, ChartSpec, Line, Recording, Text, dated, half_life, say, steps_axis

NOTE = Text(
    "The gradient along time appears with the first probed step.",
    "El gradiente a lo largo del tiempo aparece con el primer paso sondeado.",
)
TIMELESS = Text(
    "This network has no state over time: the gradient goes back through its layers alone.",
    "Esta red no tiene estado en el tiempo: el gradiente vuelve solo por sus capas.",
)
HALVES = Text("{name} (halves in {n})", "{name} (se reduce a la mitad en {n})")
DOUBLES = Text("{name} (doubles in {n})", "{name} (se duplica en {n})")


def named(label: str, norms: np.ndarray) -> str:
    """A curve's name with its half-life in steps, where it falls or grows evenly on the way back through time."""
    life = half_life(norms)
    if life is None or not 0.1 < abs(life) < 1000:
        return label
    return say(HALVES if life > 0 else DOUBLES, name=label, n=f"{abs(life):.1f}")


def draw(recording: Recording, step: int | None = None, key: str = "") -> Chart:
    """All probed norms of one frame; the last time step is at the right, where the gradient comes from."""
    frame = recording.frame(step)
    norms = {k: n for k, n in frame.norms.items() if len(n) > 1} if frame else {}
    lines = tuple(
        Line(np.arange(len(n), dtype=float), n, named(recording.label(k), n), color)
        for color, (k, n) in enumerate(norms.items())
    )
    longest = max(norms, key=lambda k: len(norms[k]), default="")
    return Chart(
        Text("Gradient flow", "Flujo del gradiente"),
        steps_axis(recording, frame, longest, len(norms.get(longest, ()))),
        Axis(Text("norm of dL/d(state)", "norma de dL/d(estado)"), log=True),
        lines,
        note=Text("", "") if lines else TIMELESS if frame is not None and not norms else NOTE,
        subtitle=dated(frame.step) if frame and lines else "",
    )


CHART = ChartSpec(
    "gradient_flow",
    Text("Gradient flow", "Flujo del gradiente"),
    Text(
        "Where the gradient vanishes or explodes on its way back through time.",
        "Dónde el gradiente se desvanece o explota en su camino de vuelta por el tiempo.",
    ),
    draw,
    group="gradient",
    rank=1,
)
