"""What a size that was left open came to, and which neighbour it comes from: "0 → 65, from target / next_text"."""

from __future__ import annotations

from collections.abc import Iterator

from core.graph.model import Graph, Node, Path
from core.shapes.typed import Wire
from core.specs.called import name_of
from core.specs.params import ParamSpec
from core.specs.registry import Registry
from core.words import Text, say
from studio.canvas.look import open_size
from studio.state import State

FIRM = ("layer", "cell", "block")  # groups whose output has a size of its own, whatever comes in
FOUND = Text("0 → {n}", "0 → {n}")
FROM = Text("0 → {n}, from {who}", "0 → {n}, de {who}")
UNKNOWN = Text("not known yet", "aún no se sabe")


def size_note(state: State, path: Path, node: Node, spec: ParamSpec) -> str:
    """What to say under the field of a size that is 0; "" where it is a number or bound to the cell."""
    if not open_size(spec) or node.params.get(spec.name, spec.default) != 0:
        return ""
    size = next((s.size for (at, _), s in state.checked.ports.items() if at == path), None)
    if not isinstance(size, int):
        return say(UNKNOWN)
    who = origin(state, path, size)
    return say(FROM, n=size, who=who) if who else say(FOUND, n=size)


def origin(state: State, path: Path, size: int) -> str:
    """The nearest node with that size of its own, along wires that carry the size; "" where none is seen from here."""
    graph, inside = state.graph_at(path[:-1]), path[:-1]
    wires = [w for w in state.checked.wires if w.path == inside and w.sig.size == size]
    seen, front = {path[-1]}, [path[-1]]
    while front:
        ahead = []
        for other in dict.fromkeys(n for here in front for n in _neighbours(wires, here, here == path[-1])):
            node = graph.nodes.get(other)
            if node is None or other in seen:
                continue
            seen.add(other)
            if told := _own(graph, node, size, state.registry):
                return told
            spec = state.registry.node(node.kind)
            if spec is not None and spec.group not in FIRM:
                ahead.append(other)
        front = ahead
    return ""


def _neighbours(wires: list[Wire], here: str, first: bool) -> Iterator[str]:
    """The nodes at the other ends; what arrives at the open node itself has another size."""
    for wire in wires:
        if wire.source.node == here:
            yield wire.target.node
        elif wire.target.node == here and not first:
            yield wire.source.node


def _own(graph: Graph, node: Node, size: int, registry: Registry) -> str:
    """How to call a node that says this size itself: data by its field, others by name and parameter."""
    spec = registry.node(node.kind)
    if spec is None:
        return ""
    name = name_of(node, spec)
    if spec.role in ("input", "target"):
        field = node.params.get("field")
        return f"{name} / {field}" if field and field != name else name
    values = {**spec.defaults(), **node.params}
    said = next((p for p in spec.params if open_size(p) and values.get(p.name) == size), None)
    return f"{name} / {say(said.label)}" if said is not None else ""
