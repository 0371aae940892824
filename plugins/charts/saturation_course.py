"""How the gates settle while a network trains: the share of units near a bound, over time steps, training step by step."""

import numpy as np

from core.api import TRAINING_STEPS, Axis, Chart, ChartSpec, Line, Points, Recording, Text, apart, course, curve, say

NOTE = Text(
    "Saturation appears with the first probed step of a model with a sigmoid or a tanh over time.",
    "La saturación aparece con el primer paso sondeado de un modelo con una sigmoide o una tanh en el tiempo.",
)
MOST = 8


def keys(recording: Recording) -> tuple[str, ...]:
    """The squashed values along time."""
    frame = recording.frame()
    return tuple(frame.saturation) if frame else ()


def shares_of(recording: Recording, key: str) -> tuple[np.ndarray, np.ndarray]:
    """Training steps, and the mean over time of the shares near (lower, upper) bound."""
    steps, shares = course(recording, lambda f: f.saturation[key].mean(1) if key in f.saturation else None)
    return steps, shares.reshape(-1, 2)


def draw(recording: Recording, step: int | None = None, key: str = "") -> Chart:
    """All gates by default; of the one that `key` names, both bounds apart."""
    marks: list[Line | Points] = []
    if key:
        steps, shares = shares_of(recording, key)
        names = Text("near its lower bound", "cerca de su límite inferior"), Text("near its upper bound", "cerca de su límite superior")  # fmt: skip
        marks = [curve(steps, shares[:, n], say(name), n) for n, name in enumerate(names) if len(steps)]
    else:
        shown = keys(recording)[:MOST]
        for color, name in enumerate(apart([recording.label(k) for k in shown])):
            steps, shares = shares_of(recording, shown[color])
            marks.append(curve(steps, shares.sum(1), name, color))
    return Chart(
        Text("Saturation over training", "Saturación al entrenar"),
        TRAINING_STEPS,
        Axis(Text("share of units", "parte de las unidades"), limits=(0.0, 1.0)),
        tuple(marks),
        note=Text("", "") if marks else NOTE,
        subtitle=recording.label(key) if key and marks else "",
    )


CHART = ChartSpec(
    "saturation_course",
    Text("Saturation over training", "Saturación al entrenar"),
    Text(
        "What share of the units of each gate or squashed value lies within 5 % of its bounds, as training goes on.",
        "Qué parte de las unidades de cada puerta o valor comprimido está a menos del 5 % de sus límites, al avanzar.",
    ),
    draw,
    keyed=True,
    keys=keys,
    group="sequence",
    rank=7,
)
