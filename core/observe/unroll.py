"""The drawing unrolled in time, as a plan: which boxes have a copy at every step, which stand once, and what leads where.

A wire leads within a step, from a step to a later one (a state), out of time, into every step, or across to another axis.
Nothing here knows how many steps there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from core.compile.program import Checked
from core.graph.body import body_at
from core.graph.model import Edge, Graph, Node, Path, Port
from core.observe.blocks import blocks_of, lane_order, rows
from core.observe.ranks import ALONE, LEAN, Place, across, alone, heights
from core.observe.spread import spread
from core.observe.unrolled import Block, Box, Link, Unrolled, Way
from core.shapes.flatten import Flat, Nothing, Source, flatten
from core.specs.registry import Registry
from core.specs.sig import Sig
from core.words import Text, worded

WHOLE: Mapping[str, Way] = {"last": "last", "first": "first"}  # what a node that ends time reads; others read all steps
LEVEL: tuple[Way, ...] = ("start", "every", "last", "first", "all", "look")  # these do not climb
SHORT = 3  # letters of an id that names a state better than its title does: h, c
UNKNOWN = Text(
    "Some sizes are not known yet, so neither is what has a copy at each step. See Problems.",
    "Aún no se conocen algunos tamaños, así que tampoco qué tiene una copia en cada paso. Vea Problemas.",
)
TIMELESS = Text(
    "No value of this network runs over time: there is nothing to unroll.",
    "Ningún valor de esta red corre en el tiempo: no hay nada que desplegar.",
)


def unroll(graph: Graph, path: Path, checked: Checked, registry: Registry) -> Unrolled:
    """The level at `path` of a checked drawing."""
    level = body_at(graph, path, registry)
    axes = _axes(level, path, checked)
    if not level.nodes or any(axis is None for axis in axes.values()):
        return Unrolled(note=UNKNOWN if level.nodes else TIMELESS)
    known = {id: axis or "" for id, axis in axes.items()}
    if not any(known.values()):
        return Unrolled(note=TIMELESS)
    plan = _Level(level, path, known, checked, flatten(graph, registry), registry)
    try:
        return spread(plan.unrolled(_runs_back(graph, path, checked, registry)), level)
    except ValueError:  # a circle without a delay: its problem is told where problems are
        return Unrolled(note=UNKNOWN)


def _runs_back(graph: Graph, path: Path, checked: Checked, registry: Registry) -> bool:
    """Whether the cell at `path` itself reads from the end."""
    if not path:
        return False
    outer = unroll(graph, path[:-1], checked, registry).box(path[-1])
    return outer is not None and outer.back


def _axes(level: Graph, path: Path, checked: Checked) -> dict[str, str | None]:
    """Along what each node has copies; None where its sizes are not known. Doors of a cell that nothing comes in by are
    left out."""
    said: dict[str, list[Sig]] = {id: [] for id in level.nodes}
    for (where, _), sig in checked.ports.items():
        if where[:-1] == path and where[-1] in said:
            said[where[-1]].append(sig)
    out: dict[str, str | None] = {}
    for id in level.nodes:
        arriving = [e.source for e in level.edges.values() if e.target.node == id]
        found = said[id] or [s for p in arriving if (s := checked.ports.get(((*path, p.node), p.port)))]
        if not found and level.nodes[id].kind == "cell_input" and checked.ok:
            continue
        single = [s for s in found if len(s.axes) == 1] or [s for s in found if s.axes] or found
        out[id] = (single[0].axes or ("",))[0] if single else None
    return out


@dataclass
class _Level:
    """What is gathered about one level on the way to its plan."""

    graph: Graph
    path: Path
    axis: Mapping[str, str]
    checked: Checked
    flat: Flat
    registry: Registry
    aliases: dict[tuple[Path, str], list[tuple[Path, str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for (where, port), found in self.flat.ports.items():
            if isinstance(found, Source):
                self.aliases.setdefault((found.path, found.port), []).append((where, port))
        for names in self.aliases.values():
            names.sort(key=lambda name: len(name[0]))

    def unrolled(self, back: bool) -> Unrolled:
        links = self._links()
        climbs = {(k.source, k.target): 0 if k.way in LEVEL else 1 for k in links if k.way != "state"}
        roles = {id: self._role(self.graph.nodes[id]) for id in self.axis}
        over = {id for id, role in roles.items() if role == "target" and any(a == id for a, _ in climbs)}
        floor = {id for id, role in roles.items() if role in ("input", "cell_input") and self.axis[id]}
        upward = {w: climb for w, climb in climbs.items() if w[0] not in over}
        rank = heights(tuple(self.axis), upward, floor)
        loops = [k.source for k in links if k.way == "state" and k.source == k.target and k.delay == 1]
        alone(rank, self.axis, list(dict.fromkeys(loops)))
        for id in over:  # an answer stands above what it is compared with
            rank[id] = 1 + max(rank[b] for a, b in climbs if a == id)
        runs = self._directions(upward, back)
        stacked = len({axis for axis in self.axis.values() if axis}) > 1
        boxes = {
            id: Box(id, self.graph.nodes[id].kind, roles[id], axis, self._keys(id), runs[id], rank[id])
            for id, axis in self.axis.items()
        }
        return self._placed(boxes, links, stacked)

    # what leads where

    def _links(self) -> list[Link]:
        found: dict[tuple[str, str, Way, int, tuple[str, ...]], Link] = {}
        for link in self._each_link():
            same = (
                link.source,
                link.target,
                link.way,
                link.delay,
                (*link.keys, link.along) if link.way == "state" else (),
            )
            known = found.get(same)
            found[same] = replace(link, edges=(*known.edges, *link.edges)) if known else link
        return list(found.values())

    def _each_link(self) -> Iterator[Link]:
        for edge in self.graph.edges.values():
            a, b = edge.source.node, edge.target.node
            if a not in self.axis or b not in self.axis:
                continue
            if edge.delay:
                yield self._state(edge, self.path, a, b)
                if edge.init.source is not None and edge.init.source.node in self.axis:
                    yield Link(edge.init.source.node, b, "start")
            else:
                way = self._way(edge)
                keys = self._matrix(b) if way == "look" else ()
                yield Link(a, b, way, (edge.id,), keys=keys)
        depth = len(self.path)
        for where, scope in self.flat.scopes.items():
            if len(where) > depth and where[:depth] == self.path and where[depth] in self.axis:
                for edge in scope.graph.edges.values():
                    if edge.delay:
                        yield self._state(edge, where, where[depth], where[depth])

    def _state(self, edge: Edge, where: Path, a: str, b: str) -> Link:
        found = self.flat.wires.get((where, edge.id))
        own = (*where, edge.source.node), edge.source.port
        names = self._names(found.path, found.port) if isinstance(found, Source) else [own]
        drawn = (edge.id,) if where == self.path else ()
        unfed = self.flat.fed.get((where, edge.id)) is Nothing.UNWIRED
        start = "zeros" if unfed else edge.init.kind
        return Link(
            a, b, "state", drawn, edge.delay, tuple(map(_key, names)), self._called(names), start, along=edge.along
        )

    def _names(self, path: Path, port: str) -> list[tuple[Path, str]]:
        """The same value's names, farthest out first."""
        return [*self.aliases.get((path, port), ()), (path, port)]

    def _called(self, names: list[tuple[Path, str]]) -> str:
        """What a state is called: the port by which it leaves its cell, else the node that makes it, if that has a name."""
        path, port = names[0]
        if len(names) > 1:
            return port
        node = self.flat.scopes[path[:-1]].graph.nodes.get(path[-1])
        return port if node is None else node.id if len(node.id) <= SHORT else worded(node.title)

    def _way(self, edge: Edge) -> Way:
        a, b = self.axis[edge.source.node], self.axis[edge.target.node]
        if a == b:
            return "within"
        if not b:
            return WHOLE.get(self.graph.nodes[edge.target.node].kind, "all")
        if a:
            return "look"
        return "start" if self._only_starts((*self.path, edge.target.node), edge.target.port) else "every"

    def _only_starts(self, cell: Path, port: str) -> bool:
        """Whether what enters a cell by this port is a first state and nothing else."""
        scope = self.flat.scopes.get(cell)
        nodes = scope.graph.nodes.values() if scope is not None else ()
        door = next((n for n in nodes if n.kind == "cell_input" and str(n.params.get("name") or n.id) == port), None)
        if scope is None or door is None:
            return False
        read = [e.target for e in scope.graph.edges.values() if e.source.node == door.id]
        return all(self._only_starts((*cell, t.node), t.port) for t in read)

    def _matrix(self, id: str) -> tuple[str, ...]:
        """The probe keys of a node's values over two axes."""
        where = (*self.path, id)
        return tuple(_key((p, port)) for (p, port), s in self.checked.ports.items() if p == where and len(s.axes) == 2)

    # what a box is

    def _role(self, node: Node) -> str:
        spec = self.registry.node(node.kind)
        return spec.role if spec is not None else ""

    def _keys(self, id: str) -> tuple[str, ...]:
        """Of the port that runs along the node's own axis, under every name that its value has."""
        where = (*self.path, id)
        own = [(port, s) for (p, port), s in self.checked.ports.items() if p == where]
        own.sort(key=lambda pair: pair[1].axes != ((self.axis[id],) if self.axis[id] else ()))
        arriving = [e.source for e in self.graph.edges.values() if e.target.node == id and not e.delay]
        ends = [Port(id, own[0][0])] if own else arriving[:1]
        names: list[tuple[Path, str]] = []
        for end in ends:
            start = (*self.path, end.node), end.port
            found = self.flat.ports.get(start)
            leaf = (found.path, found.port) if isinstance(found, Source) and not found.delay else start
            names += [start, *self._names(*leaf)]
        return tuple(dict.fromkeys(map(_key, names)))

    def _directions(self, wires: Mapping[tuple[str, str], int], back: bool) -> dict[str, bool]:
        """Which boxes read from the end: those between one `reverse` and the next."""
        before: dict[str, list[str]] = {id: [] for id in self.axis}
        for a, b in wires:
            before[b].append(a)
        known: dict[str, bool] = {}

        def runs(id: str) -> bool:
            if id not in known:
                known[id] = back
                fed = [runs(a) for a in before[id] if self.axis[a] == self.axis[id] != ""]
                known[id] = (fed[0] if fed else back) != (self.graph.nodes[id].kind == "reverse")
            return known[id]

        return {id: runs(id) for id in self.axis}

    # where it stands

    def _placed(self, boxes: Mapping[str, Box], links: list[Link], stacked: bool) -> Unrolled:
        lanes = lane_order(boxes, links)
        order = blocks_of(boxes, links, lanes)
        blocks, placed = [], []
        for place, axis in rows(lanes):
            inside = {id: b for id, b in boxes.items() if order[id] == place}
            if not inside:
                continue
            own = [k for k in links if k.source in inside and k.target in inside]
            slots, vias = self._across(inside, own)
            blocks.append(Block(axis, tuple(replace(b, slot=slots[b.id]) for b in inside.values())))
            placed += [replace(k, via=vias.get((k.source, k.target), ())) if k.way == "within" else k for k in own]
        rest = [k for k in links if order[k.source] != order[k.target]]
        return Unrolled(tuple(blocks), (*placed, *rest), stacked)

    def _across(
        self, inside: Mapping[str, Box], own: list[Link]
    ) -> tuple[dict[str, float], dict[tuple[str, str], tuple[Place, ...]]]:
        """As drawn from top to bottom, so from left to right; states come from the left and go to the right."""
        highest = max(1.0, *(abs(self.graph.nodes[id].at[1]) for id in inside))
        first = {id: self.graph.nodes[id].at[1] / highest for id in inside}
        lean = dict.fromkeys(inside, 0.0)
        pairs = [(k.source, k.target) for k in own if k.way == "state" and k.source != k.target]
        for ends, side in (({a for a, _ in pairs}, LEAN), ({b for _, b in pairs}, -LEAN)):
            for id in ends:
                only = sum(inside[other].rank == inside[id].rank for other in ends) == 1
                lean[id] += (-1 if inside[id].back else 1) * side * (ALONE / LEAN if only else 1.0)
        rank = {id: b.rank for id, b in inside.items()}
        wires = list(dict.fromkeys((k.source, k.target) for k in own if k.way == "within"))
        return across(rank, wires, first, lean)


def _key(name: tuple[Path, str]) -> str:
    return f"{'/'.join(name[0])}.{name[1]}"
