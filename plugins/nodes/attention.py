"""Attention: look over all states of an encoder at once, more at those that matter for this step."""

from core.api import Builder, InitRule, NodeSpec, ParamSpec, PortSpec, Text, Value

SCORINGS = (
    ("dot", Text("dot product", "producto escalar")),
    ("scaled", Text("scaled dot product", "producto escalar escalado")),
    ("additive", Text("additive", "aditiva")),
)


def scores(b: Builder, query: Value, memory: Value) -> Value:
    """How well each step of the memory suits the query: (T, S) numbers."""
    how = b.text("scoring")
    if how != "additive":
        return b.op("dot_score", query, memory, scale=how == "scaled")
    units = b.size("width") if b.integer("width") else memory.sig.size
    rule = InitRule("fan_in", 1.0)
    asked = b.op("linear", query, weights=(b.weight("query", (units, query.sig.size), rule),))
    keys = b.op("linear", memory, weights=(b.weight("memory", (units, memory.sig.size), rule),
                                           b.weight("bias", (units,), InitRule("zeros"))))  # fmt: skip
    return b.op("additive_score", asked, keys, weights=(b.weight("score", (units,), InitRule("uniform")),))


def build(b: Builder) -> None:
    query, memory = b.input("query"), b.input("memory")
    assert query is not None and memory is not None
    weights = b.op("masked_softmax", scores(b, query, memory))
    b.output("weights", weights)
    b.output("context", b.op("weighted_sum", weights, memory))


ATTENTION = NodeSpec(
    kind="attention",
    name=Text("Attention", "Atención"),
    group="layer",
    help=Text(
        "The mean of the memory, weighted by how well each of its steps suits the query. The weights are a matrix, one row for "
        "each step of the query, that sums to 1; padding gets none. Dot products want query and memory of equal size; the "
        "additive form (Bahdanau et al. 2015) learns matrices of its own. Works inside a loop and over all of time at once.",
        "La media de la memoria, ponderada por lo bien que cada paso suyo encaja con la consulta. Los pesos son una matriz, una "
        "fila por paso de la consulta, que suma 1; el relleno no recibe nada. El producto escalar pide consulta y memoria del "
        "mismo tamaño; la forma aditiva (Bahdanau et al. 2015) aprende sus matrices. Sirve dentro de un bucle y sobre todo el "
        "tiempo a la vez.",
    ),
    equation=r"\alpha_{ts} = \frac{e^{a(q_t, m_s)}}{\sum_{s'} e^{a(q_t, m_{s'})}}, \quad c_t = \sum_s \alpha_{ts} \, m_s, \quad "
    r"a(q, m) = q^\top m \;\; \text{or} \;\; \frac{q^\top m}{\sqrt{n}} \;\; \text{or} \;\; v^\top \tanh(W q + U m + b)",
    inputs=(
        PortSpec("query", "features", Text("query", "consulta")),
        PortSpec("memory", "features", Text("memory", "memoria")),
    ),
    outputs=(
        PortSpec("context", "features", Text("context", "contexto")),
        PortSpec("weights", "scalar", Text("weights", "pesos")),
    ),
    params=(
        ParamSpec("scoring", "choice", "dot", Text("Scoring", "Puntuación"),
                  Text("How query and memory are compared.", "Cómo se comparan consulta y memoria."), choices=SCORINGS),
        ParamSpec("width", "int", 0, Text("Width", "Ancho"),
                  Text("Units that query and memory are compared in. 0: as many as the memory has.",
                       "Unidades en que se comparan consulta y memoria. 0: tantas como la memoria."),
                  0, 65_536, advanced=True, when=("scoring", ("additive",))),
    ),
    build=build,
    keywords=("align", "encoder", "decoder", "Bahdanau", "Luong", "alinear", "codificador", "decodificador"),
)  # fmt: skip
