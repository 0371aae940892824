"""Scans over grids, against a double loop written out by hand, in float64."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from tests.core.compile.grids_trees import CELLS, CLOSE, agrees, alone, batch, graph, grid, judged, pair, weights


def loop_2d(names: tuple[str, str, str], k: int = 1, start: str = "") -> Callable[..., Tensor]:
    """Graves, Fernandez and Schmidhuber 2007, with plain units: every cell after its upper and left neighbours."""

    def run(w: dict[str, Tensor], x: Tensor, about: Tensor) -> Tensor:
        rows, columns = x.shape[1:3]
        h: dict[tuple[int, int], Tensor] = {}
        for i in range(rows):
            for j in range(columns):
                edge = [x.new_zeros(4)] * 2
                if start:
                    edge = [w[f"h.start_y_I_{k}" if k > 1 else "h.start_y_I"], w["h.start_y_J"]]
                up, left = h.get((i - k, j), edge[0]), h.get((i, j - 1), edge[1])
                pre = x[:, i, j] @ w[f"{names[0]}.weight"].T + w[f"{names[0]}.bias"]
                pre = pre + up @ w[f"{names[1]}.weight"].T + left @ w[f"{names[2]}.weight"].T
                h[i, j] = torch.tanh(pre + about @ w["a.weight"].T if "a.weight" in w else pre)
        return torch.stack([torch.stack([h[i, j] for j in range(columns)], 1) for i in range(rows)], 1)

    return run


@pytest.mark.parametrize("shape", [(1, 1), (1, 6), (6, 1), (3, 5), (5, 3)], ids=str)
def test_a_grid_is_the_double_loop(shape: tuple[int, int]) -> None:
    judged(grid(), CELLS, None, shape, loop_2d(("x_state", "upper", "beside")))


@pytest.mark.parametrize("k", [1, 2, 4])
@pytest.mark.parametrize("start", ["", "learned"])
def test_a_grid_with_longer_delays_starts_and_a_static_input(k: int, start: str) -> None:
    judged(grid("", k, start), CELLS, None, (4, 5), loop_2d(("w", "u", "v"), k, start))


def test_padding_of_a_grid_changes_nothing() -> None:
    _, module, _ = pair(grid(), CELLS)
    x, _, answer = batch((4, 5))
    lengths = {"I": torch.tensor([4, 2]), "J": torch.tensor([3, 5])}
    outputs, _ = module(x, lengths=lengths)
    total, _ = module.loss(outputs, answer, lengths=lengths)
    parts = []
    for b, (i, j) in enumerate(((4, 3), (2, 5))):
        alone, _ = module(x[b : b + 1, :i, :j])
        torch.testing.assert_close(outputs["o"][b, :i, :j], alone["o"][0], **CLOSE)
        assert not outputs["o"][b, i:].any() and not outputs["o"][b, :, j:].any()
        parts.append((alone["o"][0] - answer[b, :i, :j]).square().mean(-1).flatten())
    torch.testing.assert_close(total, torch.cat(parts).mean(), **CLOSE)


@pytest.mark.parametrize("way", [("I",), ("J",), ("I", "J"), ("J", "I")], ids="".join)
def test_the_other_directions_are_reversals(way: tuple[str, ...]) -> None:
    """Reverse, cell, reverse, with lengths: the same as the double loop over a grid turned over by hand."""
    nodes: dict[str, Any] = {
        "x": ("features", {"field": "grid"}),
        "cell": ("rnn_2d", {"units": 4}),
        "o": ("dense", {"units": 0}),
    }
    nodes |= {"answer": ("target", {}), "loss": ("mse", {})}
    before, after = [f"r{a}" for a in way], [f"s{a}" for a in way]
    nodes |= {n: ("reverse", {"axis": n[1]}) for n in (*before, *after)}
    chain = ["x.x", *before, "cell", *after, "o"]
    ports = [("x.x" if c == "x.x" else "cell.h" if c == "cell" else f"{c}.y") for c in chain]
    wires = [f"{a} {b}.x" for a, b in zip(ports, chain[1:], strict=False)]
    program, module, _ = pair(graph(nodes, [*wires, "o.y loss.prediction", "answer.y loss.target"]), CELLS)
    x, about, _ = batch((4, 5))
    w = weights(module, program)
    outputs, _ = module(x, lengths={"I": torch.tensor([4, 2]), "J": torch.tensor([3, 5])})
    dims = [1 + "IJ".index(a) for a in way]
    for b, (i, j) in enumerate(((4, 3), (2, 5))):
        turned = x[b : b + 1, :i, :j].flip(dims)
        h = loop_2d(("x_state", "upper", "beside"))(w, turned, about).flip(dims)
        torch.testing.assert_close(outputs["o"][b, :i, :j], (h @ w["o.weight"].T + w["o.bias"])[0], **CLOSE)


@pytest.mark.parametrize("way", ["I", "J"])
def test_a_neighbour_outside_any_loop(way: str) -> None:
    nodes: dict[str, Any] = {"x": ("features", {"field": "grid"}), "o": ("output", {"name": "o"})}
    _, module, _ = alone(nodes, f"x.x o.x 2 {way}", CELLS)
    x, _, _ = batch((4, 5))
    moved = torch.zeros_like(x)
    if way == "I":
        moved[:, 2:] = x[:, :-2]
    else:
        moved[:, :, 2:] = x[:, :, :-2]
    torch.testing.assert_close(module(x)[0]["o"], moved, **CLOSE)


GRIDS = [((1, 1), None), ((7, 7), (3, 5)), ((50, 2), (20, 2)), ((3, 50), None)]


@pytest.mark.parametrize(("shape", "other"), GRIDS, ids=str)
def test_finite_differences_of_a_grid(shape: tuple[int, int], other: tuple[int, int] | None) -> None:
    lengths = None if other is None else {a: torch.tensor([n, m]) for a, n, m in zip("IJ", shape, other, strict=True)}
    _, module, _ = pair(grid("rnn_2d"), CELLS)
    agrees(module, shape, lengths)


OVER: dict[str, Callable[[Tensor, int], Tensor]] = {
    "last": lambda x, d: x.select(d, -1),
    "first": lambda x, d: x.select(d, 0),
    "mean_time": lambda x, d: x.mean(d),
    "max_time": lambda x, d: x.amax(d),
}


@pytest.mark.parametrize("axis", ["I", "J", ""])
@pytest.mark.parametrize("kind", list(OVER))
def test_one_of_two_axes_is_summed_up(kind: str, axis: str) -> None:
    """Each grid cut to its own size first; an empty name means the last axis."""
    nodes: dict[str, Any] = {
        "x": ("features", {"field": "grid"}), "s": (kind, {"axis": axis}), "o": ("output", {"name": "o"}),
        "d": ("dense", {"units": 0}), "answer": ("target", {}), "loss": ("mse", {}),
    }  # fmt: skip
    wires = ["x.x s.x", "s.y o.x", "x.x d.x", "d.y loss.prediction", "answer.y loss.target"]
    _, module, twin = pair(graph(nodes, wires), CELLS)
    x, _, _ = batch((4, 5))
    lengths = {"I": torch.tensor([4, 2]), "J": torch.tensor([3, 5])}
    for model in (module, twin):
        got = model(x, lengths=lengths)[0]["o"]
        for b, (i, j) in enumerate(((4, 3), (2, 5))):
            wanted = OVER[kind](x[b : b + 1, :i, :j], 1 if axis == "I" else 2)[0]
            torch.testing.assert_close(got[b, : len(wanted)], wanted, **CLOSE)
            assert not got[b, len(wanted) :].any()
        torch.testing.assert_close(model(x)[0]["o"], OVER[kind](x, 1 if axis == "I" else 2), **CLOSE)
