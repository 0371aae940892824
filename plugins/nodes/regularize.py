"""Nodes that keep training steady: dropout and layer normalisation."""

from core.api import Builder, InitRule, NodeSpec, ParamSpec, PortSpec, Text

X = (PortSpec("x", "features", Text("input", "entrada")),)
Y = (PortSpec("y", "features", Text("output", "salida")),)


def build_dropout(b: Builder) -> None:
    x = b.input("x")
    assert x is not None
    b.output("y", b.op("dropout", x, p=b.number("p")))


def build_layer_norm(b: Builder) -> None:
    x = b.input("x")
    assert x is not None
    scale = b.weight("weight", (x.sig.size,), InitRule("constant", 1.0))
    shift = b.weight("bias", (x.sig.size,), InitRule("zeros"))
    b.output("y", b.op("layer_norm", x, weights=(scale, shift), eps=b.number("eps")))


dropout = NodeSpec(
    "dropout",
    Text("Dropout", "Dropout"),
    "layer",
    Text(
        "While training, sets units to zero at random and scales the rest up, so that no unit relies on one other alone. "
        "Afterwards it does nothing. Use it where a model learns its training data by heart.",
        "Al entrenar, pone unidades a cero al azar y aumenta el resto, para que ninguna dependa de una sola. Después no "
        "hace nada. Úselo cuando un modelo se aprende los datos de memoria.",
    ),
    r"y = \frac{m \odot x}{1 - p}, \quad m_i \sim \mathrm{Bernoulli}(1 - p)",
    X,
    Y,
    (
        ParamSpec("p", "float", 0.5, Text("Rate", "Tasa"),
                  Text("Chance that a unit is dropped.", "Probabilidad de anular una unidad."), 0.0, 0.99),
    ),
    build_dropout,
    keywords=("regularise", "noise", "regularizar", "ruido", "abandono"),
)  # fmt: skip

layer_norm = NodeSpec(
    "layer_norm",
    Text("Layer norm", "Normalización de capa"),
    "layer",
    Text(
        "Brings the units of each step to mean 0 and variance 1, then scales and shifts each by learned numbers. Keeps a "
        "deep or long recurrence in range.",
        "Lleva las unidades de cada paso a media 0 y varianza 1, y luego escala y desplaza cada una con números "
        "aprendidos. Mantiene en rango una recurrencia larga o profunda.",
    ),
    r"y = \gamma \odot \frac{x - \mu}{\sqrt{s^2 + \epsilon}} + \beta",
    X,
    Y,
    (
        ParamSpec("eps", "float", 1e-5, Text("Epsilon", "Épsilon"),
                  Text("Keeps the division away from zero.", "Evita dividir entre cero."), 1e-12, 1.0, advanced=True),
    ),
    build_layer_norm,
    keywords=("normalise", "scale", "normalizar", "escala"),
)  # fmt: skip
