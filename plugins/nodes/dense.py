"""The affine map: every matrix of a drawn network is one of these."""

from core.api import Builder, InitRule, NodeSpec, ParamSpec, Pattern, PortSpec, Text

INITS = (
    ("fan_in", Text("by fan-in", "según entradas")),
    ("uniform", Text("uniform", "uniforme")),
    ("xavier_uniform", Text("Xavier, uniform", "Xavier, uniforme")),
    ("xavier_normal", Text("Xavier, normal", "Xavier, normal")),
    ("orthogonal", Text("orthogonal", "ortogonal")),
    ("identity", Text("identity", "identidad")),
    ("normal", Text("normal", "normal")),
    ("constant", Text("constant", "constante")),
    ("zeros", Text("zeros", "ceros")),
    ("spectral", Text("spectral radius", "radio espectral")),
    ("sparse", Text("sparse: few inputs each", "dispersa: pocas entradas cada una")),
    ("signs", Text("± one number", "± un número")),
    ("dale", Text("excite or inhibit", "excitan o inhiben")),
)
PATTERNS = (
    ("full", Text("full", "completa")),
    ("block_upper", Text("own and later groups", "grupo propio y posteriores")),
    ("block_lower", Text("own and earlier groups", "grupo propio y anteriores")),
    ("block_diagonal", Text("own group", "grupo propio")),
    ("no_diagonal", Text("not itself", "no a sí misma")),
)
BIAS_INITS = (
    ("fan_in", Text("by fan-in", "según entradas")),
    ("zeros", Text("zeros", "ceros")),
    ("uniform", Text("uniform", "uniforme")),
    ("constant", Text("constant", "constante")),
    ("chrono", Text("chrono: remember", "crono: recordar")),
    ("chrono_minus", Text("chrono: write little", "crono: escribir poco")),
    ("ramp", Text("a step per unit", "un escalón por unidad")),
)


def weight_start(b: Builder) -> InitRule:
    """The rule chosen for the matrix. A uniform bound of 0 becomes 1/√units, torch's rule for recurrent layers."""
    rule = b.text("init")
    if rule == "uniform":
        return InitRule("uniform", b.number("bound"))
    if rule in ("normal", "sparse", "constant"):
        return InitRule(rule, b.number("std"), count=b.integer("count"))  # type: ignore[arg-type]
    if rule in ("signs", "dale"):
        return InitRule(rule, b.number("std"), 0.0, b.number("density"), b.number("inhibit"))  # type: ignore[arg-type]
    if rule == "spectral":
        return InitRule("spectral", b.number("radius"), second=b.number("density"))
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
    if rule == "ramp":
        return InitRule("ramp", shift)
    if rule in ("chrono", "chrono_minus"):
        return InitRule("chrono", b.number("time_scale"), shift, 1.0 if rule == "chrono" else -1.0)
    return InitRule("fan_in", 1.0, shift)


def build(b: Builder) -> None:
    x = b.input("x")
    assert x is not None
    units, learns = b.size("units"), b.flag("trainable")
    zeros = None if b.text("pattern") == "full" else Pattern(b.text("pattern"), b.integer("groups"))  # type: ignore[arg-type]
    weights = [b.weight("weight", (units, x.sig.size), weight_start(b), learns, zeros)]
    if b.flag("bias"):
        weights.append(b.weight("bias", (units,), bias_start(b), learns))
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
                  Text("Standard deviation of the normal start; the number itself for ± and constant.",
                       "Desviación típica del inicio normal; el número mismo en ± y constante."), 0.0, 1000.0,
                  advanced=True),
        ParamSpec("trainable", "bool", True, Text("Learns", "Aprende"),
                  Text("Off: the weights stay as they start, as in a reservoir.",
                       "Si no, los pesos se quedan como empiezan, como en un reservorio.")),
        ParamSpec("radius", "float", 0.9, Text("Spectral radius", "Radio espectral"),
                  Text("The largest |eigenvalue| of a spectral start. Near 1 the past fades slowly.",
                       "El mayor |autovalor| del inicio espectral. Cerca de 1 el pasado se borra despacio."), 0.0, 1000.0,
                  advanced=True),
        ParamSpec("density", "float", 1.0, Text("Density", "Densidad"),
                  Text("Share of the weights that are not zero (spectral, ±, excite or inhibit).",
                       "Parte de los pesos que no son cero (espectral, ±, excitan o inhiben)."), 0.0, 1.0, advanced=True),
        ParamSpec("count", "int", 4, Text("Inputs per unit", "Entradas por unidad"),
                  Text("How many weights of each unit are not zero (sparse).",
                       "Cuántos pesos de cada unidad no son cero (dispersa)."), 1, 1_000_000, advanced=True),
        ParamSpec("inhibit", "float", 0.2, Text("Inhibiting share", "Parte inhibidora"),
                  Text("Share of the inputs whose weights are negative (excite or inhibit).",
                       "Parte de las entradas cuyos pesos son negativos (excitan o inhiben)."), 0.0, 1.0, advanced=True),
        ParamSpec("pattern", "choice", "full", Text("Who hears whom", "Quién oye a quién"),
                  Text("Weights outside the pattern are zero and stay so. Inputs and units are cut into equal groups.",
                       "Los pesos fuera del patrón son cero y lo siguen siendo. Entradas y unidades se cortan en grupos "
                       "iguales."), choices=PATTERNS, advanced=True),
        ParamSpec("groups", "int", 1, Text("Groups", "Grupos"),
                  Text("Into how many groups the pattern cuts.", "En cuántos grupos corta el patrón."), 1, 4096,
                  advanced=True),
        ParamSpec("bias_init", "choice", "fan_in", Text("Initial bias", "Sesgo inicial"),
                  Text("How the bias starts.", "Cómo empieza el sesgo."), choices=BIAS_INITS, advanced=True),
        ParamSpec("bias_value", "float", 0.0, Text("Bias shift", "Desplazamiento del sesgo"),
                  Text("Added to every number of the initial bias; with a step per unit, the step.",
                       "Se suma a cada número del sesgo inicial; con un escalón por unidad, el escalón."),
                  -1000.0, 1000.0, advanced=True),
        ParamSpec("time_scale", "float", 100.0, Text("Longest memory", "Memoria más larga"),
                  Text("Steps T of the chrono start: log 1 … log (T−1), evenly over the units (Tallec, Ollivier 2018).",
                       "Pasos T del inicio crono: log 1 … log (T−1), repartidos entre las unidades (Tallec, Ollivier "
                       "2018)."), 2.0, 1e9, advanced=True),
    ),
    build,
    keywords=("linear", "matrix", "fully connected", "lineal", "matriz", "capa densa", "W"),
)  # fmt: skip
