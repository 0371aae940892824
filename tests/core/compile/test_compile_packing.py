"""Grouping a random selection into a cell and ungrouping it again changes nothing in the compiled program: the packed
model gives the same numbers, and the round trip the same model, down to its hash."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from random import Random

import pytest
import torch

from core.compile.pipeline import check, compile_graph
from core.compile.program import Program
from core.graph.model import Graph, Path, Port, frozen
from core.graph.pack import BORDER, pack, unpack
from core.train.module import drawn, make
from tests.core.compile.test_compile_pictures import F64, FIELDS, REGISTRY, ROWS, SIZE, drawing


def sorted_out(graph: Graph, original: Graph) -> Graph:
    """The graph in one fixed order, its wires under the ids that they had before; nodes have kept theirs."""
    free = list(original.edges.values())
    for e in graph.edges.values():
        free.remove(next(o for o in free if replace(e, id=o.id) == o))
    assert not free
    return Graph(frozen(dict(sorted(graph.nodes.items()))), frozen(dict(sorted(original.edges.items()))))


def signals(graph: Graph) -> dict[Port, str]:
    ports = check(graph, FIELDS, REGISTRY).ports
    return {Port(path[0], port): sig.kind for (path, port), sig in ports.items() if len(path) == 1}


def selection(graph: Graph, rng: Random) -> list[str]:
    """Anything that a person might frame with the mouse, but for what stands for data."""
    there = [n.id for n in graph.nodes.values() if n.kind not in (*BORDER, "features", "target")]
    return rng.sample(there, rng.randint(1, len(there)))


def place(path: Path, cells: Collection[str]) -> Path:
    """Where a weight was before nodes were packed into `cells`."""
    return path[1:] if path[0] in cells else path


def outputs(
    graph: Graph, weights: dict[tuple[Path, str], torch.Tensor], cells: Collection[str] = ()
) -> list[torch.Tensor]:
    """The output and the loss that the compiled program gives for one batch. Weights are the same wherever their nodes lie now; those that are met
    first are drawn."""
    program: Program = compile_graph(graph, FIELDS, REGISTRY)
    module, chance = make(program, F64), torch.Generator().manual_seed(3)
    with torch.no_grad():
        for (path, name), tensor in drawn(module, program).items():
            if name.startswith("start_"):  # belongs to a wire, whose source may be another port now
                tensor.copy_(torch.linspace(0.2, 0.7, tensor.numel(), dtype=F64).reshape(tensor.shape))
                continue
            key = (place(path, cells), name)
            known = weights.setdefault(key, torch.randn(tensor.shape, dtype=F64, generator=chance))
            tensor.copy_(known)
    chance.manual_seed(5)
    given = {
        "series": torch.randn(ROWS, 6, SIZE, dtype=F64, generator=chance),
        "context": torch.randn(ROWS, SIZE, dtype=F64, generator=chance),
    }
    lengths = {"T": torch.tensor([6, 2, 4])}
    found = module(*[given[a.field.name] for a in program.inputs], lengths)[0]
    answer = torch.randn(ROWS, 6, 2, dtype=F64, generator=chance)
    loss = module.loss(found, answer, lengths)[0]
    shown = next(o.name for o in program.outputs if o.path[-1] == "out")
    return [found[shown].detach(), loss.detach()]


@pytest.mark.parametrize("block", range(2))
def test_packing_and_unpacking_anything_keeps_the_model(block: int) -> None:
    judged = whole = 0
    for seed in range(700 + block * 24, 724 + block * 24):
        rng, graph = Random(seed), drawing(Random(seed))
        if not check(graph, FIELDS, REGISTRY).ok:
            continue
        packed, cell = pack(graph, selection(graph, rng), signals=signals(graph))
        back, _ = unpack(packed, cell, REGISTRY)
        weights: dict[tuple[Path, str], torch.Tensor] = {}
        wanted = outputs(graph, weights)
        count = len(weights)
        errors = {p.code for p in check(packed, FIELDS, REGISTRY).problems if p.severity == "error"}
        assert errors <= {"cell.no_output"}, (seed, errors)  # a cell that swallowed the loss gives nothing on
        whole += not errors
        for other, cells in (((packed, (cell,)),) if not errors else ()) + ((back, ()),):
            for a, b in zip(wanted, outputs(other, weights, cells), strict=True):
                torch.testing.assert_close(a, b, rtol=1e-10, atol=1e-11, msg=f"seed {seed}")
        assert len(weights) == count, seed  # no weight is new
        first, second = (compile_graph(sorted_out(g, graph), FIELDS, REGISTRY) for g in (graph, back))
        assert (first.hash, first.source) == (second.hash, second.source), seed
        judged += 1
    assert judged >= 4 and whole >= 2
