"""Plus, minus, times, and putting values side by side or taking them apart."""

from collections.abc import Mapping

from core.api import Builder, InitRule, NodeSpec, ParamSpec, PortSpec, Text

MANY = (PortSpec("x", "features", Text("values", "valores"), many=True),)
X = (PortSpec("x", "features", Text("input", "entrada")),)
Y = (PortSpec("y", "features", Text("output", "salida")),)
SIZE = ParamSpec(
    "size",
    "int",
    0,
    Text("Size", "Tamaño"),
    Text("How many numbers. 0: as what follows expects.", "Cuántos números. 0: los que espere lo siguiente."),
    0,
    1_000_000,
)


def build_add(b: Builder) -> None:
    _chain(b, "add")


def build_multiply(b: Builder) -> None:
    _chain(b, "mul")


def _chain(b: Builder, name: str) -> None:
    first, *rest = b.inputs("x")
    for value in rest:
        first = b.op(name, first, value)
    b.output("y", first if rest else b.op("identity", first))


def build_subtract(b: Builder) -> None:
    left, right = b.input("a"), b.input("b")
    assert left is not None and right is not None
    b.output("y", b.op("sub", left, right))


def build_concat(b: Builder) -> None:
    b.output("y", b.op("concat", *b.inputs("x")))


def build_split(b: Builder) -> None:
    x = b.input("x")
    assert x is not None
    parts = b.integer("parts")
    for i in range(parts):
        b.output(f"y{i + 1}", b.op("slice", x, part=i, parts=parts))


def split_ports(params: Mapping[str, object]) -> tuple[tuple[PortSpec, ...], tuple[PortSpec, ...]]:
    count = params.get("parts", 2)
    names = [f"y{i + 1}" for i in range(count if isinstance(count, int) else 2)]
    return X, tuple(PortSpec(n, "features", Text(n, n)) for n in names)


def build_affine(b: Builder) -> None:
    x = b.input("x")
    assert x is not None
    b.output("y", b.op("affine", x, scale=b.number("scale"), offset=b.number("offset")))


def build_constant(b: Builder) -> None:
    b.output("y", b.op("constant", value=b.number("value"), size=b.integer("size")))


def build_parameter(b: Builder) -> None:
    rule = InitRule("normal", b.number("std")) if b.number("std") else InitRule("constant", b.number("value"))
    if b.flag("spaced"):
        rule = InitRule("spaced", b.number("value"), second=b.number("last"))
        if b.number("value") <= 0 or b.number("last") <= 0:
            b.problem(
                "param.range",
                Text(
                    "Numbers spaced in the logarithm are above zero.",
                    "Los números espaciados en el logaritmo son mayores que cero.",
                ),
                param="value",
            )
            rule = InitRule("zeros")
    weight = b.weight("weight", (b.size("size"),), rule, b.flag("trainable"))
    b.output("y", b.op("parameter", weights=(weight,)))


add = NodeSpec(
    "add",
    Text("Add", "Suma"),
    "arithmetic",
    Text(
        "The sum of everything wired to it, unit by unit. All must have the same size. Where two paths meet again, "
        "such as W·x + U·h, this is the node; gradients pass through it unchanged.",
        "La suma de todo lo conectado, unidad a unidad. Todo debe tener el mismo tamaño. Donde dos caminos se juntan, "
        "como W·x + U·h, va este nodo; los gradientes lo atraviesan sin cambio.",
    ),
    r"y = x_1 + x_2 + \cdots",
    MANY,
    Y,
    build=build_add,
    keywords=("plus", "sum", "+", "más", "sumar"),
)

multiply = NodeSpec(
    "multiply",
    Text("Multiply", "Producto"),
    "arithmetic",
    Text(
        "The product of everything wired to it, unit by unit. With a gate between 0 and 1 on one wire, it lets each "
        "unit of the other through in part.",
        "El producto de todo lo conectado, unidad a unidad. Con una puerta entre 0 y 1 en un cable, deja pasar en parte "
        "cada unidad del otro.",
    ),
    r"y = x_1 \odot x_2 \odot \cdots",
    MANY,
    Y,
    build=build_multiply,
    keywords=("times", "gate", "hadamard", "product", "*", "×", "por", "puerta"),
)

subtract = NodeSpec(
    "subtract",
    Text("Subtract", "Resta"),
    "arithmetic",
    Text("The first minus the second, unit by unit.", "El primero menos el segundo, unidad a unidad."),
    r"y = a - b",
    (PortSpec("a", "features", Text("from", "de")), PortSpec("b", "features", Text("take away", "quitar"))),
    Y,
    build=build_subtract,
    keywords=("minus", "difference", "-", "menos", "diferencia"),
)

concat = NodeSpec(
    "concat",
    Text("Concat", "Concatenar"),
    "arithmetic",
    Text(
        "Puts vectors side by side into one longer vector, in the order of the wires: [h; x]. Joins the two directions "
        "of a bidirectional network.",
        "Pone vectores uno junto a otro en uno más largo, en el orden de los cables: [h; x]. Une los dos sentidos de una "
        "red bidireccional.",
    ),
    r"y = [x_1 ; x_2 ; \dots]",
    MANY,
    Y,
    build=build_concat,
    keywords=("join", "stack", "unir", "juntar"),
)

split = NodeSpec(
    "split",
    Text("Split", "Dividir"),
    "arithmetic",
    Text(
        "Cuts a vector into equal parts. One large Dense followed by a Split gives several gates from one product.",
        "Corta un vector en partes iguales. Una Densa grande seguida de Dividir da varias puertas con un solo producto.",
    ),
    r"[y_1 ; \dots ; y_n] = x",
    X,
    split_ports({})[1],
    (
        ParamSpec("parts", "int", 2, Text("Parts", "Partes"),
                  Text("How many equal parts.", "Cuántas partes iguales."), 2, 64),
    ),
    build_split,
    ports_for=split_ports,
    keywords=("chunk", "slice", "cortar", "trozo"),
)  # fmt: skip

affine = NodeSpec(
    "affine",
    Text("Scale and shift", "Escalar y desplazar"),
    "arithmetic",
    Text(
        "Multiplies by one fixed number and adds another. With scale −1 and offset 1 it gives 1 − z, the other half of "
        "a gate.",
        "Multiplica por un número fijo y suma otro. Con escala −1 y desplazamiento 1 da 1 − z, la otra mitad de una "
        "puerta.",
    ),
    r"y = s\,x + o",
    X,
    Y,
    (
        ParamSpec("scale", "float", -1.0, Text("Scale", "Escala"), minimum=-1e6, maximum=1e6),
        ParamSpec("offset", "float", 1.0, Text("Offset", "Desplazamiento"), minimum=-1e6, maximum=1e6),
    ),
    build_affine,
    keywords=("one minus", "complement", "1-z", "uno menos", "complemento"),
)

constant = NodeSpec(
    "constant",
    Text("Constant", "Constante"),
    "arithmetic",
    Text(
        "A vector that holds the same fixed number at each unit, at every step.",
        "Un vector con el mismo número fijo en cada unidad, en todos los pasos.",
    ),
    r"y = k",
    (),
    Y,
    (
        ParamSpec("value", "float", 1.0, Text("Value", "Valor"), minimum=-1e6, maximum=1e6),
        SIZE,
    ),
    build_constant,
    keywords=("number", "fixed", "número", "fijo"),
)

parameter = NodeSpec(
    "parameter",
    Text("Parameter", "Parámetro"),
    "arithmetic",
    Text(
        "A learned vector, the same at every step and in every sequence: a learned rate, threshold or initial state. It "
        "may also stay as it starts: one fixed rate per unit, spaced from fast to slow.",
        "Un vector aprendido, igual en cada paso y en cada secuencia: una tasa, un umbral o un estado inicial "
        "aprendidos. También puede quedarse como empieza: una tasa fija por unidad, de rápida a lenta.",
    ),
    r"y = \theta",
    (),
    Y,
    (
        SIZE,
        ParamSpec("value", "float", 0.0, Text("Initial value", "Valor inicial"), minimum=-1e6, maximum=1e6),
        ParamSpec("std", "float", 0.0, Text("Deviation", "Desviación"),
                  Text("Above 0: starts normal with this deviation.", "Mayor que 0: empieza normal con esta desviación."),
                  0.0, 1000.0, advanced=True),
        ParamSpec("spaced", "bool", False, Text("Spaced", "Espaciado"),
                  Text("One number per unit, from the initial value to the last, evenly in the logarithm.",
                       "Un número por unidad, del valor inicial al último, repartidos en el logaritmo."), advanced=True),
        ParamSpec("last", "float", 0.01, Text("Last value", "Último valor"),
                  Text("Where spaced numbers end.", "Donde acaban los números espaciados."), minimum=-1e6, maximum=1e6,
                  advanced=True),
        ParamSpec("trainable", "bool", True, Text("Learns", "Aprende"),
                  Text("Off: stays as it starts.", "Si no, se queda como empieza.")),
    ),
    build_parameter,
    keywords=("learned", "bias", "vector", "aprendido", "sesgo"),
)  # fmt: skip
