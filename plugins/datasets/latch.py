"""The latch: the first three inputs of a noisy row lean one way or the other; hold that one bit until the end."""

import math

import numpy as np

from core.api import Baseline, DataField, DatasetSpec, Fields, Generated, ParamSpec, Sig, Text

HELD_OUT = 1024
SHOWN = 3  # inputs that carry the class
ANSWER = 0.8  # of class +1; a bounded unit can reach it
FIELDS = Fields(
    (
        DataField("signal", Sig("features", 1, ("T",))),
        DataField("class", Sig("features", 1, ()), target=True),
    )
)


def sequences(rng, count, length, noise):
    """Signals (count, length, 1): normal noise, with the class -1 or 1 added to the first three steps. Answers (count, 1):
    0.8 times the class. After Bengio, Simard and Frasconi 1994, section III."""
    sign = rng.choice(np.array([-1.0, 1.0], np.float32), (count, 1))
    signal = noise * rng.standard_normal((count, length), dtype=np.float32)
    signal[:, :SHOWN] += sign
    return {"signal": signal[..., None], "class": np.float32(ANSWER) * sign}


def row_sum(length, noise):
    """The best that the sum of the row can tell: 3 times the class, and the noise of every step."""
    spread = length * noise**2
    right = 0.5 * math.erfc(-SHOWN / math.sqrt(2 * spread)) if spread else 1.0
    mse = ANSWER**2 * spread / (SHOWN**2 + spread)
    name = Text("the sum of the row", "la suma de la fila")
    return Baseline(name, {"mse": mse, "loss": mse, "right_sign": right})


def opened(params, seed):
    length, noise = params["length"], np.float32(params["noise"])
    return Generated(
        fields=FIELDS,
        make=lambda rng, count: sequences(rng, count, length, noise),
        batch=params["batch"],
        seed=seed,
        held_out=HELD_OUT,
        chance={"loss": ANSWER**2, "mse": ANSWER**2, "right_sign": 0.5},  # answering 0, or either sign
        baselines=lambda: (row_sum(length, params["noise"]),),
    )


SPEC = DatasetSpec(
    kind="latch",
    name=Text("Latch", "Cerrojo"),
    help=Text(
        "One bit is shown in the first three steps of a noisy row and asked for at the end. With plain SGD a tanh network "
        "learns it for 10 steps and hardly ever for 30. Answering 0 scores 0.64.",
        "Un bit se muestra en los tres primeros pasos de una fila con ruido y se pide al final. Con SGD una red tanh lo "
        "aprende para 10 pasos y casi nunca para 30. Responder 0 da 0,64.",
    ),
    params=(
        ParamSpec("length", "int", 10, Text("Length", "Largo"), Text("Steps from the first input to the answer.", "Pasos desde la primera entrada a la respuesta."), SHOWN, 100_000),
        ParamSpec("noise", "float", 0.2, Text("Noise", "Ruido"), Text("Standard deviation of the noise at every step.", "Desviación típica del ruido en cada paso."), 0.0, 10.0),
        ParamSpec("batch", "int", 16, Text("Batch", "Lote"), Text("Sequences per step.", "Secuencias por paso."), 1, 65_536),
    ),
    open=opened,
    peek=lambda params: FIELDS,
    metrics=("right_sign", "mse"),
)  # fmt: skip
