"""Temporal order: two rare symbols in a long row of distractors; which came first, and which second?"""

import math

import numpy as np

from core.api import Baseline, DataField, DatasetSpec, Fields, Generated, ParamSpec, Sig, Text

HELD_OUT = 1024
VOCABULARY = ("E", "B", "a", "b", "c", "d", "X", "Y")
CLASSES = ("XX", "XY", "YX", "YY")
FIELDS = Fields(
    (
        DataField("symbols", Sig("tokens", len(VOCABULARY), ("T",)), VOCABULARY),
        DataField("class", Sig("tokens", len(CLASSES), ()), CLASSES, target=True),
    )
)


def sequences(rng, count, length):
    """Tokens (count, length) and classes (count,). Hochreiter and Schmidhuber 1997, task 6a with its times scaled to the
    length T: the relevant symbols stand at t1 in [.1T, .2T] and t2 in [.5T, .6T], E comes first and B last."""
    rows = np.arange(count)
    tokens = rng.integers(VOCABULARY.index("a"), VOCABULARY.index("d") + 1, (count, length))
    tokens[:, 0] = VOCABULARY.index("E")
    tokens[:, -1] = VOCABULARY.index("B")
    relevant = rng.integers(0, 2, (count, 2))
    for k, (low, high) in enumerate(((0.1, 0.2), (0.5, 0.6))):
        at = rng.integers(math.ceil(low * length - 1e-9), math.floor(high * length + 1e-9) + 1, count)
        tokens[rows, at] = VOCABULARY.index("X") + relevant[:, k]
    return {"symbols": tokens, "class": 2 * relevant[:, 0] + relevant[:, 1]}


def opened(params, seed):
    length = params["length"]
    return Generated(
        fields=FIELDS,
        make=lambda rng, count: sequences(rng, count, length),
        batch=params["batch"],
        seed=seed,
        held_out=HELD_OUT,
        chance={"loss": math.log(4), "accuracy": 0.25},
        baselines=lambda: (
            Baseline(
                Text("remembering the second only", "recordar solo el segundo"), {"loss": math.log(2), "accuracy": 0.5}
            ),
            Baseline(Text("a heap without order", "un montón sin orden"), {"loss": math.log(2) / 2, "accuracy": 0.75}),
        ),
    )


SPEC = DatasetSpec(
    kind="temporal_order",
    name=Text("Temporal order", "Orden temporal"),
    help=Text(
        "X or Y appears early and again in the middle, among a b c d. The answer is the order: XX, XY, YX or YY.",
        "X o Y aparece al principio y otra vez a la mitad, entre a b c d. La respuesta es el orden: XX, XY, YX o YY.",
    ),
    params=(
        ParamSpec(
            "length", "int", 50, Text("Length", "Largo"), Text("Steps in a sequence; the memory needed grows with it.", "Pasos de cada secuencia; la memoria necesaria crece con ella."), 10, 100_000
        ),
        ParamSpec("batch", "int", 32, Text("Batch", "Lote"), Text("Sequences per step.", "Secuencias por paso."), 1, 65_536),
    ),
    open=opened,
    peek=lambda params: FIELDS,
    metrics=("accuracy",),
)  # fmt: skip
