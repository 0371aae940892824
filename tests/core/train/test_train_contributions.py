"""dL/dW is the sum over time of what each step adds: by the formula of the lecture, and against the gradient that trains."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.overrides import TorchFunctionMode

from core.compile.program import Program
from core.data.dataset import Batch
from core.graph.codec import read_graph
from core.project.gallery import shipped
from core.project.model import Project
from core.project.running import make_job
from core.specs.ops import Pattern
from core.specs.registry import default_registry
from core.train.contributions import Copies, curves, timed
from core.train.controls import Controls
from core.train.loop import _along, train
from core.train.messages import Done, Frame
from core.train.module import drawn, make, part_of, share, weight_name
from core.train.probe import Prober
from tests.core.compile.drawing import Drawing, rnn
from tests.core.train.microscope_cells import CELLS, looked, numbers
from tests.core.train.microscope_cells import drawn as cell_drawn

PROJECTS = (
    "hello", "latch", "temporal-order-gru", "reber-lstm", "dates-attention", "digit-names", "parity-jordan", "grid-both",
    "tree-parse", "waves-clockwork", "polyphony-shortcut", "tag-future", "words-tied",
)  # fmt: skip
PAIRS = "weight."  # a matrix over both children of a tree is read once for both: its steps are not told apart


@dataclass
class Ran:
    program: Program
    parts: dict[str, torch.Tensor]
    shares: dict[str, list[torch.Tensor]]
    trained: dict[str, torch.Tensor]


def both_ways(d: Drawing, arguments: list[torch.Tensor], answer: torch.Tensor) -> Ran:
    """The shares of every weight in the twin, and the gradients of the program that trains."""
    torch.manual_seed(0)
    program, twin_program = d.compile(), d.compile("twin")
    module = make(program, torch.float64)
    twin = share(make(twin_program, torch.float64), module)
    tensors = dict(twin.named_parameters())
    parts = {weight_name(w): part_of(tensors, w) for w in twin_program.weights}
    copies = Copies({weight_name(w): parts[weight_name(w)] for w in twin_program.weights if timed(w)})
    with copies:
        outputs = twin(*arguments, taps={})[0]
    total, _ = twin.loss(outputs, answer)
    shares = copies.steps(torch.autograd.grad(total, copies.sources, allow_unused=True))
    module.loss(module(*arguments)[0], answer)[0].backward()
    grads = {name: p.grad for name, p in module.named_parameters() if p.grad is not None}
    trained = {weight_name(w): part_of(grads, w) for w in program.weights if w.tensor in grads}
    return Ran(program, {n: p.detach() for n, p in parts.items()}, shares, trained)


def test_each_step_adds_delta_times_what_it_read():
    """h_t = tanh(W_x x_t + b + W_h h_{t-1}); by the lecture the share of W_h at t is delta_t h_{t-1}', of W_x delta_t x_t'."""
    d = Drawing()
    h = rnn(d, d.source("series", "features", 3), 5, ("memory",))
    d.loss("mse", d.linear(h, 2, ("dense",)), d.source("answer", "features", 2, target=True), ("mse",))
    rng = np.random.default_rng(1)
    x, answer = rng.normal(size=(4, 8, 3)), rng.normal(size=(4, 8, 2))
    ran = both_ways(d, [torch.tensor(x)], torch.tensor(answer))
    w = {name: part.numpy() for name, part in ran.parts.items()}
    states = [np.zeros((4, 5))]
    for t in range(8):
        states.append(
            np.tanh(x[:, t] @ w["memory/x.weight"].T + w["memory/x.bias"] + states[-1] @ w["memory/h.weight"].T)
        )
    later, shares = np.zeros((4, 5)), {}
    for t in reversed(range(8)):
        dy = 2 * (states[t + 1] @ w["dense.weight"].T + w["dense.bias"] - answer[:, t]) / answer.size
        delta = (dy @ w["dense.weight"] + later @ w["memory/h.weight"]) * (1 - states[t + 1] ** 2)
        shares[t] = (delta.T @ x[:, t], delta.sum(0), delta.T @ states[t], dy.T @ states[t + 1])
        later = delta
    for at, name in enumerate(("memory/x.weight", "memory/x.bias", "memory/h.weight", "dense.weight")):
        found = ran.shares[name]
        assert len(found) == 8
        for t in range(8):
            np.testing.assert_allclose(found[t].numpy(), shares[t][at], rtol=0, atol=1e-14)
        np.testing.assert_allclose(sum(found).numpy(), ran.trained[name].numpy(), rtol=0, atol=1e-14)
    assert not ran.shares["memory/h.weight"][0].any()  # nothing was remembered yet


def heard_again() -> Project:
    """An embedding read outside a loop and its tied output inside one."""
    nodes = {
        "text": ("tokens", {"field": "text"}), "letters": ("embedding", {"size": 5}), "both": ("concat", {}),
        "mix": ("dense", {"units": 5}), "squash": ("tanh", {}), "scores": ("tied", {}), "next": ("softmax", {}),
        "answer": ("target", {"field": "next"}), "loss": ("cross_entropy", {}),
    }  # fmt: skip
    wires = [
        "text.x letters.x", "letters.y both.x", "both.y mix.x", "mix.y squash.x", "squash.y scores.x", "scores.y next.x",
        "next.logits loss.logits", "answer.y loss.target",
    ]  # fmt: skip
    ends = [(a.split("."), b.split("."), 0) for a, b in map(str.split, wires)]
    ends.append((["next", "probabilities"], ["both", "x"], 1))
    drawing = {
        "nodes": [{"id": i, "kind": kind, "params": params} for i, (kind, params) in nodes.items()],
        "wires": [{"id": f"w{n}", "from": a, "to": b, "delay": k} for n, (a, b, k) in enumerate(ends)],
    }
    return replace(shipped("hello").project, graph=read_graph(drawing))


@pytest.mark.parametrize("name", [*PROJECTS, "heard again"])
def test_the_shares_of_every_weight_make_up_the_gradient_that_trains(name: str, tmp_path: Path) -> None:
    project = heard_again() if name == "heard again" else shipped(name).project
    job = make_job(project, default_registry(), None, tmp_path / "run", False)
    assert job.twin is not None
    torch.manual_seed(0)
    module = make(job.program, torch.float64)
    prober = Prober(job, module, share(make(job.twin, torch.float64), module))
    asked = [weight_name(w) for w in job.twin.weights if w.trainable and timed(w)]
    wanted = [name for name in asked if PAIRS not in name]
    told = prober.frame(1, asked).shares
    assert wanted and told.keys() == set(asked)
    assert {told[name].shape for name in asked if PAIRS in name} <= {
        (3, 0)
    }  # asked for, and no answer: that is told too
    seen = {name: told[name] for name in wanted}
    assert all(shares.shape[1] > 1 for shares in seen.values())
    fixed = prober.seen
    module.loss(
        module.eval()(*fixed.arguments, lengths=fixed.lengths, **fixed.taught)[0], *fixed.targets, lengths=fixed.lengths
    )[0].backward()
    grads = {n: p.grad for n, p in module.named_parameters() if p.grad is not None}
    for weight in job.program.weights:
        if weight_name(weight) in seen:
            alone, gathered, along = seen[weight_name(weight)].astype(float)
            norm = float(part_of(grads, weight).norm())
            assert gathered[0] == pytest.approx(norm, rel=1e-5), weight_name(weight)
            assert along.sum() == pytest.approx(norm, rel=1e-4, abs=1e-5 * alone.sum()), weight_name(weight)


def test_a_run_that_is_looked_at_in_full_keeps_its_weights(tmp_path: Path) -> None:
    project = heard_again()
    few = replace(project, training=replace(project.training, steps=2, validate_every=0, stop_metric=""))
    job = make_job(few, default_registry(), None, tmp_path / "run", False)
    messages = list(train(job, Controls()))
    assert isinstance(messages[-1], Done) and (tmp_path / "run" / "weights.safetensors").exists()
    last = [m for m in messages if isinstance(m, Frame)][-1]
    assert {"letters.weight", "mix.bias"} <= last.shares.keys()


def test_what_does_not_add_up_is_not_told():
    shares = [torch.ones(2, 2, dtype=torch.float64), 2 * torch.ones(2, 2, dtype=torch.float64)]
    told = curves(shares, 3 * torch.ones(2, 2, dtype=torch.float64))
    assert told is not None
    np.testing.assert_allclose(told.numpy(), [[2, 4], [6, 4], [2, 4]])
    assert curves(shares, 3.1 * torch.ones(2, 2, dtype=torch.float64)) is None
    upper = torch.tensor([[3.0, 3.0], [0.0, 3.0]], dtype=torch.float64)
    assert curves(shares, upper) is None and curves(shares, upper, Pattern("block_upper", 2)) is not None


def looking_back(inside: bool) -> Project:
    """A translator of dates whose attention learns how to compare; `inside`: what it sees goes into the next step."""
    project = shipped("dates-attention").project
    small = {id: replace(n, params={**n.params, **{k: 4 for k in ("units", "size") if n.params.get(k)}}) for id, n in project.graph.nodes.items()}  # fmt: skip
    if not inside:
        small["attention"] = replace(small["attention"], params={"scoring": "additive"})
        return replace(project, graph=replace(project.graph, nodes=small))
    small["decoder"] = replace(small["decoder"], kind="attention_decoder", params={"units": 4})
    del small["attention"]
    wires = {}
    for e in project.graph.edges.values():
        if (e.target.node, e.target.port) in (("attention", "query"), ("decoder", "h0")):
            continue
        source = e.source._replace(node="decoder") if e.source.node == "attention" else e.source
        target = e.target._replace(node="decoder") if e.target.node == "attention" else e.target
        wires[e.id] = replace(e, source=source, target=target)
    return replace(project, graph=replace(project.graph, nodes=small, edges=wires))


@pytest.mark.parametrize(("inside", "node"), [(False, "attention"), (True, "decoder/look")])
def test_what_attention_learns_is_told_along_the_axis_it_is_read_at(inside: bool, node: str, tmp_path: Path) -> None:
    """Keys along what is read, questions along what is said, also where each step compares with all of the other axis; by
    differences: the weight is moved in the t-th product alone."""
    job = make_job(looking_back(inside), default_registry(), None, tmp_path / "run", False)
    module = make(job.program, torch.float64)
    twin = share(make(job.twin, torch.float64), module)
    prober = Prober(job, module, twin)
    shares = prober.frame(1, whole=True).shares
    sizes, along = prober.seen.extents, _along(job)
    for name, axis in (("memory", "S"), ("bias", "S"), ("query", "T"), ("score", "T")):
        assert along[f"{node}.{name}"] == axis and shares[f"{node}.{name}"].shape == (3, prober.seen.reach((axis,), sizes[axis]))  # fmt: skip
    if not inside:
        return
    weight = drawn(twin, job.twin)[("decoder", "look"), "score"]
    found, steps = np.zeros((2, 4)), (0, sizes["T"] - 1)
    for n, unit, sign in np.ndindex(*found.shape, 2):
        moved = torch.zeros_like(weight)
        moved[unit] = 1e-5 * (1 - 2 * sign)
        with torch.no_grad(), Nudged(weight, moved, steps[n]):
            total, _ = twin.loss(prober._forward({}), *prober.seen.targets, lengths=prober.seen.lengths)
        found[n, unit] += float(total) / float(2 * moved[unit])
    wanted = np.linalg.norm(found, axis=1)
    assert wanted.min() > 1e-6
    np.testing.assert_allclose(shares["decoder/look.score"][0, list(steps)], wanted, rtol=1e-4)


class Nudged(TorchFunctionMode):
    """Moves a weight in the one of its products that is numbered `step`."""

    def __init__(self, weight: torch.Tensor, moved: torch.Tensor, step: int) -> None:
        super().__init__()
        self.weight, self.moved, self.step, self.products = weight, moved, step, 0

    def __torch_function__(self, func, types, args=(), kwargs=None):
        if len(args) == 2 and isinstance(args[1], torch.Tensor) and args[1].data_ptr() == self.weight.data_ptr():
            self.products += 1
            args = (args[0], args[1] + self.moved if self.products == self.step + 1 else args[1])
        return func(*args, **(kwargs or {}))


def test_steps_that_no_sequence_has_are_not_told() -> None:
    """Nine steps of paper, five of them used: what is told is what is told of five."""
    paper = numbers((5, 3, 4), t=9)
    used = Batch({name: array[:, :5] for name, array in paper.arrays.items()}, paper.lengths)
    told, wanted = (looked(cell_drawn(CELLS["lstm"]), b).prober.frame(1, whole=True).shares for b in (paper, used))
    assert told.keys() == wanted.keys() and len(told) > 8
    for name, shares in told.items():
        assert shares.shape == (3, 5)
        np.testing.assert_allclose(shares, wanted[name], rtol=1e-6)


def test_watching_for_shares_changes_no_value():
    d = Drawing()
    h = rnn(d, d.source("series", "features", 3), 5, ("memory",))
    d.loss("mse", d.linear(h, 2, ("dense",)), d.source("answer", "features", 2, target=True), ("mse",))
    program = d.compile("twin")
    module = make(program, torch.float64)
    x = torch.randn(2, 6, 3, dtype=torch.float64)
    parts = drawn(module, program)
    with Copies({weight_name(w): parts[w.path, w.name] for w in program.weights}):
        seen = module(x)[0]
    plain = module(x)[0]
    assert all(torch.equal(seen[k], plain[k]) for k in plain)
