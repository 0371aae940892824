"""Examples one at a time: held out, or with a person's own text in the place of what is read; and as a model takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.compile.program import Argument, Program
from core.data.dataset import Array, Batch, Dataset
from core.data.vocabulary import END, ids_of
from core.problems import Place, Problem, Refused
from core.train.forcing import unended
from core.words import Text

if TYPE_CHECKING:
    from torch import Tensor


def held_out(dataset: Dataset, most: int = 200) -> list[Batch]:
    """The first held-out examples, each a batch of one with its own lengths."""
    found: list[Batch] = []
    for batch in dataset.validation():
        found += (one_of(batch, i) for i in range(batch.size) if batch.scored)
        if len(found) >= most:
            break
    return found[:most]


def one_of(batch: Batch, i: int) -> Batch:
    return Batch(
        {k: a[i : i + 1] for k, a in batch.arrays.items()}, {k: n[i : i + 1] for k, n in batch.lengths.items()}
    )


def typed(program: Program, text: str, like: Batch) -> Batch:
    """An example of a person's own: the text in place of the one input of symbols, the rest as in `like`, no truth. Raises
    Refused where the text holds a symbol that the model never saw, or nothing at all."""
    (given,) = typeable(program)
    symbols = given.field.vocabulary or ()
    ids = ids_of(text, symbols)
    if END in symbols and symbols.index(END) in like.arrays[given.field.name]:
        ids = np.append(ids, symbols.index(END))
    if not len(ids):
        raise Refused(_nothing())
    axis = given.field.sig.axes[0]
    arrays = {a.field.name: like.arrays[a.field.name] for a in program.inputs if a.field.name in like.arrays}
    lengths = {a: n for a, n in like.lengths.items() if any(a in i.field.sig.axes for i in program.inputs)}
    return Batch({**arrays, given.field.name: ids[None]}, {**lengths, axis: np.array([len(ids)])})


def typeable(program: Program) -> tuple[Argument, ...]:
    """The inputs that a person can type: sequences of symbols, where there is just one."""
    found = tuple(a for a in program.inputs if a.field.vocabulary and len(a.field.sig.axes) == 1)
    return found if len(found) == 1 == len(program.inputs) else ()


def example_for(program: Program, dataset: Dataset, text: str | None, number: int) -> Batch | None:
    """What a model with a teacher answers to: a person's text, or the held-out example of this number (from 0). None for a
    language model. Raises Refused where there is no such example, or the text cannot be read."""
    if not program.teachers:
        return None
    found = held_out(dataset, number + 1)
    if number >= len(found):
        raise Refused(_no_example(number, len(found)))
    if text is None:
        return found[number]
    if not typeable(program):
        raise Refused(_not_typed())
    return typed(program, text, found[number])


def asked(program: Program, example: Batch) -> tuple[list[Tensor], dict[str, Tensor] | None]:
    """The inputs of a program and their lengths, as it takes them; nobody tells it where its answer ends."""
    inputs = [tensor_of(example.arrays[a.field.name]) for a in program.inputs]
    return inputs, unended(program, lengths_of(example))


def lengths_of(batch: Batch) -> dict[str, Tensor] | None:
    return {axis: tensor_of(n) for axis, n in batch.lengths.items()} or None


def tensor_of(array: Array) -> Tensor:
    import torch

    return torch.tensor(array, dtype=torch.float32 if array.dtype.kind == "f" else torch.int64)


def _nothing() -> Problem:
    return Problem(
        "sample.nothing",
        Text("There is nothing to answer to.", "No hay nada a lo que responder."),
        Place(param="input", label="--input"),
        Text("Type at least one symbol.", "Escriba al menos un símbolo."),
    )


def _no_example(number: int, count: int) -> Problem:
    return Problem(
        "sample.no_example",
        Text(f"There is no held-out example {number}.", f"No hay un ejemplo reservado {number}."),
        Place(param="example", label="--example"),
        Text(f"There are {count}, from 0 on.", f"Hay {count}, a partir de 0."),
        got=str(number),
        expected=str(count),
    )


def _not_typed() -> Problem:
    return Problem(
        "sample.not_typed",
        Text("What this model reads cannot be typed.", "Lo que lee este modelo no se puede escribir."),
        Place(param="input", label="--input"),
        Text("Choose a held-out example by its number instead (--example).",
             "Elija en su lugar un ejemplo reservado por su número (--example)."),
    )  # fmt: skip
