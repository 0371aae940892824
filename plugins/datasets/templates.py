"""Jittered spike templates: which of two patterns of spikes was played in one of four segments?"""

import numpy as np

from core.api import DataField, DatasetSpec, Fields, Generated, ParamSpec, Sig, Text, generator

HELD_OUT = 200
SEGMENTS, TEMPLATES = 4, 2
DRAWN = 3  # key of the generator that the templates themselves come from


def fields(params):
    return Fields(
        (
            DataField("spikes", Sig("features", params["channels"], ("T",))),
            DataField("template", Sig("features", 1, ()), target=True),
        )
    )


def patterns(seed, channels, steps, rate):
    """(segments, templates, channels, steps) bool: where each template has a spike, `rate` per 1000 steps (ms)."""
    rng = generator(seed, DRAWN)
    return rng.random((SEGMENTS, TEMPLATES, channels, steps)) < rate / 1000


def sequences(rng, count, spikes, jitter, asked):
    """Each segment plays one of its two templates, every spike moved by normal noise of `jitter` steps. Which one it was
    in segment `asked`, counted back from the newest, is the answer: -1 for the first, +1 for the second. After Maass,
    Natschläger and Markram 2002."""
    _, _, channels, steps = spikes.shape
    chosen = rng.integers(0, TEMPLATES, (count, SEGMENTS))
    out = np.zeros((count, SEGMENTS * steps, channels), np.float32)
    for k in range(SEGMENTS):
        for row in range(count):
            channel, at = np.nonzero(spikes[k, chosen[row, k]])
            moved = np.rint(at + jitter * rng.standard_normal(len(at))).astype(int)
            out[row, k * steps + np.clip(moved, 0, steps - 1), channel] = 1
    return {"spikes": out, "template": (2.0 * chosen[:, SEGMENTS - 1 - asked, None] - 1).astype(np.float32)}


def opened(params, seed):
    spikes = patterns(seed, params["channels"], params["segment"], params["rate"])
    jitter, asked = params["jitter"], int(params["asked"])
    return Generated(
        fields=fields(params),
        make=lambda rng, count: sequences(rng, count, spikes, jitter, asked),
        batch=params["batch"],
        seed=seed,
        held_out=HELD_OUT,
        chance={"right_sign": 0.5, "mse": 1.0, "loss": 1.0},
    )


SPEC = DatasetSpec(
    kind="templates",
    name=Text("Spike templates", "Patrones de disparos"),
    help=Text(
        "Four segments of spikes on several lines; each plays one of two fixed patterns, its spikes shifted a little. At the "
        "end a model says which pattern one segment was, −1 or +1: the newest is easy for a liquid of spiking units, older ones "
        "fade.",
        "Cuatro segmentos de disparos en varias líneas; cada uno toca uno de dos patrones fijos, con los disparos algo "
        "movidos. Al final se dice qué patrón fue un segmento, −1 o +1: el último es fácil para un líquido de neuronas, los anteriores "
        "se borran.",
    ),
    params=(
        ParamSpec("channels", "int", 4, Text("Lines", "Líneas"), Text("Input lines.", "Líneas de entrada."), 1, 1000),
        ParamSpec("segment", "int", 100, Text("Segment", "Segmento"), Text("Steps (ms) of each of the four segments.", "Pasos (ms) de cada uno de los cuatro segmentos."), 5, 10_000),
        ParamSpec("rate", "float", 40.0, Text("Rate", "Frecuencia"), Text("Spikes per 1000 steps on each line.", "Disparos por 1000 pasos en cada línea."), 0.1, 1000.0),
        ParamSpec("jitter", "float", 4.0, Text("Jitter", "Temblor"), Text("Deviation of each spike's time, in steps.", "Desviación del momento de cada disparo, en pasos."), 0.0, 1000.0),
        ParamSpec(
            "asked", "choice", "0", Text("Asked segment", "Segmento que se pide"), Text("Which segment the answer is about.", "De qué segmento trata la respuesta."),
            choices=(("0", Text("the newest", "el último")), ("1", Text("one before", "el anterior")), ("2", Text("two before", "dos antes")), ("3", Text("the oldest", "el primero"))),
        ),
        ParamSpec("batch", "int", 100, Text("Batch", "Lote"), Text("Sequences per step.", "Secuencias por paso."), 1, 65_536),
    ),
    open=opened,
    peek=fields,
    metrics=("right_sign", "mse"),
)  # fmt: skip
