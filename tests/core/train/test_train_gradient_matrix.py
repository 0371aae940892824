"""Row t of the gradient matrix is the gradient of the loss of step t alone: by autograd, by differences, in closed form."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from core.project.gallery import shipped
from core.session import make_job
from core.specs.ops import InitRule
from core.specs.registry import default_registry
from core.specs.sig import Sig
from core.train.gradient_matrix import ROWS, itemised, moments, portions, scales_of
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
    net, taps = looked(drawn(CELLS[cell]), numbers(lengths)), {}
    total, parts = net.run(taps)
    found = moments(parts, scales_of(total, parts), 7)
    assert found is not None and found.at == tuple(float(t) for t in range(7))
    for key in STATES.get(cell, ("memory.h",)):
        rows = itemised(found, found.at, taps[key])
        whole = torch.autograd.grad(total, taps[key], retain_graph=True)
        for s, (of_s, wanted) in enumerate(zip(rows, whole, strict=True)):
            assert of_s.shape == (7, 3, UNITS)
            assert not of_s[:s].any()  # the loss of a step says nothing to what comes after it
            np.testing.assert_allclose(of_s.sum(0).numpy(), wanted.numpy(), rtol=0, atol=1e-12)
            assert wanted.any()


@pytest.mark.parametrize("cell", CELLS)
def test_each_row_is_a_way_back_of_its_own(cell: str) -> None:
    net, taps = looked(drawn(CELLS[cell]), numbers((7, 4, 5))), {}
    total, parts = net.run(taps)
    found = moments(parts, scales_of(total, parts), 7)
    assert found is not None
    key = STATES.get(cell, ("memory.h",))[0]
    rows = itemised(found, found.at, taps[key])
    counted = 7 + 4 + 5
    for t in range(7):
        alone = torch.autograd.grad(parts["mse"][:, t].sum() / counted, taps[key], retain_graph=True, allow_unused=True)
        for s in range(t + 1):
            np.testing.assert_allclose(rows[s][t].numpy(), alone[s].numpy(), rtol=0, atol=1e-14)


def test_a_row_is_what_differences_tell() -> None:
    """The state at s is moved by hand, and the rest of the sequence read from there."""
    net, taps = looked(drawn(CELLS["lstm"]), numbers()), {}
    total, parts = net.run(taps)
    found = moments(parts, scales_of(total, parts), 7)
    assert found is not None
    rows = itemised(found, found.at, taps["memory.h"])
    x, answer = (torch.as_tensor(net.batch.arrays[k]) for k in ("series", "answer"))
    s, example, step = 2, 1, 1e-6
    h, c = (taps[k][s].detach() for k in ("memory.h", "memory.c"))
    names = sorted(net.twin(x)[1])  # by the program's states
    kept = {n: (h if "hidden" in str(p.path) else c) for n in names for p in net.program.states if p.name == n}
    for unit in range(UNITS):
        losses = []
        for sign in (1, -1):
            moved = {n: z.clone() for n, z in kept.items()}
            name = next(n for n, z in kept.items() if z is h)
            moved[name][example, unit] += sign * step
            state = {n: z.unsqueeze(1) for n, z in moved.items()}
            outputs = net.twin(x[:, s + 1 :], state=state)[0]
            losses.append(net.twin.loss(outputs, answer[:, s + 1 :])[1]["mse"][example] / 21)
        told = (losses[0] - losses[1]) / (2 * step)
        np.testing.assert_allclose(
            [float(rows[s][t][example, unit]) for t in range(s + 1, 7)], told.detach().numpy(), atol=1e-9
        )


@pytest.mark.parametrize(
    "name",
    ["hello", "reber-lstm", "tags-chain", "temporal-order-leaky", "polyphony-stacked", "dates-attention", "tree-parse"],
)
def test_library_cells_too_against_the_gradient_of_the_frame(name: str, tmp_path: Path) -> None:
    """Every state of shipped projects, padded as their data is: rows of one sequence, the gradient from a whole batch."""
    job = make_job(shipped(name).project, default_registry(), None, tmp_path / "run", False)
    assert job.twin is not None
    torch.manual_seed(0)
    module = make(job.program, torch.float64)
    prober = Prober(job, module, share(make(job.twin, torch.float64), module))
    for example in {0, prober._batch.size - 1}:
        prober.example = example
        batched, alone = {}, {}
        total, parts = prober._twin.loss(prober._forward(batched), *prober._targets, lengths=prober._lengths)
        scales = {n: s[example].unsqueeze(0) for n, s in scales_of(total, parts).items()}
        found = moments(*(lambda ran: (ran[0], scales, ran[1]))(prober._alone(alone, True)))
        states = [k for k in prober._microscope._states if prober._points[k].sig.kind == "features"]
        assert found is not None and states
        for key in states:
            rows = itemised(found, found.at, alone[key])
            whole = torch.autograd.grad(total, batched[key], retain_graph=True)
            point = prober._points[key]
            together, wanted = (
                along(g, point, {**prober._extents, "B": b}, taps.get(PLACES, []))
                for g, b, taps in (([r.sum(0) for r in rows], 1, alone), (whole, prober._batch.size, batched))
            )
            assert wanted[example].any()
            np.testing.assert_allclose(together[0].numpy(), wanted[example].numpy(), rtol=0, atol=1e-12)


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
        net.prober.example = example
        frame = net.prober.frame(1, (request("matrix", "memory.h"),))
        matrix = frame.matrices["memory.h"]
        assert matrix.shape == (1, 1 + steps) and math.isnan(matrix[0, 0])
        np.testing.assert_allclose(matrix[0, 1:], np.linalg.norm(frame.gradients["memory.h"], axis=1), rtol=1e-5)


def test_the_frame_tells_of_the_shown_sequence_as_far_as_it_goes() -> None:
    net = looked(drawn(CELLS["tanh"]), numbers((7, 4, 5)))
    net.prober.example = 1
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
    parts = {"mse": torch.ones(1, 700, requires_grad=True)}
    scales = {"mse": torch.ones(1, 700)}
    found = moments(parts, scales, 700)
    assert found is not None and len(found.at) == 234 <= ROWS and found.at[-1] == 699 and found.at[1] - found.at[0] == 3
    assert sum(map(len, portions(found, [torch.zeros(1 << 20)]))) == 234 and len(portions(found, [torch.zeros(1 << 20)])) == 59  # fmt: skip
    both = moments({**parts, "stop": torch.ones(1)}, {**scales, "stop": torch.ones(1)}, 700, 8)
    assert both is not None and len(both.at) == 8 and math.isnan(both.at[-1])
    assert moments({**parts, "other": torch.ones(1, 3)}, {**scales, "other": torch.ones(1, 3)}, 3) is None


def test_looks_are_asked_for_by_name_and_key() -> None:
    keys = ("memory.h", request("matrix", "memory.h"), request("jacobian", "memory.c"))
    assert requested("matrix", keys) == ("memory.h",) and requested("jacobian", keys) == ("memory.c",)
