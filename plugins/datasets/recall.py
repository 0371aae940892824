"""Recall: say the bit read a few steps ago. An output that is fed back holds no trace of it; a hidden state can."""

import math

import numpy as np

from core.api import Baseline, DataField, DatasetSpec, Fields, Generated, ParamSpec, Sig, Text

HELD_OUT = 512
BITS = ("0", "1")
FIELDS = Fields(
    (
        DataField("bits", Sig("tokens", 2, ("T",)), BITS),
        DataField("past", Sig("tokens", 2, ("T",)), BITS, target=True),
    )
)


def sequences(rng, count, length, back):
    """Fair bits x (count, length) and y_t = x_{t-back}; before the first bit there are zeros."""
    bits = rng.integers(0, 2, (count, length))
    past = np.zeros_like(bits)
    past[:, back:] = bits[:, : max(0, length - back)]
    return {"bits": bits, "past": past}


def opened(params, seed):
    length, back = params["length"], params["back"]
    known = min(back, length) / length  # the zeros at the beginning
    present = Baseline(
        Text("the present bit alone", "solo el bit presente"),
        {"accuracy": known + (1 - known) / 2, "loss": (1 - known) * math.log(2)},
    )
    return Generated(
        fields=FIELDS,
        make=lambda rng, count: sequences(rng, count, length, back),
        batch=params["batch"],
        seed=seed,
        held_out=HELD_OUT,
        chance={"loss": math.log(2), "accuracy": 0.5},
        baselines=lambda: (present,),
    )


SPEC = DatasetSpec(
    kind="recall",
    name=Text("Recall", "Recordar"),
    help=Text(
        "Random bits; the answer at each step is the bit of some steps before.",
        "Bits al azar; la respuesta en cada paso es el bit de unos pasos antes.",
    ),
    params=(
        ParamSpec("length", "int", 40, Text("Length", "Largo"), Text("Bits in a sequence.", "Bits de cada secuencia."), 1, 100_000),
        ParamSpec("back", "int", 3, Text("Steps back", "Pasos atrás"), Text("How long ago the answer was read.", "Hace cuánto se leyó la respuesta."), 1, 10_000),
        ParamSpec("batch", "int", 32, Text("Batch", "Lote"), Text("Sequences per step.", "Secuencias por paso."), 1, 65_536),
    ),
    open=opened,
    peek=lambda params: FIELDS,
    metrics=("accuracy",),
)  # fmt: skip
