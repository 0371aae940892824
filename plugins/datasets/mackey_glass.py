"""The Mackey-Glass signal: a delayed equation whose smooth, never repeating swing is hard to foresee."""

import numpy as np

from core.api import Baseline, DataField, DatasetSpec, Fields, ParamSpec, Sig, Signal, Text

STEP, PER_SAMPLE = 0.1, 10  # Euler steps of 0.1, one sample each 1.0
SETTLING = 1000  # samples before anything is used
HELD_OUT, APART = 50, 60  # free runs, and the samples from the start of one to that of the next
FIELDS = Fields(
    (
        DataField("constant", Sig("features", 1, ("T",))),
        DataField("past", Sig("features", 1, ("T",))),
        DataField("signal", Sig("features", 1, ("T",)), target=True),
    )
)


def signal(rng, samples, tau):
    """tanh(y - 1) of dy/dt = 0.2 y(t - tau) / (1 + y(t - tau)^10) - 0.1 y(t), by Euler's rule (Jaeger and Haas 2004)."""
    back = tau * PER_SAMPLE
    count = (samples + SETTLING) * PER_SAMPLE
    y = np.empty(back + count)
    y[:back] = 1.2 + 0.2 * (rng.random(back) - 0.5)
    drive = 0.2 * STEP
    keep = 1.0 - 0.1 * STEP
    for start in range(back, back + count, back):  # what lies tau behind is known for tau ahead
        end = min(start + back, back + count)
        late = y[start - back : end - back]
        push = (drive * late / (1.0 + late**10)).tolist()
        now, out = float(y[start - 1]), []
        for p in push:
            now = keep * now + p
            out.append(now)
        y[start:end] = out
    return np.tanh(y[back + SETTLING * PER_SAMPLE :: PER_SAMPLE] - 1.0)


def told(values):
    """What a model is given at each step: a constant, the sample before, and the sample to say."""
    past, now = values[..., :-1, None], values[..., 1:, None]
    return {"constant": np.ones_like(now), "past": past, "signal": now}


def fields(params):
    return FIELDS.lasting(params["washout"] + params["horizon"])


def at_the_end(params):
    """What the error at the last step of a free run is called."""
    return "nrmse84" if params["horizon"] == 84 else "nrmse_last"


def held_out(rng, tau, washout, horizon):
    steps = washout + horizon
    values = signal(rng, HELD_OUT * APART + steps + 1, tau)
    return told(np.stack([values[k * APART : k * APART + steps + 1] for k in range(HELD_OUT)]))


def opened(params, seed):
    tau, washout, horizon = params["tau"], params["washout"], params["horizon"]

    def persistence():
        values = held_out(np.random.default_rng(seed), tau, washout, horizon)["signal"]
        error = values[:, -1] - values[:, washout - 1]
        score = float(np.sqrt((error**2).mean() / values.var()))
        return (Baseline(Text("holding the last sample", "mantener la última muestra"), {at_the_end(params): score}),)

    return Signal(
        fields=fields(params),
        make=lambda rng: told(signal(rng, params["samples"] + 1, tau)),
        held_out=lambda rng: held_out(rng, tau, washout, horizon),
        seed=seed,
        length=params["length"],
        batch=params["batch"],
        chance={at_the_end(params): 1.0, "nrmse": 1.0, "nmse": 1.0, "loss": 0.05, "mse": 0.05},  # answering the mean
        baselines=persistence,
    )


SPEC = DatasetSpec(
    kind="mackey_glass",
    name=Text("Mackey-Glass", "Mackey-Glass"),
    help=Text(
        "A chaotic signal of one number per step. A model learns to say the next sample; then it runs free from its own "
        "answers. What counts is how far it is off at the end, as a share of the signal's deviation; after 84 steps that is the "
        "NRMSE84 of the literature.",
        "Una señal caótica de un número por paso. El modelo aprende a decir la muestra siguiente; luego corre suelto con sus "
        "propias respuestas. Cuenta cuánto se aparta al final, en desviaciones de la señal; a los 84 pasos es el NRMSE84 de la "
        "literatura.",
    ),
    params=(
        ParamSpec("tau", "int", 17, Text("Delay", "Retardo"), Text("The delay τ of the equation: 17 is mildly chaotic, 30 more so.", "El retardo τ de la ecuación: 17 es algo caótico, 30 más."), 2, 1000),
        ParamSpec("samples", "int", 3000, Text("Training samples", "Muestras de entrenamiento"), Text("How much of the signal is known.", "Cuánto se conoce de la señal."), 10, 1_000_000),
        ParamSpec("length", "int", 0, Text("Window", "Ventana"), Text("Samples read before states start anew; 0 reads all as one sequence.", "Muestras leídas antes de reiniciar el estado; 0 las lee como una sola secuencia."), 0, 100_000),
        ParamSpec("batch", "int", 32, Text("Batch", "Lote"), Text("Windows per step.", "Ventanas por paso."), 1, 65_536),
        ParamSpec("washout", "int", 1000, Text("Given before the free run", "Dado antes de correr suelto"), Text("Samples of each of the fifty held-out runs before the free part. Set the teacher's given steps alike.", "Muestras de cada una de las cincuenta series reservadas antes de la parte libre. Ponga igual los pasos dados del profesor."), 1, 100_000),
        ParamSpec("horizon", "int", 84, Text("Horizon", "Horizonte"), Text("Steps of the free run, judged at the last; 84 gives the NRMSE84 of the literature.", "Pasos de la marcha libre, juzgada en el último; con 84 es el NRMSE84 de la literatura."), 1, 10_000),
    ),
    open=opened,
    peek=fields,
    metrics=("nrmse84", "nrmse", "mse"),
    metrics_for=lambda params: (at_the_end(params), "nrmse", "mse"),
)  # fmt: skip
