"""Where the data comes in: tokens, features, and the answers to learn."""

from core.api import Builder, NodeSpec, ParamSpec, PortSpec, Text

FIELD = ParamSpec(
    "field",
    "text",
    "",
    Text("Field", "Campo"),
    Text(
        "Which field of the data to read. Empty: the only one that fits.",
        "Qué campo de los datos se lee. Vacío: el único que sirve.",
    ),
)


def build_input(b: Builder) -> None:
    b.output("x", b.op("input", field=b.text("field")))


def build_target(b: Builder) -> None:
    b.output("y", b.op("target", field=b.text("field")))


tokens = NodeSpec(
    "tokens",
    Text("Tokens", "Símbolos"),
    "input",
    Text(
        "One symbol of a vocabulary at each step: a character, a word, a class. Symbols are whole numbers, so they have "
        "no distance between them; follow with an Embedding or a One-hot before any arithmetic.",
        "Un símbolo de un vocabulario en cada paso: un carácter, una palabra, una clase. Los símbolos son números "
        "enteros sin distancia entre ellos; ponga después una Incrustación o un One-hot antes de operar.",
    ),
    r"x_t \in \{1, \dots, V\}",
    (),
    (PortSpec("x", "tokens", Text("symbols", "símbolos")),),
    (FIELD,),
    build_input,
    role="input",
    keywords=("text", "word", "character", "texto", "palabra", "carácter", "entrada", "input"),
)

features = NodeSpec(
    "features",
    Text("Features", "Características"),
    "input",
    Text(
        "A vector of numbers at each step: a sensor, a price, coordinates. How many numbers it has is told by the data.",
        "Un vector de números en cada paso: un sensor, un precio, unas coordenadas. Cuántos números tiene lo dicen los "
        "datos.",
    ),
    r"x_t \in \mathbb{R}^{n}",
    (),
    (PortSpec("x", "features", Text("values", "valores")),),
    (FIELD,),
    build_input,
    role="input",
    keywords=("number", "series", "signal", "número", "serie", "señal", "entrada", "input"),
)

target = NodeSpec(
    "target",
    Text("Target", "Objetivo"),
    "input",
    Text(
        "The answer that the model should give. Wire it to a loss only: a model that can read the answer learns "
        "nothing.",
        "La respuesta que el modelo debería dar. Conéctelo solo a una pérdida: un modelo que puede leer la respuesta no "
        "aprende nada.",
    ),
    r"y_t^{*}",
    (),
    (PortSpec("y", "any", Text("answer", "respuesta")),),
    (FIELD,),
    build_target,
    role="target",
    keywords=("label", "answer", "truth", "etiqueta", "respuesta"),
)
