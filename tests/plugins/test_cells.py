"""Every cell file of the library, found by looking: gradients against finite differences, in float64, over short and long
and padded sequences; and one step at a time against all at once.

Cells that walk a grid or a tree have judges of their own. The cells that torch has too are also held against torch's own
modules, in tests/core/compile/test_compile_library.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import pytest
import torch
from torch import Tensor, nn

from core.compile.pipeline import compile_graph
from core.compile.program import Program
from core.graph import edit
from core.graph.model import Graph, Node, Port, frozen
from core.specs.fields import DataField, Fields
from core.specs.node import NodeSpec
from core.specs.registry import default_registry
from core.specs.sig import Sig
from core.train.module import make, part_of, share

REGISTRY = default_registry()
WIDTH, UNITS, STEP = 3, 5, 1e-6
LENGTHS = {1: (1, 1, 1), 7: (7, 1, 4), 50: (33, 50, 1)}
TIME = ("T",)


def over_time(spec: NodeSpec) -> bool:
    """Whether a cell's loops run along time, not along a grid or a tree."""
    assert spec.body is not None
    return not any(getattr(e, "along", "") for e in spec.body.edges.values())


CELLS = [s for s in REGISTRY.nodes.values() if s.body is not None and s.group == "cell" and over_time(s)]
IDS = [s.kind for s in CELLS]


@lru_cache
def drawn(kind: str, fed: bool) -> tuple[Program, Program, Fields]:
    """Fields -> cell -> outputs, and a loss so that it is a whole model. `fed`: the initial states come from the data."""
    spec = REGISTRY.nodes[kind]
    fields, graph = [], Graph()
    own = {"units": UNITS} if spec.param("units") else {}
    graph = edit.add_node(graph, Node("it", kind, params=frozen(own)))
    for port in spec.inputs:
        if port.static and not fed:
            continue
        sig = Sig("features", UNITS if port.static else WIDTH, () if port.static else TIME)
        fields.append(DataField(port.name, sig))
        graph = edit.add_node(graph, Node(f"in_{port.name}", "features", params=frozen({"field": port.name})))
        graph = edit.connect(graph, Port(f"in_{port.name}", "x"), Port("it", port.name))
    for port in spec.outputs:
        graph = edit.add_node(graph, Node(f"out_{port.name}", "output", params=frozen({"name": port.name})))
        graph = edit.connect(graph, Port("it", port.name), Port(f"out_{port.name}", "x"))
    fields.append(DataField("answer", Sig("features", 1, TIME), target=True))
    for node in (Node("read", "dense", params=frozen({"units": 1})), Node("answer", "target"), Node("loss", "mse")):
        graph = edit.add_node(graph, node)
    graph = edit.connect(graph, Port("it", spec.outputs[0].name), Port("read", "x"))
    graph = edit.connect(graph, Port("read", "y"), Port("loss", "prediction"))
    graph = edit.connect(graph, Port("answer", "y"), Port("loss", "target"))
    found = Fields(tuple(fields))
    return (*(compile_graph(graph, found, REGISTRY, mode) for mode in ("train", "twin")), found)  # type: ignore[return-value,arg-type]


def built(kind: str, fed: bool) -> tuple[Program, nn.Module, nn.Module]:
    program, twin, _ = drawn(kind, fed)
    torch.manual_seed(3)
    module = make(program, torch.float64)
    return program, module.eval(), share(make(twin, torch.float64), module).eval()


def inputs_of(program: Program, steps: int) -> list[Tensor]:
    torch.manual_seed(steps)
    sigs = [a.field.sig for a in program.inputs]
    return [torch.randn(3, *(steps for _ in s.axes), int(str(s.size)), dtype=torch.float64) for s in sigs]


def judged(
    module: nn.Module, program: Program, inputs: list[Tensor], pushes: dict[str, Tensor], lengths: object
) -> Tensor:
    """One number from everything that leaves the cell."""
    outputs = module(*inputs, lengths)[0]
    return sum(((outputs[n] * p).sum() for n, p in pushes.items()), torch.zeros((), dtype=torch.float64))


def drawn_places(program: Program, weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """1 where a number of a tensor is drawn; not in structural zeros, nor in torch's second bias."""
    masks = {name: torch.zeros_like(tensor) for name, tensor in weights.items()}
    for w in program.weights:
        if w.tensor in masks:
            values = part_of(weights, w).detach()
            part_of(masks, w).copy_(values != 0 if w.pattern else torch.ones_like(values))
    return masks


FED = [(s, fed) for s in CELLS for fed in (False, True) if not fed or any(p.static for p in s.inputs)]


@pytest.mark.parametrize("padded", [False, True], ids=["full", "padded"])
@pytest.mark.parametrize("steps", LENGTHS)
@pytest.mark.parametrize(("spec", "fed"), FED, ids=[f"{s.kind}{'-fed' if f else ''}" for s, f in FED])
def test_gradients_are_finite_differences(spec: NodeSpec, fed: bool, steps: int, padded: bool) -> None:
    """Along a random direction of each weight and each input, program and twin."""
    program, *modules = built(spec.kind, fed)
    lengths = {"T": torch.tensor(LENGTHS[steps])} if padded else None
    inputs = inputs_of(program, steps)
    names = [o.name for o in program.outputs if o.name in {p.name for p in spec.outputs}]
    assert len(names) == len(spec.outputs)
    pushes = {n: torch.randn_like(t) for n, t in modules[0](*inputs, lengths)[0].items() if n in names}
    if padded:
        for row, length in enumerate(LENGTHS[steps]):
            assert all((modules[0](*inputs, lengths)[0][n][row, length:] == 0).all() for n in names)
    weights = {n: p for n, p in modules[0].named_parameters() if p.requires_grad and not n.startswith("read.")}
    free = {id(weights[name]): mask for name, mask in drawn_places(program, weights).items()}
    tensors = [*inputs, *weights.values()]
    for module in modules:
        for tensor in tensors:
            tensor.requires_grad_()
        total = judged(module, program, inputs, pushes, lengths)
        none = (None,) * len(tensors)  # spikes have no slope
        gradients = torch.autograd.grad(total, tensors, allow_unused=True) if total.requires_grad else none
        for tensor, gradient in zip(tensors, gradients, strict=True):
            found = torch.zeros_like(tensor) if gradient is None else gradient
            direction = torch.randn_like(tensor) * free.get(id(tensor), 1)
            with torch.no_grad():
                ends = []
                for sign in (1, -1):
                    tensor.add_(direction, alpha=sign * STEP)
                    ends.append(judged(module, program, inputs, pushes, lengths))
                    tensor.sub_(direction, alpha=sign * STEP)
            slope, wanted = (ends[0] - ends[1]) / (2 * STEP), (found * direction).sum()
            assert abs(float(slope - wanted)) < 1e-6 * max(1.0, abs(float(wanted)))


@pytest.mark.parametrize("spec", CELLS, ids=IDS)
def test_one_step_at_a_time_is_all_at_once(spec: NodeSpec) -> None:
    program, module, _ = built(spec.kind, False)
    inputs = inputs_of(program, 9)
    whole = module(*inputs)[0]
    state: dict[str, Tensor] = {}
    pieces: list[dict[str, Tensor]] = []
    for t in range(9):
        outputs, state = module(*(x[:, t : t + 1] for x in inputs), state=state)
        pieces.append(outputs)
    for name in whole:
        assert torch.allclose(torch.cat([p[name] for p in pieces], 1), whole[name], atol=1e-12, rtol=0)


@pytest.mark.parametrize("spec", CELLS, ids=IDS)
def test_padding_changes_nothing(spec: NodeSpec) -> None:
    """Steps after the end, whatever stands in them, change no output and no gradient."""
    program, module, _ = built(spec.kind, False)
    inputs = inputs_of(program, 6)
    longer = [torch.cat([x, 7 * torch.randn(3, 4, x.shape[2], dtype=torch.float64)], 1) for x in inputs]
    trained = [p for p in module.parameters() if p.requires_grad]
    results = []
    for given, lengths in ((inputs, None), (longer, {"T": torch.tensor([6, 6, 6])})):
        outputs = module(*given, lengths)[0]
        total = sum((o[:, :6].square().sum() for o in outputs.values()), torch.zeros((), dtype=torch.float64))
        results.append(([o[:, :6] for o in outputs.values()], torch.autograd.grad(total, trained, allow_unused=True)))
    for a, b in zip([*results[0][0], *results[0][1]], [*results[1][0], *results[1][1]], strict=True):
        assert a is b is None or torch.allclose(a, b, atol=1e-10)
