"""What a trained model writes and how probable it finds what a person types: texts in, texts out, for command line and
window. An encoder–decoder or a conditioned model is given an example to answer to; a language model a prompt alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.compile.program import Program
from core.data.dataset import Batch, Dataset
from core.data.vocabulary import END, ids_of, text_of
from core.problems import Place, Problem, Refused
from core.train.answers import held_out, typeable, typed
from core.train.sampling import said_with
from core.words import Text

if TYPE_CHECKING:
    from core.train.decoding import Choice, Written


@dataclass(frozen=True)
class Weighed:
    """A typed sequence: each symbol, and log p of it given those before (and the example)."""

    symbols: tuple[str, ...]
    logp: tuple[float, ...]

    @property
    def total(self) -> float:
        return sum(self.logp)


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


def write_text(
    program: Program,
    weights: Mapping[str, Any],
    example: Batch | None,
    prompt: str,
    most: int,
    choice: Choice,
    seed: int,
) -> tuple[str, Written]:
    """The text that a model writes after the prompt, and how. Raises Refused where the prompt holds an unknown symbol."""
    from core.train.decoding import write
    from core.train.generate import answering, loop_of

    words = said_with(program)
    module = _ready(program, weights)
    given = [int(i) for i in ids_of(prompt, words)] if prompt else []
    loop = loop_of(program)
    inputs, lengths = _inputs(program, example)
    with answering(module):
        written = write(module, loop, inputs, most, choice, seed, given or ([] if loop.heard else [0]), lengths)
    return text_of(written.symbols, words), written


def weigh_text(program: Program, weights: Mapping[str, Any], example: Batch | None, text: str) -> Weighed:
    """log p of a typed text, symbol by symbol; where the model ends what it writes by a symbol, that is weighed too. Raises
    Refused where the text holds an unknown symbol."""
    from core.train.decoding import log_probabilities
    from core.train.generate import answering, loop_of

    words = said_with(program)
    module, loop = _ready(program, weights), loop_of(program)
    ids = [int(i) for i in ids_of(text, words)]
    if loop.end is not None and words[loop.end] == END:
        ids.append(loop.end)
    inputs, lengths = _inputs(program, example)
    with answering(module):
        logp = log_probabilities(module, loop, ids, inputs, lengths).tolist() if len(ids) > (not loop.heard) else []
    return Weighed(tuple(words[i] for i in ids)[len(ids) - len(logp) :], tuple(logp))


def _ready(program: Program, weights: Mapping[str, Any]) -> Any:
    from core.train.module import make

    module = make(program)
    module.load_state_dict(dict(weights))
    return module.float().eval()


def _inputs(program: Program, example: Batch | None) -> tuple[list[Any], Any]:
    import torch

    from core.train.forcing import unended

    if example is None:
        return [], None
    inputs = [torch.from_numpy(example.arrays[a.field.name]) for a in program.inputs]
    return inputs, unended(program, {axis: torch.from_numpy(n) for axis, n in example.lengths.items()})


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
