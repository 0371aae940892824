"""A symbol as a vector with a single one in it."""

from core.api import Builder, NodeSpec, PortSpec, Text


def build(b: Builder) -> None:
    x = b.input("x")
    assert x is not None
    b.output("y", b.op("one_hot", x))


one_hot = NodeSpec(
    "one_hot",
    Text("One-hot", "One-hot"),
    "layer",
    Text(
        "A vector as long as the vocabulary, with 1 at the symbol and 0 elsewhere. Nothing to learn and easy to read; "
        "for large vocabularies an Embedding is cheaper.",
        "Un vector tan largo como el vocabulario, con 1 en el símbolo y 0 en el resto. Sin nada que aprender y fácil de "
        "leer; con vocabularios grandes sale más barata una Incrustación.",
    ),
    r"y_i = [\, i = x \,]",
    (PortSpec("x", "tokens", Text("symbols", "símbolos")),),
    (PortSpec("y", "features", Text("vector", "vector")),),
    build=build,
    keywords=("indicator", "dummy", "categorical", "indicador", "categórica"),
)
