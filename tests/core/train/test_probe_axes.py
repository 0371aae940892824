"""Probes of values over grids, trees and two times: the matrix shown is the one a loop by hand gives, its gradient too."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.compile.pipeline import compile_graph
from core.data.dataset import Batch
from core.graph.model import Graph
from core.specs.fields import Fields
from core.specs.registry import default_registry
from core.train.module import make, share
from core.train.probe import Prober
from tests.core.compile import grids_trees as shapes
from tests.core.compile import test_compile_axes as times
from tests.core.train.test_probe import Fixed, Job

F64 = torch.float64
LENGTHS = {"N": np.array([7, 5]), "N/children": shapes.CHILDREN.numpy()}


def frame(
    g: Graph, fields: Fields, batch: Batch, example: int, keys: tuple[str, ...] = ()
) -> tuple[Any, dict[str, Tensor]]:
    program, twin = (compile_graph(g, fields, default_registry(), mode) for mode in ("train", "twin"))
    torch.manual_seed(0)
    module = make(program, F64)
    prober = Prober(Job(twin, Fixed(batch)), module, share(make(twin, F64), module))
    prober.seen.example = example
    return prober.frame(1, keys), shapes.weights(module, program)


def one_unit(field: str, cell: str) -> Graph:
    nodes: dict[str, Any] = {
        "x": ("features", {"field": field}), "cell": (cell, {"units": 1}), "o": ("dense", {"units": 0}),
        "answer": ("target", {}), "loss": ("mse", {"over": "sum"}),
    }  # fmt: skip
    return shapes.graph(nodes, ["x.x cell.x", "cell.h o.x", "o.y loss.prediction", "answer.y loss.target"])


def test_a_grid_is_shown_as_a_grid() -> None:
    """Row i, column j, with d loss / d h_ij through every later cell; padding left off."""
    x, _, answer = shapes.batch((4, 5))
    batch = Batch({"grid": x.numpy(), "answer": answer.numpy()}, {"I": np.array([4, 3]), "J": np.array([2, 5])})
    told, w = frame(one_unit("grid", "rnn_2d"), shapes.CELLS, batch, 1)
    h: dict[tuple[int, int], Tensor] = {}
    zero, total = torch.zeros(1, dtype=F64), torch.zeros((), dtype=F64)
    for i in range(3):
        for j in range(5):
            pre = w["x_state.weight"] @ x[1, i, j] + w["x_state.bias"] + w["upper.weight"] @ h.get((i - 1, j), zero)
            h[i, j] = torch.tanh(pre + w["beside.weight"] @ h.get((i, j - 1), zero))
            h[i, j].retain_grad()
            total = total + (w["o.weight"] @ h[i, j] + w["o.bias"] - answer[1, i, j]).square().mean()
    (total / 2).backward()  # the sum over cells, averaged over the two grids
    wanted = np.array([[h[i, j].item() for j in range(5)] for i in range(3)])
    grads = np.array([[h[i, j].grad.item() for j in range(5)] for i in range(3)])  # type: ignore[union-attr]
    np.testing.assert_allclose(told.values["cell.h"], wanted, rtol=1e-5)
    np.testing.assert_allclose(told.gradients["cell.h"], grads, rtol=1e-4, atol=1e-7)


def test_a_tree_is_shown_node_by_node() -> None:
    x, _, answer = shapes.batch((7,))
    batch = Batch({"nodes": x.numpy(), "answer": answer.numpy()}, LENGTHS)
    told, w = frame(one_unit("nodes", "tree_rnn"), shapes.NODES, batch, 1)
    made: list[Tensor] = []
    zero, total = torch.zeros(1, dtype=F64), torch.zeros((), dtype=F64)
    for n in range(5):
        left, right = (made[c] if c >= 0 else zero for c in shapes.CHILDREN[1, n].tolist())
        pre = w["x_state.weight"] @ x[1, n] + w["x_state.bias"] + w["left.weight"] @ left + w["right.weight"] @ right
        made.append(torch.tanh(pre))
        made[-1].retain_grad()
        total = total + (w["o.weight"] @ made[-1] + w["o.bias"] - answer[1, n]).square().mean()
    (total / 2).backward()
    np.testing.assert_allclose(told.values["cell.h"][:, 0], [m.item() for m in made], rtol=1e-5)
    grads = [m.grad.item() for m in made]  # type: ignore[union-attr]
    np.testing.assert_allclose(told.gradients["cell.h"][:, 0], grads, rtol=1e-4, atol=1e-7)


def test_attention_is_shown_as_a_matrix() -> None:
    """T rows of S weights that sum to 1, both paddings left off, inside a loop and outside of any."""
    (source, before), answer, lengths = times.batch(True)
    assert lengths is not None
    arrays = {"source": source.numpy(), "before": before.numpy(), "answer": answer.numpy()}
    batch = Batch(arrays, {a: n.numpy() for a, n in lengths.items()})
    for inside in (False, True):
        told, _ = frame(times.looking("dot", inside), times.FIELDS, batch, 1, ("look.weights",))
        matrix = told.values["look.weights"]
        assert matrix.shape == (5, 2)
        np.testing.assert_allclose(matrix.sum(1), 1, rtol=1e-6)
        assert told.gradients["look.weights"].shape == (5, 2)
