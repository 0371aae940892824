"""dL/dW as a sum over time: what each step adds, and how the sum gathers on the way back from the last one."""

from collections.abc import Mapping

import numpy as np

from core.api import Axis, Chart, ChartSpec, Level, Line, Recording, Text, dated, say, steps_axis

NOTE = Text(
    "The contributions come with the next probed step while this chart is open; pausing, a single step and the end of training tell of all small weights.",
    "Las aportaciones llegan con el próximo paso sondeado mientras este gráfico esté abierto; al pausar, al avanzar un paso y al terminar se ven las de todos los pesos pequeños.",
)
APART = Text(
    "The steps of this weight are not told apart: it is read once, or for two things at once, or it is too large. Choose another one.",
    "Los pasos de este peso no se distinguen: se lee una sola vez, o para dos cosas a la vez, o es demasiado grande. Elija otro.",
)
NONE = Text(
    "No weight of this network learns by the gradient at steps of time: there is nothing to add up.",
    "Ningún peso de esta red aprende por el gradiente en pasos de tiempo: no hay nada que sumar.",
)
EMPTY = np.empty((3, 0))


def told(recording: Recording, step: int | None = None) -> Mapping[str, np.ndarray]:
    """Of the newest frame that tells of any: the weights whose steps were told apart."""
    frame = recording.frame_with("shares", step)
    return {name: shares for name, shares in frame.shares.items() if shares.size} if frame else {}


def keys(recording: Recording) -> tuple[str, ...]:
    """The weights that are used at every step of time."""
    learning = recording.frame_with("weight_norms")
    used = (name for name in learning.weight_norms if recording.along(name)) if learning else ()
    return tuple(dict.fromkeys((*told(recording), *used)))


def recurrent(recording: Recording) -> str:
    """A weight through which the steps hang together: of a loop along time, else of one over a grid or a tree."""
    known = keys(recording)
    loops = recording.started.recurrent.values() if recording.started else ()
    inside = (name for names in loops for name in names if name in known)
    return next(inside, next((name for name in known if recording.along(name) in ("I+J", "N/levels")), ""))


def first(recording: Recording, shares: Mapping[str, np.ndarray]) -> str:
    """What is shown where nobody chose."""
    name = recurrent(recording)
    return name if name in shares else next(iter(shares), "")


def draw(recording: Recording, step: int | None = None, key: str = "") -> Chart:
    """Norms of each step's share of dL/dW, of all shares from that step on, and of the gradient, which they end at."""
    shown = key or first(recording, told(recording, step))
    frame = recording.frame_with("shares", step, shown)
    shares = frame.shares.get(shown, EMPTY) if frame else EMPTY
    marks = curves(shares) if shares.size else ()
    return Chart(
        Text("Contributions to dL/dW", "Contribuciones a dL/dW"),
        steps_axis(recording, frame, shown, shares.shape[1]),
        Axis(Text("norm", "norma")),
        marks,
        note=Text("", "") if marks else note(recording, step, key),
        subtitle=dated(frame.step, recording.label(shown)) if frame and marks else "",
    )


def curves(shares: np.ndarray) -> tuple[Line | Level, ...]:
    time = np.arange(shares.shape[1], dtype=float)
    return (
        Line(time, shares[0], say(Text("step t alone", "solo el paso t")), 0),
        Line(time, shares[1], say(Text("all from t to the end", "todos desde t hasta el final")), 1),
        Line(time, shares[2], say(Text("step t, along the gradient", "paso t, a lo largo del gradiente")), 2, dashed=True),
        Level(float(shares[2].sum()), say(Text("gradient ‖dL/dW‖", "gradiente ‖dL/dW‖")), 3),
    )  # fmt: skip


def note(recording: Recording, step: int | None, key: str) -> Text:
    """Why there is nothing to draw."""
    wanted = key or recurrent(recording)
    if wanted and recording.frame_with("shares", step, wanted) is not None:
        return APART
    trained = len(recording.steps()) > 0 and recording.frame() is not None
    return NONE if trained and not keys(recording) else NOTE


def ask(recording: Recording, key: str) -> str:
    """The weight to tell of while the chart is open: the one chosen, else a recurrent one."""
    return key or recurrent(recording)


CHART = ChartSpec(
    "contributions",
    Text("Contributions to dL/dW", "Contribuciones a dL/dW"),
    Text(
        "The gradient of a shared weight is a sum over time: what each step adds, gathered from the last step back to the first.",
        "El gradiente de un peso compartido es una suma en el tiempo: lo que aporta cada paso, reunido del último al primero.",
    ),
    draw,
    keyed=True,
    keys=keys,
    ask=ask,
    group="gradient",
    rank=4,
)
