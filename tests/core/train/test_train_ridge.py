"""The readout in closed form: against the normal equations and numpy's least squares, in pieces, resumed, and refused."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.graph import edit
from core.graph.model import Graph, Node, Port, frozen
from core.problems import Refused
from core.project.model import DataChoice, Project
from core.project.running import make_job
from core.specs.registry import default_registry
from core.train.controls import Controls
from core.train.learner import Learner
from core.train.loop import train
from core.train.messages import Done
from core.train.ridge import solve
from core.train.settings import Training

REGISTRY = default_registry()
TRAINING = Training(steps=1, optimizer="ridge", precision="fp64", probe_budget=0.0, checkpoint_every=1)


def project(skip=50, last="dense", data=None, training=TRAINING, **params):
    graph = Graph()
    for node in (
        Node("in", "features", params=frozen({"field": "input"})), Node("pool", "esn", params=frozen({"units": 30, "bias": True, **params})),
        Node("read", last, params=frozen({"units": 0} if last == "dense" else {})), Node("answer", "target", params=frozen({"field": "output"})),
        Node("loss", "mse", params=frozen({"skip": skip})),
    ):  # fmt: skip
        graph = edit.add_node(graph, node)
    ends = (("in.x", "pool.x"), ("pool.h", "read.x"), ("read.y", "loss.prediction"), ("answer.y", "loss.target"))
    for a, b in ends:
        graph = edit.connect(graph, Port(*a.split(".")), Port(*b.split(".")))
    return Project(graph, data or DataChoice("narma10", {"steps": 400, "test_steps": 200}), training)


def job(made, folder, resume=False):
    return make_job(made, REGISTRY, None, folder, resume)


def states(learner):
    """What the readout is given at each step, and the answers."""
    batch = learner.job.dataset.stream(0).next()
    kept = {}
    hook = learner.module.read.register_forward_pre_hook(lambda _, given: kept.setdefault("x", given[0]))
    with torch.no_grad():
        learner.module(torch.tensor(batch.arrays["input"], dtype=torch.float64))
    hook.remove()
    return kept["x"][0].numpy(), batch.arrays["output"][0].astype(np.float64)


@pytest.mark.parametrize("ridge", [0.0, 1e-3, 10.0])
def test_it_is_the_normal_equations(tmp_path, ridge):
    learner = Learner(job(project(training=replace(TRAINING, ridge=ridge)), tmp_path))
    x, y = states(learner)
    made = learner.learn()
    x, y = np.c_[x[50:], np.ones(350)], y[50:]
    held = ridge * np.diag(np.r_[np.ones(30), 0.0])
    wanted = np.linalg.solve(x.T @ x + held, x.T @ y)
    read = learner.module.read
    assert np.allclose(np.c_[read.weight.detach().numpy(), read.bias.detach().numpy()], wanted.T, rtol=1e-5, atol=1e-7)
    assert made.loss == pytest.approx(float(((x @ wanted - y) ** 2).mean()), rel=1e-6)
    pool = {n: p for n, p in learner.module.named_parameters() if not n.startswith("read")}
    fresh = Learner(job(project(training=replace(TRAINING, ridge=ridge)), tmp_path / "b")).module
    assert all(torch.equal(p, fresh.get_parameter(n)) for n, p in pool.items())


def test_batches_add_up_to_one_solution(tmp_path):
    """Windows one after another give what all of them at once would."""
    data = DataChoice("narma10", {"steps": 400, "test_steps": 200, "length": 60, "batch": 4})
    learner = Learner(job(project(skip=20, data=data), tmp_path))
    rows = []
    for number in range(3):
        batch = learner.job.dataset.stream(0)
        for _ in range(number + 1):
            given = batch.next()
        kept = {}
        hook = learner.module.read.register_forward_pre_hook(lambda _, g, kept=kept: kept.setdefault("x", g[0]))
        with torch.no_grad():
            learner.module(torch.tensor(given.arrays["input"], dtype=torch.float64))
        hook.remove()
        rows.append((kept["x"][:, 20:].reshape(-1, 30).numpy(), given.arrays["output"][:, 20:].reshape(-1, 1)))
    for _ in range(3):
        learner.learn()
    x, y = np.concatenate([r[0] for r in rows]), np.concatenate([r[1] for r in rows]).astype(np.float64)
    wanted = np.linalg.lstsq(np.c_[x, np.ones(len(x))], y, rcond=None)[0]
    assert np.allclose(learner.module.read.weight.detach().numpy(), wanted[:-1].T, atol=1e-8)


def test_nearly_dependent_columns_keep_their_digits():
    """Through XᵀX nothing would be left of a column that differs from another by 1e-9."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 3))
    x[:, 2] = x[:, 1] + 1e-9 * rng.normal(size=200)
    true = np.array([[1.0], [2.0], [-3.0]])
    triangle = torch.linalg.qr(torch.tensor(np.c_[x, x @ true]), mode="r").R
    assert np.allclose(solve(triangle, 3, 0.0, False).numpy(), true, atol=1e-5)


def test_a_stopped_run_goes_on_as_if_it_had_not(tmp_path):
    data = DataChoice("narma10", {"steps": 400, "test_steps": 200, "length": 60, "batch": 2})
    made = project(skip=20, data=data, training=replace(TRAINING, steps=4, ridge=1e-6))
    whole = list(train(job(made, tmp_path / "whole"), Controls()))[-1]
    half = replace(made, training=replace(made.training, steps=2))
    list(train(job(half, tmp_path / "half"), Controls()))
    rest = list(train(job(made, tmp_path / "half", resume=True), Controls()))[-1]
    assert isinstance(whole, Done) and isinstance(rest, Done)
    assert whole.metrics == rest.metrics


def test_a_watched_reservoir_trains_to_the_same_readout(tmp_path):
    quiet = list(train(job(project(), tmp_path / "a"), Controls()))[-1]
    watched = list(train(job(project(training=replace(TRAINING, probe_budget=0.5)), tmp_path / "b"), Controls()))[-1]
    assert quiet.metrics == watched.metrics


def test_what_has_no_readout_is_refused(tmp_path):
    made = project(last="tanh", data=DataChoice("narma10", {"steps": 400, "test_steps": 200}), units=1)
    with pytest.raises(Refused) as caught:
        Learner(job(made, tmp_path))
    assert caught.value.problems[0].code in ("train.no_readout", "train.nothing_to_learn")


def test_a_readout_that_hears_itself_is_solved_for_only_under_a_teacher(tmp_path):
    made = project(data=DataChoice("narma10", {"steps": 400, "test_steps": 200}))
    graph = edit.put_node(made.graph, Node("pool", "esn_feedback", params=frozen({"units": 30})))
    looped = edit.connect(graph, Port("read", "y"), Port("pool", "y"), delay=1)
    with pytest.raises(Refused) as caught:
        Learner(job(replace(made, graph=looped), tmp_path))
    assert caught.value.problems[0].code == "train.no_readout"
    graph = edit.add_node(graph, Node("teacher", "teacher"))
    for a, b, delay in (("read.y", "teacher.free", 0), ("answer.y", "teacher.truth", 0), ("teacher.y", "pool.y", 1)):
        graph = edit.connect(graph, Port(*a.split(".")), Port(*b.split(".")), delay=delay)
    learner = Learner(job(replace(made, graph=graph), tmp_path))
    assert learner.learn().loss < 0.01
