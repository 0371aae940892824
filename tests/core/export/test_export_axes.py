"""Two times, grids and trees leave Unfold: encoder-decoders and attention as ONNX, everything as source."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from core.compile.pipeline import compile_graph
from core.export.onnx.write import model_bytes
from core.export.source import standalone
from core.export.verify import questions
from core.graph.model import Graph
from core.problems import Refused
from core.specs.registry import default_registry
from core.train.module import drawn, make
from tests.core.compile import grids_trees as shapes
from tests.core.compile import test_compile_axes as times

MODELS = {"last state": times.translator(), "last h and c": times.translator("lstm")} | {
    f"{scoring} {'inside' if inside else 'after'}": times.looking(scoring, inside)
    for scoring in ("dot", "scaled", "additive")
    for inside in (False, True)
}


@pytest.mark.parametrize("graph", MODELS.values(), ids=MODELS.keys())
def test_two_times_as_onnx(graph: Graph) -> None:
    """Free S and T, each with lengths of its own."""
    pytest.importorskip("onnx")
    ort = pytest.importorskip("onnxruntime")
    program = compile_graph(graph, times.FIELDS, default_registry())
    torch.manual_seed(0)
    module = make(program)
    arrays = {key: w.detach().numpy() for key, w in drawn(module, program).items()}
    options = ort.SessionOptions()
    options.log_severity_level = 3
    session = ort.InferenceSession(model_bytes(program, arrays), options, providers=["CPUExecutionProvider"])
    assert {i.name for i in session.get_inputs()} == {"source", "before"}
    for case in (*questions(program, 3, 6, True), *questions(program, 2, 1, False)):
        wanted, _ = module(*case.arguments, lengths=case.lengths or None)
        feed: dict[str, Any] = {a.name: x.numpy() for a, x in zip(program.inputs, case.arguments, strict=True)}
        feed |= {f"lengths_{a}": n.numpy() for a, n in case.lengths.items()}
        for name, got in zip(wanted, session.run(list(wanted), feed), strict=True):
            np.testing.assert_allclose(got, wanted[name].detach().numpy(), atol=2e-6)


@pytest.mark.parametrize(("graph", "fields"), [(shapes.grid(), shapes.CELLS), (shapes.tree("tree_rnn"), shapes.NODES)])
def test_grids_and_trees_are_refused_as_onnx(graph: Graph, fields: Any) -> None:
    pytest.importorskip("onnx")
    program = compile_graph(graph, fields, default_registry())
    arrays = {key: w.detach().numpy() for key, w in drawn(make(program), program).items()}
    with pytest.raises(Refused) as refused:
        model_bytes(program, arrays)
    (problem,) = refused.value.problems
    assert problem.code == "export.onnx_shape" and problem.where.path and "source" in problem.hint.en


def test_questions_about_trees_bring_trees() -> None:
    """Children before parents, each a child once; padding has none."""
    program = compile_graph(shapes.tree("tree_lstm"), shapes.NODES, default_registry())
    full, ragged = questions(program, 4, 9, True)
    assert full.lengths == {}
    children = ragged.lengths["N/children"]
    assert children.shape == (4, 9, 2) and (children >= 0).any()
    for tree, length in zip(children.tolist(), ragged.lengths["N"].tolist(), strict=True):
        used = [c for pair in tree for c in pair if c >= 0]
        assert len(set(used)) == len(used)
        assert all(c < n for n, pair in enumerate(tree) for c in pair)
        assert all(pair == [-1, -1] for pair in tree[length:])


@pytest.mark.parametrize(
    ("graph", "fields", "said"),
    [
        (times.translator(), times.FIELDS, "lengths along S, T"),
        (shapes.grid(), shapes.CELLS, "lengths along I, J"),
        (shapes.tree("tree_lstm"), shapes.NODES, 'lengths["N/children"]: long (B, N, 2)'),
    ],
)
def test_as_source_it_runs_by_itself(graph: Graph, fields: Any, said: str) -> None:
    """The text alone, in a namespace of its own, gives what the module gives."""
    program = compile_graph(graph, fields, default_registry())
    text = standalone(program)
    assert said in text
    space: dict[str, Any] = {"__name__": "exported"}
    exec(compile(text, "exported", "exec"), space)
    torch.manual_seed(0)
    module, alone = make(program), space[program.class_name]()
    alone.load_state_dict(module.state_dict())
    for case in questions(program, 3, 5, True):
        for name, value in module(*case.arguments, lengths=case.lengths or None)[0].items():
            assert torch.equal(alone(*case.arguments, lengths=case.lengths or None)[0][name], value)
