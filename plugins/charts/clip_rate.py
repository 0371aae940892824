"""How often clipping shortens the gradient."""

from core.api import TRAINING_STEPS, Axis, Chart, ChartSpec, Line, Recording, Text, percent, say, smooth

NOTE = Text(
    "The clip rate appears with the first training step.", "La tasa de recorte aparece con el primer paso de entrenamiento."
)  # fmt: skip


def draw(recording: Recording, step: int | None = None, key: str = "") -> Chart:
    """The share of the steps around each one whose gradient was clipped."""
    steps, clipped = recording.series("clipped")
    marks = (Line(*smooth(steps, clipped), say(Text("share clipped", "parte recortada")), 0),) if len(steps) else ()
    whole = say(Text("{n} of all steps", "{n} de todos los pasos"), n=percent(clipped.mean() if len(steps) else 0))
    return Chart(
        Text("Clip rate", "Tasa de recorte"),
        TRAINING_STEPS,
        Axis(Text("share of steps clipped", "parte de pasos recortados"), limits=(0.0, 1.0)),
        marks,
        note=Text("", "") if marks else NOTE,
        subtitle=whole if marks else "",
    )


CHART = ChartSpec(
    "clip_rate",
    Text("Clip rate", "Tasa de recorte"),
    Text(
        "What share of the steps is clipped: near 1 the clip is a normalisation, near 0 it never acts.",
        "Qué parte de los pasos se recorta: cerca de 1 el recorte normaliza, cerca de 0 no actúa.",
    ),
    draw,
    group="gradient",
    rank=6,
)
