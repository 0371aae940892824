"""Any drawing at all, however wrong, gets an answer: problems, never an exception. Every fix offered can be applied."""

from __future__ import annotations

from random import Random

import pytest
from shape_drawings import REGISTRY, SERIES, TEXT

from core.compile.check import review
from core.graph.model import Edge, Graph, Init, Node, ParamValue, Port, Ref, frozen
from core.shapes.flatten import flatten
from core.shapes.infer import infer_flat
from core.specs.fields import Fields

FIELDS = Fields((*SERIES.items, *TEXT.items))
KINDS = [*REGISTRY.nodes, "cell", "nothing"]
VALUES: list[ParamValue] = [0, 1, 2, -1, 1.5, "x", "", "values", "text", True, Ref("units"), 10**9, float("nan")]
PORTS = ["x", "y", "h", "h0", "c0", "a", "b", "target", "logits", "prediction", "loss", "y1"]
INITS = [Init(), Init(), Init("learned"), Init("fed"), Init("fed", Port("n0", "x")), Init("fed", Port("n1", "y"))]


def any_graph(rng: Random, depth: int = 0) -> Graph:
    nodes = {f"n{i}": any_node(rng, f"n{i}", depth) for i in range(rng.randint(1, 9))}
    ids = [*nodes, "gone"]
    edges = {}
    for j in range(rng.randint(0, 18)):
        ends = [Port(rng.choice(ids), rng.choice(PORTS[: rng.choice([2, 12])])) for _ in range(2)]
        edges[f"w{j}"] = Edge(f"w{j}", ends[0], ends[1], rng.choice([0, 0, 0, 1, 2, -3, 10**6]), rng.choice(INITS))
    return Graph(frozen(nodes), frozen(edges))


def any_node(rng: Random, id: str, depth: int) -> Node:
    kind = rng.choice(KINDS)
    spec = REGISTRY.node(kind)
    params = {p.name: rng.choice([*VALUES, p.default]) for p in (spec.params if spec else ()) if rng.random() < 0.25}
    body = any_graph(rng, depth + 1) if depth < 3 and rng.random() < 0.15 else None
    return Node(id, kind, rng.choice(["", "{x}\n'"]), frozen(params), body, bypass=rng.random() < 0.1)


@pytest.mark.parametrize("block", range(8))
def test_any_drawing_gets_an_answer(block: int) -> None:
    for seed in range(block * 25, block * 25 + 25):
        graph = any_graph(Random(seed))
        flat = flatten(graph, REGISTRY)
        found = [*(typed := infer_flat(flat, FIELDS)).problems, *review(flat, typed, FIELDS)]
        assert found
        for problem in found:
            assert problem.line()
            for fix in problem.fixes:
                assert isinstance(fix.apply(graph), Graph)
