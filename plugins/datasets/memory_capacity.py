"""Memory capacity: read out of a network's state what came in 1, 2, 3 ... steps ago."""

import numpy as np

from core.api import DataField, DatasetSpec, Fields, ParamSpec, Sig, Signal, Text


def fields(params):
    return Fields(
        (
            DataField("input", Sig("features", 1, ("T",))),
            DataField("delayed", Sig("features", params["delays"], ("T",)), target=True),
        )
    ).lasting(params["test_steps"])


def run(rng, steps, delays):
    """u in U[-0.5, 0.5] (steps, 1) and u of 1 ... `delays` steps ago (steps, delays). Jaeger 2001."""
    u = rng.uniform(-0.5, 0.5, steps + delays)
    past = np.stack([u[delays - k : delays - k + steps] for k in range(1, delays + 1)], 1)
    return {"input": u[delays:, None], "delayed": past}


def opened(params, seed):
    delays = params["delays"]

    def tests(rng):
        return {name: values[None] for name, values in run(rng, params["test_steps"], delays).items()}

    return Signal(
        fields=fields(params),
        make=lambda rng: run(rng, params["steps"], delays),
        held_out=tests,
        seed=seed,
        chance={"memory_capacity": 0.0, "mse": 1 / 12, "loss": 1 / 12},
    )


SPEC = DatasetSpec(
    kind="memory_capacity",
    name=Text("Memory capacity", "Capacidad de memoria"),
    help=Text(
        "Say, at every step, the random inputs of 1, 2, 3 … steps ago. The capacity adds up how well each is told (squared "
        "correlation); no linear readout of N units can pass N (Jaeger 2001).",
        "Decir en cada paso las entradas al azar de hace 1, 2, 3 … pasos. La capacidad suma lo bien que se dice cada una "
        "(correlación al cuadrado); ninguna lectura lineal de N unidades puede pasar de N (Jaeger 2001).",
    ),
    params=(
        ParamSpec("delays", "int", 100, Text("Delays", "Retardos"), Text("How far back is asked for; twice the units is enough.", "Hasta cuándo se pregunta; basta el doble de las unidades."), 1, 10_000),
        ParamSpec("steps", "int", 3700, Text("Training steps", "Pasos de entrenamiento"), Text("Length of the run to learn from.", "Largo de la serie de la que se aprende."), 10, 1_000_000),
        ParamSpec("test_steps", "int", 2200, Text("Test steps", "Pasos de prueba"), Text("Length of the held-out run.", "Largo de la serie reservada."), 10, 1_000_000),
    ),
    open=opened,
    peek=fields,
    metrics=("memory_capacity", "mse"),
)  # fmt: skip
