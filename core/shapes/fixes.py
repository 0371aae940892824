"""The one-click repairs that problems offer, each a pure edit of the project's whole graph."""

from __future__ import annotations

from collections.abc import Callable

from core.graph import edit
from core.graph.body import inside
from core.graph.model import Graph, Init, Node, ParamValue, Path, Port, frozen
from core.problems import Fix, filled
from core.specs.params import ParamSpec
from core.specs.registry import Registry
from core.words import Text


def at(path: Path, registry: Registry, change: Callable[[Graph], Graph]) -> Callable[[Graph], Graph]:
    """The change made inside the cell at a path. The place may have gone since: then nothing happens."""

    def apply(graph: Graph) -> Graph:
        try:
            return inside(graph, path, change, registry)
        except KeyError:
            return graph

    return apply


def set_param(
    registry: Registry, path: Path, name: str, value: ParamValue, shown: str, spec: ParamSpec | None = None
) -> Fix:
    """Set one parameter of the node at a path; said in the words of its form, where its spec is known."""
    choice = dict(spec.choices).get(str(value)) if spec is not None else None
    words = Text(f"“{choice.en}”", f"«{choice.es}»") if choice is not None else value
    title = filled(Text("Set “{name}” of {node} to {value}", "Poner «{name}» de {node} en {value}"),
                   name=spec.label if spec is not None else name, node=shown, value=words)  # fmt: skip
    return Fix(title, at(path[:-1], registry, lambda g: edit.set_params(g, path[-1], **{name: value})))


def drop_param(registry: Registry, path: Path, name: str) -> Fix:
    """Take a parameter away, so that its default holds."""
    title = filled(Text("Remove the parameter {name}", "Quitar el parámetro {name}"), name=name)
    return Fix(title, at(path[:-1], registry, lambda g: edit.set_params(g, path[-1], **{name: None})))


def remove_node(registry: Registry, path: Path, shown: str) -> Fix:
    title = filled(Text("Remove {node}", "Quitar {node}"), node=shown)
    return Fix(title, at(path[:-1], registry, lambda g: edit.remove(g, [path[-1]])))


def cut(registry: Registry, path: Path, edge: str, shown: str) -> Fix:
    """Remove the wire `edge` of the graph inside `path`."""
    title = filled(Text("Remove the wire {wire}", "Quitar el cable {wire}"), wire=shown)
    return Fix(title, at(path, registry, lambda g: edit.remove(g, (), [edge])))


def delay(registry: Registry, path: Path, edge: str, steps: int, shown: str) -> Fix:
    """Put a delay on a wire (0 takes it away)."""
    put = Text("Put a delay of {k} on the wire {wire}", "Poner un retardo de {k} en el cable {wire}")
    take = Text("Take the delay off the wire {wire}", "Quitar el retardo del cable {wire}")
    return Fix(
        filled(put if steps else take, k=steps, wire=shown),
        at(path, registry, lambda g: edit.set_edge(g, edge, delay=steps)),
    )


def undelayed(registry: Registry, path: Path, edge: str, shown: str) -> Fix:
    """Let a wire without delay say nothing about one."""
    title = filled(Text("Leave the wire {wire} undelayed", "Dejar sin retardo el cable {wire}"), wire=shown)
    return Fix(title, at(path, registry, lambda g: edit.set_edge(g, edge, delay=0)))


def along(registry: Registry, path: Path, edge: str, way: str, named: Text, shown: str) -> Fix:
    """Say along what a wire is delayed; `way` as people say it."""
    title = Text(f"Delay {shown} along {named.en}", f"Retardar {shown} a lo largo de {named.es}")
    return Fix(title, at(path, registry, lambda g: edit.set_edge(g, edge, along=way)))


def start_from(registry: Registry, path: Path, edge: str, init: Init) -> Fix:
    """Give a delayed wire another initial value."""
    titles = {
        "zeros": Text("Start from zeros", "Empezar desde ceros"),
        "learned": Text("Start from a learned value", "Empezar desde un valor aprendido"),
        "fed": Text("Start from another port", "Empezar desde otro puerto"),
    }
    return Fix(titles[init.kind], at(path, registry, lambda g: edit.set_edge(g, edge, init=init)))


def insert(registry: Registry, path: Path, edge: str, kind: str, **params: ParamValue) -> Fix:
    """Insert a node into a wire, half way between its ends."""
    spec = registry.node(kind)
    en, es = (spec.name.en, spec.name.es) if spec else (kind, kind)

    def change(graph: Graph) -> Graph:
        ends = graph.edges[edge]
        a, b = graph.nodes[ends.source.node].at, graph.nodes[ends.target.node].at
        node = Node(
            edit.new_id(graph, kind), kind, params=frozen(params), at=((a[0] + b[0]) / 2, (a[1] + b[1]) / 2 + 40)
        )
        return edit.insert_on_edge(graph, edge, node, "x", "y")

    return Fix(Text(f"Insert {en} on the wire", f"Insertar {es} en el cable"), at(path, registry, change))


def wire(registry: Registry, path: Path, source: Port, target: Port, shown: str, many: bool = False) -> Fix:
    """Draw the missing wire."""
    title = filled(Text("Wire {wire}", "Conectar {wire}"), wire=shown)

    def change(graph: Graph) -> Graph:
        there = source.node in graph.nodes and target.node in graph.nodes
        return edit.connect(graph, source, target, many=many) if there else graph

    return Fix(title, at(path, registry, change))


def add(title: Text, change: Callable[[Graph], Graph]) -> Fix:
    """Any other edit of the project's own graph."""
    return Fix(title, change)


NO_BYPASS = Text("Switch the bypass off", "Desactivar el puente")
ZEROS = Init()


def without_bypass(node: str) -> Callable[[Graph], Graph]:
    return lambda g: edit.set_flags(g, [node], bypass=False)


def feed_last(registry: Registry, path: Path, edge: str) -> Fix:
    """Feed a delayed wire's start from the last value over time of what feeds it now."""

    def change(graph: Graph) -> Graph:
        wire = graph.edges[edge]
        source = wire.init.source
        if source is None:
            return graph
        x, y = graph.nodes[source.node].at
        node = Node(edit.new_id(graph, "last"), "last", at=(x + 200, y + 60))
        graph = edit.connect(edit.add_node(graph, node), source, Port(node.id, "x"))
        return edit.set_edge(graph, edge, init=Init("fed", Port(node.id, "y")))

    return Fix(Text("Feed it from the last value", "Tomarlo del último valor"), at(path, registry, change))


def bypass(registry: Registry, path: Path, shown: str) -> Fix:
    """Let a node pass its input through."""
    title = filled(Text("Bypass {node}", "Puentear {node}"), node=shown)
    return Fix(title, at(path[:-1], registry, lambda g: edit.set_flags(g, [path[-1]], bypass=True)))
