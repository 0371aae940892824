"""Recognises a scan that is torch's LSTM, GRU (reset after the product) or RNN, however it was drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.compile.normal import Atom, Bias, Normal, Outside, Poly, Product, Squashed, State, Term, TooMany
from core.compile.plan import WeightKey
from core.specs.ops import Op


@dataclass(frozen=True)
class Gate:
    """W x + U h + biases. `inputs` are (outside value, weight) in order of value."""

    inputs: tuple[tuple[int, WeightKey], ...]
    recurrent: WeightKey
    input_bias: WeightKey | None
    recurrent_bias: WeightKey | None


@dataclass(frozen=True)
class Match:
    """`kind` is lstm | gru | rnn_tanh | rnn_relu; gates in torch's order; delays h, then c."""

    kind: str
    gates: tuple[Gate, ...]
    delays: tuple[Op, ...]


def match(scan: tuple[Op, ...], by_id: Mapping[int, Op], absorbed: frozenset[int]) -> Match | None:
    """What the scan is, or None."""
    delays = [op for op in scan if op.name == "delay"]
    if len(delays) > 2 or any(op.attrs["k"] != 1 or op.attrs.get("along") for op in delays):
        return None
    normal = Normal(by_id, frozenset(op.output.id for op in scan), absorbed)
    try:
        if len(delays) == 2:
            return _lstm(normal, delays[0], delays[1]) or _lstm(normal, delays[1], delays[0])
        return _rnn(normal, delays[0]) or _gru(normal, delays[0])
    except TooMany:
        return None


def _rnn(normal: Normal, h: Op) -> Match | None:
    """h' = tanh(W x + U h + b), or relu."""
    out = _squashed(normal, normal.poly(h.inputs[0]))
    if out is None or out.name not in ("tanh", "relu"):
        return None
    gate = _gate(normal, out.of, h)
    return Match(f"rnn_{out.name}", (gate,), (h,)) if gate else None


def _lstm(normal: Normal, h: Op, c: Op) -> Match | None:
    """c' = f c + i g, h' = o tanh(c')."""
    cell = normal.poly(c.inputs[0])
    factors = _factors(normal, normal.poly(h.inputs[0]))
    if len(cell) != 2 or factors is None:
        return None
    o = next((a for a in factors if a.name == "sigmoid"), None)
    if o is None or {(a.name, a.of) for a in factors} != {("sigmoid", o.of), ("tanh", cell)}:
        return None
    forget = written = None
    for term in cell:
        atoms = [normal.atom(a) for a in term.atoms]
        if term.factor == 1.0 and len(atoms) == 2 and State(c.output.id) in atoms:
            forget = next((a for a in atoms if isinstance(a, Squashed) and a.name == "sigmoid"), None)
        else:
            written = _factors(normal, (term,))
    if forget is None or written is None or sorted(a.name for a in written) != ["sigmoid", "tanh"]:
        return None
    i, g = sorted(written, key=lambda a: a.name)
    gates = tuple(_gate(normal, part.of, h) for part in (i, forget, g, o))
    return _all("lstm", gates, (h, c))


def _gru(normal: Normal, h: Op) -> Match | None:
    """h' = n - z n + z h with n = tanh(W x + b + r (U h + b'))."""
    terms = {t.factor: t for t in normal.poly(h.inputs[0]) if len(t.atoms) == 1}
    out = normal.poly(h.inputs[0])
    if len(out) != 3 or 1.0 not in terms:
        return None
    n_atom = terms[1.0].atoms[0]
    n = normal.atom(n_atom)
    z = next((a for t in out for a in t.atoms if _is_sigmoid(normal, a)), None)
    h_atom = next((a for t in out for a in t.atoms if normal.atom(a) == State(h.output.id)), None)
    if z is None or h_atom is None or not isinstance(n, Squashed) or n.name != "tanh":
        return None
    wanted = {((n_atom,), 1.0), (tuple(sorted((z, n_atom))), -1.0), (tuple(sorted((z, h_atom))), 1.0)}
    if {(t.atoms, t.factor) for t in out} != wanted:
        return None
    z_part = normal.atom(z)
    assert isinstance(z_part, Squashed)
    new = _new_gate(normal, n.of, h)
    if new is None:
        return None
    reset, gate = new
    return _all("gru", (_gate(normal, reset, h), _gate(normal, z_part.of, h), gate), (h,))


def _new_gate(normal: Normal, poly: Poly, h: Op) -> tuple[Poly, Gate] | None:
    """Splits W x + b + r (U h + b') into the polynomial of r and the gate."""
    resets = {a for t in poly if len(t.atoms) == 2 for a in t.atoms if _is_sigmoid(normal, a)}
    if len(resets) != 1:
        return None
    r = resets.pop()
    plain: list[Term] = []
    gated: list[Term] = []
    for t in poly:
        if len(t.atoms) == 2 and r in t.atoms:
            rest = list(t.atoms)
            rest.remove(r)
            gated.append(Term(tuple(rest), t.factor))
        else:
            plain.append(t)
    atoms = [normal.atom(t.atoms[0]) for t in plain if len(t.atoms) == 1]
    inner = [normal.atom(t.atoms[0]) for t in gated if len(t.atoms) == 1]
    if any(t.factor != 1.0 for t in poly) or len(atoms) != len(plain):
        return None
    inputs = _inputs(atoms)
    biases = [a.weight for a in atoms if isinstance(a, Bias)]
    products = [a for a in inner if isinstance(a, Product) and a.source == State(h.output.id)]
    inner_biases = [a.weight for a in inner if isinstance(a, Bias)]
    if (
        len(products) != 1
        or len(products) + len(inner_biases) != len(inner)
        or len(inner_biases) > 1
        or len(biases) > 1
    ):
        return None
    if not inputs or len(inputs) + len(biases) != len(atoms):
        return None
    reset = normal.atom(r)
    assert isinstance(reset, Squashed)
    gate = Gate(inputs, products[0].weight, next(iter(biases), None), next(iter(inner_biases), None))
    return reset.of, gate


def _gate(normal: Normal, poly: Poly, h: Op) -> Gate | None:
    """W x + U h + b (+ b'), each once."""
    if any(t.factor != 1.0 or len(t.atoms) != 1 for t in poly):
        return None
    atoms = [normal.atom(t.atoms[0]) for t in poly]
    inputs = _inputs(atoms)
    recurrent = [a for a in atoms if isinstance(a, Product) and a.source == State(h.output.id)]
    biases = sorted((a for a in atoms if isinstance(a, Bias)), key=lambda b: (b.recurrent, b.weight))
    if not inputs or len(recurrent) != 1 or len(biases) > 2 or len(inputs) + 1 + len(biases) != len(atoms):
        return None
    keys: list[WeightKey | None] = [*(b.weight for b in biases), None, None]
    return Gate(inputs, recurrent[0].weight, keys[0], keys[1])


def _inputs(atoms: Sequence[Atom]) -> tuple[tuple[int, WeightKey], ...]:
    found = [(a.source.value, a.weight) for a in atoms if isinstance(a, Product) and isinstance(a.source, Outside)]
    return tuple(sorted(found))


def _all(kind: str, gates: tuple[Gate | None, ...], delays: tuple[Op, ...]) -> Match | None:
    """The match, where every gate was read and all look at the same inputs."""
    read = tuple(g for g in gates if g is not None)
    if len(read) != len(gates):
        return None
    sources = {tuple(v for v, _ in g.inputs) for g in read}
    used = [w for g in read for w in (*(w for _, w in g.inputs), g.recurrent, g.input_bias, g.recurrent_bias) if w]
    if len(sources) != 1 or len(set(used)) != len(used) or any(len(set(s)) != len(s) for s in sources):
        return None
    return Match(kind, read, delays)


def _factors(normal: Normal, poly: Poly) -> list[Squashed] | None:
    """The squashed factors of a single product with factor 1."""
    if len(poly) != 1 or poly[0].factor != 1.0 or len(poly[0].atoms) != 2:
        return None
    atoms = [normal.atom(a) for a in poly[0].atoms]
    squashed = [a for a in atoms if isinstance(a, Squashed)]
    return squashed if len(squashed) == 2 else None


def _squashed(normal: Normal, poly: Poly) -> Squashed | None:
    if len(poly) != 1 or poly[0].factor != 1.0 or len(poly[0].atoms) != 1:
        return None
    atom = normal.atom(poly[0].atoms[0])
    return atom if isinstance(atom, Squashed) else None


def _is_sigmoid(normal: Normal, atom: int) -> bool:
    found = normal.atom(atom)
    return isinstance(found, Squashed) and found.name == "sigmoid"
