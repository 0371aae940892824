"""Nodes that keep training steady: dropout, noise and layer normalisation."""

from core.api import Builder, InitRule, NodeSpec, ParamSpec, PortSpec, Text

X = (PortSpec("x", "features", Text("input", "entrada")),)
Y = (PortSpec("y", "features", Text("output", "salida")),)


def build_dropout(b: Builder) -> None:
    x = b.input("x")
    assert x is not None
    b.output("y", b.op("dropout", x, p=b.number("p")))


def build_recurrent_dropout(b: Builder) -> None:
    x, p = b.input("x"), b.number("p")
    assert x is not None
    b.output("y", b.op("mul", x, b.op("keep_mask", p=p, size=0)) if p else b.op("identity", x))


def build_noise(b: Builder) -> None:
    x, std = b.input("x"), b.number("std")
    assert x is not None
    b.output("y", b.op("noise", x, std=std) if std else b.op("identity", x))


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

recurrent_dropout = NodeSpec(
    "recurrent_dropout",
    Text("Recurrent dropout", "Dropout recurrente"),
    "layer",
    Text(
        "Dropout for a loop: while training, the same units are off at every step of a sequence (Gal, Ghahramani 2016). A "
        "fresh choice at each step would wash the memory out.",
        "Dropout para un bucle: al entrenar, las mismas unidades están apagadas en todos los pasos de una secuencia (Gal, "
        "Ghahramani 2016). Sortearlas en cada paso borraría la memoria.",
    ),
    r"y_t = \frac{m \odot x_t}{1 - p}, \quad m_i \sim \mathrm{Bernoulli}(1 - p)",
    X,
    Y,
    (
        ParamSpec("p", "float", 0.25, Text("Rate", "Tasa"),
                  Text("Chance that a unit is off for the whole sequence.",
                       "Probabilidad de que una unidad esté apagada toda la secuencia."), 0.0, 0.99),
    ),
    build_recurrent_dropout,
    keywords=("variational", "regularise", "mask", "variacional", "regularizar", "máscara"),
)  # fmt: skip

noise = NodeSpec(
    "noise",
    Text("Noise", "Ruido"),
    "layer",
    Text(
        "While training, adds normal noise of a fixed strength; afterwards it does nothing. In a reservoir that hears its "
        "own output, a little noise makes the loop forgive its own mistakes.",
        "Al entrenar, suma ruido normal de una fuerza fija; después no hace nada. En un reservorio que oye su propia "
        "salida, un poco de ruido hace que el bucle perdone sus propios errores.",
    ),
    r"y_t = x_t + s \, \epsilon_t, \quad \epsilon_t \sim N(0, 1)",
    X,
    Y,
    (
        ParamSpec("std", "float", 0.01, Text("Deviation", "Desviación"),
                  Text("Strength of the noise.", "Fuerza del ruido."), 0.0, 1000.0),
    ),
    build_noise,
    keywords=("gaussian", "regularise", "gaussiano", "regularizar"),
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
