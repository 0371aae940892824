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
    apart,
    half_life,
    jacobian_note,
    jacobian_request,
    loop_names,
    loop_of,
    say,
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
    looked = recording.frame_with("eigen", step)
    names = recording.started.recurrent.get(key, ()) if recording.started else ()
    told = [(n, looked.eigen[n]) for n in names if looked is not None and n in looked.eigen and len(looked.eigen[n])]
    out = []
    for color, label in enumerate(apart([recording.label(n) for n, _ in told]), 1):
        radius = float(np.hypot(*told[color - 1][1].T).max())
        with np.errstate(over="ignore"):
            kept = radius**back
        inside = (kept >= FLOOR) & (kept <= top)
        name = say(Text("{r}^k, {name}", "{r}^k, {name}"), r=f"{radius:.2f}", name=label)
        out.append(Line(back, np.where(inside, kept, np.nan), name, color, dashed=True))
    return out


def draw(recording: Recording, step: int | None = None, key: str = "") -> Chart:
    """‖dz_T/dz_{T-k}‖ over k, on a log axis: a straight line fades by the same factor every step."""
    frame = recording.frame_with("jacobians", step)
    shown = loop_of(recording, key)
    found = frame.jacobians.get(shown) if frame else None
    marks: list[Line | Level] = []
    if frame is not None and found is not None and found.size:
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
        subtitle=f"{loop_names(recording, shown)} · {say(Text('step {n}', 'paso {n}'), n=frame.step)}"
        if frame and marks
        else "",
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
    keywords=("jacobian", "half-life", "vanishing", "exploding", "vida media", "desvanecer", "explotar", "memory"),
    ask=jacobian_request,
)
