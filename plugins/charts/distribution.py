"""What the model expects at each time step: a column of probabilities per step, the symbol that came marked."""

import numpy as np

from core.api import Axis, Chart, ChartSpec, Heat, Points, Recording, Text, axis_name, dated, say, symbol_ticks, visible

ROWS = 16  # symbols shown, the most probable ones
NOTE = Text(
    "The distribution appears with the first probed step or sample of a model over symbols.",
    "La distribución aparece con el primer paso sondeado o muestra de un modelo sobre símbolos.",
)
ANSWER = Text("answer", "respuesta")
SAMPLE = "sample"


def keys(recording: Recording) -> tuple[str, ...]:
    """The model's outputs over symbols, and the text it sampled."""
    frame, sample = recording.frame(), recording.sample()
    sampled = (SAMPLE,) if sample is not None and sample.distribution is not None else ()
    return (*(k for k, v in frame.outputs.items() if over_symbols(v)), *sampled) if frame else sampled


def over_symbols(values: np.ndarray) -> bool:
    """Whether these are probabilities of two symbols or more; a model of numbers has none."""
    return values.shape[1] > 1 and bool(((values >= 0) & (values <= 1)).all())


def pick(recording: Recording, step: int | None, key: str) -> tuple[np.ndarray | None, tuple[str, ...], int, str, str]:
    """(probabilities (T, V), symbols that came, training step, subtitle, axis of the data)."""
    frame, sample = recording.frame(step), recording.sample(step)
    if key == SAMPLE and sample is not None and sample.distribution is not None:
        return sample.distribution, sample.symbols, sample.step, say(Text("sampled", "muestreado")), ""
    outputs = {k: v for k, v in frame.outputs.items() if over_symbols(v)} if frame else {}
    if frame is None or not outputs:
        return None, (), 0, "", ""
    name = key if key in outputs else next(iter(outputs))
    shown = outputs[name]
    answers = [s for s in frame.symbols.values() if len(s) == len(shown)]
    return shown, answers[-1] if answers else (), frame.step, name, recording.along(name)


def draw(recording: Recording, step: int | None = None, key: str = "") -> Chart:
    """Rows are the symbols expected most over the sequence; dots mark the one that came."""
    values, came, at, what, axis = pick(recording, step, key)
    marks: list[Heat | Points] = []
    names: list[str] = []
    if values is not None and values.size:
        order = np.argsort(-np.nanmean(values, axis=0), kind="stable")[:ROWS]
        names = [visible(recording.symbol(int(v), values.shape[1])) for v in order]
        label = say(Text("probability", "probabilidad"))
        marks.append(Heat(values[:, order].T, False, (0.0, 1.0), label))
        row = {name: i for i, name in enumerate(names)}
        spots = [(t, row[visible(s)]) for t, s in enumerate(came) if visible(s) in row]
        if spots:
            x, y = np.array(spots, dtype=float).T
            marks.append(Points(x, y, say(Text("came", "vino")), 1))
    return Chart(
        Text("Distribution", "Distribución"),
        Axis(
            axis_name(axis) if values is None or len(values) > 1 else ANSWER,
            whole=True,
            ticks=symbol_ticks(came) if marks else (),
            along=axis,
        ),
        Axis(Text("symbol", "símbolo"), ticks=tuple((float(i), name) for i, name in enumerate(names))),
        tuple(marks),
        note=Text("", "") if marks else NOTE,
        subtitle=dated(at, what) if marks else "",
    )


CHART = ChartSpec(
    "distribution",
    Text("Distribution", "Distribución"),
    Text(
        "The probabilities the model gives to each symbol at each time step.",
        "Las probabilidades que el modelo da a cada símbolo en cada paso.",
    ),
    draw,
    keyed=True,
    keys=keys,
    group="sequence",
    rank=4,
)
