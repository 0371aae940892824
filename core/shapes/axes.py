"""Time axes: joined over the finished ops until nothing changes, then checked where two different times meet."""

from __future__ import annotations

from collections.abc import Iterator

from core.graph.model import Path
from core.problems import Fix, Place, Problem
from core.shapes import fixes
from core.shapes.draft import Draft, Network
from core.shapes.flatten import Flat, Source
from core.shapes.loops import loops
from core.shapes.mistakes.all import NO_TIME, mistake
from core.shapes.rules import NEEDS_TIME, SCORES, axes_of, summed_axis
from core.shapes.ways import mixed_ways, wrong_way
from core.specs.ops import LOSSES
from core.words import Text

Axes = dict[int, tuple[str, ...]]


def join_axes(network: Network) -> Axes:
    """The axes of every value. A value starts static and only ever gains time, so this ends."""
    axes: Axes = {d.output.id: () for d in network.drafts}
    for _ in range(len(network.drafts) + 1):
        changed = False
        for draft in network.drafts:
            if draft.name == "delay" and not draft.inputs:
                continue  # what it delays could not be built, and that was told
            new = axes_of(draft.name, draft.output.sig.axes, [axes[i] for i in draft.inputs], draft.attrs)
            if new != axes[draft.output.id]:
                axes[draft.output.id] = new
                changed = True
        if not changed:
            break
    return axes


def check_axes(flat: Flat, network: Network, axes: Axes) -> list[Problem]:
    """Where times clash, are missing or are too many."""
    groups = loops(list(flat.leaves), lambda path: _sources(flat, path))
    problems = [p for d in network.drafts for p in _check(flat, d, axes)]
    problems += mixed_ways(flat, network, axes, groups)
    problems += _timeless(flat, network, axes, groups)
    problems += _over_time(flat, groups)
    problems += _static_ports(flat, network, axes)
    return problems


def _check(flat: Flat, draft: Draft, axes: Axes) -> Iterator[Problem]:
    arriving = [axes[i] for i in draft.inputs]
    if draft.name == "delay":
        if len(arriving) > 1 and arriving[1] and not _told_at_port(flat, draft):
            yield _start_over_time(flat, draft, arriving[1])
        if arriving and arriving[0]:
            yield from wrong_way(flat, draft, arriving[0])
        return
    if draft.name in SCORES:
        yield from _looks(flat, draft, arriving)
        return
    if draft.name == "weighted_sum":
        return
    if draft.name in LOSSES:
        if arriving[0] != arriving[1]:
            yield _pair(flat, draft, arriving)
        return
    if draft.name in NEEDS_TIME and not arriving[0]:
        around = fixes.bypass(flat.registry, draft.path, flat.shown(draft.path))
        yield mistake("axis.time_needed", _place(flat, draft, 0)[0], (around,))
    if draft.name in NEEDS_TIME and arriving[0] and summed_axis(arriving[0], draft.attrs) not in arriving[0]:
        yield _no_such_axis(flat, draft, arriving[0])
    first = next((a for a in arriving if a), ())
    for index, other in enumerate(arriving):
        if other and other != first and draft.name != "repeat":
            where, _ = _place(flat, draft, index)
            repairs = _sum_up(flat, draft, index)
            yield mistake("axis.mismatch", where, repairs, got=_shown(other), expected=_shown(first))


def _no_such_axis(flat: Flat, draft: Draft, axes: tuple[str, ...]) -> Problem:
    where = flat.scopes[draft.path[:-1]].at_node(draft.path[-1], param="axis")
    choices = tuple(flat.set_param(draft.path, "axis", a) for a in axes)
    return mistake("axis.unknown", where, choices, got=draft.attrs["axis"], expected=", ".join(axes))


def _looks(flat: Flat, draft: Draft, arriving: list[tuple[str, ...]]) -> Iterator[Problem]:
    """Attention looks from one time, or from none, over another one."""
    query, memory = arriving
    where, cut = _place(flat, draft, 1)
    if len(memory) != 1:
        yield mistake("attention.memory", where, cut, got=_shown(memory))
    elif len(query) > 1 or query == memory:
        at_query, _ = _place(flat, draft, 0)
        repairs = _sum_up(flat, draft, 0) if query == memory else ()
        yield mistake("attention.query", at_query, repairs, got=_shown(query), expected=memory[0])


def _pair(flat: Flat, draft: Draft, arriving: list[tuple[str, ...]]) -> Problem:
    where, _ = _place(flat, draft, 0)
    repairs = _sum_up(flat, draft, 0) if arriving[0] and not arriving[1] else ()
    return mistake("axis.pair", where, repairs, got=_shown(arriving[0]), expected=_shown(arriving[1]))


def _start_over_time(flat: Flat, draft: Draft, axes: tuple[str, ...]) -> Problem:
    where, _ = _place(flat, draft, 0)
    came = draft.came[0]
    assert came is not None
    hop = came[1].hops[-1]
    zeros = fixes.start_from(flat.registry, hop.path, hop.edge.id, fixes.ZEROS)
    last = fixes.feed_last(flat.registry, hop.path, hop.edge.id)
    return mistake("start.over_time", where, (last, zeros), got=_shown(axes), expected=NO_TIME)


def _told_at_port(flat: Flat, draft: Draft) -> bool:
    """Whether the start came in by a static port of a cell, where its time is refused already."""
    came = draft.came[0]
    assert came is not None
    hop = came[1].hops[-1]
    fed = flat.fed.get((hop.path, hop.edge.id))
    ports = [flat.scopes[h.path].input(h.edge.target) for h in fed.hops] if isinstance(fed, Source) else []
    return any(p is not None and p.static for p in ports)


def _timeless(flat: Flat, network: Network, axes: Axes, groups: list[list[Path]]) -> Iterator[Problem]:
    """Delays of values that never get a time axis: a loop that nothing drives, or a wire that needs no delay."""
    member = {path: i for i, group in enumerate(groups) for path in group}
    told: set[int] = set()
    for draft in network.drafts:
        if draft.name != "delay" or not draft.inputs or axes[draft.output.id]:
            continue
        where, cut = _place(flat, draft, 0)
        came = draft.came[0]
        if "edge" not in draft.attrs or came is None:  # a node's own delay (a window over the past) of a static value
            around = fixes.bypass(flat.registry, draft.path, flat.shown(draft.path))
            yield mistake("axis.time_needed", where, (around,))
            continue
        group = member.get(came[1].path)
        if group is None:
            hop = came[1].hops[-1]
            wire = flat.scopes[hop.path].wire(hop.edge)
            yield mistake("delay.static", where, (fixes.delay(flat.registry, hop.path, hop.edge.id, 0, wire),))
        elif group not in told:
            told.add(group)
            yield mistake("loop.no_time", where, cut, got=shown_loop(flat, groups[group]))


def _over_time(flat: Flat, groups: list[list[Path]]) -> Iterator[Problem]:
    for group in groups:
        for path in group:
            if flat.leaves[path].spec.over_time:
                where = flat.scopes[path[:-1]].at_node(path[-1])
                fix = fixes.remove_node(flat.registry, path, flat.shown(path))
                yield mistake("loop.over_time", where, (fix,), got=shown_loop(flat, group))


def _static_ports(flat: Flat, network: Network, axes: Axes) -> Iterator[Problem]:
    """Ports that take one value per sequence: initial states."""
    ids = {(d.path, d.port): d.output.id for d in network.drafts if d.port}
    for (path, _), arrival in flat.wires.items():
        if not isinstance(arrival, Source):
            continue
        scope, edge = flat.scopes[path], arrival.hops[-1].edge
        port, value = scope.input(edge.target), ids.get((arrival.path, arrival.port))
        if port is not None and port.static and value is not None and axes[value]:
            repairs = tuple(fixes.insert(flat.registry, path, edge.id, k) for k in ("last", "first", "mean_time"))
            yield mistake(
                "axis.static_needed", scope.at_edge(edge), repairs, got=_shown(axes[value]), expected="static"
            )


def shown_loop(flat: Flat, group: list[Path]) -> str:
    names = [flat.shown(p) for p in reversed(group)]
    return " → ".join([*names, names[0]])


def _sources(flat: Flat, path: Path) -> list[Path]:
    found = [
        a.path
        for p in flat.scopes[path[:-1]].inputs[path[-1]]
        for a in flat.arrivals[path, p.name]
        if isinstance(a, Source)
    ]
    return list(dict.fromkeys(found))


def _place(flat: Flat, draft: Draft, index: int) -> tuple[Place, tuple[Fix, ...]]:
    """The wire that brought an input, and the fix that cuts it; the node itself for inner values."""
    came = draft.came[index] if index < len(draft.came) else None
    if came is None:
        return flat.scopes[draft.path[:-1]].at_node(draft.path[-1]), ()
    hop = came[1].hops[-1]
    scope = flat.scopes[hop.path]
    return scope.at_edge(hop.edge), (fixes.cut(flat.registry, hop.path, hop.edge.id, scope.wire(hop.edge)),)


def _sum_up(flat: Flat, draft: Draft, index: int) -> tuple[Fix, ...]:
    came = draft.came[index]
    if came is None:
        return ()
    hop = came[1].hops[-1]
    return tuple(fixes.insert(flat.registry, hop.path, hop.edge.id, k) for k in ("last", "first", "mean_time"))


def _shown(axes: tuple[str, ...]) -> str | Text:
    return "×".join(axes) or NO_TIME
