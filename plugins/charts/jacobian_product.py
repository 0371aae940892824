"""How much of a change k steps back is left at the end: the norm of the product of Jacobians, beside powers of one matrix."""

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
    half_life,
    jacobian_note,
    jacobian_request,
    loop_names,
    recurrent_spectra,
    say,
    stepped,
)

FLOOR = 1e-12  # powers below this are left out: nobody reads them
LEFT = Text("true steps", "pasos verdaderos")
HALVES = Text("halves in {n} steps", "se reduce a la mitad en {n} pasos")
DOUBLES = Text("doubles in {n} steps", "se duplica en {n} pasos")
UNEVEN = Text("no even half-life", "sin vida media uniforme")


def lived(norms: np.ndarray) -> str:
    """The half-life in words. `norms` by steps back; half_life reads towards the end."""
    life = half_life(norms[::-1])
    if life is None or not 0.05 < abs(life) < 10_000:
        return say(UNEVEN)
    return say(HALVES if life > 0 else DOUBLES, n=f"{abs(life):.1f}")


def powers(recording: Recording, step: int, key: str, back: np.ndarray, top: float) -> list[Line]:
    """λ^k of each recurrent matrix of the loop, λ its largest eigenvalue: what a linear network would keep. Drawn as far as it
    can be compared: up to `top`."""
    out = []
    for color, (label, values) in enumerate(recurrent_spectra(recording, step, key), 1):
        radius = float(np.hypot(*values.T).max())
        with np.errstate(over="ignore"):
            kept = radius**back
        inside = (kept >= FLOOR) & (kept <= top)
        name = say(Text("{r}^k, {name}", "{r}^k, {name}"), r=f"{radius:.2f}", name=label)
        out.append(Line(back, np.where(inside, kept, np.nan), name, color, dashed=True))
    return out


def draw(recording: Recording, step: int | None = None, key: str = "") -> Chart:
    """‖dz_T/dz_{T-k}‖ over k, on a log axis: a straight line fades by the same factor every step."""
    frame, shown, found = stepped(recording, "jacobians", step, key)
    marks: list[Line | Level] = []
    if frame is not None and found is not None:
        back = np.flatnonzero(np.isfinite(found[3]))
        norms = found[3, back].astype(float)
        label = f"{say(LEFT)} ({lived(found[3])})"
        marks = [Line(back.astype(float), np.where(norms >= FLOOR, norms, np.nan), label, 0)]
        marks += powers(recording, frame.step, shown, back.astype(float), 100 * max(float(norms.max()), 1.0))
        marks.append(Level(1.0, say(Text("1: nothing is lost", "1: no se pierde nada")), 7))
    return Chart(
        Text("Memory", "Memoria"),
        Axis(Text("steps back k", "pasos atrás k"), whole=True),
        Axis(Text("share of a change that is left", "parte de un cambio que queda"), log=True),
        tuple(marks),
        note=Text("", "") if marks else jacobian_note(recording, key),
        subtitle=dated(frame.step, loop_names(recording, shown), seldom=True) if frame and marks else "",
    )


CHART = ChartSpec(
    "jacobian_product",
    Text("Memory of a loop", "Memoria de un bucle"),
    Text(
        "What is left at the end of a change k steps before, its half-life, and what powers of the matrices alone would leave.",
        "Qué queda al final de un cambio k pasos antes, su vida media, y qué dejarían solo las potencias de las matrices.",
    ),
    draw,
    keyed=True,
    keys=lambda recording: tuple(recording.loops),
    ask=jacobian_request,
    group="loop",
    rank=1,
)
