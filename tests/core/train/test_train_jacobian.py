"""The Jacobians of a loop are those of its own step: by differences, in closed form, and as factors of the whole gradient."""

import numpy as np
import pytest
import torch

from core.observe import loops
from core.specs.ops import InitRule
from core.train import jacobian
from core.train.jacobian import FEWEST, LARGEST, ROOTS, Held, jacobians, told
from core.train.module import drawn as weights_of
from core.train.recursion import loops_of
from core.train.requests import request
from core.train.settings import Training
from tests.core.compile.drawing import Drawing
from tests.core.train.microscope_cells import CELLS, STATES, UNITS, Looked, drawn, looked, numbers


def measured(net: Looked, keys: tuple[str, ...], length: int = 7) -> torch.Tensor:
    """The Jacobians of the loop with these states along the shown sequence."""
    held = copied(net, keys)
    return jacobians([held.steps[key] for key in keys], length, range(UNITS * len(keys)))


def copied(net: Looked, keys: tuple[str, ...]) -> Held:
    taps: dict[str, list[torch.Tensor]] = {}
    held = Held(taps, keys)
    with held:
        net.prober._alone(taps, UNITS * len(keys), False)
    return held


@pytest.mark.parametrize("cell", [c for c in CELLS if c != "stacked"])
def test_they_are_what_differences_tell_of_one_step(cell: str) -> None:
    net = looked(drawn(CELLS[cell]), numbers())
    keys = STATES.get(cell, ("memory.h",))
    found = measured(net, keys)
    x = torch.as_tensor(net.batch.arrays["series"])[:1]
    taps: dict[str, list[torch.Tensor]] = {}
    net.twin(x, taps=taps)
    points = {(p.path, p.port): p.value for p in net.program.probes}
    value = {p.key: p.value for p in net.program.probes}
    entry = {key: next(s.name for s in net.program.states if points[s.path, s.port] == value[key]) for key in keys}

    def step(t: int, z: np.ndarray) -> np.ndarray:
        parts = np.split(z, len(keys))
        state = {entry[k]: torch.as_tensor(part).view(1, 1, -1) for k, part in zip(keys, parts, strict=True)}
        after = net.twin(x[:, t : t + 1], state=state)[1]
        return np.concatenate([after[entry[k]].detach().numpy().reshape(-1) for k in keys])

    assert found.shape == (6, UNITS * len(keys), UNITS * len(keys))
    for t in range(1, 7):
        z = np.concatenate([taps[k][t - 1].detach().numpy().reshape(-1) for k in keys])
        for column in range(len(z)):
            e = np.zeros_like(z)
            e[column] = 1e-6
            wanted = (step(t, z + e) - step(t, z - e)) / 2e-6
            np.testing.assert_allclose(found[t - 1][:, column].numpy(), wanted, rtol=0, atol=1e-8)


def test_those_of_the_tanh_network_are_the_lecture_s() -> None:
    """dh_t/dh_{t-1} = diag(1 - h_t²) U."""
    net = looked(drawn(CELLS["tanh"]), numbers())
    tensors = {"/".join(path): w for (path, name), w in weights_of(net.module, net.program).items() if name == "weight"}
    u = tensors["memory/h"].detach()
    taps: dict[str, list[torch.Tensor]] = {}
    net.run(taps)
    for t, found in enumerate(measured(net, ("memory.h",)), 1):
        h = taps["memory.h"][t][0].detach()
        np.testing.assert_allclose(found.numpy(), (torch.diag(1 - h**2) @ u).numpy(), rtol=0, atol=1e-14)


@pytest.mark.parametrize("a", [0.6, 1.0, 1.1])
def test_a_linear_network_has_one_singular_value_and_its_powers(a: float) -> None:
    d = Drawing()
    x = d.source("series", "features", 6)
    h = d.delay(6, ("memory", "delay"))
    moved = d.linear(h, 6, ("memory", "h"), bias=False, init=InitRule("orthogonal", a))
    new = d.binary("add", moved, x, ("memory", "sum"))
    d.close(h, new)
    d.loss("mse", d.linear(new, 2, ("dense",)), d.source("answer", "features", 2, target=True), ("mse",))
    batch = numbers((9, 20, 5), t=20)
    batch.arrays["series"] = np.random.default_rng(4).normal(size=(3, 20, 6))
    net = looked(d, batch)
    net.prober.seen.example = 1
    frame = net.prober.frame(1, (request("jacobian", "memory/sum.y"),))
    curves, roots = frame.jacobians["memory/sum.y"], frame.roots["memory/sum.y"]
    assert curves.shape == (4, 20) and np.isnan(curves[:3, 0]).all()
    np.testing.assert_allclose(curves[:3, 1:], a, rtol=1e-5)
    np.testing.assert_allclose(curves[3], a ** np.arange(20.0), rtol=1e-4)
    np.testing.assert_allclose(np.hypot(roots[:, 1], roots[:, 2]), a, rtol=1e-5)
    assert sorted(set(roots[:, 0])) == list(range(1, 20)) and len(roots) == 19 * 6
    net.prober.seen.example = 2
    assert net.prober.frame(2, (), True).jacobians["memory/sum.y"].shape == (4, 5)


@pytest.mark.parametrize("cell", ["lstm", "gru", "odd"])
def test_their_product_carries_the_gradient_of_the_end_back(cell: str) -> None:
    """With the loss of the last step alone, dL/dz_s = J' ... J' dL/dz_T: states that nothing else reads."""
    net = looked(drawn(CELLS[cell]), numbers())
    keys = STATES.get(cell, ("memory.h",))
    held = copied(net, keys)
    ends, starts = ([held.steps[key][t] for key in keys] for t in (4, 0))
    probe = [torch.randn_like(z) for z in ends]
    wanted = torch.autograd.grad(ends, starts, probe, retain_graph=True)
    chain = torch.cat(probe, 1).T
    for step in jacobians([held.steps[key] for key in keys], 5, range(UNITS * len(keys))).flip(0):
        chain = step.T @ chain
    np.testing.assert_allclose(torch.cat(wanted, 1).numpy(), chain.T.numpy(), rtol=0, atol=1e-13)


def test_rows_may_be_worked_out_apart() -> None:
    net = looked(drawn(CELLS["lstm"]), numbers())
    keys = STATES["lstm"]
    whole = measured(net, keys)
    taps: dict[str, list[torch.Tensor]] = {}
    held = Held(taps, keys)
    with held:
        net.prober._alone(taps, 3, False)
    some = jacobians([held.steps[key] for key in keys], 7, range(4, 7))
    np.testing.assert_allclose(some.numpy(), whole[:, 4:7].numpy(), rtol=0, atol=1e-15)


def test_each_of_two_loops_has_its_own() -> None:
    net = looked(drawn(CELLS["stacked"]), numbers())
    loops = loops_of(net.program)
    assert [(p.key, p.states, p.size) for p in loops] == [
        ("first.h", ("first.h", "first.c"), 8), ("second.h", ("second.h",), 4)
    ]  # fmt: skip
    assert loops[0].weights == tuple(f"first/h_{g}.weight" for g in "ifgo")
    frame = net.prober.frame(1, (), True)
    assert frame.jacobians.keys() == {"first.h", "second.h"} and frame.roots["second.h"].shape == (24, 3)


def test_a_reservoir_that_does_not_learn_has_them_too() -> None:
    d = Drawing()
    h = d.delay(4, ("pool", "delay"))
    new = d.unary("tanh", d.binary("add", d.source("series", "features", 4), h, ("pool", "sum")), ("pool", "h"))
    d.close(h, new)
    d.loss("mse", d.linear(new, 2, ("dense",)), d.source("answer", "features", 2, target=True), ("mse",))
    batch = numbers()
    batch.arrays["series"] = np.random.default_rng(4).normal(size=(3, 7, 4))
    net = looked(d, batch)
    taps: dict[str, list[torch.Tensor]] = {}
    net.run(taps)
    frame = net.prober.frame(1, (request("jacobian", "pool/h.y"),))
    slopes = np.stack([1 - taps["pool/h.y"][t][0].detach().numpy() ** 2 for t in range(1, 7)])
    np.testing.assert_allclose(frame.jacobians["pool/h.y"][0, 1:], slopes.max(1), rtol=1e-5)
    np.testing.assert_allclose(frame.jacobians["pool/h.y"][2, 1:], slopes.min(1), rtol=1e-5)


def test_costly_looks_rest_but_not_for_who_asks_anew() -> None:
    net = looked(drawn(CELLS["stacked"]), numbers())
    first, second = request("jacobian", "first.h"), request("jacobian", "second.h")
    assert net.prober.frame(1, (first,)).jacobians.keys() == {"first.h"}
    assert not net.prober.frame(2, (first,)).jacobians
    assert net.prober.frame(3, (first, second)).jacobians.keys() == {"first.h", "second.h"}
    assert not net.prober.frame(4, (second,)).jacobians and net.prober.frame(5, (second,), True).jacobians
    net.prober._microscope._due = 0.0
    assert net.prober.frame(6, (second,)).jacobians.keys() == {"second.h"}


def test_truncation_cuts_gradients_not_steps() -> None:
    whole, cut = (looked(drawn(CELLS["lstm"]), numbers(), Training(truncate=t)) for t in ("", "3"))
    told_ = [net.prober.frame(1, (request("jacobian", "memory.h"),)).jacobians["memory.h"] for net in (whole, cut)]
    np.testing.assert_array_equal(*told_)


def test_large_states_are_measured_at_fewer_steps() -> None:
    assert loops.LARGEST == LARGEST, "what the charts say is what is done"
    steps = torch.eye(LARGEST).expand(24, LARGEST, LARGEST) * 0.5
    curves, roots = told(steps, skip=76)
    seen = np.isfinite(curves.numpy())
    assert 0 < seen[0].sum() <= FEWEST and seen[0, 100] and not seen[0, :77].any() and seen[3, 0]
    np.testing.assert_allclose(curves[3].numpy()[seen[3]], 0.5 ** np.flatnonzero(seen[3]), rtol=1e-5)
    assert len(roots) == ROOTS and float(roots[-1, 0]) == 100 and float(roots[0, 0]) > 76


def test_of_a_long_sequence_the_last_steps_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    key, keys = request("jacobian", "memory.h"), ("memory.h", "memory.c")
    whole = looked(drawn(CELLS["lstm"]), numbers()).prober.frame(1, (key,))
    monkeypatch.setattr(jacobian, "ROOM", 3 * (UNITS * len(keys)) ** 2)
    last = looked(drawn(CELLS["lstm"]), numbers()).prober.frame(1, (key,))
    some, every = last.jacobians["memory.h"], whole.jacobians["memory.h"]
    assert some.shape == every.shape == (4, 7) and np.isnan(some[:3, :4]).all() and np.isnan(some[3, 4:]).all()
    np.testing.assert_array_equal(some[:3, 4:], every[:3, 4:])
    np.testing.assert_array_equal(some[3, :4], every[3, :4])
    roots = whole.roots["memory.h"]
    np.testing.assert_array_equal(last.roots["memory.h"], roots[roots[:, 0] >= 4])


def test_a_direction_that_is_all_but_forgotten_is_measured() -> None:
    """Memory that fades by a millionfold in one step is far below what single precision tells from nothing."""
    turn = torch.linalg.qr(torch.randn(6, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(1)))[0]
    step = turn @ torch.diag(torch.tensor([1.0, 1, 1, 1, 1, 1e-11], dtype=torch.float64)) @ turn.T
    np.testing.assert_allclose(told(step.expand(1, 6, 6))[0][2, 1], 1e-11, rtol=1e-3)


@pytest.mark.parametrize("bad", [float("nan"), float("inf")])
def test_what_overflowed_is_left_open(bad: float) -> None:
    """An exploding gradient is what people look for here: no decomposition may fail on it."""
    steps = torch.eye(3, dtype=torch.float64).repeat(4, 1, 1)
    steps[2, 0, 1] = bad
    curves, roots = told(steps)
    assert curves[0, [1, 2, 4]].tolist() == [1, 1, 1] and curves[:3, 3].isnan().all()
    assert (
        curves[3, :2].tolist() == [1, 1] and curves[3, 2:].isnan().all()
    )  # the last step alone; beyond it the bad one
    assert roots.isfinite().all() and sorted(set(roots[:, 0].tolist())) == [1, 2, 4]
    assert told(torch.full((2, 3, 3), bad))[0][0].isnan().all()
