"""NARMA-10: a system that mixes its last ten outputs with inputs ten steps apart, to be imitated from its input alone."""

import numpy as np

from core.api import Baseline, DataField, DatasetSpec, Fields, ParamSpec, Sig, Signal, Text

ORDER = 10
SETTLING = 200
FIELDS = Fields(
    (
        DataField("input", Sig("features", 1, ("T",))),
        DataField("output", Sig("features", 1, ("T",)), target=True),
    )
)


def system(rng, steps):
    """u in U[0, 0.5]; y(t+1) = 0.3 y(t) + 0.05 y(t) (y(t) + ... + y(t-9)) + 1.5 u(t-9) u(t) + 0.1 (Atiya and Parlos 2000).
    The rare drive under which it blows up is drawn again."""
    while True:
        u = rng.uniform(0.0, 0.5, steps + SETTLING).tolist()
        y = [0.0] * (steps + SETTLING + 1)
        for t in range(ORDER, steps + SETTLING):
            y[t + 1] = 0.3 * y[t] + 0.05 * y[t] * sum(y[t - ORDER + 1 : t + 1]) + 1.5 * u[t - ORDER + 1] * u[t] + 0.1
        if max(y) < 10:
            return {"input": np.array(u[SETTLING:])[:, None], "output": np.array(y[SETTLING + 1 :])[:, None]}


def linear(seed, steps, test):
    """The best linear answer from the last twenty inputs."""

    def seen(run):
        u = run["input"][:, 0]
        columns = [np.r_[np.zeros(k), u[: len(u) - k]] for k in range(2 * ORDER)]
        return np.stack([*columns, np.ones(len(u))], 1)[2 * ORDER :], run["output"][2 * ORDER :, 0]

    rng = np.random.default_rng(seed)
    (x, y), (tx, ty) = seen(system(rng, steps)), seen(system(rng, test))
    weights = np.linalg.lstsq(x, y, rcond=None)[0]
    score = float(np.sqrt(((tx @ weights - ty) ** 2).mean() / ty.var()))
    return (Baseline(Text("linear in the last 20 inputs", "lineal en las últimas 20 entradas"), {"nrmse": score}),)


def fields(params):
    return FIELDS.lasting(params["test_steps"])


def opened(params, seed):
    def tests(rng):
        return {name: values[None] for name, values in system(rng, params["test_steps"]).items()}

    return Signal(
        fields=fields(params),
        make=lambda rng: system(rng, params["steps"]),
        held_out=tests,
        seed=seed,
        length=params["length"],
        batch=params["batch"],
        chance={"nrmse": 1.0, "nmse": 1.0, "mse": 0.011, "loss": 0.011},  # answering the mean
        baselines=lambda: linear(seed, params["steps"], params["test_steps"]),
    )


SPEC = DatasetSpec(
    kind="narma10",
    name=Text("NARMA-10", "NARMA-10"),
    help=Text(
        "Imitate a non-linear system of order ten from its random input: memory and products at once, the usual test of a "
        "reservoir. NRMSE 1 is answering the mean.",
        "Imitar un sistema no lineal de orden diez a partir de su entrada al azar: memoria y productos a la vez, la prueba "
        "usual de un reservorio. NRMSE 1 es responder la media.",
    ),
    params=(
        ParamSpec("steps", "int", 4000, Text("Training steps", "Pasos de entrenamiento"), Text("Length of the run to learn from.", "Largo de la serie de la que se aprende."), 100, 1_000_000),
        ParamSpec("test_steps", "int", 2000, Text("Test steps", "Pasos de prueba"), Text("Length of the held-out run.", "Largo de la serie reservada."), 100, 1_000_000),
        ParamSpec("length", "int", 0, Text("Window", "Ventana"), Text("Steps read before states start anew; 0 reads all as one sequence.", "Pasos leídos antes de reiniciar el estado; 0 los lee como una sola secuencia."), 0, 100_000),
        ParamSpec("batch", "int", 32, Text("Batch", "Lote"), Text("Windows per step.", "Ventanas por paso."), 1, 65_536),
    ),
    open=opened,
    peek=fields,
    metrics=("nrmse", "nmse", "mse"),
)  # fmt: skip
