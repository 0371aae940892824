"""A network while it is being worked out: ops with sizes still unknown, and the Builder that nodes write them through."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from core.graph.model import Path
from core.problems import Place, Problem, filled
from core.shapes.flatten import Source
from core.shapes.rules import RULES, Attr
from core.shapes.scope import Leaf
from core.shapes.unify import Sum, known, unify
from core.specs.ops import InitRule, Pattern, Value, Weight
from core.specs.sig import Dim, Sig, SigKind, Size
from core.words import Text


@dataclass
class Draft:
    """An op in the making. `came` names the input port and wires of each input that arrived from outside the node."""

    name: str
    inputs: list[int]
    output: Value
    path: Path
    weights: tuple[Weight, ...] = ()
    attrs: dict[str, Attr] = field(default_factory=dict)
    port: str = ""
    came: tuple[tuple[str, Source] | None, ...] = ()


@dataclass(frozen=True)
class Clash:
    """Two sizes (or kinds) that should agree and do not, met at an input of an op."""

    code: str  # size.mismatch, loss.vocabulary, start.size or wire.kind
    draft: Draft
    index: int
    got: int
    expected: int


@dataclass
class Network:
    """Everything drafted so far. A value's id is the index of its op."""

    drafts: list[Draft] = field(default_factory=list)
    sums: list[tuple[Sum, Draft]] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    shapes: dict[tuple[Path, str], tuple[Size, ...]] = field(default_factory=dict)  # of each weight, whoever reads it

    def add(self, name: str, sig: Sig, path: Path) -> Draft:
        draft = Draft(name, [], Value(len(self.drafts), sig), path)
        self.drafts.append(draft)
        return draft

    def agree(self, code: str, draft: Draft, index: int, got: Size, expected: Size) -> None:
        """From now on both sizes are one; where both are known and differ, that is a clash at an input of the op."""
        a, b = known(got), known(expected)
        if not unify(got, expected):
            assert a is not None and b is not None
            self.clashes.append(Clash(code, draft, index, a, b))


class NodeBuild:
    """The Builder of one leaf: its arrivals in, its ops drafted, its outputs out."""

    def __init__(
        self,
        network: Network,
        leaf: Leaf,
        arriving: Mapping[str, Sequence[tuple[Source, Value]]],
        field_sig: Callable[[str], Sig],
        where: Callable[[str, str], Place],
        tables: Callable[[str], Path | Problem],
    ) -> None:
        self._network = network
        self._leaf = leaf
        self._field = field_sig
        self._where = where
        self._tables = tables
        self._came: dict[int, tuple[str, Source]] = {}
        self._handed: dict[str, list[Value]] = {}
        for port, values in arriving.items():
            # each arrival gets its own Value object, so that x·x still knows which wire is which
            self._handed[port] = [Value(v.id, v.sig) for _, v in values]
            self._came |= {id(v): (port, s) for v, (s, _) in zip(self._handed[port], values, strict=True)}
        self.outputs: dict[str, Value] = {}

    def input(self, port: str) -> Value | None:
        return next(iter(self._handed.get(port, ())), None)

    def inputs(self, port: str) -> Sequence[Value]:
        return tuple(self._handed.get(port, ()))

    def output(self, port: str, value: Value) -> None:
        self.outputs[port] = value
        draft = self._network.drafts[value.id]
        if draft.path == self._leaf.path and not draft.port:
            draft.port = port

    def param(self, name: str) -> Attr:
        return self._leaf.params[name]

    def size(self, name: str) -> Size:
        return self.integer(name) or Dim(name)

    def integer(self, name: str) -> int:
        return int(self.param(name))

    def number(self, name: str) -> float:
        return float(self.param(name))

    def flag(self, name: str) -> bool:
        return bool(self.param(name))

    def text(self, name: str) -> str:
        return str(self.param(name))

    def weight(
        self, name: str, shape: tuple[Size, ...], init: InitRule, trainable: bool = True, pattern: Pattern | None = None
    ) -> Weight:
        return Weight(self._leaf.path, name, shape, init, trainable, pattern)

    def table(self, param: str) -> Weight | None:
        found = self._tables(param)
        if isinstance(found, Problem):
            self._network.problems.append(found)
            return None
        shape = self._network.shapes.setdefault((found, "weight"), (Dim("vocabulary"), Dim("size")))
        return Weight(found, "weight", shape, InitRule("normal", 1.0))

    def op(self, name: str, /, *inputs: Value, weights: tuple[Weight, ...] = (), **attrs: Attr) -> Value:
        draft = self._network.add(name, Sig("features"), self._leaf.path)
        draft.inputs = [v.id for v in inputs]
        draft.weights, draft.attrs = weights, dict(attrs)
        for weight in weights:
            known_as = self._network.shapes.setdefault((weight.path, weight.name), weight.shape)
            for mine, theirs in zip(weight.shape, known_as, strict=True):
                self._network.agree("size.mismatch", draft, 0, mine, theirs)
        draft.came = tuple(self._came.get(id(v)) for v in inputs)
        sig = RULES[name](_Applied(self._network, draft, [v.sig for v in inputs], self._field))
        draft.output = Value(draft.output.id, sig)
        return draft.output

    def problem(self, code: str, message: Text, hint: Text = Text("", ""), port: str = "", param: str = "") -> None:
        self._network.problems.append(Problem(code, filled(message), self._where(port, param), hint))


@dataclass
class _Applied:
    """An op as its shape rule sees it."""

    network: Network
    draft: Draft
    sigs: Sequence[Sig]
    field_sig: Callable[[str], Sig]

    @property
    def weights(self) -> Sequence[Weight]:
        return self.draft.weights

    @property
    def attrs(self) -> Mapping[str, Attr]:
        return self.draft.attrs

    def kind(self, index: int, *kinds: SigKind) -> None:
        # wires were checked before; what is left is a node whose ports promise more than its ops take
        if self.sigs[index].kind not in kinds:
            self.network.clashes.append(Clash("wire.kind", self.draft, index, 0, 0))

    def same(self, index: int, size: Size) -> None:
        self.network.agree("size.mismatch", self.draft, index, self.sigs[index].size, size)

    def vocabulary(self, index: int, size: Size) -> None:
        self.network.agree("loss.vocabulary", self.draft, index, self.sigs[index].size, size)

    def total(self, total: Size, parts: Sequence[Size]) -> None:
        self.network.sums.append((Sum(total, tuple(parts)), self.draft))

    def field(self, name: str) -> Sig:
        return self.field_sig(name)
