"""Folds over trees, against a recursion written out by hand, in float64."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.core.compile.grids_trees import (
    CHILDREN,
    CLOSE,
    F64,
    NODES,
    TREES,
    agrees,
    alone,
    batch,
    graph,
    judged,
    pair,
    tree,
    weights,
)


def recursion(cell: Callable[..., tuple[Tensor, ...]], size: int) -> Callable[..., Tensor]:
    """Node by node, one tree at a time."""

    def run(w: dict[str, Tensor], x: Tensor, about: Tensor) -> Tensor:
        trees = []
        for b in range(2):
            none = tuple(x.new_zeros(4) for _ in range(size))
            made: list[tuple[Tensor, ...]] = []
            for n in range(7):
                left, right = (made[c] if c >= 0 else none for c in CHILDREN[b, n].tolist())
                made.append(cell(w, x[b, n], left, right, about[b]))
            trees.append(torch.stack([m[0] for m in made]))
        return torch.stack(trees)

    return run


def plain(w: dict[str, Tensor], x: Tensor, left: Any, right: Any, about: Tensor) -> tuple[Tensor, ...]:
    pre = w["x_state.weight"] @ x + w["x_state.bias"] + w["left.weight"] @ left[0] + w["right.weight"] @ right[0]
    return (torch.tanh(pre),)


def gated(w: dict[str, Tensor], x: Tensor, left: Any, right: Any, about: Tensor) -> tuple[Tensor, ...]:
    """Tai, Socher and Manning 2015, eqs. 9 to 14 with N = 2."""
    both = torch.cat([left[0], right[0]])

    def pre(given: str, gate: str) -> Tensor:
        return w[f"x_{given}.weight"] @ x + w[f"x_{given}.bias"] + w[f"h_{gate}.weight"] @ both

    i, o = torch.sigmoid(pre("i", "i")), torch.sigmoid(pre("o", "o"))
    keep = torch.sigmoid(pre("f", "fl")) * left[1] + torch.sigmoid(pre("f", "fr")) * right[1]
    c = i * torch.tanh(pre("u", "u")) + keep
    return o * torch.tanh(c), c


def own(w: dict[str, Tensor], x: Tensor, left: Any, right: Any, about: Tensor) -> tuple[Tensor, ...]:
    pre = w["w.weight"] @ x + w["w.bias"] + w["u.weight"] @ left[0] + w["v.weight"] @ right[0] + w["a.weight"] @ about
    return (torch.tanh(pre),)


@pytest.mark.parametrize(("cell", "by_hand", "size"), [("tree_rnn", plain, 1), ("tree_lstm", gated, 2), ("", own, 1)])
def test_a_tree_is_the_recursion(cell: str, by_hand: Any, size: int) -> None:
    judged(tree(cell), NODES, TREES, (7,), recursion(by_hand, size))


@pytest.mark.parametrize("start", ["learned", "fed:about.x"])
def test_what_a_missing_child_counts_as(start: str) -> None:
    """A learned vector, or one that comes with each tree."""
    size = 4 if start == "learned" else 5
    nodes: dict[str, Any] = {
        "x": ("features", {"field": "nodes"}), "about": ("features", {"field": "about"}), "w": ("dense", {"units": size}),
        "u": ("dense", {"units": size, "bias": False}), "v": ("dense", {"units": size, "bias": False}), "sum": ("add", {}),
        "h": ("tanh", {}), "o": ("dense", {"units": 0}), "answer": ("target", {}), "loss": ("mse", {}), "kept": ("output", {}),
    }  # fmt: skip
    wires = ["x.x w.x", "w.y sum.x", "u.y sum.x", "v.y sum.x", "sum.y h.x", "h.y o.x", "o.y loss.prediction",
             "answer.y loss.target", f"h.y u.x 1 left {start}", "h.y v.x 1 right", "about.x kept.x"]  # fmt: skip
    program, module, twin = pair(graph(nodes, wires), NODES)
    x, about, _ = batch((7,))
    w = weights(module, program)
    for b in range(2):
        made: list[Tensor] = []
        for n in range(int(TREES["N"][b])):
            at, to = CHILDREN[b, n].tolist()
            none = w["h.start_y_left"] if start == "learned" else about[b]
            left, right = made[at] if at >= 0 else none, made[to] if to >= 0 else x.new_zeros(size)
            pre = w["w.weight"] @ x[b, n] + w["w.bias"] + w["u.weight"] @ left + w["v.weight"] @ right
            made.append(torch.tanh(pre))
        wanted = torch.stack(made) @ w["o.weight"].T + w["o.bias"]
        for model in (module, twin):
            out = model(x, about, lengths=TREES)[0]["o"]
            torch.testing.assert_close(out[b, : len(made)], wanted, **CLOSE)


def test_without_structure_a_tree_is_a_chain() -> None:
    """Each node's left child is the one before it: an ordinary recurrence."""
    program, module, _ = pair(tree("tree_rnn"), NODES)
    x, _, _ = batch((7,))
    w = weights(module, program)
    h, out = torch.zeros(2, 4, dtype=F64), []
    for n in range(7):
        h = torch.tanh(x[:, n] @ w["x_state.weight"].T + w["x_state.bias"] + h @ w["left.weight"].T)
        out.append(h)
    torch.testing.assert_close(module(x)[0]["o"], torch.stack(out, 1) @ w["o.weight"].T + w["o.bias"], **CLOSE)


def test_a_child_outside_any_loop() -> None:
    nodes: dict[str, Any] = {"x": ("features", {"field": "nodes"}), "o": ("output", {"name": "o"})}
    _, module, _ = alone(nodes, "x.x o.x 1 right", NODES)
    x, _, _ = batch((7,))
    got = module(x, lengths=TREES)[0]["o"]
    for b in range(2):
        for n in range(int(TREES["N"][b])):
            to = int(CHILDREN[b, n, 1])
            torch.testing.assert_close(got[b, n], x[b, to] if to >= 0 else torch.zeros(3, dtype=F64), **CLOSE)


def random_trees(nodes: int) -> dict[str, Tensor]:
    """A random binary tree with that many nodes, and beside it, padded, one of about half."""
    draw = random.Random(nodes)
    children = torch.full((2, nodes, 2), -1)
    sizes = [nodes, (nodes + 1) // 2]
    for b, size in enumerate(sizes):
        roots: list[int] = []
        for n in range(size):
            crowded = len(roots) >= size - n  # all but one must find a parent among those still to come
            for side in range(2 if crowded or draw.random() < 0.5 else 0):
                if roots:
                    children[b, n, side] = roots.pop(draw.randrange(len(roots)))
            roots.append(n)
        assert len(roots) == 1
    return {"N": torch.tensor(sizes), "N/children": children}


@pytest.mark.parametrize("cell", ["tree_rnn", "tree_lstm"])
@pytest.mark.parametrize("nodes", [1, 7, 50])
def test_finite_differences_of_a_tree(cell: str, nodes: int) -> None:
    _, module, _ = pair(tree(cell), NODES)
    agrees(module, (nodes,), random_trees(nodes))
