"""Eigenvalues of the true step dz_t/dz_{t-1} beside those of the recurrent matrices: what the gates make of them."""

import numpy as np

from core.api import (
    Axis,
    Chart,
    ChartSpec,
    Points,
    Recording,
    Ring,
    Text,
    dated,
    jacobian_note,
    jacobian_request,
    loop_names,
    recurrent_spectra,
    say,
    stepped,
)


def named(name: str, real: np.ndarray, imaginary: np.ndarray) -> str:
    """With the largest modulus."""
    return f"{name} (ρ = {np.hypot(real, imaginary).max():.2f})"


def draw(recording: Recording, step: int | None = None, key: str = "") -> Chart:
    """Those of the Jacobians of all steps, and those of each recurrent matrix of the same loop."""
    frame, shown, found = stepped(recording, "roots", step, key)
    marks: list[Points | Ring] = []
    if frame is not None and found is not None:
        steps = len(np.unique(found[:, 0]))
        name = say(Text("dzₜ/dzₜ₋₁, {n} steps", "dzₜ/dzₜ₋₁, {n} pasos"), n=steps)
        marks += [Ring(1.0), Points(found[:, 1], found[:, 2], named(name, found[:, 1], found[:, 2]), 0)]
        marks += matrices(recording, frame.step, shown)
    return Chart(
        Text("Eigenvalues of a step", "Valores propios de un paso"),
        Axis(Text("real", "real")),
        Axis(Text("imaginary", "imaginario")),
        tuple(marks),
        equal=True,
        note=Text("", "") if marks else jacobian_note(recording, key),
        subtitle=dated(frame.step, loop_names(recording, shown), seldom=True) if frame and marks else "",
    )


def matrices(recording: Recording, step: int, key: str) -> list[Points]:
    return [
        Points(v[:, 0], v[:, 1], named(label, v[:, 0], v[:, 1]), color)
        for color, (label, v) in enumerate(recurrent_spectra(recording, step, key), 1)
    ]


CHART = ChartSpec(
    "jacobian_roots",
    Text("Eigenvalues of a step", "Valores propios de un paso"),
    Text(
        "The true step of the loop on the unit circle, beside its matrices: squashing and gates pull eigenvalues in.",
        "El paso verdadero del bucle sobre el círculo unidad, junto a sus matrices: las puertas y la saturación los encogen.",
    ),
    draw,
    keyed=True,
    keys=lambda recording: tuple(recording.loops),
    ask=jacobian_request,
    group="loop",
    rank=3,
)
