"""Scans over grids and folds over trees, against a double loop and a recursion written out by hand, in float64."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
import torch
from torch import Tensor

from core.compile.pipeline import compile_graph
from core.compile.program import Program
from core.graph.codec import read_graph
from core.graph.model import Graph
from core.specs.fields import DataField, Fields
from core.specs.registry import default_registry
from core.specs.sig import Sig
from core.train.module import drawn, make, share

F64 = torch.float64
CLOSE: dict[str, float] = {"atol": 1e-12, "rtol": 0}
CELLS = Fields(
    (
        DataField("grid", Sig("features", 3, ("I", "J"))),
        DataField("about", Sig("features", 5)),
        DataField("answer", Sig("features", 2, ("I", "J")), target=True),
    )
)
NODES = Fields(
    (
        DataField("nodes", Sig("features", 3, ("N",))),
        DataField("about", Sig("features", 5)),
        DataField("answer", Sig("features", 2, ("N",)), target=True),
    )
)
# two trees, children before parents: a balanced one of seven nodes, and a lopsided one of five whose root has one child
CHILDREN = torch.tensor(
    [
        [[-1, -1], [-1, -1], [0, 1], [-1, -1], [-1, -1], [3, 4], [2, 5]],
        [[-1, -1], [-1, -1], [-1, 0], [2, 1], [3, -1], [-1, -1], [-1, -1]],
    ]
)
TREES = {"N": torch.tensor([7, 5]), "N/children": CHILDREN}


def graph(nodes: dict[str, tuple[str, dict[str, Any]]], wires: list[str]) -> Graph:
    """Wires as "a.y b.x", then a delay and along what, then learned or fed:node.port."""
    made = []
    for n, wire in enumerate(wires):
        source, target, *rest = wire.split()
        entry: dict[str, Any] = {"id": f"w{n}", "from": source.split("."), "to": target.split(".")}
        if rest:
            entry |= {"delay": int(rest[0]), "along": rest[1]}
        if rest[2:]:
            fed = rest[2].removeprefix("fed:")
            entry["init"] = fed if fed == "learned" else {"fed": fed.split(".")}
        made.append(entry)
    return read_graph({"nodes": [{"id": i, "kind": k, "params": p} for i, (k, p) in nodes.items()], "wires": made})


def around(field: str, cell: str, first: str, second: str, ways: tuple[str, str], k: int = 1, start: str = "") -> Graph:
    """x → cell → dense, the cell of the library or one drawn here: tanh(W x + U h_first + V h_second + A about)."""
    nodes: dict[str, tuple[str, dict[str, Any]]] = {
        "x": ("features", {"field": field}), "o": ("dense", {"units": 0}), "answer": ("target", {}), "loss": ("mse", {}),
    }  # fmt: skip
    ends = ["o.y loss.prediction", "answer.y loss.target"]
    if cell:
        nodes["cell"] = (cell, {"units": 4})
        return graph(nodes, ["x.x cell.x", "cell.h o.x", *ends])
    about = {n: ("dense", {"units": 4, "bias": False}) for n in ("a", "u", "v")}
    nodes |= {
        "about": ("features", {"field": "about"}),
        "w": ("dense", {"units": 4}),
        **about,
        "sum": ("add", {}),
        "h": ("tanh", {}),
    }
    wires = ["x.x w.x", "about.x a.x", *(f"{n}.y sum.x" for n in "wauv"), "sum.y h.x", "h.y o.x", *ends]
    return graph(nodes, [*wires, f"h.y u.x {k} {ways[0]} {start}", f"h.y v.x 1 {ways[1]} {start}"])


def grid(cell: str = "rnn_2d", k: int = 1, start: str = "") -> Graph:
    return around("grid", cell, "upper", "beside", ("I", "J"), k, start)


def tree(cell: str, start: str = "") -> Graph:
    return around("nodes", cell, "left", "right", ("left", "right"), 1, start)


@cache
def batch(shape: tuple[int, ...]) -> tuple[Tensor, Tensor, Tensor]:
    draw = torch.Generator().manual_seed(2)
    return tuple(torch.randn(2, *s, generator=draw, dtype=F64) for s in ((*shape, 3), (5,), (*shape, 2)))  # type: ignore[return-value]


def pair(g: Graph, fields: Fields) -> tuple[Program, Any, Any]:
    program, twin = (compile_graph(g, fields, default_registry(), mode) for mode in ("train", "twin"))
    torch.manual_seed(1)
    module = make(program, F64)
    with torch.no_grad():
        for p in module.parameters():
            p.add_(0.1 * torch.randn(p.shape, generator=torch.Generator().manual_seed(p.numel()), dtype=F64))
    return program, module, share(make(twin, F64), module)


def weights(module: Any, program: Program) -> dict[str, Tensor]:
    """By the last part of the path and name, cut loose from the module; pieces of a matrix put together."""
    found = {f"{path[-1]}.{name}": w.detach().clone() for (path, name), w in drawn(module, program).items()}
    for name in {n.rpartition(".")[0] for n in found if n.rpartition(".")[2].isdigit()}:
        found[name] = torch.cat([found.pop(n) for n in sorted(found) if n.startswith(f"{name}.")], 1)
    return {n: w.requires_grad_() for n, w in found.items()}


def judged(g: Graph, fields: Fields, lengths: Any, shape: tuple[int, ...], by_hand: Callable[..., Tensor]) -> None:
    """Program and twin give the outputs and all gradients of the loop by hand."""
    program, module, twin = pair(g, fields)
    x, about, _ = batch(shape)
    given = (x, about) if len(program.inputs) > 1 else (x,)
    w = weights(module, program)
    there = torch.arange(shape[0]) < lengths["N"][:, None] if lengths else torch.ones(2, *shape, dtype=torch.bool)
    wanted = (by_hand(w, x, about) @ w["o.weight"].T + w["o.bias"])[there]
    wanted.square().sum().backward()
    for model in (module, twin):
        module.zero_grad()
        outputs, _ = model(*given, lengths=lengths)
        torch.testing.assert_close(outputs["o"][there], wanted, **CLOSE)
        assert not outputs["o"][~there].any()
        outputs["o"].square().sum().backward()
        grads = {n: p.grad for n, p in module.named_parameters()}
        ours = {(p.path[-1], p.name): _grad(grads, p) for p in program.weights}
        for (node, name), grad in ours.items():
            whole, _, piece = name.partition(".")
            theirs = w[f"{node}.{whole}"].grad
            if piece:
                width = grad.shape[1]
                theirs = theirs[:, int(piece) * width : (int(piece) + 1) * width]
            torch.testing.assert_close(grad, theirs, atol=1e-11, rtol=1e-11)


def _grad(grads: dict[str, Tensor], p: Any) -> Tensor:
    out = grads[p.tensor]
    out = out[p.rows[0] : p.rows[1]] if p.rows else out
    return out[:, p.columns[0] : p.columns[1]] if p.columns else out


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


@pytest.mark.parametrize("way", ["I", "J"])
def test_a_neighbour_outside_any_loop(way: str) -> None:
    nodes: dict[str, Any] = {"x": ("features", {"field": "grid"}), "o": ("output", {"name": "o"})}
    _, module, _ = _open(nodes, f"x.x o.x 2 {way}", CELLS)
    x, _, _ = batch((4, 5))
    moved = torch.zeros_like(x)
    if way == "I":
        moved[:, 2:] = x[:, :-2]
    else:
        moved[:, :, 2:] = x[:, :, :-2]
    torch.testing.assert_close(module(x)[0]["o"], moved, **CLOSE)


def test_a_child_outside_any_loop() -> None:
    nodes: dict[str, Any] = {"x": ("features", {"field": "nodes"}), "o": ("output", {"name": "o"})}
    _, module, _ = _open(nodes, "x.x o.x 1 right", NODES)
    x, _, _ = batch((7,))
    got = module(x, lengths=TREES)[0]["o"]
    for b in range(2):
        for n in range(int(TREES["N"][b])):
            to = int(CHILDREN[b, n, 1])
            torch.testing.assert_close(got[b, n], x[b, to] if to >= 0 else torch.zeros(3, dtype=F64), **CLOSE)


def _open(nodes: dict[str, Any], wire: str, fields: Fields) -> tuple[Program, Any, Any]:
    """A model of one delayed wire, and beside it the loss that every model needs."""
    rest = {"d": ("dense", {"units": 0}), "answer": ("target", {}), "loss": ("mse", {})}
    return pair(graph(nodes | rest, [wire, "x.x d.x", "d.y loss.prediction", "answer.y loss.target"]), fields)


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


GRIDS = [((1, 1), None), ((7, 7), (3, 5)), ((50, 2), (20, 2)), ((3, 50), None)]


@pytest.mark.parametrize(("shape", "other"), GRIDS, ids=str)
def test_finite_differences_of_a_grid(shape: tuple[int, int], other: tuple[int, int] | None) -> None:
    lengths = None if other is None else {a: torch.tensor([n, m]) for a, n, m in zip("IJ", shape, other, strict=True)}
    _, module, _ = pair(grid("rnn_2d"), CELLS)
    agrees(module, shape, lengths)


@pytest.mark.parametrize("cell", ["tree_rnn", "tree_lstm"])
@pytest.mark.parametrize("nodes", [1, 7, 50])
def test_finite_differences_of_a_tree(cell: str, nodes: int) -> None:
    _, module, _ = pair(tree(cell), NODES)
    agrees(module, (nodes,), random_trees(nodes))


def agrees(module: Any, shape: tuple[int, ...], lengths: dict[str, Tensor] | None) -> None:
    """The gradient of the loss by every parameter and by the input is its central difference."""
    x, _, answer = batch(shape)
    x = x.clone().requires_grad_()

    def loss() -> Tensor:
        return module.loss(module(x, lengths=lengths)[0], answer, lengths=lengths)[0]

    module.zero_grad()
    loss().backward()
    draw = torch.Generator().manual_seed(8)
    moved = 0
    for p in (x, *module.parameters()):
        way = torch.randn(p.shape, generator=draw, dtype=F64)
        with torch.no_grad():
            p.add_(1e-5 * way)
            high = loss()
            p.sub_(2e-5 * way)
            low = loss()
            p.add_(1e-5 * way)
        along = float((p.grad * way).sum())
        moved += abs(along) > 1e-6
        assert abs(float((high - low) / 2e-5) - along) < 1e-8
    assert moved > 2


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
