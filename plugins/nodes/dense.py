"""The affine map: every matrix of a drawn network is one of these."""

from core.api import Builder, InitRule, NodeSpec, ParamSpec, PortSpec, Text

INITS = (
    ("fan_in", Text("by fan-in", "según entradas")),
    ("uniform", Text("uniform", "uniforme")),
    ("xavier_uniform", Text("Xavier, uniform", "Xavier, uniforme")),
    ("xavier_normal", Text("Xavier, normal", "Xavier, normal")),
    ("orthogonal", Text("orthogonal", "ortogonal")),
    ("identity", Text("identity", "identidad")),
    ("normal", Text("normal", "normal")),
    ("zeros", Text("zeros", "ceros")),
)
BIAS_INITS = (
    ("fan_in", Text("by fan-in", "según entradas")),
    ("zeros", Text("zeros", "ceros")),
    ("uniform", Text("uniform", "uniforme")),
    ("constant", Text("constant", "constante")),
)


def weight_start(b: Builder) -> InitRule:
    """The rule chosen for the matrix. A uniform bound of 0 becomes 1/√units, torch's rule for recurrent layers."""
    rule = b.text("init")
    if rule == "uniform":
        return InitRule("uniform", b.number("bound"))
    if rule == "normal":
        return InitRule("normal", b.number("std"))
    gain = b.number("init_gain")
    return InitRule(rule, gain) if gain else InitRule("zeros")  # type: ignore[arg-type]


def bias_start(b: Builder) -> InitRule:
    rule, shift = b.text("bias_init"), b.number("bias_value")
    if rule == "constant":
        return InitRule("constant", shift)
    if rule == "zeros":
        return InitRule("constant", shift) if shift else InitRule("zeros")
    if rule == "uniform":
        return InitRule("uniform", b.number("bound"), shift)
    return InitRule("fan_in", 1.0, shift)


def build(b: Builder) -> None:
    x = b.input("x")
    assert x is not None
    units = b.size("units")
    weights = [b.weight("weight", (units, x.sig.size), weight_start(b))]
    if b.flag("bias"):
        weights.append(b.weight("bias", (units,), bias_start(b)))
    b.output("y", b.op("linear", x, weights=tuple(weights)))


dense = NodeSpec(
    "dense",
    Text("Dense", "Densa"),
    "layer",
    Text(
        "Multiplies by a learned matrix and adds a learned bias: each unit is a weighted sum of all inputs. The same "
        "matrix serves every step, so its size does not grow with the length of the sequence. With 0 units the size "
        "follows what the node is wired to, such as the vocabulary of the answer.",
        "Multiplica por una matriz aprendida y suma un sesgo aprendido: cada unidad es una suma ponderada de todas las "
        "entradas. La misma matriz sirve en cada paso, así que no crece con la longitud de la secuencia. Con 0 unidades "
        "el tamaño sigue a lo conectado, como el vocabulario de la respuesta.",
    ),
    r"y = W x + b",
    (PortSpec("x", "features", Text("input", "entrada")),),
    (PortSpec("y", "features", Text("output", "salida")),),
    (
        ParamSpec("units", "int", 64, Text("Units", "Unidades"),
                  Text("How many numbers come out. 0: as many as what follows expects.",
                       "Cuántos números salen. 0: tantos como espere lo siguiente."), 0, 1_000_000),
        ParamSpec("bias", "bool", True, Text("Bias", "Sesgo"),
                  Text("Add a learned number to each unit.", "Sumar un número aprendido a cada unidad.")),
        ParamSpec("init", "choice", "fan_in", Text("Initial weights", "Pesos iniciales"),
                  Text("How the matrix starts. Orthogonal or identity keep a loop's gradient alive.",
                       "Cómo empieza la matriz. Ortogonal o identidad mantienen vivo el gradiente de un bucle."),
                  choices=INITS),
        ParamSpec("init_gain", "float", 1.0, Text("Gain", "Ganancia"),
                  Text("Multiplies the initial weights.", "Multiplica los pesos iniciales."), 0.0, 1000.0,
                  advanced=True),
        ParamSpec("bound", "float", 0.0, Text("Uniform bound", "Cota uniforme"),
                  Text("Uniform start between ± this. 0: 1/√units.", "Inicio uniforme entre ± esto. 0: 1/√unidades."),
                  0.0, 1000.0, advanced=True),
        ParamSpec("std", "float", 0.05, Text("Deviation", "Desviación"),
                  Text("Standard deviation of the normal start.", "Desviación típica del inicio normal."), 0.0, 1000.0,
                  advanced=True),
        ParamSpec("bias_init", "choice", "fan_in", Text("Initial bias", "Sesgo inicial"),
                  Text("How the bias starts.", "Cómo empieza el sesgo."), choices=BIAS_INITS, advanced=True),
        ParamSpec("bias_value", "float", 0.0, Text("Bias shift", "Desplazamiento del sesgo"),
                  Text("Added to every number of the initial bias.", "Se suma a cada número del sesgo inicial."),
                  -1000.0, 1000.0, advanced=True),
    ),
    build,
    keywords=("linear", "matrix", "fully connected", "lineal", "matriz", "capa densa", "W"),
)  # fmt: skip
