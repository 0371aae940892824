"""What only the whole model can get wrong: nothing to learn from, an answer that leaks in, nodes that lead nowhere.

Requires a flat network and its inference; ensures a model without errors has inputs, a loss, and predictions made from
the inputs alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from math import prod

from core.compile.asked import unmet
from core.compile.leaks import SINKS, last_wire, leaks, sources
from core.graph import edit
from core.graph.model import Graph, Node, Path, Port
from core.problems import Fix, Place, Problem
from core.shapes import fixes
from core.shapes.flatten import Flat, Source
from core.shapes.mistakes.all import mistake
from core.shapes.scope import Leaf
from core.shapes.typed import Typed
from core.shapes.unify import known
from core.specs.fields import Fields
from core.specs.ops import LOSSES, Op
from core.words import Text, grouped

NOTHING = Fields()
ROOM = (220.0, 110.0)  # px of the drawing that a node takes, air included
MAX_PARAMETERS = 2_000_000_000
MANY_PARAMETERS = 200_000_000
SQUASHES = {"cross_entropy": ("softmax", "loss.double_softmax"), "bce": ("sigmoid", "loss.double_sigmoid")}


def review(flat: Flat, typed: Typed, fields: Fields = NOTHING) -> tuple[Problem, ...]:
    """Problems of the model as a whole."""
    return (
        *_missing_parts(flat),
        *leaks(flat, typed),
        *_squashed_twice(flat, typed),
        *_no_output(flat, typed),
        *_unused(flat),
        *unmet(flat, typed, fields),
        *_too_many_parameters(typed),
    )  # fmt: skip


CROSS_ENTROPY = Text("Add a Cross-entropy", "Añadir una Entropía cruzada")


def _with(flat: Flat, role: str) -> list[Leaf]:
    return [leaf for leaf in flat.leaves.values() if leaf.spec.role == role]


def _missing_parts(flat: Flat) -> Iterator[Problem]:
    losses = _with(flat, "loss")
    if not _with(flat, "input"):
        kinds = (("tokens", "Tokens", "Símbolos"), ("features", "Features", "Características"))
        yield mistake("model.no_input", Place(), tuple(_adds(Text(f"Add {e}", f"Añadir {s}"), k) for k, e, s in kinds))
    if not losses:
        yield mistake("model.no_loss", Place(), tuple(_loss_fixes(flat)))
    elif not _with(flat, "target"):
        own = [leaf for leaf in losses if len(leaf.path) == 1]
        repairs = tuple(_adds(Text("Add a Target", "Añadir un Objetivo"), "target", leaf) for leaf in own[:1])
        yield mistake("model.no_target", Place(), repairs)


def _adds(title: Text, kind: str, user: Leaf | None = None) -> Fix:
    """Add a node, left of `user` and wired to its target port; where there is none, left of the leftmost."""

    def change(graph: Graph) -> Graph:
        beside = graph.nodes.get(user.node.id) if user is not None else None
        first = beside or min(graph.nodes.values(), key=lambda n: n.at, default=None)
        at = _free(graph, (first.at[0] - ROOM[0], first.at[1])) if first is not None else (0.0, 0.0)
        node = Node(edit.new_id(graph, kind), kind, at=at)
        graph = edit.add_node(graph, node)
        if user is None or user.node.id not in graph.nodes:
            return graph
        return edit.connect(graph, Port(node.id, "y"), Port(user.node.id, "target"))

    return fixes.add(title, change)


def _free(graph: Graph, at: tuple[float, float]) -> tuple[float, float]:
    """The first place from there downwards where no node stands."""
    taken = [n.at for n in graph.nodes.values()]
    while any(abs(x - at[0]) < ROOM[0] and abs(y - at[1]) < ROOM[1] for x, y in taken):
        at = (at[0], at[1] + ROOM[1])
    return at


def _loss_fixes(flat: Flat) -> Iterator[Fix]:
    """A cross-entropy behind a softmax head, with a target of its own; where there is no head, a loss right of everything."""
    heads = [head for head in _with(flat, "head") if len(head.path) == 1]
    for head in heads:
        yield fixes.add(CROSS_ENTROPY, _add_loss(head.node.id))
    if not heads:
        yield fixes.add(CROSS_ENTROPY, _last("cross_entropy"))
        yield fixes.add(Text("Add a Squared error", "Añadir un Error cuadrático"), _last("mse"))


def _last(kind: str) -> Callable[[Graph], Graph]:
    def change(graph: Graph) -> Graph:
        right = max((n.at for n in graph.nodes.values()), default=None)
        at = _free(graph, (right[0] + ROOM[0], right[1])) if right is not None else (0.0, 0.0)
        return edit.add_node(graph, Node(edit.new_id(graph, kind), kind, at=at))

    return change


def _add_loss(head: str) -> Callable[[Graph], Graph]:
    def change(graph: Graph) -> Graph:
        x, y = graph.nodes[head].at
        loss = Node(edit.new_id(graph, "cross_entropy"), "cross_entropy", at=(x + 220, y))
        graph = edit.connect(edit.add_node(graph, loss), Port(head, "logits"), Port(loss.id, "logits"))
        target = next((n for n in graph.nodes.values() if n.kind == "target"), None)
        if target is None:
            target = Node(edit.new_id(graph, "target"), "target", at=(x, y + 140))
            graph = edit.add_node(graph, target)
        return edit.connect(graph, Port(target.id, "y"), Port(loss.id, "target"))

    return change


def _reached(ops: Iterable[Op], starts: Iterable[int]) -> set[int]:
    """The values that depend on any of `starts`, also over delays."""
    users: dict[int, list[int]] = {}
    for op in ops:
        for i in op.inputs:
            users.setdefault(i, []).append(op.output.id)
    found, todo = set(starts), list(starts)
    while todo:
        for user in users.get(todo.pop(), ()):
            if user not in found:
                found.add(user)
                todo.append(user)
    return found


def _squashed_twice(flat: Flat, typed: Typed) -> Iterator[Problem]:
    ops = {op.output.id: op for op in typed.ops}
    for loss in (op for op in typed.ops if op.name in SQUASHES and op.inputs):
        squash, code = SQUASHES[loss.name]
        value = ops[loss.inputs[0]]
        while value.name == "identity" and value.inputs:
            value = ops[value.inputs[0]]
        if value.name == squash:
            for source in sources(flat, loss.path, "logits"):
                where, _ = last_wire(flat, source)
                yield mistake(code, where, tuple(_before(flat, source)))


def _before(flat: Flat, source: Source) -> Iterator[Fix]:
    """Take the wire from what goes into the squash instead: a head's logits, or the wire before the activation."""
    hop = source.hops[-1]
    if hop.edge.source.node != source.path[-1] or hop.path != source.path[:-1]:
        return
    leaf = flat.leaves[source.path]
    before = sources(flat, source.path, "x")
    if leaf.spec.role == "head":
        start = Port(leaf.node.id, "logits")
    elif before and before[0].hops[-1].path == hop.path and not before[0].hops[-1].edge.delay:
        start = before[0].hops[-1].edge.source
    else:
        return

    def change(graph: Graph) -> Graph:
        return edit.put_edges(graph, {hop.edge.id: replace(graph.edges[hop.edge.id], source=start)})

    yield Fix(Text("Wire the logits instead", "Conectar los logits"), fixes.at(hop.path, flat.registry, change))


def _no_output(flat: Flat, typed: Typed) -> Iterator[Problem]:
    """Inputs that no prediction depends on: only where the parts are all there."""
    starts = [op.output.id for op in typed.ops if op.name == "input"]
    ends = [op.inputs[0] for op in typed.ops if op.name in (*LOSSES, "output") and op.inputs]
    ends += [typed.ports[leaf.path, "logits"] for leaf in _with(flat, "head") if (leaf.path, "logits") in typed.ports]
    if typed.ok and starts and not _reached(typed.ops, starts) & set(ends):
        yield mistake("model.no_output", Place())


def _unused(flat: Flat) -> Iterator[Problem]:
    """Nodes that nothing of the model needs; of a cell that nothing needs, the cell alone."""
    used: set[Path] = set()
    todo = [leaf.path for leaf in flat.leaves.values() if leaf.spec.role in SINKS]
    if not todo:
        return
    while todo:
        path = todo.pop()
        if path not in used:
            used.add(path)
            todo += _needed(flat, path)
    alive = {path[:n] for path in used for n in range(1, len(path) + 1)}
    dead = dict.fromkeys(_topmost(path, alive) for path in flat.leaves if path not in used)
    for path in dead:
        if all(flat.scopes[path[:n]].graph.nodes[path[n]].body is not None for n in range(len(path) - 1)):
            fix = fixes.remove_node(flat.registry, path, flat.shown(path))
            yield mistake("node.unused", flat.scopes[path[:-1]].at_node(path[-1]), (fix,))


def _topmost(path: Path, alive: set[Path]) -> Path:
    return next(path[:n] for n in range(1, len(path) + 1) if path[:n] not in alive)


def _needed(flat: Flat, path: Path) -> Iterator[Path]:
    for port in flat.scopes[path[:-1]].inputs[path[-1]]:
        for source in sources(flat, path, port.name):
            yield source.path
            for hop in source.hops:
                fed = flat.fed.get((hop.path, hop.edge.id))
                if isinstance(fed, Source):
                    yield fed.path


def _too_many_parameters(typed: Typed) -> Iterator[Problem]:
    sizes = [[known(n) for n in w.shape] for op in typed.ops for w in op.weights]
    count = sum(prod(n or 0 for n in shape) for shape in sizes)
    if count > MAX_PARAMETERS:
        yield mistake("size.parameters", Place(), got=grouped(count), expected=grouped(MAX_PARAMETERS))
    elif count > MANY_PARAMETERS:
        yield mistake("size.many_parameters", Place(), got=grouped(count))
