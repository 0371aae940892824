"""The copy task: symbols, a long silence, a signal; then say the symbols again in order."""

import math

import numpy as np

from core.api import Baseline, DataField, DatasetSpec, Fields, Generated, ParamSpec, Sig, Text

HELD_OUT = 1024
BLANK, GO = 0, 1
FIRST = 2  # ids of the symbols to copy begin here


def vocabulary(symbols):
    letters = "abcdefghijklmnopqrstuvwxyz"
    return ("·", "?", *letters[:symbols])


def fields(params):
    words = vocabulary(params["symbols"])
    sig = Sig("tokens", len(words), ("T",))
    both = Fields((DataField("symbols", sig, words), DataField("answer", sig, words, target=True)))
    return both.lasting(params["delay"] + 2 * params["copied"])


def sequences(rng, count, symbols, copied, delay):
    """Tokens (count, delay + 2·copied) in and out. Arjovsky, Shah, Bengio 2016, section 5.1: `copied` symbols, delay - 1
    blanks, the signal, `copied` blanks; the answer is blank until the last `copied` steps."""
    message = rng.integers(FIRST, FIRST + symbols, (count, copied))
    read = np.full((count, delay + 2 * copied), BLANK, np.int64)
    answer = read.copy()
    read[:, :copied] = message
    read[:, copied + delay - 1] = GO
    answer[:, -copied:] = message
    return {"symbols": read, "answer": answer}


def scores(symbols, copied, length, known):
    """Of who knows when to answer, and `known` of the symbols."""
    guessed = copied - known
    return {
        "loss": guessed * math.log(symbols) / length,
        "accuracy": (length - guessed + guessed / symbols) / length,
        "exact_match": symbols**-guessed,
    }


def opened(params, seed):
    symbols, copied, delay = params["symbols"], params["copied"], params["delay"]
    length = delay + 2 * copied
    return Generated(
        fields=fields(params),
        make=lambda rng, count: sequences(rng, count, symbols, copied, delay),
        batch=params["batch"],
        seed=seed,
        held_out=HELD_OUT,
        chance=scores(symbols, copied, length, 0),  # knowing when to answer but not what
        baselines=lambda: (
            Baseline(Text("remembering one symbol", "recordar un símbolo"), scores(symbols, copied, length, 1)),
        ),
    )


SPEC = DatasetSpec(
    kind="copy",
    name=Text("Copy task", "Tarea de copia"),
    help=Text(
        "A few symbols, then blanks; at the signal ? the symbols must be said again. Blanks are easy: look at exact match.",
        "Unos símbolos y luego silencio; a la señal ? hay que repetirlos. El silencio es fácil: mire la coincidencia exacta.",
    ),
    params=(
        ParamSpec("symbols", "int", 8, Text("Alphabet", "Alfabeto"), Text("Different symbols to copy.", "Símbolos distintos que copiar."), 2, 26),
        ParamSpec("copied", "int", 5, Text("Symbols copied", "Símbolos copiados"), Text("How many must be remembered.", "Cuántos hay que recordar."), 1, 1000),
        ParamSpec("delay", "int", 20, Text("Delay", "Espera"), Text("Steps from the last symbol to the signal.", "Pasos desde el último símbolo hasta la señal."), 1, 100_000),
        ParamSpec("batch", "int", 64, Text("Batch", "Lote"), Text("Sequences per step.", "Secuencias por paso."), 1, 65_536),
    ),
    open=opened,
    peek=fields,
    metrics=("accuracy", "exact_match"),
)  # fmt: skip
