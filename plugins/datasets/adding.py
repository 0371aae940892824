"""The adding problem: two numbers of a long random row are marked; answer their sum at the end."""

import numpy as np

from core.api import DataField, DatasetSpec, Fields, Generated, ParamSpec, Sig, Text

HELD_OUT = 2560
FIELDS = Fields(
    (
        DataField("pairs", Sig("features", 2, ("T",))),
        DataField("sum", Sig("features", 1, ()), target=True),
    )
)


def sequences(rng, count, length):
    """Pairs (count, length, 2) of a value in [0, 1) and a marker, and sums (count, 1) of the two marked values: one mark
    in each half. Le, Jaitly, Hinton 2015, section 4.1."""
    values = rng.random((count, length), dtype=np.float32)
    rows = np.arange(count)
    first = rng.integers(0, length // 2, count)
    second = rng.integers(length // 2, length, count)
    pairs = np.zeros((count, length, 2), np.float32)
    pairs[..., 0] = values
    pairs[rows, first, 1] = 1
    pairs[rows, second, 1] = 1
    return {"pairs": pairs, "sum": (values[rows, first] + values[rows, second])[:, None]}


def opened(params, seed):
    length = params["length"]
    return Generated(
        fields=FIELDS,
        make=lambda rng, count: sequences(rng, count, length),
        batch=params["batch"],
        seed=seed,
        held_out=HELD_OUT,
        chance={"mse": 1 / 6, "loss": 1 / 6},  # answering 1 always: the variance of two uniform numbers
    )


SPEC = DatasetSpec(
    kind="adding",
    name=Text("Adding problem", "Problema de la suma"),
    help=Text(
        "Random numbers with two of them marked, one in each half; the answer is their sum. Answering 1 always scores 0.167.",
        "Números al azar con dos marcados, uno en cada mitad; la respuesta es su suma. Responder siempre 1 da 0,167.",
    ),
    params=(
        ParamSpec(
            "length", "int", 100, Text("Length", "Largo"), Text("Steps from the first number to the answer.", "Pasos desde el primer número a la respuesta."), 2, 100_000
        ),
        ParamSpec("batch", "int", 64, Text("Batch", "Lote"), Text("Sequences per step.", "Secuencias por paso."), 1, 65_536),
    ),
    open=opened,
    peek=lambda params: FIELDS,
    metrics=("mse",),
    keywords=("long memory", "memoria larga", "sum", "suma"),
)  # fmt: skip
