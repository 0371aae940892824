"""Dyck words: brackets of several kinds that close in the order they opened. A stack is what must be learned."""

import math

import numpy as np

from core.api import Baseline, DataField, DatasetSpec, Fields, Generated, ParamSpec, Sig, Text

HELD_OUT = 512
PAIRS = ("()", "[]", "{}", "<>")


def vocabulary(kinds):
    """First what opens, then what closes, in the same order."""
    return (*(p[0] for p in PAIRS[:kinds]), *(p[1] for p in PAIRS[:kinds]))


def fields(params):
    words = vocabulary(params["kinds"])
    tokens = Sig("tokens", len(words), ("T",))
    return Fields(
        (
            DataField("brackets", tokens, words),
            DataField("next", tokens, words, target=True),
            DataField("legal", Sig("features", len(words), ("T",)), target=True),
        )
    )


def sequences(rng, count, length, kinds, depth):
    """Tokens (count, length) and the ones that follow; `legal` (count, length, 2·kinds) with 1 at all that could follow.

    An endless row of nested brackets, cut at `length`. Where it may both open and close, either has the chance 1/2; kinds
    that open are equally likely. Hewitt et al. 2020 call it Dyck-(k, m)."""
    rows = np.arange(count)
    stack, height = np.zeros((count, depth + 1), np.int64), np.zeros(count, np.int64)
    written = np.zeros((count, length + 1), np.int64)
    legal = np.zeros((count, length + 1, 2 * kinds), np.float32)
    flips, opened = rng.random((count, length + 1)) < 0.5, rng.integers(0, kinds, (count, length + 1))
    for t in range(length + 1):
        legal[height < depth, t, :kinds] = 1
        top = stack[rows, height - 1]
        legal[rows[height > 0], t, kinds + top[height > 0]] = 1
        opens = (height == 0) | (flips[:, t] & (height < depth))
        written[:, t] = np.where(opens, opened[:, t], kinds + top)
        stack[rows[opens], height[opens]] = opened[opens, t]
        height += np.where(opens, 1, -1)
    return {"brackets": written[:, :-1], "next": written[:, 1:], "legal": legal[:, 1:]}


def process(data, kinds):
    """What the process itself scores on the held-out part: no model can be less surprised."""
    legal = np.concatenate([b.arrays["legal"] for b in data.validation()])
    may_open, may_close = legal[..., 0] > 0, legal[..., kinds:].any(-1)
    nats = may_open * math.log(kinds) + (may_open & may_close) * (math.log(2) - 0.5 * math.log(kinds))
    return Baseline(Text("a perfect stack", "una pila perfecta"), {"loss": float(nats.mean()), "legal_sets": 1.0})


def opened(params, seed):
    length, kinds, depth = params["length"], params["kinds"], params["depth"]
    data = Generated(
        fields=fields(params),
        make=lambda rng, count: sequences(rng, count, length, kinds, depth),
        batch=params["batch"],
        seed=seed,
        held_out=HELD_OUT,
        chance={"loss": math.log(2 * kinds), "legal_sets": 0.0, "accuracy": 0.5 / kinds},
        baselines=lambda: (process(data, kinds),),
    )
    return data


SPEC = DatasetSpec(
    kind="dyck",
    name=Text("Dyck brackets", "Paréntesis de Dyck"),
    help=Text(
        "Nested brackets of one to four kinds. What closes must match what was opened last, so the open ones have to be "
        "remembered in order. The measure counts rows all of whose legal symbols were found at every step.",
        "Paréntesis anidados de una a cuatro clases. Lo que cierra debe corresponder a lo último abierto: hay que recordar "
        "en orden lo que sigue abierto. La medida cuenta las filas con todos los símbolos permitidos hallados en cada paso.",
    ),
    params=(
        ParamSpec("length", "int", 40, Text("Length", "Largo"), Text("Brackets in a row.", "Paréntesis de cada fila."), 2, 100_000),
        ParamSpec("kinds", "int", 2, Text("Kinds", "Clases"), Text("Different brackets: ( ) [ ] { } < >.", "Paréntesis distintos: ( ) [ ] { } < >."), 1, len(PAIRS)),
        ParamSpec("depth", "int", 3, Text("Depth", "Profundidad"), Text("How many may be open at once.", "Cuántos pueden estar abiertos a la vez."), 1, 100),
        ParamSpec("batch", "int", 32, Text("Batch", "Lote"), Text("Rows per step.", "Filas por paso."), 1, 65_536),
    ),
    open=opened,
    peek=fields,
    metrics=("legal_sets", "accuracy"),
)  # fmt: skip
