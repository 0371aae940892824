"""The normal form of a scan: each value as a polynomial over atoms, so that a structure is recognised in any spelling.

Atoms are products with a matrix, biases, states, values from outside, and squashed polynomials. (1-z)*n + z*h and
n + z*(h-n) have one normal form; a GRU that resets before its product has another than one that resets after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from core.compile.plan import WeightKey, weight_key
from core.specs.ops import Op

MANY = 64  # more terms than any known cell has: give up rather than expand without end
SQUASHED = ("sigmoid", "tanh", "relu")


class Term(NamedTuple):
    """One monomial: a product of atoms (sorted, with repeats) times a number."""

    atoms: tuple[int, ...]
    factor: float


Poly = tuple[Term, ...]


class State(NamedTuple):
    delay: int


class Outside(NamedTuple):
    value: int


class Inside(NamedTuple):
    """A value of the scan that has no normal form."""

    value: int


class Product(NamedTuple):
    """weight times source; the source is one state, one outside value, or any polynomial."""

    weight: WeightKey
    source: State | Outside | Poly


class Bias(NamedTuple):
    weight: WeightKey
    recurrent: bool  # stands at a product with a state


class Squashed(NamedTuple):
    name: str
    of: Poly


Atom = State | Outside | Inside | Product | Bias | Squashed


class TooMany(Exception):
    """The polynomial has more terms than a known cell could have."""


class Normal:
    """Normal forms of the values of one scan; `absorbed` are outside ops that belong to it."""

    def __init__(self, by_id: Mapping[int, Op], inside: frozenset[int], absorbed: frozenset[int]) -> None:
        self._ops, self._inside, self._absorbed = by_id, inside, absorbed
        self._number: dict[Atom, int] = {}
        self._atoms: list[Atom] = []
        self._known: dict[int, Poly] = {}

    def atom(self, number: int) -> Atom:
        return self._atoms[number]

    def poly(self, value: int) -> Poly:
        """The normal form of a value. Raises TooMany."""
        if value not in self._known:
            self._known[value] = self._work_out(self._ops[value], value)
        return self._known[value]

    def _work_out(self, op: Op, value: int) -> Poly:
        if value not in self._inside and value not in self._absorbed:
            return self._one(Outside(value))
        match op.name:
            case "delay":
                return self._one(State(value))
            case "add":
                return _sum(self.poly(op.inputs[0]), self.poly(op.inputs[1]))
            case "sub":
                return _sum(self.poly(op.inputs[0]), _scaled(self.poly(op.inputs[1]), -1.0))
            case "mul":
                return _times(self.poly(op.inputs[0]), self.poly(op.inputs[1]))
            case "neg":
                return _scaled(self.poly(op.inputs[0]), -1.0)
            case "affine":
                scale, offset = float(str(op.attrs["scale"])), float(str(op.attrs["offset"]))
                return _sum(_scaled(self.poly(op.inputs[0]), scale), _tidy({(): offset}))
            case "constant":
                return _tidy({(): float(str(op.attrs["value"]))})
            case "parameter":
                return self._one(Bias(weight_key(op.weights[0]), False))
            case "linear":
                return self._product(op)
            case name if name in SQUASHED:
                return self._one(Squashed(name, self.poly(op.inputs[0])))
            case _:
                return self._one(Inside(value))

    def _product(self, op: Op) -> Poly:
        inside = op.output.id in self._inside
        source = self._source(self.poly(op.inputs[0])) if inside else Outside(op.inputs[0])
        out = self._one(Product(weight_key(op.weights[0]), source))
        for bias in op.weights[1:]:
            out = _sum(out, self._one(Bias(weight_key(bias), inside)))
        return out

    def _source(self, poly: Poly) -> State | Outside | Poly:
        if len(poly) == 1 and poly[0].factor == 1.0 and len(poly[0].atoms) == 1:
            atom = self.atom(poly[0].atoms[0])
            if isinstance(atom, State | Outside):
                return atom
        return poly

    def _one(self, atom: Atom) -> Poly:
        if atom not in self._number:
            self._number[atom] = len(self._atoms)
            self._atoms.append(atom)
        return (Term((self._number[atom],), 1.0),)


def _sum(a: Poly, b: Poly) -> Poly:
    terms = {t.atoms: t.factor for t in a}
    for t in b:
        terms[t.atoms] = terms.get(t.atoms, 0.0) + t.factor
    return _tidy(terms)


def _scaled(a: Poly, by: float) -> Poly:
    return _tidy({t.atoms: t.factor * by for t in a})


def _times(a: Poly, b: Poly) -> Poly:
    terms: dict[tuple[int, ...], float] = {}
    for s in a:
        for t in b:
            atoms = tuple(sorted(s.atoms + t.atoms))
            terms[atoms] = terms.get(atoms, 0.0) + s.factor * t.factor
    return _tidy(terms)


def _tidy(terms: Mapping[tuple[int, ...], float]) -> Poly:
    if len(terms) > MANY:
        raise TooMany
    return tuple(Term(atoms, factor) for atoms, factor in sorted(terms.items()) if factor != 0.0)
