"""Along what wires are delayed: time, the rows or columns of a grid, the children of a tree; and which of these a loop may mix."""

from __future__ import annotations

from collections.abc import Iterator

from core.graph.model import Path
from core.problems import Problem
from core.shapes import fixes
from core.shapes.draft import Draft, Network
from core.shapes.flatten import Flat, Hop
from core.shapes.mistakes.all import mistake
from core.specs.sig import CHILDREN, GRID, ways
from core.words import Text

WAYS = {
    "": Text("its own axis", "su propio eje"),
    "left": Text("the left child", "el hijo izquierdo"),
    "right": Text("the right child", "el hijo derecho"),
}


def way_of(draft: Draft) -> str:
    return str(draft.attrs.get("along", ""))


def wrong_way(flat: Flat, draft: Draft, axes: tuple[str, ...]) -> Iterator[Problem]:
    """A value delayed along what it does not have, or by more than a child is away."""
    hop = _hop(draft)
    way, known = way_of(draft), ways(axes)
    if way in known and not (way in CHILDREN and draft.attrs["k"] != 1):
        return
    shown, got = "×".join(("B", *axes)), _named(way)
    if hop is None:
        where = flat.scopes[draft.path[:-1]].at_node(draft.path[-1])
        yield mistake("delay.along", where, got=got, expected=_listed(known), value=shown)
        return
    scope = flat.scopes[hop.path]
    where, wire = scope.at_edge(hop.edge), scope.wire(hop.edge)
    if way in known:
        fix = fixes.delay(flat.registry, hop.path, hop.edge.id, 1, wire)
        yield mistake("delay.child", where, (fix,), got=draft.attrs["k"])
    elif not known:
        cut = fixes.cut(flat.registry, hop.path, hop.edge.id, wire)
        yield mistake("delay.two_axes", where, (cut,), got=shown)
    else:
        choices = tuple(fixes.along(flat.registry, hop.path, hop.edge.id, w, _named(w), wire) for w in known)
        yield mistake("delay.along", where, choices, got=got, expected=_listed(known), value=shown)


def lost_ways(flat: Flat) -> Iterator[Problem]:
    """Wires that say along what, but not by how much: they would carry this very step's value."""
    for scope in flat.scopes.values():
        for edge in scope.graph.edges.values():
            if edge.along and not edge.delay:
                wire = scope.wire(edge)
                put = fixes.delay(flat.registry, scope.path, edge.id, 1, wire)
                leave = fixes.undelayed(flat.registry, scope.path, edge.id, wire)
                yield mistake("delay.none", scope.at_edge(edge), (put, leave), got=_named(edge.along))


def mixed_ways(
    flat: Flat, network: Network, axes: dict[int, tuple[str, ...]], groups: list[list[Path]]
) -> Iterator[Problem]:
    """Loops that would run along two things at once: told once each, at the wire that differs from the first."""
    member = {path: i for i, group in enumerate(groups) for path in group}
    first: dict[int, tuple[str, ...]] = {}
    for draft in network.drafts:
        hop = _hop(draft)
        if draft.name != "delay" or not draft.inputs or hop is None or not axes[draft.output.id]:
            continue
        assert draft.came[0] is not None
        group = member.get(draft.came[0][1].path)
        runs = _runs(way_of(draft), axes[draft.output.id])
        if group is None or first.setdefault(group, runs) == runs:
            continue
        scope = flat.scopes[hop.path]
        cut = fixes.cut(flat.registry, hop.path, hop.edge.id, scope.wire(hop.edge))
        yield mistake("loop.along", scope.at_edge(hop.edge), (cut,), got=_listed(runs), expected=_listed(first[group]))


def _runs(way: str, axes: tuple[str, ...]) -> tuple[str, ...]:
    """What a loop with this delay runs along."""
    return CHILDREN if way in CHILDREN else GRID if axes == GRID else axes[:1]


def _hop(draft: Draft) -> Hop | None:
    came = draft.came[0] if draft.came else None
    return None if came is None or not came[1].hops or "edge" not in draft.attrs else came[1].hops[-1]


def _named(way: str) -> Text:
    return WAYS.get(way, Text(way, way))


def _listed(known: tuple[str, ...]) -> Text:
    named = [_named(way) for way in known]
    return Text(", ".join(n.en for n in named), ", ".join(n.es for n in named))
