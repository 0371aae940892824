"""The multiplication problem: like adding, but the two marked numbers must be multiplied, which no linear unit can do."""

import numpy as np

from core.api import Baseline, DataField, DatasetSpec, Fields, Generated, ParamSpec, Sig, Text

HELD_OUT = 2560
CHANCE = 1 / 9 - 1 / 16  # answering 1/4 always: the variance of the product of two uniform numbers
ONE = 1 / 36  # answering half of the second number: the mean of its square, times the variance of the first
FIELDS = Fields(
    (
        DataField("pairs", Sig("features", 2, ("T",))),
        DataField("product", Sig("features", 1, ()), target=True),
    )
)


def sequences(rng, count, length):
    """Pairs (count, length, 2) of a value in [0, 1) and a marker, and products (count, 1) of the two marked values, one in
    each half. Hochreiter and Schmidhuber 1997, task 5, with the places of the later adding problem."""
    pairs = np.zeros((count, length, 2), np.float32)
    pairs[..., 0] = rng.random((count, length), dtype=np.float32)
    rows = np.arange(count)
    product = np.ones(count, np.float32)
    for low, high in ((0, length // 2), (length // 2, length)):
        at = rng.integers(low, high, count)
        pairs[rows, at, 1] = 1
        product *= pairs[rows, at, 0]
    return {"pairs": pairs, "product": product[:, None]}


def opened(params, seed):
    length = params["length"]
    return Generated(
        fields=FIELDS,
        make=lambda rng, count: sequences(rng, count, length),
        batch=params["batch"],
        seed=seed,
        held_out=HELD_OUT,
        chance={"mse": CHANCE, "loss": CHANCE},
        baselines=lambda: (
            Baseline(
                Text("remembering the second number only", "recordar solo el segundo número"), {"mse": ONE, "loss": ONE}
            ),
        ),
    )


SPEC = DatasetSpec(
    kind="multiplication",
    name=Text("Multiplication problem", "Problema del producto"),
    help=Text(
        "Random numbers with two of them marked, one in each half; the answer is their product. Answering 1/4 always scores "
        "0.049.",
        "Números al azar con dos marcados, uno en cada mitad; la respuesta es su producto. Responder siempre 1/4 da 0,049.",
    ),
    params=(
        ParamSpec("length", "int", 50, Text("Length", "Largo"), Text("Steps from the first number to the answer.", "Pasos desde el primer número a la respuesta."), 2, 100_000),
        ParamSpec("batch", "int", 64, Text("Batch", "Lote"), Text("Sequences per step.", "Secuencias por paso."), 1, 65_536),
    ),
    open=opened,
    peek=lambda params: FIELDS,
    metrics=("mse",),
)  # fmt: skip
