"""Row t of the gradient matrix is the gradient of the loss of step t alone: by autograd, by differences, in closed form."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from core.project.gallery import shipped
from core.project.running import make_job
from core.specs.ops import InitRule
from core.specs.registry import default_registry
from core.specs.sig import Sig
from core.train import gradient_matrix, microscope
from core.train.gradient_matrix import AT_ONCE, ROWS, itemised, moments, portions, scales_of
from core.train.module import make, share
from core.train.probe import Prober
from core.train.requests import request, requested
from core.train.settings import Training
from core.train.taps import PLACES, along
from tests.core.compile.drawing import Drawing
from tests.core.train.microscope_cells import CELLS, STATES, UNITS, drawn, looked, numbers

PADDED = ((), (7, 4, 5))


@pytest.mark.parametrize("lengths", PADDED, ids=["whole", "padded"])
@pytest.mark.parametrize("cell", CELLS)
def test_the_rows_sum_to_the_gradient_of_the_whole_loss(cell: str, lengths: tuple[int, ...]) -> None:
    """Rows from copies of one sequence; the whole from the batch, as it trains."""
    net, taps = looked(drawn(CELLS[cell]), numbers(lengths)), {}
    total, _ = net.run(taps)
    keys = STATES.get(cell, ("memory.h",))
    for example in range(3):
        rows = net.rows(example, keys)
        own = lengths[example] if lengths else 7
        for key in keys:
            whole = torch.autograd.grad(total, taps[key], retain_graph=True)
            for s, (of_s, wanted) in enumerate(zip(rows[key], whole, strict=True)):
                assert of_s.shape == (own, UNITS)
                assert not of_s[:s].any()  # the loss of a step says nothing to what comes after it
                np.testing.assert_allclose(of_s.sum(0).numpy(), wanted[example].numpy(), rtol=0, atol=1e-12)
                assert s >= own or wanted[example].any()


@pytest.mark.parametrize("cell", CELLS)
def test_each_row_is_a_way_back_of_its_own(cell: str) -> None:
    net, taps = looked(drawn(CELLS[cell]), numbers((7, 4, 5))), {}
    _, parts = net.run(taps)
    key = STATES.get(cell, ("memory.h",))[0]
    rows = net.rows(2, (key,))[key]
    counted = 7 + 4 + 5
    for t in range(5):
        alone = torch.autograd.grad(parts["mse"][2, t] / counted, taps[key], retain_graph=True, allow_unused=True)
        for s in range(t + 1):
            np.testing.assert_allclose(rows[s][t].numpy(), alone[s][2].numpy(), rtol=0, atol=1e-14)


def test_a_row_is_what_differences_tell() -> None:
    """The state at s is moved by hand, and the rest of the sequence read from there."""
    net, taps = looked(drawn(CELLS["lstm"]), numbers()), {}
    net.run(taps)
    s, example, step = 2, 1, 1e-6
    rows = net.rows(example, ("memory.h",))["memory.h"]
    x, answer = (torch.as_tensor(net.batch.arrays[k]) for k in ("series", "answer"))
    h, c = (taps[k][s].detach() for k in ("memory.h", "memory.c"))
    names = {p.name: h if "hidden" in str(p.path) else c for p in net.program.states}
    moving = next(n for n, z in names.items() if z is h)
    for unit in range(UNITS):
        losses = []
        for sign in (1, -1):
            moved = {n: z.clone() for n, z in names.items()}
            moved[moving][example, unit] += sign * step
            outputs = net.twin(x[:, s + 1 :], state={n: z.unsqueeze(1) for n, z in moved.items()})[0]
            losses.append(net.twin.loss(outputs, answer[:, s + 1 :])[1]["mse"][example] / 21)
        told = (losses[0] - losses[1]) / (2 * step)
        found = [float(rows[s][t][unit]) for t in range(s + 1, 7)]
        np.testing.assert_allclose(found, told.detach().numpy(), atol=1e-9)


@pytest.mark.parametrize(
    "name",
    [
        "hello",
        "reber-lstm",
        "tags-chain",
        "temporal-order-leaky",
        "polyphony-stacked",
        "dates-attention",
        "tree-parse",
        "waves-clockwork",
        "temporal-order-delay",
    ],
)
def test_library_cells_too_against_the_gradient_of_the_frame(name: str, tmp_path: Path) -> None:
    """Every state of shipped projects, padded as their data is: rows of one sequence, the gradient from a whole batch."""
    job = make_job(shipped(name).project, default_registry(), None, tmp_path / "run", False)
    assert job.twin is not None
    torch.manual_seed(0)
    module = make(job.program, torch.float64)
    prober = Prober(job, module, share(make(job.twin, torch.float64), module))
    for example in {0, prober.seen.batch.size - 1}:
        prober.seen.example = example
        batched, copied = {}, {}
        total, parts = prober._twin.loss(prober._forward(batched), *prober.seen.targets, lengths=prober.seen.lengths)
        scales = {n: s[example] for n, s in scales_of(total, parts).items()}
        found = moments(scales, prober.seen.answered(scales), 1000)  # every step a row
        states = [k for k in prober._microscope._states if prober._points[k].sig.kind == "features"]
        assert found is not None and states
        alone = prober._alone(copied, len(found.at), True)
        states = [k for k in states if all(s.requires_grad for s in copied[k])]  # a clock counts, whatever is learned
        gradients = iter(itemised(found, found.at, alone, [s for k in states for s in copied[k]]))
        for key in states:
            rows = [next(gradients) for _ in copied[key]]
            whole = torch.autograd.grad(total, batched[key], retain_graph=True)
            point, count = prober._points[key], len(found.at)
            itself = along(rows, point, {**prober.seen.extents, "B": count}, copied.get(PLACES, [])).sum(0)
            wanted = along(whole, point, prober.seen.extents, batched.get(PLACES, []))[example]
            assert wanted.any()
            np.testing.assert_allclose(itself.numpy(), wanted.numpy(), rtol=0, atol=1e-12)


@pytest.mark.parametrize("a", [0.5, 1.0, 1.2])
def test_a_linear_network_shows_the_powers_of_its_matrix(a: float) -> None:
    """h_t = a·Q h_{t-1} + x_t and L_t = mean (h_t - answer_t)²: ‖dL_t/dh_s‖ / ‖dL_t/dh_t‖ = a^(t-s)."""
    d = Drawing()
    x = d.source("series", "features", 3)
    h = d.delay(3, ("memory", "delay"))
    moved = d.linear(h, 3, ("memory", "h"), bias=False, init=InitRule("orthogonal", a))
    new = d.binary("add", moved, x, ("memory", "sum"))
    d.close(h, new)
    d.loss("mse", new, d.source("answer", "features", 3, target=True), ("mse",))
    batch = numbers(t=12)
    batch.arrays["answer"] = batch.arrays["series"][:, ::-1].copy()
    net = looked(d, batch)
    matrix = net.prober.frame(1, (request("matrix", "memory/sum.y"),)).matrices["memory/sum.y"]
    assert matrix.shape == (12, 13) and matrix[:, 0].tolist() == list(range(12))
    for t in range(12):
        row = matrix[t, 1:]
        np.testing.assert_allclose(row[: t + 1] / row[t], a ** (t - np.arange(t + 1.0)), rtol=1e-5)
        assert not row[t + 1 :].any()


def test_a_loss_at_the_end_gives_one_row_and_it_is_the_whole_gradient() -> None:
    d = Drawing()
    h = CELLS["gru"](d, d.source("series", "features", 3))
    end = d.put("last", (h,), Sig("features", UNITS, ()), ("last",))
    d.loss("mse", end, d.source("answer", "features", UNITS, axes=(), target=True), ("mse",))
    batch = numbers((7, 4, 5))
    batch.arrays["answer"] = np.zeros((3, UNITS))
    for example, steps in enumerate((7, 4, 5)):
        net = looked(d, batch)
        net.prober.seen.example = example
        frame = net.prober.frame(1, (request("matrix", "memory.h"),))
        matrix = frame.matrices["memory.h"]
        assert matrix.shape == (1, 1 + steps) and math.isnan(matrix[0, 0])
        np.testing.assert_allclose(matrix[0, 1:], np.linalg.norm(frame.gradients["memory.h"], axis=1), rtol=1e-5)


def test_the_frame_tells_of_the_shown_sequence_as_far_as_it_goes() -> None:
    net = looked(drawn(CELLS["tanh"]), numbers((7, 4, 5)))
    net.prober.seen.example = 1
    frame = net.prober.frame(1, (request("matrix", "memory.h"),))
    assert frame.matrices["memory.h"].shape == (4, 5) and frame.gradients["memory.h"].shape == (4, UNITS)
    assert not net.prober.frame(2).matrices  # nobody asked
    assert set(net.prober.frame(3, (), True).matrices) == {"memory.h"}  # a person waits


def test_truncation_cuts_the_matrix_where_it_cuts_the_gradient() -> None:
    net = looked(drawn(CELLS["tanh"]), numbers(), Training(truncate="3"))
    matrix = net.prober.frame(1, (request("matrix", "memory.h"),)).matrices["memory.h"][:, 1:]
    piece = np.arange(7) // 3
    assert ((matrix > 0) == (np.tri(7, dtype=bool) & (piece[:, None] == piece))).all()


def test_a_long_sequence_keeps_every_kth_row_and_the_last() -> None:
    scales = {"mse": torch.ones(700)}
    found = moments(scales, 700)
    assert found is not None and len(found.at) == 234 <= ROWS and found.at[-1] == 699 and found.at[1] - found.at[0] == 3
    some = portions(found.at, AT_ONCE // 4)
    assert [row for rows in some for row in rows] == list(found.at) and {len(rows) for rows in some} == {4, 2}
    both = moments({**scales, "stop": torch.ones(())}, 700, 8)
    assert both is not None and len(both.at) == 8 and math.isnan(both.at[-1])
    assert moments({**scales, "other": torch.ones(3)}, 3) is None and moments({"grid": torch.ones(3, 3)}, 3) is None


def test_looks_are_asked_for_by_name_and_key() -> None:
    keys = ("memory.h", request("matrix", "memory.h"), request("jacobian", "memory.c"))
    assert requested("matrix", keys) == ("memory.h",) and requested("jacobian", keys) == ("memory.c",)


def test_portions_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    net = looked(drawn(CELLS["stacked"]), numbers((7, 4, 5)))
    whole = net.prober.frame(1, (), True)
    monkeypatch.setattr(gradient_matrix, "AT_ONCE", 1)
    monkeypatch.setattr(microscope, "AT_ONCE", 1)
    apart = net.prober.frame(2, (), True)
    for part in ("matrices", "jacobians", "roots"):
        one, other = getattr(whole, part), getattr(apart, part)
        assert one and one.keys() == other.keys()
        for key in one:
            np.testing.assert_allclose(one[key], other[key], rtol=1e-5, atol=1e-9)
