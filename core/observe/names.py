"""Names of curves beside each other, without what all of them say: a legend has little room."""

from __future__ import annotations

from collections.abc import Sequence

from core.specs.called import INSIDE
from core.words import Text, say


def apart(labels: Sequence[str]) -> list[str]:
    """Labels like "LSTM › W forget" without the cell and the last word that all of them share; a single one stays whole."""
    if len(set(labels)) < 2:
        return list(labels)
    heads, tails = zip(*(_ends(label) for label in labels), strict=True)
    if len(set(tails)) == 1:
        labels = [label.removesuffix(f" {tails[0]}") for label in labels]
    shared = heads[0]
    while shared and not all(label.startswith(f"{shared}{INSIDE}") for label in labels):
        shared = shared.rpartition(INSIDE)[0]
    return [label.removeprefix(f"{shared}{INSIDE}") if shared else label for label in labels]


def _ends(label: str) -> tuple[str, str]:
    """The cells that it lies in, and its last word where it has several."""
    cells, _, own = label.rpartition(INSIDE)
    return cells, own.rpartition(" ")[2] if " " in own else ""


def dated(step: int, *names: str, seldom: bool = False) -> str:
    """What a chart shows, and of which training step: "LSTM h · step 40". `seldom`: it is worked out more rarely than the
    other charts are, so that its step lags behind theirs."""
    when = (
        Text("step {n}, updated less often", "paso {n}, se actualiza menos veces")
        if seldom
        else Text("step {n}", "paso {n}")
    )
    return " · ".join((*filter(None, names), say(when, n=step)))
