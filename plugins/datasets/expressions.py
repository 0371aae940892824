"""Arithmetic modulo 5 as trees: what an expression comes to is clear from its parse, and hardly from the row of its symbols."""

import math

import numpy as np

from core.api import DataField, DatasetSpec, Fields, Generated, ParamSpec, Sig, Text

HELD_OUT = 1000
DIGITS, OPERATORS = ("0", "1", "2", "3", "4"), ("+", "-", "*")
PARSED = (*DIGITS, *OPERATORS)
WRITTEN = ("·", *PARSED, "(", ")")  # the first stands at nodes that join two halves
NONE = (-1, -1)


def expression(rng, depth):
    """A digit, or (operator, left, right), exactly `depth` operators deep: one side is as deep as that asks, the other any."""
    if depth == 0:
        return int(rng.integers(5))
    sides = [expression(rng, depth - 1), expression(rng, int(rng.integers(depth)))]
    if rng.random() < 0.5:
        sides.reverse()
    return (int(rng.integers(3)), *sides)


def worth(e):
    """What it comes to, modulo 5."""
    if isinstance(e, int):
        return e
    a, b = worth(e[1]), worth(e[2])
    return ((a + b), (a - b), (a * b))[e[0]] % 5


def parsed(e, nodes):
    """Append (symbol, children, value) of every node, children before parents; the place of its own root."""
    if isinstance(e, int):
        nodes.append((e, NONE, e))
    else:
        children = (parsed(e[1], nodes), parsed(e[2], nodes))
        a, b = (nodes[c][2] for c in children)
        nodes.append((5 + e[0], children, ((a + b), (a - b), (a * b))[e[0]] % 5))
    return len(nodes) - 1


def written(e):
    """Its symbols in a row, in brackets, as ids of WRITTEN."""
    if isinstance(e, int):
        return [1 + e]
    return [WRITTEN.index("("), *written(e[1]), 6 + e[0], *written(e[2]), WRITTEN.index(")")]


def halved(row, nodes):
    """The same nodes for a row of symbols cut in half again and again, whatever it means."""
    if len(row) == 1:
        nodes.append((row[0], NONE, 0))
    else:
        middle = (len(row) + 1) // 2
        nodes.append((0, (halved(row[:middle], nodes), halved(row[middle:], nodes)), 0))
    return len(nodes) - 1


def drawn(rng, count, depths, shape):
    """Tokens (count, N), what the root is worth (count,), the structure, and on a parse what each node is worth (count, N)."""
    trees = []
    for _ in range(count):
        e = expression(rng, int(rng.choice(depths)))
        nodes = []
        parsed(e, nodes) if shape == "parse" else halved(written(e), nodes)
        trees.append((nodes, worth(e)))
    longest = max(len(nodes) for nodes, _ in trees)
    tokens, values = np.zeros((2, count, longest), np.int64)
    children = np.full((count, longest, 2), -1, np.int64)
    for b, (nodes, _) in enumerate(trees):
        tokens[b, : len(nodes)] = [n[0] for n in nodes]
        values[b, : len(nodes)] = [n[2] for n in nodes]
        children[b, : len(nodes)] = [n[1] for n in nodes]
    out = {"symbols": tokens, "value": np.array([v for _, v in trees], np.int64)}
    out |= {"N": np.array([len(nodes) for nodes, _ in trees], np.int64), "N/children": children}
    return out | ({"values": values} if shape == "parse" else {})


def fields(params):
    parse = params["tree"] == "parse"
    words = PARSED if parse else WRITTEN
    answers = [DataField("value", Sig("tokens", 5), DIGITS, target=True)]
    if parse:
        answers.append(DataField("values", Sig("tokens", 5, ("N",)), DIGITS, target=True))
    return Fields((DataField("symbols", Sig("tokens", len(words), ("N",)), words), *answers))


def opened(params, seed):
    train, test = range(1, params["depth"] + 1), [params["test_depth"] or params["depth"]]
    return Generated(
        fields=fields(params),
        make=lambda rng, count: drawn(rng, count, train, params["tree"]),
        make_held_out=lambda rng, count: drawn(rng, count, test, params["tree"]),
        batch=params["batch"],
        seed=seed,
        held_out=HELD_OUT,
        chance={"loss": math.log(5), "accuracy": 0.2},
    )


SPEC = DatasetSpec(
    kind="expressions",
    name=Text("Expressions modulo 5", "Expresiones módulo 5"),
    help=Text(
        "Digits from 0 to 4 joined by + - *: what does the whole come to, modulo 5? As a parse, operators stand at the nodes and digits "
        "at the leaves; each node's own value is there to learn from too. Cut in half, the written row of symbols is joined whatever it means.",
        "Cifras del 0 al 4 unidas por + - *: ¿cuánto da todo, módulo 5? Como análisis, los operadores están en los nodos y las cifras en "
        "las hojas; el valor de cada nodo también sirve para aprender. Partida por la mitad, la fila escrita se une signifique lo que signifique.",
    ),
    params=(
        ParamSpec("tree", "choice", "parse", Text("Tree", "Árbol"), Text("Along what the expression is folded.", "Por dónde se pliega la expresión."),
                  choices=(("parse", Text("its parse", "su análisis")), ("balanced", Text("the row cut in half", "la fila partida por la mitad")))),
        ParamSpec("depth", "int", 5, Text("Depth", "Profundidad"), Text("Training expressions are 1 to this many operators deep.", "Las de entrenamiento tienen de 1 a tantos operadores de profundidad."), 1, 8),
        ParamSpec("test_depth", "int", 3, Text("Depth of the test", "Profundidad de la prueba"), Text("That of all held-out expressions; 0 is the deepest trained.", "La de todas las reservadas; 0 es la mayor del entrenamiento."), 0, 10),
        ParamSpec("batch", "int", 64, Text("Batch", "Lote"), Text("Expressions per step.", "Expresiones por paso."), 1, 65_536),
    ),
    open=opened,
    peek=fields,
    metrics=("accuracy",),
)  # fmt: skip
