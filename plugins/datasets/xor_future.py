"""Tagging that needs the future: each answer joins a bit of the past with a bit that is yet to come."""

import math

import numpy as np

from core.api import Baseline, DataField, DatasetSpec, Fields, Generated, ParamSpec, Sig, Text

HELD_OUT = 512
BITS = ("0", "1")
FIELDS = Fields(
    (
        DataField("bits", Sig("tokens", 2, ("T",)), BITS),
        DataField("tags", Sig("tokens", 2, ("T",)), BITS, target=True),
    )
)


def sequences(rng, count, length, reach):
    """Fair bits (count, length) and tags x(t - reach) XOR x(t + reach); beyond the ends stands 0."""
    bits = rng.integers(0, 2, (count, length))
    wide = np.pad(bits, ((0, 0), (reach, reach)))
    return {"bits": bits, "tags": wide[:, :length] ^ wide[:, 2 * reach :]}


def opened(params, seed):
    length, reach = params["length"], params["reach"]
    # the last steps have nothing to come but zeros: there the past alone decides, for whoever knows where the end is
    known = min(reach, length) / length
    one_way = Baseline(
        Text("the most that one direction can know", "lo más que puede saber un solo sentido"),
        {"accuracy": (1 + known) / 2, "loss": (1 - known) * math.log(2)},
    )
    return Generated(
        fields=FIELDS,
        make=lambda rng, count: sequences(rng, count, length, reach),
        batch=params["batch"],
        seed=seed,
        held_out=HELD_OUT,
        chance={"loss": math.log(2), "accuracy": 0.5, "exact_match": 0.5**length},
        baselines=lambda: (one_way,),
    )


SPEC = DatasetSpec(
    kind="xor_future",
    name=Text("Tags from past and future", "Etiquetas de pasado y futuro"),
    help=Text(
        "Random bits; the tag of a step is the XOR of the bit three steps before and the one three steps after. Who reads "
        "in one direction only can but guess; who reads both ways can be always right.",
        "Bits al azar; la etiqueta de un paso es el XOR del bit de tres pasos antes y el de tres después. Quien lee en un "
        "solo sentido solo puede adivinar; quien lee en ambos puede acertar siempre.",
    ),
    params=(
        ParamSpec("length", "int", 60, Text("Length", "Largo"), Text("Steps in a sequence.", "Pasos de cada secuencia."), 2, 100_000),
        ParamSpec("reach", "int", 3, Text("Reach", "Alcance"), Text("How many steps back and ahead the two bits stand.", "A cuántos pasos atrás y adelante están los dos bits."), 1, 1000),
        ParamSpec("batch", "int", 32, Text("Batch", "Lote"), Text("Sequences per step.", "Secuencias por paso."), 1, 65_536),
    ),
    open=opened,
    peek=lambda params: FIELDS,
    metrics=("accuracy", "exact_match"),
)  # fmt: skip
