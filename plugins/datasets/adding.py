"""The adding problem: two numbers of a long random row are marked; answer their sum at the end."""

import numpy as np

from core.api import Baseline, DataField, DatasetSpec, Fields, Generated, ParamSpec, Sig, Text

HELD_OUT = 2560
TOLERANCE = 0.04  # a wrong answer of 1997 is further off
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


def sequences_of_1997(rng, count, length):
    """Hochreiter and Schmidhuber 1997, task 4: `length` to a tenth more pairs, padded; values in [-1, 1); the first and the
    last marker are -1. One mark among the first ten pairs, the other among the first length/2 - 1. Answers (count, 1) are
    .5 + (X1 + X2) / 4, where a mark that falls on the first pair counts as the value 0."""
    lengths = rng.integers(length, length + length // 10 + 1, count)
    pairs = np.zeros((count, lengths.max(), 2), np.float32)
    inside = np.arange(pairs.shape[1]) < lengths[:, None]
    pairs[..., 0] = (2 * rng.random(inside.shape, dtype=np.float32) - 1) * inside
    rows = np.arange(count)
    first = rng.integers(0, min(10, length // 2 - 1), count)
    second = rng.integers(0, length // 2 - 2, count)
    second += second >= first  # a place that is still free
    pairs[rows, first, 1] = pairs[rows, second, 1] = 1
    marked = sum(np.where(at > 0, pairs[rows, at, 0], 0) for at in (first, second))
    pairs[rows, 0, 1] = pairs[rows, lengths - 1, 1] = -1
    return {"pairs": pairs, "sum": (0.5 + marked / 4)[:, None].astype(np.float32), "T": lengths}


def chance(form, length):
    """What the one best answer scores always: the variance of two uniform numbers, and how often it is near enough, which
    follows from the triangular density of their sum."""
    if form == "halves":
        return {"mse": 1 / 6, "loss": 1 / 6, "within_004": 2 * TOLERANCE - TOLERANCE**2}
    places = length // 2 - 1
    first = 1 / min(10, places)  # the chance that X1 stands on the first pair and counts as 0
    second = (1 - first) / (places - 1)
    mse = (2 - first - second) / 3 / 16
    one_zero = first + second
    both = 4 * TOLERANCE - 4 * TOLERANCE**2
    return {"mse": mse, "loss": mse, "within_004": one_zero * 4 * TOLERANCE + (1 - one_zero) * both}


def one_mark(form):
    """Who keeps the later number only and answers the mean of what the other may be."""
    name = Text("remembering the second number only", "recordar solo el segundo número")
    mse, near = (1 / 12, 2 * TOLERANCE) if form == "halves" else (1 / 48, 4 * TOLERANCE)
    return Baseline(name, {"mse": mse, "loss": mse, "within_004": near})


def opened(params, seed):
    length, form = params["length"], params["form"]
    make = sequences_of_1997 if form == "1997" else sequences
    return Generated(
        fields=FIELDS,
        make=lambda rng, count: make(rng, count, length),
        batch=params["batch"],
        seed=seed,
        held_out=HELD_OUT,
        chance=chance(form, length),
        baselines=lambda: (one_mark(form),),
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
            "length", "int", 100, Text("Length", "Largo"), Text("Steps from the first number to the answer.", "Pasos desde el primer número a la respuesta."), 6, 100_000
        ),
        ParamSpec(
            "form", "choice", "halves", Text("Form", "Forma"),
            Text("Where the marks stand. That of 1997 varies the length by a tenth, has values of both signs and asks for .5 + (X1 + X2) / 4.",
                 "Dónde están las marcas. La de 1997 varía el largo un décimo, tiene valores de ambos signos y pide .5 + (X1 + X2) / 4."),
            choices=(("halves", Text("One in each half (2015)", "Una en cada mitad (2015)")), ("1997", Text("Both early (1997)", "Ambas al principio (1997)"))),
        ),
        ParamSpec("batch", "int", 64, Text("Batch", "Lote"), Text("Sequences per step.", "Secuencias por paso."), 1, 65_536),
    ),
    open=opened,
    peek=lambda params: FIELDS,
    metrics=("mse", "within_004"),
)  # fmt: skip
