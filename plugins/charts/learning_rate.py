"""The learning rate that each training step was taken with."""

from core.api import TRAINING_STEPS, Axis, Chart, ChartSpec, Line, Recording, Text

NOTE = Text(
    "The learning rate appears with the first training step.", "La tasa aparece con el primer paso de entrenamiento."
)


def draw(recording: Recording, step: int | None = None, key: str = "") -> Chart:
    steps, rates = recording.series("learning_rate")
    return Chart(
        Text("Learning rate", "Tasa de aprendizaje"),
        TRAINING_STEPS,
        Axis(Text("learning rate", "tasa de aprendizaje")),
        (Line(steps, rates, "", 4),) if len(steps) else (),
        note=Text("", "") if len(steps) else NOTE,
    )


CHART = ChartSpec(
    "learning_rate",
    Text("Learning rate", "Tasa de aprendizaje"),
    Text(
        "The schedule as it really ran, changes by hand included.",
        "El programa tal como se ejecutó, con los cambios hechos a mano.",
    ),
    draw,
    group="course",
    rank=5,
)
