"""The teacher: between what a model says and what it hears next (teacher forcing, Goodfellow et al. 2016, section 10.2.1)."""

from core.api import Builder, NodeSpec, ParamSpec, PortSpec, Text


def build(b: Builder) -> None:
    free, truth = b.input("free"), b.input("truth")
    assert free is not None and truth is not None
    b.output("y", b.op("teacher", free, truth, choose=b.text("choose"), given=b.integer("given")))


teacher = NodeSpec(
    "teacher",
    Text("Teacher", "Profesor"),
    "structure",
    Text(
        "What the model hears next. While it is taught, that is the truth, and the loop through this node is cut: all steps "
        "train at once. Running free, it is what the model said itself: the symbol chosen from its logits, or its numbers. "
        "How often the truth is heard is set under Training (forcing). Wire a target to “truth” and carry its output on by a wire "
        "with a delay; before the first step it holds symbol 0, or zeros.",
        "Lo que el modelo oye después. Mientras se le enseña es la verdad, y el bucle que pasa por este nodo se corta: todos "
        "los pasos se entrenan a la vez. Suelto, es lo que él mismo dijo: el símbolo elegido de sus logits, o sus números. "
        "Cuántas veces oye la verdad se fija en Entrenamiento (guía). Conecte un objetivo a «verdad» y lleve su salida adelante por "
        "un cable con retardo; antes del primer paso contiene el símbolo 0, o ceros.",
    ),
    r"y_t = m_t \, y_t^{*} + (1 - m_t) \, \hat{y}_t, \quad P(m_t = 1) = \varepsilon",
    (
        PortSpec("free", "features", Text("what the model says", "lo que dice el modelo")),
        PortSpec("truth", "any", Text("truth", "verdad")),
    ),
    (PortSpec("y", "any", Text("what is heard next", "lo que se oye después")),),
    (
        ParamSpec("choose", "choice", "most_probable", Text("Choice", "Elección"),
                  Text("How a symbol is chosen from the logits when running free.",
                       "Cómo se elige un símbolo de los logits cuando va suelto."),
                  choices=(("most_probable", Text("the most probable", "el más probable")),
                           ("sample", Text("drawn", "sorteado")))),
        ParamSpec("given", "int", 0, Text("Given steps", "Pasos dados"),
                  Text("Steps at the beginning that it is always told, also when running free: a prefix to go on from.",
                       "Pasos del principio que siempre se le dicen, también suelto: un prefijo desde el que seguir."),
                  0, 1_000_000),
    ),
    build,
    keywords=("forcing", "decoder", "feedback", "scheduled sampling", "forzado", "decodificador", "realimentación"),
)  # fmt: skip
