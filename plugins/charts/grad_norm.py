"""The norm of the whole gradient at each step, before and after clipping."""

from core.api import TRAINING_STEPS, Axis, Chart, ChartSpec, Line, Recording, Text, percent, say, smooth

NOTE = Text(
    "The gradient's norm appears with the first training step.",
    "La norma del gradiente aparece con el primer paso de entrenamiento.",
)


def draw(recording: Recording, step: int | None = None, key: str = "") -> Chart:
    """On a log axis; with the part of all steps that were clipped."""
    steps, before = recording.series("grad_norm")
    _, after = recording.series("clipped_norm")
    size = min(len(before), len(after))
    clipped = before[:size] > after[:size] * (1 + 1e-6)
    marks: list[Line] = []
    if len(steps):
        marks.append(Line(steps, before, "", 0, faint=True))
        marks.append(Line(*smooth(steps, before), say(Text("before clipping", "antes del recorte")), 0))
    if clipped.any():
        marks.append(Line(steps[:size], after[:size], "", 1, faint=True))
        course = smooth(steps[:size], after[:size])
        marks.append(Line(*course, say(Text("after clipping", "después del recorte")), 1))
    rate = say(Text("{n} of steps clipped", "{n} de los pasos recortados"), n=percent(clipped.mean() if size else 0))
    return Chart(
        Text("Gradient norm", "Norma del gradiente"),
        TRAINING_STEPS,
        Axis(Text("‖gradient‖", "‖gradiente‖"), log=True),
        tuple(marks),
        note=Text("", "") if marks else NOTE,
        subtitle=rate if clipped.any() else "",
    )


CHART = ChartSpec(
    "grad_norm",
    Text("Gradient norm", "Norma del gradiente"),
    Text(
        "How long the whole gradient is at each step, and what clipping leaves of it.",
        "Cuánto mide todo el gradiente en cada paso y qué deja el recorte.",
    ),
    draw,
    group="gradient",
    rank=5,
)
