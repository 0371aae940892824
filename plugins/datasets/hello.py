"""The smallest character model there is: after h comes e, then l, then l again, then o."""

import math

import numpy as np

from core.api import Baseline, DatasetSpec, Generated, ParamSpec, Text, text_fields

VOCABULARY = ("h", "e", "l", "o")
READ, ANSWER = "hell", "ello"
PRESENT = Baseline(  # after an l comes l or o, whoever forgot what was before
    Text("the present letter alone", "solo la letra presente"),
    {"loss": math.log(2) / 2, "accuracy": 0.75, "bits_per_char": 0.5, "perplexity": 2**0.5},
)


def sequences(count):
    """The one sequence, `count` times: tokens (count, 4) in and out."""
    rows = {"text": READ, "next": ANSWER}
    return {name: np.tile(np.array([VOCABULARY.index(c) for c in word]), (count, 1)) for name, word in rows.items()}


def opened(params, seed):
    return Generated(
        fields=text_fields(VOCABULARY),
        make=lambda rng, count: sequences(count),
        batch=params["batch"],
        seed=seed,
        held_out=1,
        chance={"loss": math.log(4), "accuracy": 0.25, "bits_per_char": 2.0, "perplexity": 4.0},
        steps_per_epoch=1,
        baselines=lambda: (PRESENT,),
    )


SPEC = DatasetSpec(
    kind="hello",
    name=Text("hello", "hello"),
    help=Text(
        "Four symbols: reads h e l l and answers e l l o. The second l needs memory: the same letter, another answer.",
        "Cuatro símbolos: lee h e l l y responde e l l o. La segunda l pide memoria: misma letra, otra respuesta.",
    ),
    params=(
        ParamSpec(
            "batch", "int", 1, Text("Batch", "Lote"), Text("Copies of the sequence per step.", "Copias de la secuencia por paso."), 1, 1024
        ),
    ),
    open=opened,
    peek=lambda params: text_fields(VOCABULARY),
    metrics=("accuracy", "bits_per_char"),
)  # fmt: skip
