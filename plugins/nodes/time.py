"""Nodes that see the whole sequence: they reverse it or sum it up, and respect its length."""

from core.api import Builder, NodeSpec, ParamSpec, PortSpec, Text

AXIS = ParamSpec(
    "axis",
    "text",
    "",
    Text("Axis", "Eje"),
    Text(
        "Along which axis, where the value has two (I or J of a grid). Empty: the last one.",
        "A lo largo de qué eje, si el valor tiene dos (I o J de una rejilla). Vacío: el último.",
    ),
    advanced=True,
)


def over_time(kind: str, name: Text, help: Text, equation: str, *keywords: str, kind_of: str = "any") -> NodeSpec:
    """A node of one time operation."""

    def build(b: Builder) -> None:
        x = b.input("x")
        assert x is not None
        b.output("y", b.op(kind, x, **({"axis": b.text("axis")} if b.text("axis") else {})))

    return NodeSpec(
        kind,
        name,
        "time",
        help,
        equation,
        (PortSpec("x", kind_of, Text("sequence", "secuencia")),),  # type: ignore[arg-type]
        (PortSpec("y", kind_of, Text("result", "resultado")),),  # type: ignore[arg-type]
        (AXIS,),
        build,
        over_time=True,
        keywords=("time", "tiempo", *keywords),
    )


reverse = over_time(
    "reverse",
    Text("Reverse", "Invertir"),
    Text(
        "The sequence read from its end. A cell between two of these reads from the future to the past; joined with a "
        "forward cell by Concat it makes a bidirectional network. Padding stays at the end.",
        "La secuencia leída desde el final. Una celda entre dos de estos lee del futuro al pasado; unida con Concatenar a "
        "una celda normal forma una red bidireccional. El relleno queda al final.",
    ),
    r"y_t = x_{T + 1 - t}",
    "backward",
    "bidirectional",
    "atrás",
    "bidireccional",
)
last = over_time(
    "last",
    Text("Last", "Último"),
    Text(
        "The value at the last true step of each sequence: what a cell remembers after reading everything. One answer "
        "per sequence (many to one).",
        "El valor en el último paso real de cada secuencia: lo que una celda recuerda tras leerlo todo. Una respuesta "
        "por secuencia (muchos a uno).",
    ),
    r"y = x_{T}",
    "final",
    "many to one",
    "muchos a uno",
)
first = over_time(
    "first",
    Text("First", "Primero"),
    Text("The value at the first step of each sequence.", "El valor en el primer paso de cada secuencia."),
    r"y = x_{1}",
    "begin",
    "inicio",
)
mean_time = over_time(
    "mean_time",
    Text("Mean over time", "Media en el tiempo"),
    Text(
        "The average of all true steps, padding left out. Every step gets the same share of the gradient.",
        "La media de todos los pasos reales, sin relleno. Cada paso recibe la misma parte del gradiente.",
    ),
    r"y = \frac{1}{T} \sum_{t=1}^{T} x_t",
    "average",
    "pool",
    "promedio",
    kind_of="features",
)
max_time = over_time(
    "max_time",
    Text("Max over time", "Máximo en el tiempo"),
    Text(
        "The largest value that each unit reaches over the true steps: whether a feature occurred at all.",
        "El mayor valor que alcanza cada unidad en los pasos reales: si una característica apareció alguna vez.",
    ),
    r"y = \max_{t} x_t",
    "pool",
    "largest",
    "mayor",
    kind_of="features",
)
