"""A learned vector for each symbol of a vocabulary."""

from core.api import Builder, InitRule, NodeSpec, ParamSpec, PortSpec, Text


def build(b: Builder) -> None:
    x = b.input("x")
    assert x is not None
    shape = (x.sig.size, b.size("size"))
    table = b.weight("weight", shape, InitRule("normal", b.number("std")), b.flag("trainable"))
    b.output("y", b.op("embedding", x, weights=(table,), vectors=b.text("vectors")))


embedding = NodeSpec(
    "embedding",
    Text("Embedding", "Incrustación"),
    "layer",
    Text(
        "Looks up a learned vector for each symbol. Symbols that behave alike end up close together. Cheaper than a "
        "One-hot followed by a Dense, and the same function.",
        "Busca un vector aprendido para cada símbolo. Los símbolos que se comportan igual acaban cerca. Más barato que "
        "un One-hot seguido de una Densa, y la misma función.",
    ),
    r"y = E_{x}",
    (PortSpec("x", "tokens", Text("symbols", "símbolos")),),
    (PortSpec("y", "features", Text("vectors", "vectores")),),
    (
        ParamSpec("size", "int", 64, Text("Size", "Tamaño"),
                  Text("Length of each vector. 0: as what follows expects.",
                       "Longitud de cada vector. 0: la que espere lo siguiente."), 0, 1_000_000),
        ParamSpec("std", "float", 1.0, Text("Deviation", "Desviación"),
                  Text("Standard deviation of the normal start.", "Desviación típica del inicio normal."), 0.0, 1000.0,
                  advanced=True),
        ParamSpec("vectors", "path", "", Text("Word vectors", "Vectores de palabras"),
                  Text("A text file of vectors to begin with: GloVe, word2vec text or fastText .vec. Words that it lacks "
                       "begin at random and are counted. Empty: all begin at random.",
                       "Un archivo de texto con vectores para empezar: GloVe, word2vec en texto o fastText .vec. Las palabras "
                       "que le faltan empiezan al azar y se cuentan. Vacío: todas al azar.")),
        ParamSpec("trainable", "bool", True, Text("Learns", "Aprende"),
                  Text("Off: the vectors stay as they begin.", "Si no, los vectores se quedan como empiezan.")),
    ),
    build,
    keywords=("word2vec", "glove", "fasttext", "lookup", "table", "word vector", "tabla", "vector de palabra"),
)  # fmt: skip
