"""Every metric while training and on held-out data, against what chance would score."""

from core.api import (
    TRAINING_STEPS,
    Axis,
    Chart,
    ChartSpec,
    Level,
    Line,
    Points,
    Recording,
    Text,
    curve,
    measure_name,
    say,
    smooth,
)


def found(recording: Recording) -> tuple[str, ...]:
    """The metrics of a run, the loss left to its own chart."""
    names = (name.split("/", 1) for name in recording.names() if name.startswith(("train/", "validation/")))
    return tuple(dict.fromkeys(metric for _, metric in names if metric != "loss"))


def draw(recording: Recording, step: int | None = None, key: str = "") -> Chart:
    """One metric (`key`; the first by default): training smoothed, validation dashed, chance dotted."""
    metrics = found(recording)
    metric = key if key in metrics else next(iter(metrics), "")
    marks: list[Line | Level | Points] = []
    steps, values = recording.series(f"train/{metric}")
    training = say(Text("training", "entrenamiento"))
    if len(steps) >= 8:
        marks += [Line(steps, values, "", 2, faint=True), Line(*smooth(steps, values), training, 2)]
    elif len(steps):
        marks.append(Line(steps, values, training, 2))
    steps, values = recording.series(f"validation/{metric}")
    if len(steps):
        marks.append(curve(steps, values, say(Text("held out", "reserva")), 1, dashed=True))
    if marks and metric in recording.chance:
        marks.append(Level(recording.chance[metric], say(Text("chance", "azar")), 3))
    if marks:
        marks += [Level(score, say(name), 4 + n) for n, (name, score) in enumerate(recording.baselines(metric))]
    readable = measure_name(metric) if metric else Text("value", "valor")
    return Chart(
        Text("Metric", "Métrica"),
        TRAINING_STEPS,
        Axis(readable),
        tuple(marks),
        note=Text("", "")
        if marks
        else Text("No metric has been measured yet.", "Todavía no se ha medido ninguna métrica."),
        subtitle=say(readable) if metric else "",
    )


CHART = ChartSpec(
    "metrics",
    Text("Metrics", "Métricas"),
    Text(
        "Accuracy, bits per character and whatever else suits the data, beside chance.",
        "Exactitud, bits por carácter y lo que convenga a los datos, junto al azar.",
    ),
    draw,
    keyed=True,
    keys=found,
    group="course",
    rank=2,
)
