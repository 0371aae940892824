"""dL/dW as a sum over time: what each step adds, and how the sum gathers on the way back from the last one."""

from collections.abc import Mapping

import numpy as np

from core.api import Axis, Chart, ChartSpec, Level, Line, Recording, Text, say, symbol_ticks

NOTE = Text(
    "The contributions come with the next probed step while this chart is open; pausing, a single step and the end of training tell of all small weights.",
    "Las aportaciones llegan con el próximo paso sondeado mientras este gráfico esté abierto; al pausar, al avanzar un paso y al terminar se ven las de todos los pesos pequeños.",
)


def keys(recording: Recording) -> tuple[str, ...]:
    """The weights that are used at every step of time."""
    told, newest = recording.frame_with("shares"), recording.frame()
    along = recording.started.along if recording.started else {}
    learning = (name for name in newest.weight_norms if name in along) if newest else ()
    return tuple(dict.fromkeys((*(told.shares if told else ()), *learning)))


def first(recording: Recording, shares: Mapping[str, np.ndarray]) -> str:
    """A recurrent matrix rather than another weight: through it the steps hang together."""
    looked = recording.frame_with("eigen")
    return next((name for name in shares if looked and name in looked.eigen), next(iter(shares), ""))


def draw(recording: Recording, step: int | None = None, key: str = "") -> Chart:
    """Norms of each step's share of dL/dW, of all shares from that step on, and of the gradient, which they end at."""
    frame = recording.frame_with("shares", step)
    shown = key or (first(recording, frame.shares) if frame else "")
    shares = frame.shares.get(shown) if frame else None
    marks: tuple[Line | Level, ...] = ()
    ticks: tuple[tuple[float, str], ...] = ()
    if frame is not None and shares is not None and shares.size:
        time = np.arange(shares.shape[1], dtype=float)
        whole = float(shares[2].sum())
        marks = (
            Line(time, shares[0], say(Text("step t alone", "solo el paso t")), 0),
            Line(time, shares[1], say(Text("all from t to the end", "todos desde t hasta el final")), 1),
            Line(time, shares[2], say(Text("step t, along the gradient", "paso t, a lo largo del gradiente")), 2, dashed=True),
            Level(whole, say(Text("gradient ‖dL/dW‖", "gradiente ‖dL/dW‖")), 3),
        )  # fmt: skip
        ticks = symbol_ticks(recording.spelt(frame, shown, shares.shape[1]))
    return Chart(
        Text("Contributions to dL/dW", "Contribuciones a dL/dW"),
        Axis(Text("time step t", "paso de tiempo t"), whole=True, ticks=ticks),
        Axis(Text("norm", "norma")),
        marks,
        note=Text("", "") if marks else NOTE,
        subtitle=f"{recording.label(shown)} · {say(Text('step {n}', 'paso {n}'), n=frame.step)}"
        if frame and marks
        else "",
    )


def ask(recording: Recording, key: str) -> str:
    """The weight to tell of while the chart is open: the one chosen, else a recurrent one."""
    recurrent = recording.started.recurrent.values() if recording.started else ()
    return key or next((name for names in recurrent for name in names if name in keys(recording)), "")


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
    keywords=("bptt", "shared", "sum", "per step", "compartido", "suma", "aporte"),
    ask=ask,
)
