"""Which gates stand still: at each step of time the share of units squashed flat against a bound, where no gradient passes."""

import numpy as np

from core.api import Axis, Chart, ChartSpec, Line, Recording, Text, apart, dated, say, steps_axis

NOTE = Text(
    "Saturation appears with the first probed step of a model with a sigmoid or a tanh over time.",
    "La saturación aparece con el primer paso sondeado de un modelo con una sigmoide o una tanh en el tiempo.",
)
MOST = 8  # curves that still can be told apart


def keys(recording: Recording) -> tuple[str, ...]:
    """The squashed values along time."""
    frame = recording.frame()
    return tuple(frame.saturation) if frame else ()


def both(recording: Recording, name: str, shares: np.ndarray) -> tuple[Line, ...]:
    time = np.arange(shares.shape[1], dtype=float)
    return (
        Line(time, shares[0], say(Text("near its lower bound", "cerca de su límite inferior")), 0),
        Line(time, shares[1], say(Text("near its upper bound", "cerca de su límite superior")), 1),
    )


def all_of(recording: Recording, found) -> tuple[Line, ...]:
    """Of each gate both bounds together, of those of one length."""
    longest = max(v.shape[1] for v in found.values())
    alike = [(k, v) for k, v in found.items() if v.shape[1] == longest][:MOST]
    names = apart([recording.label(k) for k, _ in alike])
    time = np.arange(longest, dtype=float)
    return tuple(Line(time, v.sum(0), name, n) for n, ((_, v), name) in enumerate(zip(alike, names, strict=True)))


def draw(recording: Recording, step: int | None = None, key: str = "") -> Chart:
    """All gates by default; of the one that `key` names, both bounds apart."""
    frame = recording.frame_with("saturation", step)
    found = frame.saturation if frame else {}
    one = found.get(key)
    marks = both(recording, key, one) if one is not None else all_of(recording, found) if found and not key else ()
    named = (
        key if one is not None else next((k for k, v in found.items() if marks and v.shape[1] == len(marks[0].x)), "")
    )
    return Chart(
        Text("Saturation along time", "Saturación en el tiempo"),
        steps_axis(recording, frame, named, len(marks[0].x) if marks else 0),
        Axis(Text("share of units", "parte de las unidades"), limits=(0.0, 1.0)),
        marks,
        note=Text("", "") if marks else NOTE,
        subtitle=dated(frame.step, *([recording.label(key)] if one is not None else [])) if frame and marks else "",
    )


CHART = ChartSpec(
    "saturation",
    Text("Saturation along time", "Saturación en el tiempo"),
    Text(
        "What share of the units of each gate or squashed value lies within 5 % of its bounds, at every step.",
        "Qué parte de las unidades de cada puerta o valor comprimido está a menos del 5 % de sus límites, en cada paso.",
    ),
    draw,
    keyed=True,
    keys=keys,
    group="sequence",
    rank=6,
)
