"""Marks on a grid: does a cell have one above and to its left, and one below and to its right? Half of it lies ahead."""

import math

import numpy as np

from core.api import Baseline, DataField, DatasetSpec, Fields, Generated, ParamSpec, Sig, Text

HELD_OUT = 1024
ANSWERS = ("no", "both")
FIELDS = Fields(
    (
        DataField("marks", Sig("features", 1, ("I", "J"))),
        DataField("answer", Sig("tokens", 2, ("I", "J")), ANSWERS, target=True),
    )
)


def spread(marks):
    """Whether there is a mark at the cell, above, to the left, or above and to the left of it."""
    return np.maximum.accumulate(np.maximum.accumulate(marks, 1), 2)


def grids(rng, count, size, density):
    """Marks (count, size, size, 1) and answers (count, size, size): 1 where the quadrant that ends at the cell, from the upper
    left corner, and the one that begins there, to the lower right corner, both hold a mark; the cell belongs to both."""
    marks = rng.random((count, size, size)) < density
    behind, ahead = spread(marks), spread(marks[:, ::-1, ::-1])[:, ::-1, ::-1]
    return {"marks": marks[..., None].astype(np.float32), "answer": (behind & ahead).astype(np.int64)}


def forward_only(data, size, density):
    """The best that can be said from the upper left quadrant alone: yes where it holds a mark and the other, for its size,
    more likely does than not."""
    marks = np.concatenate([b.arrays["marks"] for b in data.validation()])[..., 0] > 0
    answer = np.concatenate([b.arrays["answer"] for b in data.validation()])
    side = np.arange(size)
    rest = (size - side[:, None]) * (size - side) - 1
    likely = 1 - (1 - density) ** rest > 0.5
    said = marks | (spread(marks) & likely)
    return Baseline(
        Text("upper left alone", "solo arriba a la izquierda"), {"accuracy": float((said == answer).mean())}
    )


def opened(params, seed):
    size, density = params["size"], params["density"]
    side = np.arange(1, size + 1)
    cells = np.outer(side, side)
    none = (1 - density) ** cells  # no mark in a quadrant of so many cells
    other = none[::-1, ::-1]
    yes = float((1 - none - other + none * other / (1 - density)).mean())
    nats = -(yes * math.log(yes) + (1 - yes) * math.log(1 - yes)) if 0 < yes < 1 else 0.0
    data = Generated(
        fields=FIELDS,
        make=lambda rng, count: grids(rng, count, size, density),
        batch=params["batch"],
        seed=seed,
        held_out=HELD_OUT,
        chance={"loss": nats, "accuracy": max(yes, 1 - yes)},
        baselines=lambda: (forward_only(data, size, density),),
    )
    return data


SPEC = DatasetSpec(
    kind="quadrants",
    name=Text("Quadrants of a grid", "Cuadrantes de una rejilla"),
    help=Text(
        "A grid with a few marks. For every cell: is there a mark above and to its left, and one below and to its right? A state that "
        "comes from the upper left knows one half; the other needs one from the lower right.",
        "Una rejilla con unas pocas marcas. Para cada celda: ¿hay una marca arriba a su izquierda y otra abajo a su derecha? Un estado "
        "que viene de arriba a la izquierda sabe una mitad; la otra pide uno que venga de abajo a la derecha.",
    ),
    params=(
        ParamSpec("size", "int", 12, Text("Side", "Lado"), Text("Rows and columns.", "Filas y columnas."), 2, 256),
        ParamSpec("density", "float", 0.03, Text("Density", "Densidad"), Text("Share of cells with a mark.", "Parte de las celdas con marca."), 0.0001, 0.9),
        ParamSpec("batch", "int", 32, Text("Batch", "Lote"), Text("Grids per step.", "Rejillas por paso."), 1, 65_536),
    ),
    open=opened,
    peek=lambda params: FIELDS,
    metrics=("accuracy",),
)  # fmt: skip
