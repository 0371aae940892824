"""Delayed parity: the product of three signs that came one after another, some steps ago."""

import numpy as np

from core.api import DataField, DatasetSpec, Fields, ParamSpec, Sig, Signal, Text


def fields(params):
    return Fields(
        (
            DataField("input", Sig("features", 1, ("T",))),
            DataField("parity", Sig("features", params["delays"], ("T",)), target=True),
        )
    ).lasting(params["test_steps"])


def run(rng, steps, bits, delays):
    """u = ±1 (steps, 1) and u(t-d) u(t-d-1) ... over `bits` signs for d = 0 ... delays-1. Bertschinger, Natschläger 2004."""
    before = bits + delays
    u = rng.choice(np.array([-1.0, 1.0]), steps + before)
    answers = [
        np.prod([u[before - d - b : before - d - b + steps] for b in range(bits)], axis=0) for d in range(delays)
    ]
    return {"input": u[before:, None], "parity": np.stack(answers, 1)}


def opened(params, seed):
    bits, delays = params["bits"], params["delays"]

    def tests(rng):
        return {name: values[None] for name, values in run(rng, params["test_steps"], bits, delays).items()}

    return Signal(
        fields=fields(params),
        make=lambda rng: run(rng, params["steps"], bits, delays),
        held_out=tests,
        seed=seed,
        chance={"right_sign": 0.5, "mse": 1.0, "loss": 1.0},
    )


SPEC = DatasetSpec(
    kind="delayed_parity",
    name=Text("Delayed parity", "Paridad retardada"),
    help=Text(
        "A stream of +1 and −1; the answers are the products of three neighbouring signs that end 0, 1, 2 … steps ago. It "
        "needs memory and, since no sum of signs gives their product, computing: chance is 0.5.",
        "Una serie de +1 y −1; las respuestas son los productos de tres signos seguidos que acaban hace 0, 1, 2 … pasos. Pide "
        "memoria y, como ninguna suma de signos da su producto, cálculo: el azar da 0,5.",
    ),
    params=(
        ParamSpec("bits", "int", 3, Text("Signs", "Signos"), Text("How many neighbouring signs are multiplied.", "Cuántos signos seguidos se multiplican."), 1, 20),
        ParamSpec("delays", "int", 5, Text("Delays", "Retardos"), Text("Products that end 0 … this many minus one steps ago.", "Productos que acaban hace 0 … este número menos uno pasos."), 1, 100),
        ParamSpec("steps", "int", 4000, Text("Training steps", "Pasos de entrenamiento"), Text("Length of the run to learn from.", "Largo de la serie de la que se aprende."), 10, 1_000_000),
        ParamSpec("test_steps", "int", 2000, Text("Test steps", "Pasos de prueba"), Text("Length of the held-out run.", "Largo de la serie reservada."), 10, 1_000_000),
    ),
    open=opened,
    peek=fields,
    metrics=("right_sign", "mse"),
)  # fmt: skip
