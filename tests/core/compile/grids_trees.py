"""Small models over grids and over trees, and what judges them: loops by hand, and finite differences."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

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


def alone(nodes: dict[str, Any], wire: str, fields: Fields) -> tuple[Program, Any, Any]:
    """A model of one delayed wire, and beside it the loss that every model needs."""
    rest = {"d": ("dense", {"units": 0}), "answer": ("target", {}), "loss": ("mse", {})}
    return pair(graph(nodes | rest, [wire, "x.x d.x", "d.y loss.prediction", "answer.y loss.target"]), fields)


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
