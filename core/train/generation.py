"""Which programs write, through which of their outputs and in which symbols: decided here for training, window, command
line and export alike. A program writes an answer to an example, through a teacher; or it goes on from a prompt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.compile.program import Argument, Output, Program
from core.data.vocabulary import END
from core.problems import Place, Problem, Refused
from core.specs.ops import TIME_OPS
from core.words import Text

if TYPE_CHECKING:
    from core.train.decoding import Loop


def answers(program: Program) -> bool:
    """Whether it writes through a teacher: an answer to an example, symbol by symbol."""
    return any(t.said and t.field.vocabulary for t in program.teachers)


def can_generate(program: Program) -> bool:
    """One token input, and a head whose symbols are the input's own: what it writes, it can read."""
    return _reads_itself(program) is not None and not _looks_ahead(program)


def goes_on(program: Program) -> bool:
    """Whether a prompt is all it needs: a model with a teacher answers to an example instead."""
    return can_generate(program) and not program.teachers


def symbols_of(program: Program) -> tuple[str, ...]:
    """The vocabulary that a program writes in. Raises Refused where it writes none."""
    teacher = next((t for t in program.teachers if t.field.vocabulary), None)
    field = teacher.field if teacher is not None else _goes_on(program)[0].field
    return field.vocabulary or ()


def fields_of_loop(program: Program) -> tuple[str, str]:
    """The data fields that a program reads and is asked for, which goes on from a prompt. Raises Refused where it does not."""
    given, output = _goes_on(program)
    return given.field.name, output.target


def loop_of(program: Program) -> Loop:
    """How a program is led when it writes: through its teacher where it has one, else by its one input of symbols. Raises
    Refused where it cannot write."""
    from core.train.decoding import Loop

    teacher = next((t for t in program.teachers if t.said and t.field.sig.kind == "tokens"), None)
    if teacher is None:
        return Loop(_goes_on(program)[1].name)
    words = teacher.field.vocabulary or ()
    axis = teacher.field.sig.axes[:1]
    stop = program.stop
    return Loop(
        teacher.said,
        teacher.states,
        tuple(a.field.sig.axes[:1] == axis for a in program.inputs),
        teacher.name,
        words.index(END) if END in words and stop is None else None,
        stop.output if stop and stop.kind == "stop" else "",
        stop.output if stop and stop.kind == "length" else "",
    )


def _goes_on(program: Program) -> tuple[Argument, Output]:
    """The input that it reads what it wrote by, and the output of what comes next."""
    found = _reads_itself(program)
    if found is None:
        raise Refused(_other_symbols())
    if _looks_ahead(program):
        raise Refused(_reads_it_all())
    return found


def _reads_itself(program: Program) -> tuple[Argument, Output] | None:
    if len(program.inputs) != 1 or program.inputs[0].field.sig.kind != "tokens":
        return None
    given = program.inputs[0]
    answers = {a.field.name: a.field for a in program.targets}
    for output in program.outputs:
        answer = answers.get(output.target)
        if answer and answer.vocabulary and answer.vocabulary == given.field.vocabulary and output.sig.axes:
            return given, output
    return None


def _looks_ahead(program: Program) -> bool:
    """Whether some step needs those after it, so that nothing can be said before all is read."""
    return any(op.name in TIME_OPS and op.name not in ("repeat", "sum_time") for op in program.ops)


def _other_symbols() -> Problem:
    return Problem(
        "sample.impossible",
        Text("This model cannot generate: it does not answer with the symbols it reads.",
             "Este modelo no puede generar: no responde con los símbolos que lee."),
        Place(),
        Text("Generation needs one token input and a softmax head trained on the same field's next symbol.",
             "Para generar hace falta una entrada de símbolos y una cabeza softmax entrenada con el símbolo siguiente."),
    )  # fmt: skip


def _reads_it_all() -> Problem:
    return Problem(
        "sample.impossible",
        Text("This model cannot generate: it reads the whole sequence before it answers.",
             "Este modelo no puede generar: lee toda la secuencia antes de responder."),
        Place(label="model"),
        Text("Generation runs one step at a time: no reverse, last, first, mean or max over time before the head.",
             "Se genera paso a paso: sin invertir, último, primero, media ni máximo en el tiempo antes de la cabeza."),
    )  # fmt: skip
