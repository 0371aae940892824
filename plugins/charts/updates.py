"""How far each step moves each weight, as a share of the weight itself: near one thousandth training goes well."""

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
    apart,
    course,
    curve,
    say,
)

NOTE = Text(
    "The updates appear with the first training step that is probed; a readout in closed form has none.",
    "Las actualizaciones aparecen con el primer paso de entrenamiento sondeado; una lectura en forma cerrada no tiene.",
)
USUAL = 1e-3
MOST = 8  # curves that still can be told apart


def keys(recording: Recording) -> tuple[str, ...]:
    """The weights that were seen to move."""
    return tuple(dict.fromkeys(name for f in recording.all_frames() for name in f.updates))


def draw(recording: Recording, step: int | None = None, key: str = "") -> Chart:
    """‖ΔW‖ / ‖W‖ of every weight in the steps that were looked at, or of the one that `key` names."""
    names = keys(recording)
    wanted = (key,) if key in names else names if not key else ()
    told = [(n, *course(recording, lambda f, n=n: f.updates.get(n))) for n in wanted]
    shown = [t for t in told if not t[0].endswith(".bias")] or told  # biases start near zero: they say less
    labels = apart([recording.label(name) for name, _, _ in shown[:MOST]])
    marks: list[Line | Points | Level] = [
        curve(steps, shares, name, color)
        for color, (name, (_, steps, shares)) in enumerate(zip(labels, shown, strict=False))
    ]
    if marks:
        marks.append(Level(USUAL, say(Text("usual: 1/1000", "habitual: 1/1000")), 7))
    return Chart(
        Text("Update per weight", "Actualización por peso"),
        TRAINING_STEPS,
        Axis(Text("‖ΔW‖ / ‖W‖", "‖ΔW‖ / ‖W‖"), log=True),
        tuple(marks),
        note=Text("", "") if marks else NOTE,
        subtitle=recording.label(key) if key and marks else "",
    )


CHART = ChartSpec(
    "updates",
    Text("Update per weight", "Actualización por peso"),
    Text(
        "How far a step moves each weight compared with its size: far above 1/1000 it jumps, far below it hardly learns.",
        "Cuánto mueve un paso cada peso frente a su tamaño: muy por encima de 1/1000 da saltos, muy por debajo apenas aprende.",
    ),
    draw,
    keyed=True,
    keys=keys,
    group="gradient",
    rank=8,
)
