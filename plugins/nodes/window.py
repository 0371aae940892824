"""Time-delay layers: one matrix over a window of steps, which is a convolution over time."""

from core.api import Builder, InitRule, NodeSpec, ParamSpec, PortSpec, Text, Value

X = (PortSpec("x", "features", Text("sequence", "secuencia")),)
Y = (PortSpec("y", "features", Text("output", "salida")),)
PARAMS = (
    ParamSpec("units", "int", 64, Text("Units", "Unidades"),
              Text("How many numbers come out. 0: as many as what follows expects.",
                   "Cuántos números salen. 0: tantos como espere lo siguiente."), 0, 1_000_000),
    ParamSpec("kernel", "int", 3, Text("Window", "Ventana"),
              Text("How many steps each output sees.", "Cuántos pasos ve cada salida."), 1, 1024),
    ParamSpec("dilation", "int", 1, Text("Dilation", "Dilatación"),
              Text("Steps from one tap of the window to the next.", "Pasos de una toma de la ventana a la siguiente."),
              1, 4096),
    ParamSpec("bias", "bool", True, Text("Bias", "Sesgo"),
              Text("Add a learned number to each unit.", "Sumar un número aprendido a cada unidad.")),
)  # fmt: skip


def before(b: Builder, x: Value, taps: int, dilation: int) -> list[Value]:
    """x and its past: as many taps, the newest first, zeros before the beginning."""
    found = [x]
    for _ in range(taps - 1):
        found.append(b.op("delay", found[-1], k=dilation, init="zeros"))
    return found


def product(b: Builder, taps: list[Value]) -> Value:
    """One matrix over all taps side by side, columns in the order given."""
    seen = b.op("concat", *taps)
    units = b.size("units")
    weights = [b.weight("weight", (units, seen.sig.size), InitRule("fan_in", 1.0))]
    if b.flag("bias"):
        weights.append(b.weight("bias", (units,), InitRule("fan_in", 1.0)))
    return b.op("linear", seen, weights=tuple(weights))


def build_causal(b: Builder) -> None:
    x = b.input("x")
    assert x is not None
    b.output("y", product(b, before(b, x, b.integer("kernel"), b.integer("dilation"))))


def build_centred(b: Builder) -> None:
    x = b.input("x")
    assert x is not None
    kernel, dilation = b.integer("kernel"), b.integer("dilation")
    if kernel % 2 == 0:
        b.problem(
            "window.even",
            Text(
                "A centred window has an odd number of steps.", "Una ventana centrada tiene un número impar de pasos."
            ),
            Text("Use 3, 5, 7 …, or the causal window.", "Use 3, 5, 7 …, o la ventana causal."),
            param="kernel",
        )
    half = kernel // 2 + 1
    past = before(b, x, half, dilation)
    turned = before(b, b.op("reverse", x), half, dilation)
    future = [b.op("reverse", tap) for tap in turned[1:]]
    b.output("y", product(b, [*reversed(future), *past]))


tdnn = NodeSpec(
    "tdnn",
    Text("TDNN (causal window)", "TDNN (ventana causal)"),
    "layer",
    Text(
        "A time-delay layer: each output sees this step and the ones before it, always through the same matrix. Two layers "
        "with dilation 1, 2 … see far back with few weights; without a loop, nothing beyond the window is remembered.",
        "Una capa con retardos: cada salida ve este paso y los anteriores, siempre con la misma matriz. Dos capas con "
        "dilatación 1, 2 … ven lejos con pocos pesos; sin bucle, nada más allá de la ventana se recuerda.",
    ),
    r"y_t = \sum_{k=0}^{K-1} W_k \, x_{t - k d} + b",
    X,
    Y,
    PARAMS,
    build_causal,
    keywords=("convolution", "time delay", "conv1d", "window", "convolución", "retardo", "ventana"),
)

tdnn_centred = NodeSpec(
    "tdnn_centred",
    Text("TDNN (centred window)", "TDNN (ventana centrada)"),
    "layer",
    Text(
        "A time-delay layer that looks as far ahead as back, for answers that need what comes next. Zeros stand beyond both "
        "ends of each sequence.",
        "Una capa con retardos que mira tan lejos hacia delante como hacia atrás, para respuestas que necesitan lo que viene "
        "después. Más allá de los dos extremos de cada secuencia hay ceros.",
    ),
    r"y_t = \sum_{k=-K/2}^{K/2} W_k \, x_{t - k d} + b",
    X,
    Y,
    PARAMS,
    build_centred,
    over_time=True,
    keywords=("convolution", "time delay", "conv1d", "window", "convolución", "retardo", "ventana"),
)
