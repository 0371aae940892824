"""Delayed wires: one `delay` op for all wires with the same source, delay and start, also across the walls of cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.graph.model import Path
from core.shapes.draft import Clash, Draft, Network
from core.shapes.flatten import Flat, Hop, Nothing, Source
from core.shapes.kinds import kind_of
from core.specs.fields import Fields
from core.specs.ops import InitRule, Value, Weight
from core.specs.sig import CHILDREN, Dim, Sig


@dataclass(frozen=True)
class Plain:
    """A leaf's output, now."""

    path: Path
    port: str


@dataclass(frozen=True)
class Late:
    """A value of `k` steps ago. `start` is zeros, learned, or the value it is fed from."""

    of: Plain | Late
    k: int
    start: str | Plain | Late
    along: str = ""


@dataclass
class Made:
    """A delay op, what it delays, and the value its start is fed from."""

    draft: Draft
    key: Late
    start: Value | None


class Delays:
    """Makes delay ops when they are first read, before their sources may exist, and ties the knots at the end."""

    def __init__(
        self, flat: Flat, fields: Fields, network: Network, built: dict[tuple[Path, str], Value]
    ) -> None:  # fmt: skip
        self._flat = flat
        self._fields = fields
        self._network = network
        self._built = built
        self.made: dict[Late, Made] = {}

    def needs(self, source: Source) -> Iterator[Path]:
        """The leaves that must be built before this arrival can be read."""
        if not source.delay:
            yield source.path
        for hop in source.hops:
            fed = self._fed(hop)
            if fed is not None:
                yield from self.needs(fed)

    def value(self, source: Source, cut: bool = False) -> Value | None:
        """The value that arrives; None where its leaf could not be built. `cut` reads it as if it were delayed."""
        chain = self._chain(source)
        if cut and not chain:
            chain = [(Late(Plain(source.path, source.port), 1, "zeros"), source.hops[0])]
        for late, hop in chain:
            if late not in self.made:
                self._make(late, hop, source)
        if chain:
            return self.made[chain[-1][0]].draft.output
        return self._built.get((source.path, source.port))

    def existing(self, source: Source) -> int | None:
        """The id of what arrives, as far as it was made; a delayed wire that nobody reads shows its source."""
        key = self._key(source)
        while isinstance(key, Late) and key not in self.made:
            key = key.of
        if isinstance(key, Late):
            return self.made[key].draft.output.id
        found = self._built.get((key.path, key.port))
        return None if found is None else found.id

    def close(self) -> None:
        """Give every delay op the value that it delays, now that all exist."""
        for made in self.made.values():
            draft, size = made.draft, made.draft.output.sig.size
            source = self._at(made.key.of)
            if source is None:
                draft.inputs = []
                continue
            draft.inputs = [source.id, *draft.inputs]
            self._network.agree("size.mismatch", draft, 0, source.sig.size, size)
            if made.start is not None:
                self._network.agree("start.size", draft, 1, made.start.sig.size, size)

    def _key(self, source: Source) -> Plain | Late:
        chain = self._chain(source)
        return chain[-1][0] if chain else Plain(source.path, source.port)

    def _chain(self, source: Source) -> list[tuple[Late, Hop]]:
        """The delays on the way, each with its wire. Two delays from zeros are one longer delay."""
        chain: list[tuple[Late, Hop]] = []
        for hop in source.hops:
            if not hop.edge.delay:
                continue
            start, k, along = self._start(hop), hop.edge.delay, hop.edge.along
            last = chain[-1][0] if chain else None
            if last is not None and last.start == start == "zeros" and last.along == along not in CHILDREN:
                chain[-1] = Late(last.of, last.k + k, start, along), hop
            else:
                chain.append((Late(last or Plain(source.path, source.port), k, start, along), hop))
        return chain

    def _start(self, hop: Hop) -> str | Plain | Late:
        fed = self._fed(hop)
        if fed is not None:
            return self._key(fed)
        return "learned" if hop.edge.init.kind == "learned" else "zeros"

    def _fed(self, hop: Hop) -> Source | None:
        """Where the start is fed from. An optional input that was left unwired starts from zeros."""
        found = self._flat.fed.get((hop.path, hop.edge.id), Nothing.UNWIRED) if hop.edge.delay else Nothing.UNWIRED
        return found if isinstance(found, Source) else None

    def _at(self, key: Plain | Late) -> Value | None:
        if isinstance(key, Late):
            return self.made[key].draft.output
        return self._built.get((key.path, key.port))

    def _make(self, key: Late, hop: Hop, source: Source) -> None:
        kind = kind_of(self._flat, self._fields, source) or "features"
        now = self._at(key.of)
        size = now.sig.size if now is not None else Dim(hop.edge.source.port)
        path, port = (*hop.path, hop.edge.source.node), hop.edge.source.port
        fed = self._fed(hop)
        start = self.value(fed) if fed is not None else None
        draft = self._network.add("delay", Sig(kind, size), path)
        rule = key.start if isinstance(key.start, str) else "fed"
        draft.attrs = {"k": key.k, "init": rule, "edge": hop.edge.id, "port": port}
        if key.along:
            draft.attrs["along"] = key.along
        if rule == "learned":
            name = "_".join(["start", port, *([key.along] if key.along else []), *([str(key.k)] if key.k > 1 else [])])
            draft.weights = (Weight(path, name, (size,), InitRule("zeros")),)
        if start is not None:
            draft.inputs = [start.id]
        came = Source(source.path, source.port, source.hops[: source.hops.index(hop) + 1])
        draft.came = ((port, came), (port, came))
        if kind == "tokens" and rule != "zeros":
            self._network.clashes.append(Clash("start.tokens", draft, 0, 0, 0))
        self.made[key] = Made(draft, key, start)
