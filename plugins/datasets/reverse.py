"""Reverse: read digits, say them backwards. The first to be said is the last read, so all must be kept until the end."""

import math

import numpy as np

from core.api import Baseline, DataField, DatasetSpec, Fields, Generated, ParamSpec, Sig, Text

HELD_OUT = 512
DIGITS = tuple("0123456789")
SOURCE = ("<pad>", *DIGITS)
TARGET = ("<start>", "<end>", *DIGITS)  # what is padding in the answer is what the decoder hears first
FIELDS = Fields(
    (
        DataField("source", Sig("tokens", len(SOURCE), ("S",)), SOURCE),
        DataField("target", Sig("tokens", len(TARGET), ("T",)), TARGET, target=True),
    )
)


def sequences(rng, count, shortest, longest):
    """Digits (count, longest), 0 after the end of each; the same backwards and <end> (count, longest + 1); both lengths."""
    digits = rng.integers(0, 10, (count, longest))
    lengths = rng.integers(shortest, longest + 1, count)
    step = np.arange(longest)
    read = np.where(step < lengths[:, None], digits + SOURCE.index("0"), 0)
    back = np.take_along_axis(digits, np.maximum(lengths[:, None] - 1 - step, 0), 1) + TARGET.index("0")
    said = np.where(step < lengths[:, None], back, 0)
    said = np.concatenate([said, np.zeros((count, 1), said.dtype)], 1)
    said[np.arange(count), lengths] = TARGET.index("<end>")
    return {"source": read, "target": said, "S": lengths, "T": lengths + 1}


def opened(params, seed):
    shortest, longest = sorted((params["shortest"], params["longest"]))
    sizes = range(shortest, longest + 1)
    guessed = sum(0.1**n for n in sizes) / len(sizes)  # who knows the length and guesses each digit
    return Generated(
        fields=FIELDS,
        make=lambda rng, count: sequences(rng, count, shortest, longest),
        batch=params["batch"],
        seed=seed,
        held_out=HELD_OUT,
        chance={"loss": math.log(len(TARGET)), "accuracy": 1 / len(TARGET), "exact_match": guessed / len(sizes)},
        baselines=lambda: (
            Baseline(Text("the length alone", "solo el largo"), {"exact_match": guessed, "length_error": 0.0}),
        ),
    )


SPEC = DatasetSpec(
    kind="reverse",
    name=Text("Reverse", "Al revés"),
    help=Text(
        "Digits are read, then said backwards up to <end>. All of them have to fit into what the encoder hands on.",
        "Se leen dígitos y se dicen al revés hasta <end>. Todos tienen que caber en lo que entrega el codificador.",
    ),
    params=(
        ParamSpec("shortest", "int", 4, Text("Shortest", "Más corta"), Text("Digits at least.", "Dígitos como mínimo."), 1, 1000),
        ParamSpec("longest", "int", 12, Text("Longest", "Más larga"), Text("Digits at most.", "Dígitos como máximo."), 1, 1000),
        ParamSpec("batch", "int", 64, Text("Batch", "Lote"), Text("Sequences per step.", "Secuencias por paso."), 1, 65_536),
    ),
    open=opened,
    peek=lambda params: FIELDS,
    metrics=("exact_match", "accuracy", "length_error"),
)  # fmt: skip
