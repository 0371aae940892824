"""Features, tokens or scalars: what every wire carries, told from the ports alone, before any node is built."""

from __future__ import annotations

from collections.abc import Iterator

from core.graph.model import Path
from core.problems import Fix, Problem
from core.shapes import fixes
from core.shapes.flatten import Flat, Source
from core.shapes.mistakes.all import KINDS, mistake
from core.specs.fields import DataField, Fields
from core.specs.node import PortKind
from core.specs.sig import SigKind
from core.words import Text

ACCEPTS: dict[PortKind, tuple[SigKind, ...]] = {
    "features": ("features", "scalar"),
    "tokens": ("tokens",),
    "scalar": ("scalar",),
    "any": ("features", "tokens", "scalar"),
}


def kind_of(flat: Flat, fields: Fields, source: Source) -> SigKind | None:
    """The kind of a leaf's output; where its port takes any kind, that of what arrives there."""
    seen: set[tuple[Path, str]] = set()
    while (source.path, source.port) not in seen:
        seen.add((source.path, source.port))
        leaf = flat.leaves[source.path]
        outputs = flat.scopes[source.path[:-1]].outputs[source.path[-1]]
        kind = next(p.kind for p in outputs if p.name == source.port)
        if kind != "any":
            return kind
        if leaf.spec.role in ("input", "target"):
            field = pick_field(flat, fields, source.path)
            return field.sig.kind if isinstance(field, DataField) else None
        inputs = flat.scopes[source.path[:-1]].inputs[source.path[-1]]
        inputs = tuple(p for p in inputs if p.kind == "any") or inputs
        found = [a for p in inputs for a in flat.arrivals[source.path, p.name] if isinstance(a, Source)]
        if not found:
            return None
        source = found[0]
    return None


def pick_field(flat: Flat, fields: Fields, path: Path) -> DataField | Problem:
    """The data field that an input or target reads. An empty name means the only one that fits."""
    leaf = flat.leaves[path]
    scope = flat.scopes[path[:-1]]
    where = scope.at_node(path[-1], param="field")
    wanted = leaf.spec.outputs[0].kind
    target = leaf.spec.role == "target"
    fit = [f for f in fields.items if f.target == target and f.sig.kind in ACCEPTS[wanted]]

    def choose(names: list[DataField]) -> tuple[Fix, ...]:
        return tuple(flat.set_param(path, "field", f.name) for f in names)

    name = str(leaf.params.get("field", ""))
    if not name:
        if len(fit) == 1:
            return fit[0]
        names = ", ".join(f.name for f in fit)
        if fit:
            return mistake("field.several", where, choose(fit), expected=names)
        return mistake("field.none", where, expected=_wanted(target, wanted))
    field = fields.get(name)
    if field is None:
        return mistake(
            "field.unknown", where, choose(fit), got=name, expected=", ".join(f.name for f in fields.items) or "–"
        )
    if field.sig.kind not in ACCEPTS[wanted]:
        return mistake("field.kind", where, choose(fit), got=KINDS[field.sig.kind], expected=KINDS[wanted], field=name)
    if field.target and not target:
        return mistake("field.answer", where, choose(fit), got=name)
    return field


def _wanted(target: bool, kind: PortKind) -> Text:
    if not target:
        return KINDS[kind]
    return Text("an answer", "una respuesta")


def wrong_wires(flat: Flat, fields: Fields) -> tuple[list[Problem], set[tuple[Path, str]]]:
    """Wires that bring a kind their port does not take. A mistake is told at the first port that it meets."""
    problems: list[Problem] = []
    bad: set[tuple[Path, str]] = set()
    carried = [(key, a) for key, a in flat.wires.items() if isinstance(a, Source)]
    for key, source in sorted(carried, key=lambda item: len(item[1].hops)):
        scope, edge = flat.scopes[key[0]], source.hops[-1].edge
        port = scope.input(edge.target)
        kind = kind_of(flat, fields, source)
        if any((h.path, h.edge.id) in bad for h in source.hops[:-1]):
            bad.add(key)
        elif port is not None and kind is not None and kind not in ACCEPTS[port.kind]:
            bad.add(key)
            where = scope.at_edge(edge)
            repairs = tuple(_repairs(flat, key, kind, port.kind))
            problems.append(mistake(_code(kind, port.kind), where, repairs, got=KINDS[kind], expected=KINDS[port.kind]))
    return problems, bad


def _code(got: SigKind, expected: PortKind) -> str:
    if (got, expected) == ("tokens", "features"):
        return "wire.tokens"
    return "wire.features" if (got, expected) == ("features", "tokens") else "wire.kind"


def _repairs(flat: Flat, key: tuple[Path, str], got: SigKind, expected: PortKind) -> Iterator[Fix]:
    path, edge = key
    if (got, expected) == ("tokens", "features"):
        yield fixes.insert(flat.registry, path, edge, "embedding")
        yield fixes.insert(flat.registry, path, edge, "one_hot")
    scope = flat.scopes[path]
    yield fixes.cut(flat.registry, path, edge, scope.wire(scope.graph.edges[edge]))
