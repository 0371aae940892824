"""The doors of the compiler. Each function's lines are the table of contents of what it does."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from threading import Lock
from typing import Any, TypeVar

from core.compile.assemble import assemble
from core.compile.check import review
from core.compile.program import Checked, Mode, Program, Stop, Wire
from core.graph.codec import write_graph
from core.graph.model import Graph, Path
from core.graph.mute import heard_throughout
from core.problems import Refused
from core.shapes.flatten import Flat, flatten
from core.shapes.infer import infer_flat
from core.shapes.typed import Typed
from core.specs.fields import Fields
from core.specs.registry import Registry
from core.words import language

Value = TypeVar("Value")


def check(graph: Graph, fields: Fields, registry: Registry) -> Checked:
    """Problems, and the signature of every wire and output port, as far as they can be worked out."""
    return _remembered("check", graph, fields, registry, lambda: _checked(*_front(graph, fields, registry), fields))


def compile_graph(graph: Graph, fields: Fields, registry: Registry, mode: Mode = "train") -> Program:
    """The program of a graph. Raises Refused with every error."""
    return _remembered(mode, graph, fields, registry, lambda: _compiled(graph, fields, registry, mode))


def _compiled(graph: Graph, fields: Fields, registry: Registry, mode: Mode) -> Program:
    flat, typed = _front(graph, fields, registry)
    errors = [p for p in _checked(flat, typed, fields).problems if p.severity == "error"]
    if errors:
        raise Refused(*errors)
    heads = [(path, "logits") for path, leaf in flat.leaves.items() if leaf.spec.role in ("head", "stop", "length")]
    program = assemble(typed.ops, typed.ports, fields, mode, heads, labels(flat), fingerprint(graph, fields))
    return replace(program, stop=_stop(flat, program))


def _stop(flat: Flat, program: Program) -> Stop | None:
    """The output of the first head that says when all is said."""
    for output in program.outputs:
        role = flat.leaves[output.path].spec.role if output.path in flat.leaves else ""
        if role == "stop" or role == "length":
            return Stop(role, output.name)
    return None


def _front(graph: Graph, fields: Fields, registry: Registry) -> tuple[Flat, Typed]:
    flat = flatten(graph, registry)
    return flat, infer_flat(flat, fields)


def _checked(flat: Flat, typed: Typed, fields: Fields) -> Checked:
    wires = tuple(Wire(w.path, w.edge, w.source, w.target, w.sig) for w in typed.wires)
    ports = {place: typed.sigs[value] for place, value in typed.ports.items() if value in typed.sigs}
    return Checked((*typed.problems, *review(flat, typed, fields)), wires, ports)


def labels(flat: Flat) -> dict[Path, str]:
    """How a person calls each node, as in every sentence: "Encoder › LSTM"."""
    return {(*path, id): scope.shown(id) for path, scope in flat.scopes.items() for id in scope.graph.nodes}


def fingerprint(graph: Graph, fields: Fields) -> str:
    """Identity of what is compiled: the graph and its fields. Where things lie and what they are titled is no part of
    it, so that a drawing tidied up after training still is the model that was trained; nor is what is muted."""
    data = json.dumps(_bare(write_graph(heard_throughout(graph))), sort_keys=True) + repr(fields)
    return hashlib.sha256(data.encode("utf-8", "surrogatepass")).hexdigest()[:16]


_LAYOUT = frozenset({"at", "title", "collapsed", "points", "pin"})


def _bare(drawn: dict[str, Any]) -> dict[str, Any]:
    """A graph as data without its layout and texts."""
    nodes = [{k: v for k, v in node.items() if k not in _LAYOUT} for node in drawn["nodes"]]
    wires = [{k: v for k, v in wire.items() if k not in _LAYOUT} for wire in drawn["wires"]]
    return {"nodes": [n | ({"body": _bare(n["body"])} if "body" in n else {}) for n in nodes], "wires": wires}


# A graph is a value that is asked about again and again (canvas, panels, training): the last answers are kept. The key
# is the identity of the graph, which the entry keeps alive, so that no other graph can come by the same.
_KEPT = 12
_answers: OrderedDict[tuple[object, ...], tuple[Graph, Registry, object]] = OrderedDict()
_lock = Lock()


def _remembered(what: str, graph: Graph, fields: Fields, registry: Registry, work: Callable[[], Value]) -> Value:
    key = (what, id(graph), fields, id(registry), language())
    with _lock:
        if key in _answers:
            _answers.move_to_end(key)
            return _answers[key][2]  # type: ignore[return-value]
    answer = work()
    with _lock:
        _answers[key] = (graph, registry, answer)
        while len(_answers) > _KEPT:
            _answers.popitem(last=False)
    return answer
