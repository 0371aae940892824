"""What inference found wrong, as Problems: the wire, both sizes, and the repairs that would make them agree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.graph.model import Path, Ref
from core.problems import Fix, Problem
from core.shapes import fixes
from core.shapes.draft import Clash, Draft, Network
from core.shapes.flatten import Flat, Hop, Source
from core.shapes.mistakes.all import KINDS, mistake
from core.shapes.unify import Sum, find, known
from core.specs.sig import Dim

SIZES = ("units", "size")  # parameters that set the size of what their node gives


def clashes(flat: Flat, network: Network) -> list[Problem]:
    return [_clash(flat, c) for c in network.clashes]


def _clash(flat: Flat, clash: Clash) -> Problem:
    scope = flat.scopes[clash.draft.path[:-1]]
    came = clash.draft.came[clash.index] if clash.index < len(clash.draft.came) else None
    if clash.code == "wire.kind":
        if came is not None:
            return _wrong_kind(flat, came[1].hops[-1])
        where = scope.at_node(clash.draft.path[-1])
        return mistake("wire.kind", where, got=KINDS["scalar"], expected=KINDS["features"])
    if came is None:
        where = scope.at_node(clash.draft.path[-1])
        return mistake(clash.code, where, got=clash.got, expected=clash.expected, **_advice(None, clash.expected))
    source = came[1]
    hop = source.hops[-1]
    here = flat.scopes[hop.path]
    where = here.at_edge(hop.edge)
    if clash.code in ("start.size", "start.tokens"):
        zeros = fixes.start_from(flat.registry, hop.path, hop.edge.id, fixes.ZEROS)
        return mistake(clash.code, where, (zeros,), got=clash.got, expected=clash.expected)
    knob = size_knob(flat, source)
    repairs = tuple(_size_fixes(flat, clash, knob, hop))
    return mistake(
        clash.code, where, repairs, got=clash.got, expected=clash.expected, **_advice(knob, clash.expected)
    )  # fmt: skip


def _wrong_kind(flat: Flat, hop: Hop) -> Problem:
    scope = flat.scopes[hop.path]
    cut = fixes.cut(flat.registry, hop.path, hop.edge.id, scope.wire(hop.edge))
    return mistake("wire.kind", scope.at_edge(hop.edge), (cut,), got=KINDS["scalar"], expected=KINDS["features"])


def _size_fixes(flat: Flat, clash: Clash, knob: tuple[Path, str] | None, hop: Hop) -> Iterator[Fix]:
    if knob is not None:
        yield flat.set_param(knob[0], knob[1], clash.expected)
    if clash.code == "loss.vocabulary" and knob is not None and knob[1] == "units":
        yield flat.set_param(knob[0], "units", 0)
    yield fixes.insert(flat.registry, hop.path, hop.edge.id, "dense", units=clash.expected)


def _advice(knob: tuple[Path, str] | None, expected: int) -> dict[str, Any]:
    if knob is None:
        return {"advice": "Insert a Dense.", "consejo": "Inserte una Densa."}
    return {
        "advice": f"Set {knob[1]} to {expected}, or insert a Dense.",
        "consejo": f"Ponga {knob[1]} en {expected}, o inserte una Densa.",
    }


def size_knob(flat: Flat, source: Source) -> tuple[Path, str] | None:
    """The node and parameter that set the size of a value: of the node drawn nearest, else up the stream."""
    hop = source.hops[-1]
    near = _knob_at(flat, (*hop.path, hop.edge.source.node))
    if near is not None:
        return near
    seen: set[Path] = set()
    path = source.path
    while path not in seen:
        seen.add(path)
        found = _knob_at(flat, path)
        if found is not None:
            return found
        ports = flat.scopes[path[:-1]].inputs[path[-1]]
        arriving = [a for p in ports for a in flat.arrivals[path, p.name] if isinstance(a, Source)]
        if len(arriving) != 1:
            return None
        path = arriving[0].path
    return None


def _knob_at(flat: Flat, path: Path) -> tuple[Path, str] | None:
    """A size parameter at a node; where it is bound to the cell's own parameter, that one."""
    node = flat.scopes[path[:-1]].graph.nodes[path[-1]]
    spec = flat.registry.node(node.kind)
    name = next((n for n in SIZES if n in node.params or (spec is not None and spec.param(n) is not None)), None)
    while name is not None and isinstance(value := node.params.get(name), Ref):
        if len(path) < 2:
            return None
        path, name = path[:-1], value.param
        node = flat.scopes[path[:-1]].graph.nodes[path[-1]]
    return None if name is None else (path, name)


def algebraic(flat: Flat, around: list[Path]) -> Problem:
    """A cycle without delay, every node of it named, in the direction the values flow."""
    names = [flat.shown(p) for p in around]
    hops = [h for a, b in zip(around, [*around[1:], around[0]], strict=True) for h in _link(flat, a, b)]
    puts = tuple(
        fixes.delay(flat.registry, h.path, h.edge.id, 1, flat.scopes[h.path].wire(h.edge)) for h in reversed(hops)
    )
    last = hops[-1]
    where = flat.scopes[last.path].at_edge(last.edge)
    return mistake("loop.algebraic", where, puts, got=" → ".join([*names, names[0]]))


def _link(flat: Flat, source: Path, user: Path) -> tuple[Hop, ...]:
    """The wires over which `user` reads `source` at the same step, or whose start is fed from it."""
    arriving = (
        a for p in flat.scopes[user[:-1]].inputs[user[-1]] for a in flat.arrivals[user, p.name] if isinstance(a, Source)
    )
    return next(way for a in arriving if (way := _way(flat, source, a)))


def _way(flat: Flat, source: Path, arrival: Source) -> tuple[Hop, ...]:
    if arrival.path == source and not arrival.delay:
        return arrival.hops
    for hop in arrival.hops:
        fed = flat.fed.get((hop.path, hop.edge.id))
        if isinstance(fed, Source) and ((fed.path == source and not fed.hops) or _way(flat, source, fed)):
            return (hop,)
    return ()


def sums(flat: Flat, wrong: list[tuple[Sum, Draft]]) -> list[Problem]:
    first = {draft.path: (equation, draft) for equation, draft in reversed(wrong)}
    return [_sum(flat, equation, draft) for equation, draft in reversed(first.values())]


def _sum(flat: Flat, equation: Sum, draft: Draft) -> Problem:
    where = flat.scopes[draft.path[:-1]].at_node(draft.path[-1])
    total, parts = known(equation.total) or 0, len(equation.parts)
    if draft.name != "slice":
        return mistake("size.sum", where, got=total)
    even = [n for n in range(2, 65) if total % n == 0]
    nearest = sorted(even, key=lambda n: abs(n - parts))[:1]
    repair = tuple(flat.set_param(draft.path, "parts", n) for n in nearest)
    return mistake("size.split", where, repair, got=total, expected=parts)


def undetermined(flat: Flat, network: Network) -> Iterator[Problem]:
    """Sizes that nothing fixes, told once each, at a node where a number can be given."""
    told: dict[int, tuple[Draft, bool]] = {}
    for draft in network.drafts:
        for size in (draft.output.sig.size, *(n for w in draft.weights for n in w.shape)):
            root = find(size)
            if isinstance(root, Dim):
                settable = _knob_at(flat, draft.path) is not None
                if id(root) not in told or (settable and not told[id(root)][1]):
                    told[id(root)] = draft, settable
    for path in dict.fromkeys(d.path for d, _ in told.values()):
        knob = _knob_at(flat, path)
        where = flat.scopes[path[:-1]].at_node(path[-1], param=knob[1] if knob else "")
        repair = (flat.set_param(*knob, 64),) if knob else ()
        yield mistake("size.undetermined", where, repair, what=flat.shown(path))


def odd_starts(flat: Flat, network: Network) -> Iterator[Problem]:
    """Starts that may not be what was meant."""
    for draft in network.drafts:
        for weight in draft.weights:
            shape = [known(n) for n in weight.shape]
            if weight.init.rule == "identity" and len(shape) == 2 and shape[0] != shape[1]:
                where = flat.scopes[draft.path[:-1]].at_node(draft.path[-1], param="init")
                yield mistake("weight.identity", where, got=f"{shape[0]}×{shape[1]}")
            if weight.init.rule == "spectral" and shape[0] != shape[-1]:
                where = flat.scopes[draft.path[:-1]].at_node(draft.path[-1], param="init")
                normal = flat.set_param(draft.path, "init", "normal")
                yield mistake("weight.square", where, (normal,), got=f"{shape[0]}×{shape[-1]}")
