"""‖dL_t/dh_s‖: a row for the loss of each step, followed back alone to the state at every step before it."""

import numpy as np

from core.api import Axis, Chart, ChartSpec, Heat, Line, Recording, Text, dated, request, say, steps_axis, symbol_ticks

DECADES = 8.0  # shown below the largest: less than that is nothing
NOTE = Text(
    "The matrix comes with the next probed step while this chart is open, and when a run pauses or ends.",
    "La matriz llega con el próximo paso sondeado mientras este gráfico esté abierto, y al pausar o terminar.",
)
STATELESS = Text(
    "This network has no state that a step hands on to the next.",
    "Esta red no tiene ningún estado que un paso entregue al siguiente.",
)
PLANE = Text(
    "The states of this network lie over two axes, where no step is simply the one before: see Gradient flow, and Gradient over time for the whole plane.",
    "Los estados de esta red se extienden en dos ejes, donde ningún paso es sin más el anterior: vea Flujo del gradiente, y Gradiente en el tiempo para todo el plano.",
)
ONE = Text("one loss, at the end: one row", "una sola pérdida, al final: una fila")


def keys(recording: Recording) -> tuple[str, ...]:
    """The states of every loop, and what else has been looked at."""
    loops = recording.started.loops.values() if recording.started else ()
    frame, told = recording.frame(), recording.frame_with("matrices")
    flowing = (k for k, n in frame.norms.items() if len(n) > 1 and not recording.plane(k)) if frame else ()
    states = (key for states in loops for key in states)
    return tuple(dict.fromkeys((*states, *(told.matrices if told else ()), *flowing)))


def ask(recording: Recording, key: str) -> str:
    """What the run is to look at while the chart is open."""
    key = key or next(iter(keys(recording)), "")
    return request("matrix", key) if key else ""


def spread(matrix: np.ndarray) -> tuple[np.ndarray, tuple[float, float]]:
    """log10 of the norms, a row for each step of the losses (open where none was followed), and how far they reach."""
    at, norms = matrix[:, 0].astype(int), matrix[:, 1:].astype(float)
    logs = np.full((int(at.max()) + 1, norms.shape[1]), np.nan)
    with np.errstate(divide="ignore"):
        logs[at] = np.where(norms > 0, np.log10(norms), np.nan)
    seen = logs[np.isfinite(logs)]
    top = float(np.ceil(seen.max())) if seen.size else 0.0
    low = float(np.clip(np.floor(seen.min()), top - DECADES, top - 1)) if seen.size else top - 1
    stride = int(np.diff(at).max()) if len(at) > 1 else 1
    for n in range(1, stride):  # the rows between two that were followed show the later one
        rows = at[at - n >= 0]
        logs[rows - n] = logs[rows]
    return logs, (low, top)


def answers(recording: Recording, frame, steps: int) -> tuple[tuple[float, str], ...]:
    """What was to be answered at each step that has a loss, where it has a name."""
    spelt = [s for s in frame.symbols.values() if len(s) == steps]
    return symbol_ticks(spelt[-1]) if spelt else ()


def draw(recording: Recording, step: int | None = None, key: str = "") -> Chart:
    """Down: the step whose loss it is; across: the step whose state it reaches. Nothing above the diagonal."""
    told = recording.frame_with("matrices", step)
    shown = key or next((k for k in keys(recording) if told and k in told.matrices), "")
    frame = recording.frame_with("matrices", step, shown) if shown else None
    found = frame.matrices[shown] if frame else None
    stateless = recording.started is not None and recording.frame() is not None and not keys(recording)
    empty = Chart(
        Text("Gradient matrix", "Matriz de gradientes"),
        Axis(Text("state at step s", "estado en el paso s"), whole=True),
        Axis(Text("loss of step t", "pérdida del paso t"), whole=True),
        (),
        note=PLANE
        if stateless and recording.planes and recording.frame_with("norms")
        else STATELESS
        if stateless
        else NOTE,
    )
    if frame is None or found is None or not found.size:
        return empty
    return pictured(recording, frame, shown, found, empty)


def pictured(recording: Recording, frame, shown: str, found: np.ndarray, empty: Chart) -> Chart:
    said = dated(frame.step, recording.label(shown), seldom=True)
    across = steps_axis(recording, frame, shown, found.shape[1] - 1, empty.x.label)
    timed = found[~np.isnan(found[:, 0])]
    if not len(timed):
        place = np.arange(found.shape[1] - 1, dtype=float)
        line = Line(place, found[0, 1:], say(ONE), 0)
        return Chart(empty.title, across, Axis(Text("norm of dL/dhₛ", "norma de dL/dhₛ"), log=True), (line,),
                     subtitle=said)  # fmt: skip
    logs, reach = spread(timed)
    heat = Heat(logs, False, reach, say(Text("log₁₀ ‖dLₜ/dhₛ‖", "log₁₀ ‖dLₜ/dhₛ‖")))
    down = Axis(empty.y.label, whole=True, ticks=answers(recording, frame, len(logs)), along=recording.along(""))
    return Chart(empty.title, across, down, (heat,), subtitle=said)


CHART = ChartSpec(
    "gradient_matrix",
    Text("Gradient matrix", "Matriz de gradientes"),
    Text(
        "How much the loss of step t says to the state at step s: a memory that learns reaches far left of the diagonal.",
        "Cuánto dice la pérdida del paso t al estado del paso s: una memoria que aprende llega lejos de la diagonal.",
    ),
    draw,
    keyed=True,
    keys=keys,
    ask=ask,
    watches=True,
    group="gradient",
    rank=3,
)
