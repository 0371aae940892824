"""Random drawings for property tests: hostile names, many-wire ports, delays of all kinds, bodies in bodies."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from core.graph.model import Edge, Frame, Graph, Init, Node, Port, Ref, frozen

HOSTILE = (
    "__import__('os').system('id')", "\n", "\r", '"', "'''", "__class__", "{x}", "%s", "a b", "ñandú", "\u202e", "\x00", "../x", "w1", "dense2",
)  # fmt: skip
names = st.one_of(st.sampled_from(HOSTILE), st.text(min_size=1, max_size=8))
numbers = st.floats(-1e6, 1e6, allow_nan=False)
points = st.tuples(numbers, numbers)
values = st.one_of(st.booleans(), st.integers(-100, 100), numbers, names, st.builds(Ref, names))
ports = st.sampled_from(("x", "y", "h0", "it's"))


def titled(graph: Graph) -> Graph:
    """Every node with a title of its own, so that graphs can be compared without ids."""
    from dataclasses import replace

    return replace(graph, nodes=frozen({n.id: replace(n, title=f"t{i}") for i, n in enumerate(graph.nodes.values())}))


def plain(graph: Graph) -> Any:
    """Everything that a titled graph says, without ids and places: nodes by title, wires of each port in order."""
    title = {n.id: n.title for n in graph.nodes.values()}
    nodes = {
        n.title: (n.kind, dict(n.params), n.body, n.pin, n.collapsed, n.bypass, n.muted) for n in graph.nodes.values()
    }
    wires: dict[Any, list[Any]] = {}
    for e in graph.edges.values():
        fed = e.init.source
        init = (e.init.kind, fed and (title[fed.node], fed.port))
        into = wires.setdefault((title[e.target.node], e.target.port), [])
        into.append((title[e.source.node], e.source.port, e.delay, init))
    frames = sorted((f.text, f.size, f.color) for f in graph.frames.values())
    return nodes, wires, frames


@st.composite
def graphs(draw: st.DrawFn, depth: int = 1) -> Graph:
    ids = draw(st.lists(names, min_size=1, max_size=7, unique=True))
    kinds = st.sampled_from(("dense", "add", "tanh", "cell", "no such kind\n"))
    bodies = st.one_of(st.none(), graphs(depth - 1)) if depth else st.none()
    nodes = {
        i: Node(
            i,
            draw(kinds),
            draw(st.one_of(st.just(""), names)),
            frozen(draw(st.dictionaries(names, values, max_size=3))),
            draw(bodies),
            draw(st.sampled_from(("", "abc"))),
            draw(points),
            draw(st.booleans()),
            draw(st.booleans()),
            draw(st.booleans()),
        )
        for i in ids
    }
    port = st.builds(Port, st.sampled_from(ids), ports)
    edges = {}
    for id in draw(st.lists(names, max_size=8, unique=True)):
        delay = draw(st.integers(0, 3))
        init = draw(st.one_of(st.just(Init()), st.just(Init("learned")), st.builds(Init, st.just("fed"), port)))
        edges[id] = Edge(
            id, draw(port), draw(port), delay, init if delay else Init(), tuple(draw(st.lists(points, max_size=2)))
        )
    frames = {
        i: Frame(i, draw(names), draw(points), draw(points))
        for i in draw(st.lists(st.sampled_from(("f\n", "frame1")), max_size=2, unique=True))
    }
    return Graph(frozen(nodes), frozen(edges), frozen(frames))
