"""What of an example is seen better than read: images, curves, where attention looked, how sure the model was."""

from __future__ import annotations

from math import isqrt

import numpy as np

from core.observe.chart import Axis, Bars, Chart, Floats, Heat, Line
from core.observe.symbols import symbol_ticks, visible
from core.train.answers import Answer, Said, Signal, spelt
from core.words import Text, say

CURVES = 6  # columns drawn as curves; more make a matrix
NAMED = 60  # symbols with a name on an axis
SHOWN = 12  # classes whose share is shown
NOTHING = Axis(Text("", ""))
STEP = Text("time step t", "paso de tiempo t")


def pictures(answer: Answer) -> list[tuple[str, Chart]]:
    """Everything there is to see of an answer, the most telling first: (name, chart)."""
    found = [(name, attention(name, weights, answer)) for name, weights in answer.maps.items()]
    for told in answer.answers:
        found += _of_answer(told)
    for signal in answer.given:
        if signal.sig.kind == "features" and (chart := numbers(signal)) is not None:
            found.append((signal.name, chart))
    for told in answer.answers:
        if told.losses is not None and told.losses.ndim == 1 and told.losses.size:
            found.append((say(Text("loss by step: {n}", "pérdida por paso: {n}"), n=told.said.name), losses(told)))
    return found


def attention(name: str, weights: Floats, answer: Answer) -> Chart:
    """A row per step of the answer, a column per step of what was read."""
    read = next((s for s in answer.given if s.symbols and len(s.values) == weights.shape[1]), None)
    said = next((a.said for a in answer.answers if a.said.symbols and a.said.values.ndim == 1), None)
    return Chart(
        Text("Where it looked", "Dónde miró"),
        Axis(Text("what was read", "lo leído"), ticks=_ticks(read), whole=True),
        Axis(Text("what was said", "lo dicho"), ticks=_ticks(said), whole=True),
        (Heat(weights, diverging=False, limits=(0.0, 1.0), label=say(Text("weight", "peso"))),),
        subtitle=name,
    )


def numbers(signal: Signal, title: Text | None = None) -> Chart | None:
    """Numbers as an image, curves, bars or a matrix, whichever they are; None where one or two are read better."""
    values, axes = np.asarray(signal.values, np.float64), len(signal.sig.axes)
    title = title or Text(signal.name, signal.name)
    if axes == 0:
        side = isqrt(values.size)
        if side * side == values.size >= 16:
            return image(title, values.reshape(side, side))
        return (
            None
            if values.size <= 2
            else Chart(title, NOTHING, NOTHING, (Bars(np.arange(values.size, dtype=np.float64), values),))
        )
    if axes == 1 and values.shape[1] <= CURVES:
        steps = np.arange(len(values), dtype=np.float64)
        names = [f"{i}" if values.shape[1] > 1 else "" for i in range(values.shape[1])]
        marks = tuple(Line(steps, values[:, i], n, color=i) for i, n in enumerate(names))
        return Chart(title, Axis(STEP, whole=True), NOTHING, marks)
    if axes == 1:
        unit = Axis(Text("feature", "característica"), whole=True)
        return Chart(title, Axis(STEP, whole=True), unit, (Heat(values.T, diverging=bool((values < 0).any())),))
    return image(title, values[..., 0]) if axes == 2 else None


def image(title: Text, values: Floats) -> Chart:
    return Chart(title, NOTHING, NOTHING, (Heat(values, diverging=bool((values < 0).any())),), equal=True)


def likeliest(said: Signal, at: int = 0) -> Chart | None:
    """The shares of the symbols at one step, the chosen first."""
    if said.shares is None or not said.symbols:
        return None
    row = np.asarray(said.shares if said.shares.ndim == 1 else said.shares[at], np.float64)
    order = np.argsort(row)[::-1][:SHOWN]
    names = [said.symbols[i] for i in order]
    where = "" if said.shares.ndim == 1 else say(Text("step {t}", "paso {t}"), t=at + 1)
    return Chart(
        Text("How sure it was", "Con qué seguridad"),
        Axis(Text("symbol", "símbolo"), ticks=symbol_ticks(names)),
        Axis(Text("probability", "probabilidad"), limits=(0.0, 1.0)),
        (Bars(np.arange(len(order), dtype=np.float64), row[order]),),
        subtitle=" · ".join(p for p in (said.name, where) if p),
    )


def losses(told: Said) -> Chart:
    """What the truth cost at each step."""
    assert told.losses is not None
    surprise = told.kind == "cross_entropy"
    steps = np.arange(len(told.losses), dtype=np.float64)
    return Chart(
        Text("What the truth cost", "Lo que costó la verdad"),
        Axis(STEP, ticks=_ticks(told.true), whole=True),
        Axis(Text("−ln p", "−ln p") if surprise else Text("loss", "pérdida")),
        (Line(steps, np.asarray(told.losses, np.float64)),),
        subtitle=told.said.name,
    )


def compared(told: Said) -> Chart | None:
    """Numbers said and true on the same axes."""
    true, said = told.true, told.said
    if true is None or len(said.sig.axes) != 1 or said.values.ndim != 2 or said.values.shape[1] > CURVES:
        return None
    steps = np.arange(len(said.values), dtype=np.float64)
    whole = np.arange(len(true.values), dtype=np.float64)
    marks = []
    for i in range(said.values.shape[1]):
        more = f" {i}" if said.values.shape[1] > 1 else ""
        marks.append(
            Line(whole, np.asarray(true.values[:, i], np.float64), say(Text("true", "verdad")) + more, color=2 * i)
        )
        marks.append(Line(steps, np.asarray(said.values[:, i], np.float64), say(Text("said", "dicho")) + more, color=2 * i + 1, dashed=True))  # fmt: skip
    return Chart(
        Text("Said and true", "Dicho y verdad"), Axis(STEP, whole=True), NOTHING, tuple(marks), subtitle=said.name
    )


def _of_answer(told: Said) -> list[tuple[str, Chart]]:
    if told.said.symbols:
        sure = likeliest(told.said) if told.said.values.size else None
        return [] if sure is None else [(say(Text("certainty: {n}", "seguridad: {n}"), n=told.said.name), sure)]
    both = compared(told)
    if both is not None:
        return [(say(Text("said and true", "dicho y verdad")), both)]
    alone = numbers(told.said) if told.said.sig.axes else None
    return [] if alone is None else [(told.said.name, alone)]


def _ticks(signal: Signal | None) -> tuple[tuple[float, str], ...]:
    if signal is None or not signal.symbols or np.ndim(signal.values) != 1 or len(signal.values) > NAMED:
        return ()
    return tuple((float(i), visible(s, 4)) for i, s in enumerate(spelt(signal)))
