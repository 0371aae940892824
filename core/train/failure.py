"""Why a run ended badly, told as a Problem: out of memory, numbers that are not finite, a disk that is full, a bug."""

from __future__ import annotations

import traceback

from core.oswords import reason
from core.problems import Place, Problem, Refused, filled
from core.train.messages import Failed
from core.words import Text

_MEMORY_SIGNS = ("can't allocate memory", "not enough memory", "out of memory", "CUBLAS_STATUS_ALLOC_FAILED")


def failed(step: int, error: BaseException, where: Place = Place()) -> Failed:
    """The last message of a run that an exception ended at a node, where one is known."""
    if isinstance(error, Refused):
        return Failed(step, error.problems[0], _others(error.problems[1:]), refused=True)
    detail = "".join(traceback.format_exception(error))
    if is_out_of_memory(error):
        return Failed(step, out_of_memory(step, where), detail)
    if isinstance(error, OSError):
        return Failed(step, not_written(step, error), detail)
    return Failed(step, bug(step, error, where), detail)


def is_out_of_memory(error: BaseException) -> bool:
    """torch tells it as OutOfMemoryError on a GPU and as a plain RuntimeError on the CPU."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    return isinstance(error, RuntimeError) and any(sign in str(error) for sign in _MEMORY_SIGNS)


def out_of_memory(step: int, where: Place) -> Problem:
    return Problem(
        "train.out_of_memory",
        filled(Text("Step {step} did not fit into memory.", "El paso {step} no cabe en la memoria."), step=step + 1),
        where,
        Text("Use a smaller batch, shorter windows or fewer units; bf16 halves much of it on a GPU.",
             "Use un lote menor, ventanas más cortas o menos unidades; bf16 reduce mucho en una GPU."),
    )  # fmt: skip


def not_written(step: int, error: OSError) -> Problem:
    file = str(error.filename or "")
    return Problem(
        "train.not_written",
        filled(Text("At step {step} a file could not be read or written: {why}.",
                    "En el paso {step} no se pudo leer o escribir un archivo: {why}."),
               step=step, why=reason(error)),
        Place(file=file, label=file),
        Text("Free disk space or choose another folder, then resume: the last checkpoint is untouched.",
             "Libere espacio o elija otra carpeta y reanude: el último punto de control sigue intacto."),
    )  # fmt: skip


def bug(step: int, error: BaseException, where: Place) -> Problem:
    what = f"{type(error).__name__}: {error}"
    return Problem(
        "train.unexpected",
        filled(Text("Training ended at step {step} by an unexpected error.",
                    "El entrenamiento terminó en el paso {step} por un error inesperado."), step=step),
        where if where.path else Place(label="training"),
        Text("Please report it with the details shown; your project is not affected.",
             "Infórmelo con los detalles mostrados; su proyecto no se ve afectado."),
        quote=("Python", what),
    )  # fmt: skip


def _others(problems: tuple[Problem, ...]) -> str:
    return "\n".join(p.line() for p in problems)
