"""Text from a trained program: prompt to ids, generation, ids to text. The same for window, command line and loop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from core.compile.program import Argument, Output, Program
from core.data.vocabulary import ids_of, text_of
from core.problems import Place, Problem, Refused
from core.specs.ops import TIME_OPS
from core.train.messages import Sample
from core.words import Text

if TYPE_CHECKING:
    from core.train.decoding import Written


def sample_text(
    program: Program,
    weights: Mapping[str, Any],
    prompt: str,
    length: int,
    temperature: float,
    seed: int,
    step: int = 0,
    **how: Any,
) -> Sample:
    """Generate `length` symbols after `prompt` from trained weights (state_dict name -> tensor). `how`: top_k, top_p or beams
    of core.train.decoding.Choice.

    Raises Refused where the program cannot generate, or the prompt holds a symbol that the model never saw.
    """
    from core.train.decoding import Choice, write
    from core.train.generate import answering, loop_of
    from core.train.module import make

    vocabulary = symbols_of(program)
    ids = [int(i) for i in ids_of(prompt, vocabulary)] or [0]
    module = make(program)
    module.load_state_dict(dict(weights))
    with answering(module):
        found = write(module, loop_of(program), (), length, Choice(temperature, **how), seed, ids)
    return sample_of(found, vocabulary, step, temperature)


def sample_of(found: Written, vocabulary: Sequence[str], step: int, temperature: float) -> Sample:
    """What was written, as it is told and shown."""
    new = found.symbols
    shares = found.shares.float().numpy()[: len(new)]
    logp = np.asarray(found.logp[: len(new)], np.float32)  # by the model itself, whatever it was drawn from
    return Sample(step, tuple(vocabulary[i] for i in new), text_of(new, vocabulary), temperature, shares, logp)


def answers(program: Program) -> bool:
    """Whether it writes through a teacher: an answer to an example, symbol by symbol."""
    return any(t.said and t.field.vocabulary for t in program.teachers)


def said_with(program: Program) -> tuple[str, ...]:
    """The symbols that a program writes. Raises Refused where it writes none."""
    teacher = next((t for t in program.teachers if t.field.vocabulary), None)
    return (teacher.field.vocabulary or ()) if teacher is not None else symbols_of(program)


def can_generate(program: Program) -> bool:
    """One token input, and a head whose symbols are the input's own: what it writes, it can read."""
    return _loop(program) is not None


def symbols_of(program: Program) -> tuple[str, ...]:
    """The vocabulary that a generating program reads and writes. Raises Refused where it cannot generate."""
    loop = _loop(program)
    if loop is None and _same_symbols(program):
        raise Refused(not_stepwise(True))
    if loop is None:
        raise Refused(
            Problem(
                "sample.impossible",
                Text("This model cannot generate: it does not answer with the symbols it reads.",
                     "Este modelo no puede generar: no responde con los símbolos que lee."),
                Place(),
                Text("Generation needs one token input and a softmax head trained on the same field's next symbol.",
                     "Para generar hace falta una entrada de símbolos y una cabeza softmax entrenada con el símbolo siguiente."),
            )
        )  # fmt: skip
    return loop[0].field.vocabulary or ()


def fields_of_loop(program: Program) -> tuple[str, str]:
    """The data fields that a generating program reads and is asked for; `symbols_of` says whether it generates."""
    loop = _loop(program)
    assert loop is not None
    return loop[0].field.name, loop[1].target


def _loop(program: Program) -> tuple[Argument, Output] | None:
    return None if looks_ahead(program) else _same_symbols(program)


def _same_symbols(program: Program) -> tuple[Argument, Output] | None:
    if len(program.inputs) != 1 or program.inputs[0].field.sig.kind != "tokens":
        return None
    given = program.inputs[0]
    answers = {a.field.name: a.field for a in program.targets}
    for output in program.outputs:
        answer = answers.get(output.target)
        if answer and answer.vocabulary and answer.vocabulary == given.field.vocabulary and output.sig.axes:
            return given, output
    return None


def looks_ahead(program: Program) -> bool:
    """Whether some step needs those after it, so that nothing can be said before all is read."""
    return any(op.name in TIME_OPS and op.name not in ("repeat", "sum_time") for op in program.ops)


def not_stepwise(ahead: bool) -> Problem:
    why = (
        Text("This model cannot generate: it reads the whole sequence before it answers.",
             "Este modelo no puede generar: lee toda la secuencia antes de responder.")
        if ahead
        else Text("This model cannot generate: it needs one token input and a softmax over the next symbol.",
                  "Este modelo no puede generar: necesita una entrada de símbolos y un softmax sobre el siguiente.")
    )  # fmt: skip
    return Problem(
        "sample.impossible",
        why,
        Place(label="model"),
        Text("Generation runs one step at a time: no reverse, last, first, mean or max over time before the head.",
             "Se genera paso a paso: sin invertir, último, primero, media ni máximo en el tiempo antes de la cabeza."),
    )  # fmt: skip
