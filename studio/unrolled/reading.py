"""What the numbers of a step say in words: the line under the unrolled drawing, and the tips over its boxes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from core.observe.curves import half_life
from core.observe.unrolled import Box, Link
from core.specs.sig import GRID, TREE
from core.words import Text, percent, say
from studio.unrolled.film import Film
from studio.unrolled.sheet import Column, Lane
from studio.unrolled.words import below, brief

WAITING = Text(
    "A few copies stand for all of them. Train (F5), and they show what they compute.",
    "Unas pocas copias representan a todas. Entrene (F5) y mostrarán lo que calculan.",
)
INVITING = Text(
    "Click a copy to read its numbers; the arrow keys go on from it.",
    "Pulse una copia para leer sus números; las flechas avanzan desde ella.",
)
UNSEEN = Text(
    "Boxes without colours get them with the next probed step.",
    "Las cajas sin colores los tendrán con el próximo paso sondeado.",
)
RARE = 5.0  # s between two probed steps, from which on it is said
UNSEEN_LONG = Text(
    "Boxes without colours get them with the next probed step: there is one about every {n} s, as the probe budget allows.",
    "Las cajas sin colores los tendrán con el próximo paso sondeado: hay uno cada {n} s, más o menos, según el presupuesto de sondas.",
)
ALONE = Text(
    "The row below is recorded from the next probed step on, while this view is open.",
    "La fila de abajo se graba desde el próximo paso sondeado, mientras esta vista esté abierta.",
)
UNCUT = Text(
    "Trained with no cut: the cuts drawn now take effect with the next training.",
    "Entrenado sin cortes: los que hay dibujados valen desde el próximo entrenamiento.",
)
CUT = Text(
    "Trained with the gradient cut before {t}: what is drawn now takes effect with the next training.",
    "Entrenado con el gradiente cortado antes de {t}: lo dibujado ahora vale desde el próximo entrenamiento.",
)
NAMED = 3  # cuts that are listed
READS, SAYS, ANSWER = (
    Text("reads {s}", "lee {s}"),
    Text("says {s} ({p})", "dice {s} ({p})"),
    Text("right: {s}", "correcto: {s}"),
)
NODE = Text("node {n}", "nodo {n}")
HEARS = Text("hears {s}", "oye {s}")
BY_ITSELF = Text("by itself:", "por sí sola:")
OVER = Text("it has said that this is all", "ya ha dicho que eso es todo")
HALVES = Text("halves in {n}", "mitad en {n}")
DOUBLES = Text("doubles in {n}", "doble en {n}")
UNITS = Text("{n} units, {low} … {high}, mean {mean}", "{n} unidades, {low} … {high}, media {mean}")
OF_STEP = Text("training step {n}", "paso de entrenamiento {n}")


def trained_with(cuts: tuple[int, ...]) -> str:
    """Which cuts what is shown was trained with, where others are drawn."""
    some = ", ".join(map(str, cuts[:NAMED]))
    return say(CUT, t=some if len(cuts) <= NAMED else f"{some}, …") if cuts else say(UNCUT)


def step_line(film: Film, lane: Lane, step: int) -> str:
    """Everything known of one step of an axis, on one line: first what the boxes do not show."""
    parts = [place(lane, step)]
    loss = film.loss(step)
    if loss is not None and any(b.role == "loss" for b in lane.block.boxes):
        parts.append(f"L{below(step)} = {brief(loss)}")
    for link in _states(film, lane):
        norms = film.norms(link)
        if norms is not None and step < len(norms):
            life = _life(half_life(norms)) if not link.along else ""  # along a tree or a grid steps are no time
            parts.append(f"‖∂L/∂{link.name or '·'}{below(step)}‖ = {norms[step]:.2g}" + (f" ({life})" if life else ""))
    read = film.read(lane.axis)
    if step < len(read):
        parts.append(say(READS, s=read[step]))
    return "  ·  ".join([*parts, *_said(film, lane, step)])


def place(lane: Lane, step: int) -> str:
    """Which copy it is: a step, a node, a cell."""
    if lane.form == "grid":
        i, j = divmod(step, lane.size[1])
        return f"i = {i}, j = {j}"
    return say(NODE, n=step) if lane.form == "tree" else f"{lane.axis.lower()} = {step}"


def alone(film: Film, lane: Lane, step: int) -> str:
    """The same step where the model hears itself: what it hears, what it says, what that costs."""
    if step >= film.spoken:
        return f"{say(BY_ITSELF)} {say(OVER)}"
    heard = [say(HEARS, s=h or "∅") for b in lane.block.boxes if (h := film.heard(b, step)) is not None]
    loss = film.loss(step)
    said = [w for b in lane.block.boxes for w in _guessed(film, b, step)]
    cost = [f"L{below(step)} = {brief(loss)}"] if loss is not None else []
    return f"{say(BY_ITSELF)} " + ", ".join([*heard, *said, *cost])


def unseen(film: Film) -> bool:
    """Whether boxes that have values show none: nobody asked for them when this frame was made."""
    boxes = [b for block in film.plan.blocks for b in block.boxes if b.role in ("", "head") and block.axis]
    return film.frame is not None and any(film.values(b) is None and not film.symbols(b) for b in boxes)


def _said(film: Film, lane: Lane, step: int) -> list[str]:
    out = []
    for box in lane.block.boxes:
        heard = film.heard(box, step)
        if heard is not None:
            out.append(say(HEARS, s=heard or "∅"))
        out += _guessed(film, box, step)
        if box.role == "target" and step < len(film.symbols(box)):
            out.append(say(ANSWER, s=film.symbols(box)[step]))
    return out


def _guessed(film: Film, box: Box, step: int) -> list[str]:
    guess = film.guess(box, step)
    return [] if guess is None else [say(SAYS, s=guess.symbol, p=percent(guess.chance))]


def _states(film: Film, lane: Lane) -> list[Link]:
    """The states of a lane, each value once."""
    inside = {b.id for b in lane.block.boxes}
    return list({k.keys: k for k in film.plan.links if k.way == "state" and k.source in inside}.values())


def _life(steps: float | None) -> str:
    if steps is None or not 0.1 < abs(steps) < 1000:
        return ""
    return say(HALVES if steps > 0 else DOUBLES, n=f"{abs(steps):.1f}")


def box_lines(film: Film, box: Box, name: str, column: Column | None) -> list[str]:
    """A tip over a box of a copy."""
    step = column.step if column is not None else None
    at = f" · {_at(box, column)}" if column is not None and box.axis else ""
    lines = [f"{name}{at}"]
    values = film.values(box)
    index = step or 0
    if values is not None and index < len(values) and (step is not None or not box.axis):
        row = values[index]
        if len(row) <= 8:
            lines.append("  ".join(f"{v:.3g}" for v in row.tolist()))
        else:
            numbers = {"low": np.nanmin(row), "high": np.nanmax(row), "mean": np.nanmean(row)}
            lines.append(say(UNITS, n=len(row), **{k: f"{v:.3g}" for k, v in numbers.items()}))
    guess = film.guess(box, step)
    if guess is not None:
        lines.append(say(SAYS, s=guess.symbol, p=percent(guess.chance, 1)))
    for link in film.plan.links:
        if link.way == "state" and link.source == box.id:
            lines += [line for line in _norm_line(film, link, step) if line not in lines]
    return lines


def link_lines(film: Film, link: Link, names: Mapping[str, str], column: Column | None) -> list[str]:
    """A tip over a wire or a state."""
    ends = f"{names.get(link.source, link.source)} → {names.get(link.target, link.target)}"
    if link.way != "state":
        return [ends]
    step = column.step if column is not None else None
    later = Text("{k} step on", "{k} paso después") if link.delay == 1 else Text("{k} steps on", "{k} pasos después")
    carried = f"{link.name}{below(column.label) if column is not None else ''}"
    return [f"{ends}, {say(later, k=link.delay)}", carried, *_norm_line(film, link, step)]


def _at(box: Box, column: Column) -> str:
    if box.axis == GRID[0]:
        return f"i, j = {column.label}"
    return say(NODE, n=column.label) if box.axis == TREE else f"{box.axis.lower()} = {column.label}"


def _norm_line(film: Film, link: Link, step: int | None) -> list[str]:
    norms = film.norms(link)
    if norms is None or step is None or step >= len(norms):
        return []
    return [f"‖∂L/∂{link.name or '·'}{below(step)}‖ = {norms[step]:.3g}"]
