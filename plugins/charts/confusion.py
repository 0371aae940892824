"""What was taken for what: of each right symbol, how often every other one was the most probable."""

import numpy as np

from core.api import Axis, Chart, ChartSpec, Heat, Recording, Text, percent, say, visible

NOTE = Text(
    "The confusion matrix appears with the first validation of a model that chooses among at most 128 symbols.",
    "La matriz de confusión aparece con la primera validación de un modelo que elige entre 128 símbolos como mucho.",
)
SHOWN = 40  # symbols with a name on the axes


def keys(recording: Recording) -> tuple[str, ...]:
    """The outputs that choose among symbols."""
    newest = recording.table()
    return tuple(newest.tables) if newest is not None else ()


def draw(recording: Recording, step: int | None = None, key: str = "") -> Chart:
    """Rows: what was right, each summing to 1. Columns: what the model took for the most probable."""
    found = recording.table(step)
    table = None if found is None else found.tables.get(key, next(iter(found.tables.values())))
    marks: tuple[Heat, ...] = ()
    ticks: tuple[tuple[float, str], ...] = ()
    right = 0.0
    if table is not None and table.sum() > 0:
        used = np.flatnonzero(table.sum(0) + table.sum(1))
        counts = table[np.ix_(used, used)]
        rows = counts.sum(1, keepdims=True)
        shares = np.divide(counts, rows, out=np.full_like(counts, np.nan), where=rows > 0)
        marks = (Heat(shares, False, (0.0, 1.0), say(Text("share of the row", "parte de la fila"))),)
        if len(used) <= SHOWN:
            ticks = tuple((float(i), visible(recording.symbol(int(v), len(table)))) for i, v in enumerate(used))
        right = float(np.trace(counts) / counts.sum())
    said = say(
        Text("{p} right · step {n}", "{p} correcto · paso {n}"),
        p=percent(right, 1),
        n=found.step if found else 0,
    )
    return Chart(
        Text("Confusion matrix", "Matriz de confusión"),
        Axis(Text("most probable", "más probable"), ticks=ticks),
        Axis(Text("right", "correcto"), ticks=ticks),
        marks,
        note=Text("", "") if marks else NOTE,
        subtitle=said if marks else "",
    )  # fmt: skip


CHART = ChartSpec(
    "confusion",
    Text("Confusion matrix", "Matriz de confusión"),
    Text(
        "Which symbols or classes the model takes for which others, on the held-out data.",
        "Qué símbolos o clases confunde el modelo con cuáles, en los datos reservados.",
    ),
    draw,
    keyed=True,
    keys=keys,
    group="course",
    rank=3,
)
