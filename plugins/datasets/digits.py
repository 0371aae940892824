"""Handwritten digits of 8 by 8 points, read as a picture at once, row by row, or point by point."""

import math
from functools import lru_cache

import numpy as np

from core.api import Baseline, DataField, DatasetSpec, Fields, Items, ParamSpec, Sig, Text

SIDE, BRIGHTEST = 8, 16
HELD_OUT = 0.25
DIGITS = tuple("0123456789")
READINGS = {  # name -> (features at a step, axes, shape of an item)
    "rows": (SIDE, ("T",), (SIDE, SIDE)),
    "pixels": (1, ("T",), (SIDE * SIDE, 1)),
    "image": (SIDE * SIDE, (), (SIDE * SIDE,)),
}


def fields(params):
    size, axes, _ = READINGS[params["reading"]]
    return Fields(
        (
            DataField("image", Sig("features", size, axes)),
            DataField("digit", Sig("tokens", len(DIGITS), ()), DIGITS, target=True),
        )
    )


@lru_cache(maxsize=1)
def parts():
    """Brightness (n, 64) in [0, 1] and digit (n,) of training and held-out images: a quarter of each digit is held out,
    drawn with seed 0. Optical recognition of handwritten digits, UCI; it comes with scikit-learn."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    pixels, digits = load_digits(return_X_y=True)
    train, test, train_digits, test_digits = train_test_split(
        (pixels / BRIGHTEST).astype(np.float32),
        digits.astype(np.int64),
        test_size=HELD_OUT,
        stratify=digits,
        random_state=0,
    )
    return (train, train_digits), (test, test_digits)


def compared():
    """A support vector machine that sees the picture at once."""
    from sklearn.svm import SVC

    (train, train_digits), (test, test_digits) = parts()
    score = SVC(gamma=0.02 * BRIGHTEST).fit(train, train_digits).score(test, test_digits)
    return (Baseline(Text("support vectors", "vectores de soporte"), {"accuracy": float(score)}),)


def opened(params, seed):
    shape = READINGS[params["reading"]][2]
    training, held_out = ({"image": x.reshape(-1, *shape), "digit": y} for x, y in parts())
    return Items(
        fields=fields(params),
        training=training,
        held_out=held_out,
        batch=params["batch"],
        chance={"accuracy": 1 / len(DIGITS), "loss": math.log(len(DIGITS))},
        baselines=compared,
    )


SPEC = DatasetSpec(
    kind="digits",
    name=Text("Handwritten digits", "Dígitos manuscritos"),
    help=Text(
        "1797 small images of the digits 0 to 9, a quarter of them held out. Read in 8 rows, in 64 points one by one, or as "
        "one vector without time.",
        "1797 imágenes pequeñas de los dígitos 0 a 9, un cuarto reservado. Se leen en 8 filas, en 64 puntos uno a uno, o como "
        "un vector sin tiempo.",
    ),
    params=(
        ParamSpec(
            "reading", "choice", "rows", Text("Reading", "Lectura"), Text("What one step sees.", "Qué se ve en cada paso."),
            choices=(("rows", Text("Row by row, 8 steps", "Fila a fila, 8 pasos")), ("pixels", Text("Point by point, 64 steps", "Punto a punto, 64 pasos")), ("image", Text("All at once, no time", "Todo a la vez, sin tiempo"))),
        ),
        ParamSpec("batch", "int", 32, Text("Batch", "Lote"), Text("Images per step.", "Imágenes por paso."), 1, 65_536),
    ),
    open=opened,
    peek=fields,
    metrics=("accuracy",),
    group="real",
)  # fmt: skip
