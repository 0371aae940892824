"""Teacher forcing: the forced form runs over all of time at once and is the stepwise form with every truth heard."""

from __future__ import annotations

import re
from typing import Any

import pytest
import torch

from core.compile.pipeline import check
from core.compile.program import Program
from core.specs.registry import default_registry
from core.train.module import make
from tests.core.compile.taught import NAMED, drawn, forecaster, jordan, program, speller, tagger

F64 = torch.float64
MODELS = [jordan, tagger, forecaster, speller]
LENGTHS = torch.tensor([7, 3, 1])


def arguments(p: Program, batch: int, steps: int, seed: int = 0) -> tuple[list[Any], dict[str, Any]]:
    """Random inputs, and the truth of every teacher."""
    draw = torch.Generator().manual_seed(seed)

    def some(field: Any) -> torch.Tensor:
        shape = (batch, *(steps for _ in field.sig.axes))
        if field.sig.kind == "tokens":
            return torch.randint(0, field.sig.size, shape, generator=draw)
        return torch.randn(*shape, field.sig.size, generator=draw, dtype=F64)

    return [some(a.field) for a in p.inputs], {t.name: some(t.field) for t in p.teachers}


def ready(model: Any, **given: Any) -> tuple[Program, Any]:
    p = program(model(**given))
    torch.manual_seed(3)
    return p, make(p, F64).eval()


def bodies(source: str) -> dict[str, str]:
    """The text of each method."""
    return {m[1]: m[2] for m in re.finditer(r"    def (\w+)(.*?)(?=\n    def |\n    @|\Z)", source, re.DOTALL)}


@pytest.mark.parametrize("model", MODELS)
def test_forced_has_no_loop_over_time(model: Any) -> None:
    """What `forward` does once every truth is heard calls no scan: the cycle through the teacher is cut."""
    p, module = ready(model)
    forward = bodies(p.source)["forward"]
    assert "self.scan" not in forward and "for on in" not in forward
    assert "scan" in bodies(p.source)["stepwise"]
    inputs, truth = arguments(p, 3, 6)
    called = []
    for name in (n for n in dir(module) if n.startswith("scan_")):
        setattr(module, name, lambda *a, n=name: called.append(n))
    module(*inputs, truth=truth)
    assert called == []


def test_a_cell_behind_a_teacher_is_fused() -> None:
    assert dict(program(tagger()).fused) == {("memory",): "LSTM"}
    assert dict(program(forecaster()).fused) == {("memory",): "GRU"}


@pytest.mark.parametrize("lengths", [None, {"T": LENGTHS}], ids=["full", "padded"])
@pytest.mark.parametrize("model", MODELS)
def test_forced_equals_stepwise(model: Any, lengths: Any) -> None:
    """Outputs, states and every gradient; state followed through padding too."""
    p, module = ready(model)
    inputs, truth = arguments(p, 3, 7)
    found = []
    for forced in (None, torch.ones(3, 7, dtype=torch.bool)):
        module.zero_grad()
        outputs, state = module(*inputs, lengths=lengths, state={}, truth=truth, forced=forced)
        total = sum((o * torch.linspace(-1, 1, o.numel(), dtype=F64).view_as(o)).sum() for o in outputs.values())
        total = total + sum(s.double().sin().sum() for s in state.values())
        total.backward()
        found.append((outputs, state, {n: w.grad for n, w in module.named_parameters() if w.grad is not None}))
    (outputs, state, grads), (others, ends, theirs) = found
    assert set(state) == set(ends) == {s.name for s in p.states}
    for ours, yours in ((outputs, others), (state, ends), (grads, theirs)):
        assert set(ours) == set(yours)
        for name in ours:
            torch.testing.assert_close(ours[name], yours[name], atol=1e-12, rtol=1e-10)


@pytest.mark.parametrize("model", MODELS)
def test_without_truth_it_hears_itself(model: Any) -> None:
    """Nothing forced equals free running, whatever the truth; and free running differs from being taught."""
    p, module = ready(model)
    inputs, truth = arguments(p, 4, 7)
    free = module(*inputs, steps=7)[0]
    silent = module(*inputs, truth=truth, forced=torch.zeros(4, 7, dtype=torch.bool))[0]
    taught = module(*inputs, truth=truth)[0]
    for name in free:
        torch.testing.assert_close(free[name], silent[name], atol=0, rtol=0)
        assert not torch.equal(free[name][:, 1:], taught[name][:, 1:])
        torch.testing.assert_close(free[name][:, 0], taught[name][:, 0], atol=1e-12, rtol=0)


@pytest.mark.parametrize("model", [tagger, forecaster])
def test_a_mix_hears_exactly_what_is_forced(model: Any) -> None:
    """Brute force: one step at a time, the entry of the state that the teacher left replaced by hand where it is forced."""
    p, module = ready(model)
    inputs, truth = arguments(p, 4, 8)
    forced = torch.rand(4, 8, generator=torch.Generator().manual_seed(5)) < 0.5
    mixed, ends = module(*inputs, state={}, truth=truth, forced=forced)
    (teacher,) = p.teachers
    state: dict[str, Any] = {}
    steps = []
    for t in range(8):
        outputs, state = module(*(x[:, t : t + 1] for x in inputs), state=state)
        steps.append(outputs[teacher.said])
        for name in teacher.states:
            held = state[name].clone()
            held[forced[:, t], -1] = truth[teacher.name][forced[:, t], t]
            state[name] = held
    torch.testing.assert_close(torch.cat(steps, 1), mixed[teacher.said], atol=1e-12, rtol=1e-10)
    for name, end in ends.items():
        torch.testing.assert_close(state[name], end, atol=1e-12, rtol=1e-10)


@pytest.mark.parametrize("model", MODELS)
def test_one_step_at_a_time_equals_all_at_once(model: Any) -> None:
    """Streaming with explicit state, running free."""
    p, module = ready(model)
    inputs, _ = arguments(p, 3, 9)
    whole, end = module(*inputs, state={}, steps=9)
    state: dict[str, Any] = {}
    parts: dict[str, list[Any]] = {name: [] for name in whole}
    for t in range(9):
        now = [x[:, t : t + 1] if a.field.sig.axes else x for x, a in zip(inputs, p.inputs, strict=True)]
        outputs, state = module(*now, state=state, steps=1)
        for name, value in outputs.items():
            parts[name].append(value)
    for name in whole:
        torch.testing.assert_close(torch.cat(parts[name], 1), whole[name], atol=1e-12, rtol=1e-10)
    for name in end:
        torch.testing.assert_close(state[name], end[name], atol=1e-12, rtol=1e-10)


@pytest.mark.parametrize("steps", [1, 7, 50])
def test_gradients_flow_through_fed_back_numbers(steps: int) -> None:
    """Finite differences of a free run's loss, in float64."""
    p, module = ready(forecaster)
    inputs, truth = arguments(p, 2, steps)
    target = truth["value"]

    def loss() -> torch.Tensor:
        return module.loss(module(*inputs, steps=steps)[0], target)[0]

    module.zero_grad()
    loss().backward()
    draw = torch.Generator().manual_seed(1)
    for name, weight in module.named_parameters():
        if weight.grad is None:
            continue
        push = torch.randn(weight.shape, generator=draw, dtype=F64)
        step = 1e-6
        with torch.no_grad():
            weight.add_(step * push)
            up = loss()
            weight.sub_(2 * step * push)
            down = loss()
            weight.add_(step * push)
        expected = (up - down) / (2 * step)
        assert abs(float((weight.grad * push).sum() - expected)) <= 1e-7 * max(1.0, abs(float(expected))), name


@pytest.mark.parametrize("model", MODELS)
def test_the_twin_is_the_same_model(model: Any) -> None:
    p, module = ready(model)
    twin = make(program(model(), "twin"), F64)
    twin.load_state_dict(module.state_dict())
    inputs, truth = arguments(p, 3, 6)
    taps: dict[str, Any] = {}
    for kwargs in ({"truth": truth}, {"steps": 6}, {"truth": truth, "forced": torch.zeros(3, 6, dtype=torch.bool)}):
        ours, theirs = module(*inputs, **kwargs)[0], twin(*inputs, **kwargs)[0]
        for name in ours:
            torch.testing.assert_close(ours[name], theirs[name], atol=1e-12, rtol=1e-10)
    twin(*inputs, truth=truth, taps=taps)
    heard = taps["teacher.y"][0]
    assert torch.equal(heard, truth[p.teachers[0].name])


def test_drawn_symbols_follow_the_probabilities() -> None:
    """Chi-square of 40 000 draws of one step against the softmax of its logits (3 degrees of freedom, p = 1e-6)."""
    p, module = ready(tagger, choose="sample")
    torch.manual_seed(0)
    words = torch.zeros(40_000, 1, dtype=torch.long)
    outputs, state = module(words, state={})
    expected = outputs["head"][0, 0].softmax(-1) * len(words)
    counts = torch.bincount(state[p.teachers[0].states[0]][:, -1], minlength=4)
    assert float(((counts - expected.detach()) ** 2 / expected.detach()).sum()) < 30.7


def test_what_the_program_says_of_its_teachers() -> None:
    (teacher,) = program(tagger()).teachers
    assert (teacher.name, teacher.field.name, teacher.path, teacher.said) == ("tags", "tags", ("teacher",), "head")
    assert len(teacher.states) == 2
    assert {s.delay for s in program(tagger()).states if s.name in teacher.states} == {1, 2}


def test_an_answer_heard_across_time_is_a_leak() -> None:
    """Behind a delay the answers are past; reversed, they are to come."""
    nodes = {
        "image": ("features", {}), "see": ("dense", {"units": 0}), "letter": ("embedding", {"size": 3}), "back": ("reverse", {}),
        "both": ("concat", {}), "o": ("dense", {"units": 0}), "name": ("target", {}), "teacher": ("teacher", {}),
        "loss": ("cross_entropy", {}),
    }  # fmt: skip
    wires = ["image.x see.x", "see.y teacher.free", "name.y teacher.truth", "image.x both.x", "both.y o.x",
             "o.y loss.logits", "name.y loss.target", "teacher.y letter.x 1"]  # fmt: skip
    plain = drawn({k: v for k, v in nodes.items() if k != "back"}, [*wires, "letter.y both.x"])
    ahead = drawn(nodes, [*wires, "letter.y back.x", "back.y both.x"])
    codes = [
        [p.code for p in check(g, NAMED, default_registry()).problems if p.severity == "error"] for g in (plain, ahead)
    ]
    assert codes == [[], ["model.leak"]]
