"""Four sines in one wave, to be played back from nothing but a constant."""

import numpy as np

from core.api import DataField, DatasetSpec, Fields, ParamSpec, Sig, Signal, Text

PERIODS = (8, 32, 80, 160)
FIELDS = Fields(
    (
        DataField("constant", Sig("features", 1, ("T",))),
        DataField("wave", Sig("features", 1, ("T",)), target=True),
    )
)


def wave(rng, steps):
    """Half the sum of sines with periods 8, 32, 80 and 160 and random phases; a constant 1 beside it."""
    t = np.arange(steps)
    parts = [np.sin(2 * np.pi * (t / period + rng.random())) for period in PERIODS]
    return {"constant": np.ones((steps, 1)), "wave": 0.5 * np.sum(parts, 0)[:, None]}


def fields(params):
    return FIELDS.lasting(params["steps"])


def opened(params, seed):
    return Signal(
        fields=fields(params),
        make=lambda rng: wave(rng, params["steps"]),
        seed=seed,
        chance={"nmse": 1.0, "mse": 0.5, "loss": 0.5},  # answering the mean
    )


SPEC = DatasetSpec(
    kind="waves",
    name=Text("Four sines", "Cuatro senos"),
    help=Text(
        "Generate one wave of four sines, fast and slow ones at once, from a constant input. It is learned by heart: what is "
        "judged is whether a network can keep both clocks over hundreds of steps. After Koutník et al. 2014.",
        "Generar una onda de cuatro senos, rápidos y lentos a la vez, a partir de una entrada constante. Se aprende de "
        "memoria: se juzga si una red puede llevar ambos relojes cientos de pasos. Según Koutník et al. 2014.",
    ),
    params=(
        ParamSpec("steps", "int", 320, Text("Length", "Largo"), Text("Steps of the wave.", "Pasos de la onda."), 8, 100_000),
    ),
    open=opened,
    peek=fields,
    metrics=("nmse", "mse"),
)  # fmt: skip
