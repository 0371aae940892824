"""A second opinion on what a drawing means: follows the wires of the canvas themselves, one sequence and one step at a
time, knowing nothing of ops, scans or fusing. Slow and plain, for judging the compiler."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from core.graph.model import Edge, Graph, Node, Path, Port, Ref
from core.specs.registry import Registry

POINTWISE = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": lambda x: x.clamp(min=0),
    "softsign": lambda x: x / (1 + x.abs()),
    "identity": lambda x: x,
    "recurrent_dropout": lambda x: x,  # none is drawn here
}


@dataclass
class Picture:
    """One sequence through a drawing. `weights` by path and name, `inputs` by field: (T, size), or (size,) if static;
    `sizes` of the values that delayed wires carry, by the path of the graph they lie in and their id."""

    graph: Graph
    registry: Registry
    weights: Mapping[tuple[Path, str], Tensor]
    inputs: Mapping[str, Tensor]
    length: int
    sizes: Mapping[tuple[Path, str], int]
    known: dict[tuple[Path, Port, int], Tensor | None] = field(default_factory=dict)

    def sequence(self, node: str, port: str = "x") -> Tensor:
        """What arrives at a port of the outermost graph, step by step: (T, size)."""
        return torch.stack([self._one((), node, port, t) for t in range(self.length)])

    def _body(self, path: Path) -> Graph:
        graph = self.graph
        for id in path:
            node = graph.nodes[id]
            body = node.body if node.body is not None else self.registry.nodes[node.kind].body
            assert body is not None
            graph = body
        return graph

    def _out(self, path: Path, port: Port, t: int) -> Tensor | None:
        key = (path, port, t)
        if key not in self.known:
            self.known[key] = self._work_out(path, self._body(path).nodes[port.node], port.port, t)
        return self.known[key]

    def _one(self, path: Path, node: str, port: str, t: int) -> Tensor:
        (value,) = self._into(path, node, port, t)
        return value

    def _into(self, path: Path, node: str, port: str, t: int) -> list[Tensor]:
        edges = self._body(path).into(Port(node, port))
        return [v for v in (self._along(path, e, t) for e in edges) if v is not None]

    def _along(self, path: Path, edge: Edge, t: int) -> Tensor | None:
        if t >= edge.delay:
            return self._out(path, edge.source, t - edge.delay)
        if edge.init.kind == "learned":
            name = f"start_{edge.source.port}" + (f"_{edge.delay}" if edge.delay > 1 else "")
            return self.weights[(*path, edge.source.node), name]
        if edge.init.kind == "fed" and edge.init.source is not None:
            fed = self._out(path, edge.init.source, t)
            if fed is not None:
                return fed
        return torch.zeros(self.sizes[path, edge.id], dtype=torch.float64)

    def _param(self, path: Path, node: Node, name: str) -> float:
        spec = self.registry.nodes[node.kind]
        value = node.params.get(name, next(p.default for p in spec.params if p.name == name))
        if isinstance(value, Ref):
            return self._param(path[:-1], self._body(path[:-1]).nodes[path[-1]], value.param)
        return value  # type: ignore[return-value]

    def _work_out(self, path: Path, node: Node, port: str, t: int) -> Tensor | None:
        here = (*path, node.id)
        spec = self.registry.node(node.kind)
        if node.bypass and spec is not None:  # the first wire at its first input
            return self._along(path, self._body(path).into(Port(node.id, spec.inputs[0].name))[0], t)
        if node.kind == "cell_input":
            name = str(node.params.get("name") or node.id)
            return next(iter(self._into(path[:-1], path[-1], name, t)), None)
        if spec is None or spec.body is not None:
            ends = (n for n in self._body(here).nodes.values() if n.kind == "cell_output")
            return self._one(here, next(n.id for n in ends if (n.params.get("name") or n.id) == port), "x", t)
        if node.kind == "features":
            values = self.inputs[str(node.params["field"])]
            return values[t] if values.dim() == 2 else values
        if node.kind == "parameter":
            return self.weights[here, "weight"]
        if node.kind in ("reverse", "last", "first", "mean_time", "max_time"):
            return self._over_time(path, node, t)
        return self._compute(path, node, port, self._into(path, node.id, spec.inputs[0].name, t), t)

    def _over_time(self, path: Path, node: Node, t: int) -> Tensor:
        if node.kind in ("mean_time", "max_time"):
            steps = torch.stack([self._one(path, node.id, "x", s) for s in range(self.length)])
            return steps.mean(0) if node.kind == "mean_time" else steps.amax(0)
        at = {"reverse": self.length - 1 - t, "last": self.length - 1, "first": 0}[node.kind]
        return self._one(path, node.id, "x", at)

    def _compute(self, path: Path, node: Node, port: str, x: list[Tensor], t: int) -> Tensor:
        here = (*path, node.id)
        match node.kind:
            case "dense":
                bias = self.weights.get((here, "bias"))
                return self.weights[here, "weight"] @ x[0] + (0.0 if bias is None else bias)
            case "add":
                return torch.stack(x).sum(0)
            case "multiply":
                return torch.stack(x).prod(0)
            case "subtract":
                return x[0] - self._one(path, node.id, "b", t)
            case "concat":
                return torch.cat(x)
            case "split":
                return x[0].chunk(int(self._param(path, node, "parts")))[int(port[1:]) - 1]
            case "affine":
                return self._param(path, node, "scale") * x[0] + self._param(path, node, "offset")
            case "layer_norm":
                spread = x[0].var(unbiased=False) + self._param(path, node, "eps")
                return (x[0] - x[0].mean()) / spread.sqrt() * self.weights[here, "weight"] + self.weights[here, "bias"]
            case _:
                return POINTWISE[node.kind](x[0])
