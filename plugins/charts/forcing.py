"""What a model gains by being told: its loss under the truth, running free, and the gap; or how much of the truth it hears."""

from core.api import TRAINING_STEPS, Axis, Chart, ChartSpec, Line, Points, Recording, Text, curve, say

GAP, SHARE = "gap", "share"


def keys(recording: Recording) -> tuple[str, ...]:
    return (GAP, SHARE) if "forcing" in recording.names() else ()


def share(recording: Recording) -> Chart:
    """The schedule as it was followed (Bengio et al. 2015)."""
    steps, values = recording.series("forcing")
    marks = (Line(steps, values, say(Text("share of the truth", "parte de la verdad")), 0),) if len(steps) else ()
    return Chart(Text("Teacher forcing", "Forzado del profesor"), TRAINING_STEPS, Axis(Text("share", "parte")), marks)


def draw(recording: Recording, step: int | None = None, key: str = "") -> Chart:
    """Held-out loss when told every answer and when hearing only itself; below, what lies between."""
    if key == SHARE:
        return share(recording)
    steps, told = recording.series("validation/loss")
    others, free = recording.series("validation/free_loss")
    count = min(len(steps), len(others))
    marks: list[Line | Points] = []
    if count:
        marks = [
            curve(steps[:count], told[:count], say(Text("told the truth", "oye la verdad")), 0),
            curve(others[:count], free[:count], say(Text("running free", "suelto")), 1),
            curve(others[:count], free[:count] - told[:count], say(Text("gap", "distancia")), 2),
        ]
    return Chart(
        Text("With the teacher and alone", "Con el profesor y a solas"),
        TRAINING_STEPS,
        Axis(Text("loss", "pérdida")),
        tuple(marks),
        note=Text("", "")
        if marks
        else Text(
            "A model with a Teacher shows here what it loses when nobody tells it the truth.",
            "Un modelo con Profesor muestra aquí lo que pierde cuando nadie le dice la verdad.",
        ),
    )


CHART = ChartSpec(
    "forcing",
    Text("With the teacher and alone", "Con el profesor y a solas"),
    Text(
        "The loss under teacher forcing, running free, and the gap; and the share of the truth that is heard.",
        "La pérdida con forzado del profesor, suelto, y la distancia; y la parte de la verdad que se oye.",
    ),
    draw,
    keyed=True,
    keys=keys,
    group="course",
    rank=4,
)
