"""Parity: is the number of ones read so far odd? One bit of state, asked for at every step or at the end alone."""

import math

import numpy as np

from core.api import Baseline, DataField, DatasetSpec, Fields, Generated, ParamSpec, Sig, Text

HELD_OUT = 512
BITS = ("0", "1")
EVEN_ODD = ("even", "odd")  # even is what nothing read yet has


def fields(params):
    axes = ("T",) if params["answer"] == "running" else ()
    return Fields(
        (
            DataField("bits", Sig("tokens", 2, ("T",)), BITS),
            DataField("parity", Sig("tokens", 2, axes), EVEN_ODD, target=True),
        )
    )


def sequences(rng, count, length, running):
    """Fair bits (count, length); parities (count, length) of the bits up to each step, or (count,) of all."""
    bits = rng.integers(0, 2, (count, length))
    parity = np.cumsum(bits, 1) % 2
    return {"bits": bits, "parity": parity if running else parity[:, -1]}


def opened(params, seed):
    running, length = params["answer"] == "running", params["length"]
    longer = params["held_out_length"] or length
    steps = longer if running else 1
    known = 1 / longer if running or longer == 1 else 0.0  # of the answers: the first step's alone
    present = Baseline(
        Text("the present bit alone", "solo el bit presente"),
        {"accuracy": (1 + known) / 2, "loss": (1 - known) * math.log(2), "exact_match": 0.5 ** (steps - (known > 0))},
    )
    return Generated(
        fields=fields(params),
        make=lambda rng, count: sequences(rng, count, length, running),
        make_held_out=lambda rng, count: sequences(rng, count, longer, running),
        batch=params["batch"],
        seed=seed,
        held_out=HELD_OUT,
        chance={"loss": math.log(2), "accuracy": 0.5, "exact_match": 0.5**steps},
        baselines=lambda: (present,),
    )


SPEC = DatasetSpec(
    kind="parity",
    name=Text("Parity", "Paridad"),
    help=Text(
        "Random bits; the answer is whether the ones so far are even or odd. One bit of memory is enough, but every input "
        "flips it, so guessing stays at 0.5 until the rule is found whole.",
        "Bits al azar; la respuesta es si los unos leídos son pares o impares. Basta un bit de memoria, pero cada entrada lo "
        "invierte: se acierta 0,5 hasta dar con la regla entera.",
    ),
    params=(
        ParamSpec("length", "int", 20, Text("Length", "Largo"), Text("Bits in a sequence.", "Bits de cada secuencia."), 1, 100_000),
        ParamSpec(
            "answer", "choice", "running", Text("Answer", "Respuesta"), Text("When the parity is asked for.", "Cuándo se pide la paridad."),
            choices=(("running", Text("At every step", "En cada paso")), ("last", Text("At the end", "Al final"))),
        ),
        ParamSpec("held_out_length", "int", 0, Text("Held-out length", "Largo de prueba"), Text("Bits in held-out sequences; 0: as in training. A learned rule holds at any length.", "Bits de las secuencias reservadas; 0: como al entrenar. Una regla aprendida vale con cualquier largo."), 0, 100_000),
        ParamSpec("batch", "int", 32, Text("Batch", "Lote"), Text("Sequences per step.", "Secuencias por paso."), 1, 65_536),
    ),
    open=opened,
    peek=fields,
    metrics=("accuracy", "exact_match"),
)  # fmt: skip
