"""The same table on the way in and on the way out."""

from core.api import Builder, InitRule, NodeSpec, ParamSpec, PortSpec, Text


def build(b: Builder) -> None:
    x, table = b.input("x"), b.table("embedding")
    assert x is not None
    if table is None:
        return
    weights = [table]
    if b.flag("bias"):
        weights.append(b.weight("bias", (table.shape[0],), InitRule("zeros")))
    b.output("y", b.op("linear", x, weights=tuple(weights)))


tied = NodeSpec(
    "tied",
    Text("Tied output", "Salida atada"),
    "layer",
    Text(
        "Scores every symbol by the table of an Embedding of the same drawing: a symbol that is read like another is also "
        "answered like it, and the largest matrix of a word model is there only once. Its input is as long as the vectors. Let "
        "that Embedding begin with a small deviation, 0.1: its rows are now weights of the output too, and at 1 the first "
        "guesses are loud and wrong.",
        "Puntúa cada símbolo con la tabla de una Incrustación del mismo dibujo: un símbolo que se lee como otro también se "
        "responde como él, y la mayor matriz de un modelo de palabras existe una sola vez. Su entrada es tan larga como los "
        "vectores. Esa Incrustación debe empezar con una desviación pequeña, 0,1: sus filas son ahora también pesos de la "
        "salida, y con 1 las primeras apuestas son ruidosas y falsas.",
    ),
    r"y = E \, x + b",
    (PortSpec("x", "features", Text("input", "entrada")),),
    (PortSpec("y", "features", Text("scores", "puntuaciones")),),
    (
        ParamSpec("embedding", "text", "", Text("Embedding", "Incrustación"),
                  Text("Its title or id. Empty: the only one in the drawing.",
                       "Su título o identificador. Vacío: la única del dibujo.")),
        ParamSpec("bias", "bool", True, Text("Bias", "Sesgo"),
                  Text("Add a learned number for each symbol.", "Sumar un número aprendido por símbolo.")),
    ),
    build,
    keywords=("weight tying", "softmax", "shared", "share", "atar pesos", "compartir"),
)  # fmt: skip
