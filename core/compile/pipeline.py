"""The doors of the compiler. Each function's lines are the table of contents of what it does."""

from __future__ import annotations

import hashlib
import json

from core.compile.assemble import assemble
from core.compile.check import review
from core.compile.program import Checked, Mode, Program, Wire
from core.graph.codec import write_graph
from core.graph.model import Graph, Path
from core.problems import Refused
from core.shapes.flatten import Flat, flatten
from core.shapes.infer import infer_flat
from core.specs.fields import Fields
from core.specs.registry import Registry


def check(graph: Graph, fields: Fields, registry: Registry) -> Checked:
    """Problems, and the signature of every wire and output port, as far as they can be worked out."""
    flat = flatten(graph, registry)
    typed = infer_flat(flat, fields)
    wires = tuple(Wire(w.path, w.edge, w.source, w.target, w.sig) for w in typed.wires)
    ports = {place: typed.sigs[value] for place, value in typed.ports.items() if value in typed.sigs}
    return Checked((*typed.problems, *review(flat, typed)), wires, ports)


def compile_graph(graph: Graph, fields: Fields, registry: Registry, mode: Mode = "train") -> Program:
    """The program of a graph. Raises Refused with every error."""
    flat = flatten(graph, registry)
    typed = infer_flat(flat, fields)
    errors = [p for p in (*typed.problems, *review(flat, typed)) if p.severity == "error"]
    if errors:
        raise Refused(*errors)
    heads = [(path, "logits") for path, leaf in flat.leaves.items() if leaf.spec.role == "head"]
    return assemble(typed.ops, typed.ports, fields, mode, heads, labels(flat), fingerprint(graph, fields))


def labels(flat: Flat) -> dict[Path, str]:
    """How a person knows each node: the titles (or ids) on the way to it."""
    named: dict[Path, str] = {(): ""}
    for path in sorted(flat.scopes, key=len):
        for node in flat.scopes[path].graph.nodes.values():
            own = node.title or node.id
            named[(*path, node.id)] = f"{named[path]}/{own}" if path else own
    return named


def fingerprint(graph: Graph, fields: Fields) -> str:
    """Identity of what is compiled: the graph and its fields."""
    data = json.dumps(write_graph(graph), sort_keys=True) + repr(fields)
    return hashlib.sha256(data.encode("utf-8", "surrogatepass")).hexdigest()[:16]
