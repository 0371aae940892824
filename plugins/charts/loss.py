"""Loss while training and on held-out data, against what chance would score."""

from core.api import TRAINING_STEPS, Axis, Chart, ChartSpec, Level, Line, Points, Recording, Text, curve, say, smooth

NOTE = Text("The loss appears with the first training step.", "La pérdida aparece con el primer paso de entrenamiento.")


def draw(recording: Recording, step: int | None = None, key: str = "") -> Chart:
    """Each step faint, its smooth course strong, validation dashed."""
    steps, losses = recording.series("loss")
    marks: list[Line | Level | Points] = []
    training = say(Text("training", "entrenamiento"))
    if len(steps) >= 8:
        marks += [Line(steps, losses, "", 0, faint=True), Line(*smooth(steps, losses), training, 0)]
    elif len(steps):
        marks.append(Line(steps, losses, training, 0))
    held_out, scores = recording.series("validation/loss")
    if len(held_out):
        marks.append(curve(held_out, scores, say(Text("held out", "reserva")), 1, dashed=True))
    if marks and "loss" in recording.chance:
        marks.append(Level(recording.chance["loss"], say(Text("chance", "azar")), 3))
    if marks:
        marks += [Level(score, say(name), 4 + n) for n, (name, score) in enumerate(recording.baselines("loss"))]
    return Chart(
        Text("Loss", "Pérdida"),
        TRAINING_STEPS,
        Axis(Text("loss", "pérdida")),
        tuple(marks),
        note=Text("", "") if marks else NOTE,
    )


CHART = ChartSpec(
    "loss",
    Text("Loss", "Pérdida"),
    Text(
        "The loss at each training step, its smooth course, and the loss on held-out data.",
        "La pérdida en cada paso, su curso suavizado y la pérdida en datos reservados.",
    ),
    draw,
    group="course",
    rank=1,
)
