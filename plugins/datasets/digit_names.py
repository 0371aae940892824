"""Handwritten digits and their names, spelt: a picture without time is answered by a text that has to end by itself."""

import math
from functools import lru_cache

import numpy as np

from core.api import Baseline, DataField, DatasetSpec, Fields, Items, ParamSpec, Sig, Text, padded

POINTS, BRIGHTEST = 64, 16
TRAINING = 1347  # the first images; others wrote the last 450
NAMES = {
    "es": ("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"),
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
}
NAMES["both"] = tuple(f"{es} {en}" for es, en in zip(NAMES["es"], NAMES["en"], strict=True))


def spelt(params):
    """The symbols of each digit's name."""
    end = ("<end>",) if params["end"] else ()
    return [(*name, *end) for name in NAMES[params["language"]]]


def fields(params):
    words = spelt(params)
    letters = sorted({c for word in words for c in word} - {"<end>"})
    known = ("<start>", *(("<end>",) if params["end"] else ()), *letters)
    counts = tuple(str(n) for n in range(max(map(len, words)) + 1))
    return Fields(
        (
            DataField("image", Sig("features", POINTS, ())),
            DataField("name", Sig("tokens", len(known), ("T",)), known, target=True),
            DataField("stop", Sig("features", 1, ("T",)), target=True),
            DataField("length", Sig("tokens", len(counts), ()), counts, target=True),
        )
    )


@lru_cache(maxsize=1)
def read():
    """Brightness (n, 64) in [0, 1] and digit (n,), in the order of the collection. Optical recognition of handwritten digits,
    UCI; it comes with scikit-learn."""
    from sklearn.datasets import load_digits

    pixels, digits = load_digits(return_X_y=True)
    return (pixels / BRIGHTEST).astype(np.float32), digits.astype(np.int64)


def named(params, images, digits):
    """Images with the names of their digits: where each one stops, and how many symbols it has."""
    words = spelt(params)
    name, length = padded([words[d] for d in digits], fields(params).items[1].vocabulary)
    stop = np.arange(name.shape[1]) == length[:, None] - 1
    return {"image": images, "name": name, "stop": stop[..., None].astype(np.float32), "length": length, "T": length}


def compared(params):
    """A classifier that sees the picture at once, and looks the name up."""
    from sklearn.linear_model import LogisticRegression

    images, digits = read()
    said = LogisticRegression(max_iter=1000).fit(images[:TRAINING], digits[:TRAINING]).predict(images[TRAINING:])
    sizes = np.array([len(word) for word in spelt(params)])
    scores = {
        "exact_match": float((said == digits[TRAINING:]).mean()),
        "length_error": float(np.abs(sizes[said] - sizes[digits[TRAINING:]]).mean()),
    }
    return (Baseline(Text("logistic regression, name looked up", "regresión logística, nombre de una lista"), scores),)


def opened(params, seed):
    images, digits = read()
    symbols = fields(params).items[1].sig.size
    return Items(
        fields=fields(params),
        training=named(params, images[:TRAINING], digits[:TRAINING]),
        held_out=named(params, images[TRAINING:], digits[TRAINING:]),
        batch=params["batch"],
        chance={"exact_match": 1 / len(NAMES["es"]), "accuracy": 1 / symbols, "loss": math.log(symbols)},
        baselines=lambda: compared(params),
    )


SPEC = DatasetSpec(
    kind="digit_names",
    name=Text("Names of handwritten digits", "Nombres de dígitos manuscritos"),
    help=Text(
        "An image of 8 by 8 points without time, to be answered with the digit's name, letter by letter. Three ways to know where it ends: "
        "the symbol <end>, the target “stop” (1 at the last letter), or the target “length” (how many letters). The first 1347 images are for "
        "training; the last 450, by other writers, are held out.",
        "Una imagen de 8 por 8 puntos sin tiempo, a la que se responde con el nombre del dígito, letra a letra. Tres formas de saber dónde acaba: "
        "el símbolo <end>, el objetivo «stop» (1 en la última letra) o el objetivo «length» (cuántas letras). Las primeras 1347 imágenes son para "
        "entrenar; las últimas 450, de otras manos, se reservan.",
    ),
    params=(
        ParamSpec(
            "language", "choice", "es", Text("Language", "Idioma"), Text("Of the names.", "De los nombres."),
            choices=(("es", Text("Spanish", "español")), ("en", Text("English", "inglés")), ("both", Text("both, one after the other", "ambos, uno tras otro"))),
        ),
        ParamSpec("end", "bool", True, Text("Ends with <end>", "Acaba en <end>"),
                  Text("Off where another output says when the name is over.", "Apagado si otra salida dice cuándo acaba el nombre.")),
        ParamSpec("batch", "int", 64, Text("Batch", "Lote"), Text("Images per step.", "Imágenes por paso."), 1, 65_536),
    ),
    open=opened,
    peek=fields,
    metrics=("exact_match", "length_error", "accuracy"),
    group="real",
)  # fmt: skip
