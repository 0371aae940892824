"""What a model with teachers hears again: the truth, or what it said itself; and where the two part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from core.observe.beside import readers
from core.observe.symbols import visible
from core.train.messages import Floats

if TYPE_CHECKING:
    from studio.unrolled.film import Film

Hearing = Mapping[str, tuple[int, tuple[str, ...] | Floats]]
APART = 0.1  # of the spread of numbers: from there on they are other ones


def heard_in(film: Film) -> Hearing:
    """Of a film with a frame: box that hears -> how many steps late, and what, from the first step on."""
    assert film.frame is not None and film.program is not None
    found: dict[str, tuple[int, tuple[str, ...] | Floats]] = {}
    for id, (sayer, delay) in readers(film.plan).items():
        output = next((o for o in film.program.outputs if o.path == (*film.path, sayer)), None)
        teacher = next((t for t in film.program.teachers if output is not None and t.said == output.name), None)
        if output is None or teacher is None or output.name not in film.frame.outputs:
            continue
        said, words = film.frame.outputs[output.name], teacher.field.vocabulary
        truth = tuple(map(visible, film.frame.symbols.get(teacher.field.name, ())))
        if words and truth:
            own = tuple(visible(words[i]) for i in said.argmax(1).tolist())
            found[id] = delay, ((*truth[: teacher.given], *own[teacher.given :]) if film.taught is not None else truth)
        else:
            found[id] = delay, _numbers(film, teacher.field.name, said, teacher.given)
    return found


def _numbers(film: Film, field: str, said: Floats, given: int) -> Floats:
    """The truth where it is heard, which for a model by itself are the first steps alone."""
    own = film if film.taught is None else film.taught
    truth = own.frame.answers.get(field) if own.frame is not None else None
    if truth is None:
        return said
    return truth if film.taught is None else np.concatenate((truth[:given], said[given:]))


def parted(mine: Hearing, theirs: Hearing) -> int | None:
    """The first step at which two hear different things."""
    found: list[int] = []
    for id, (delay, own) in mine.items():
        other = theirs.get(id, (0, ()))[1]
        if isinstance(own, tuple):
            found += [t + delay for t, (a, b) in enumerate(zip(own, other, strict=False)) if a != b][:1]
        elif isinstance(other, np.ndarray) and len(own) and len(other):
            n = min(len(own), len(other))
            apart = np.abs(own[:n] - other[:n]).max(1) > APART * max(1e-6, float(np.ptp(other)))
            found += [int(t) + delay for t in np.flatnonzero(apart)[:1]]
    return min(found, default=None)
