"""Whether a model can fit before anything is allocated: Linux hands out memory it lacks and kills whoever touches it, so
waiting for an allocation error would lose the window."""

from __future__ import annotations

from math import prod

from core.compile.program import Program
from core.problems import Place, Problem, Refused
from core.train.settings import Training
from core.words import Text

COPIES = {
    "sgd": 2,
    "rmsprop": 3,
    "adagrad": 3,
    "adam": 4,
    "adamw": 4,
    "adadelta": 4,
}  # weight, gradient, and what the optimizer keeps of each
MOMENTUM = 1  # one more where SGD or RMSprop carry it
BYTES = {"fp32": 4, "bf16": 4, "fp64": 8}  # bf16 keeps its weights in float32
SHARE = 0.9  # of what is free
GIB = 2**30


def check_room(program: Program, training: Training, free: int | None) -> None:
    """Raises Refused where weights, gradients and optimizer alone exceed the `free` bytes (None: nobody knows).

    Activations come on top: a model that passes may still run out, which ends the run with a Problem of its own.
    """
    needed = bytes_of(program, training)
    if free is not None and needed > SHARE * free:
        raise Refused(_too_big(program, needed, free))


def bytes_of(program: Program, training: Training) -> int:
    """Bytes of weights, their gradients and the optimizer's memory of them."""
    copies = COPIES.get(training.optimizer, 4) + (MOMENTUM if training.momentum else 0)
    numbers = sum(prod(w.shape) * (copies if w.trainable else 1) for w in program.weights)
    return numbers * BYTES.get(training.precision, 4)


def _too_big(program: Program, needed: int, free: int) -> Problem:
    largest = max(program.weights, key=lambda w: prod(w.shape))
    shape, where = "×".join(map(str, largest.shape)), program.called(largest.path)
    need, have = f"{needed / GIB:.1f} GiB", f"{free / GIB:.1f} GiB"
    return Problem(
        "train.too_big",
        Text(f"The weights, their gradients and the optimizer need {need}; {have} are free.",
             f"Los pesos, sus gradientes y el optimizador necesitan {need}; hay {have} libres."),
        Place(path=largest.path, label=where),
        Text(f"The largest matrix is {shape}, in {where}: use fewer units there, or another optimizer (SGD keeps nothing).",
             f"La matriz mayor es de {shape}, en {where}: use menos unidades ahí, u otro optimizador (SGD no guarda nada)."),
        got=need,
        expected=have,
    )  # fmt: skip
