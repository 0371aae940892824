"""Reber strings: what a small automaton may write. Embedded ones end with the symbol they began with, far away."""

import math

import numpy as np

from core.api import Baseline, DataField, DatasetSpec, Fields, Generated, ParamSpec, Sig, Text, generator

HELD_OUT = 256
SYMBOLS = ("B", "T", "P", "S", "X", "V", "E")
END = -1
# state -> symbol -> next state. Reber 1967, as drawn by Cleeremans, Servan-Schreiber and McClelland 1989.
GRAMMAR = (
    {"B": 1},
    {"T": 2, "P": 3},
    {"S": 2, "X": 4},
    {"T": 3, "V": 5},
    {"X": 3, "S": 6},
    {"P": 4, "V": 6},
    {"E": END},
)
FIELDS = Fields(
    (
        DataField("symbols", Sig("tokens", len(SYMBOLS), ("T",)), SYMBOLS),
        DataField("next", Sig("tokens", len(SYMBOLS), ("T",)), SYMBOLS, target=True),
        DataField("legal", Sig("features", len(SYMBOLS), ("T",)), target=True),
    )
)


def embedded():
    """The grammar between B T and T E, and between B P and P E: two copies that never meet."""
    size = len(GRAMMAR)
    starts = {"T": 2, "P": 2 + size}
    after = 2 + 2 * size  # then T or P again, then E
    states = [{"B": 1}, dict(starts)]
    for copy, start in enumerate(starts.values()):
        states += [{s: after + copy if to == END else start + to for s, to in row.items()} for row in GRAMMAR]
    return (*states, {"T": after + 2}, {"P": after + 2}, {"E": END})


def string(rng, grammar):
    """The ids of one string, and the legal sets after each symbol but the last; every branch has the same chance."""
    state, ids, legal = 0, [], []
    while state != END:
        row = grammar[state]
        legal.append([SYMBOLS.index(s) for s in row])
        ids.append(legal[-1][int(rng.integers(len(row)))] if len(row) > 1 else legal[-1][0])
        state = row[SYMBOLS[ids[-1]]]
    return ids, legal[1:]


def sequences(rng, count, grammar):
    """Padded tokens (count, T) and the ones that follow, `legal` (count, T, 7) with 1 at all that could have followed."""
    strings = [string(rng, grammar) for _ in range(count)]
    lengths = np.array([len(ids) - 1 for ids, _ in strings])
    shape = (count, int(lengths.max()))
    read, answer = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    legal = np.zeros((*shape, len(SYMBOLS)), np.float32)
    for row, (ids, sets) in enumerate(strings):
        read[row, : lengths[row]] = ids[:-1]
        answer[row, : lengths[row]] = ids[1:]
        for step, members in enumerate(sets):
            legal[row, step, members] = 1
    return {"symbols": read, "next": answer, "legal": legal, "T": lengths}


def compared(data, grammar):
    """What the grammar itself scores, and a table of which symbol follows which."""
    held_out = list(data.validation())
    inside = [np.arange(b.arrays["next"].shape[1]) < b.lengths["T"][:, None] for b in held_out]
    choices = np.concatenate([b.arrays["legal"].sum(-1)[m] for b, m in zip(held_out, inside, strict=True)])
    seen = sequences(generator(0, 3), 2000, grammar)
    table = np.ones((len(SYMBOLS), len(SYMBOLS)))
    kept = np.arange(seen["next"].shape[1]) < seen["T"][:, None]
    np.add.at(table, (seen["symbols"][kept], seen["next"][kept]), 1)
    nats = -np.log(table / table.sum(1, keepdims=True))
    pairs = [nats[b.arrays["symbols"][m], b.arrays["next"][m]] for b, m in zip(held_out, inside, strict=True)]
    return (
        Baseline(Text("the grammar itself", "la propia gramática"), {"loss": float(np.log(choices).mean()), "legal_sets": 1.0}),
        Baseline(Text("pairs of symbols", "pares de símbolos"), {"loss": float(np.concatenate(pairs).mean()), "legal_sets": 0.0}),
    )  # fmt: skip


def opened(params, seed):
    grammar = embedded() if params["embedded"] else GRAMMAR
    data = Generated(
        fields=FIELDS,
        make=lambda rng, count: sequences(rng, count, grammar),
        batch=params["batch"],
        seed=seed,
        held_out=HELD_OUT,
        chance={"loss": math.log(len(SYMBOLS)), "legal_sets": 0.0, "accuracy": 1 / len(SYMBOLS)},
        baselines=lambda: compared(data, grammar),
    )
    return data


SPEC = DatasetSpec(
    kind="reber",
    name=Text("Reber grammar", "Gramática de Reber"),
    help=Text(
        "Strings of seven symbols that an automaton writes. The measure counts strings at every step of which exactly the "
        "legal symbols are the most probable. Embedded strings ask at their end for the second symbol.",
        "Cadenas de siete símbolos que escribe un autómata. La medida cuenta las cadenas en las que, en cada paso, los "
        "símbolos más probables son justo los permitidos. Las incrustadas piden al final el segundo símbolo.",
    ),
    params=(
        ParamSpec("embedded", "bool", True, Text("Embedded", "Incrustada"), Text("The string between two equal symbols, so that one bit must be kept throughout.", "La cadena entre dos símbolos iguales: hay que guardar un bit de principio a fin.")),
        ParamSpec("batch", "int", 8, Text("Batch", "Lote"), Text("Strings per step.", "Cadenas por paso."), 1, 65_536),
    ),
    open=opened,
    peek=lambda params: FIELDS,
    metrics=("legal_sets", "accuracy"),
)  # fmt: skip
