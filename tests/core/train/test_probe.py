"""Probes tell the truth about the gradient along time and never change the training they watch."""

from dataclasses import dataclass, field

import numpy as np
import pytest
import torch
from torch import nn

from core.compile.pipeline import compile_graph
from core.compile.program import Program
from core.data.dataset import Batch
from core.project.document import Document
from core.project.gallery import shipped
from core.session import Session
from core.specs.fields import DataField
from core.specs.ops import InitRule, Weight
from core.specs.registry import default_registry
from core.specs.sig import Sig
from core.train.module import drawn, make, share
from core.train.probe import Prober, default_keys, recurrent_keys
from core.train.settings import Training
from tests.core.compile.drawing import Drawing, char_model, lstm, rnn


@dataclass
class Fixed:
    """A dataset that has only the examples that probes ask for."""

    batch: Batch

    def examples(self, count: int) -> Batch:
        return Batch(
            {k: v[:count] for k, v in self.batch.arrays.items()}, {k: v[:count] for k, v in self.batch.lengths.items()}
        )


@dataclass
class Job:
    twin: Program
    dataset: Fixed
    training: Training = field(default_factory=Training)


def built(d: Drawing, batch: Batch, dtype=torch.float64, seed=0) -> tuple[nn.Module, nn.Module, Prober, Program]:
    torch.manual_seed(seed)
    program, twin_program = d.compile(), d.compile("twin")
    module = make(program, dtype)
    with torch.random.fork_rng():
        twin = share(make(twin_program, dtype), module)
    return module, twin, Prober(Job(twin_program, Fixed(batch)), module, twin), program


def tokens(n=4, t=9, v=11, seed=3) -> Batch:
    rng = np.random.default_rng(seed)
    return Batch({"text": rng.integers(0, v, (n, t)), "next": rng.integers(0, v, (n, t))})


def tanh_rnn(units=5) -> Drawing:
    """h_t = tanh(W_x x_t + W_h h_{t-1} + b), y_t = W_y h_t, squared error at every step."""
    d = Drawing()
    h = rnn(d, d.source("series", "features", 3), units, ("memory",))
    y = d.linear(h, 2, ("dense",))
    d.loss("mse", y, d.source("answer", "features", 2, target=True), ("mse",))
    return d


def numbers(t=8, n=4) -> Batch:
    rng = np.random.default_rng(1)
    return Batch({"series": rng.normal(size=(n, t, 3)), "answer": rng.normal(size=(n, t, 2))})


def test_the_gradient_along_time_is_the_recursion_of_the_lecture():
    """C1: dL/dh_t = W_y' dL/dy_t + W_h' (1 - h_{t+1}^2) dL/dh_{t+1}, worked out here with numpy alone."""
    d, batch = tanh_rnn(), numbers()
    module, _, prober, program = built(d, batch)
    w = {"/".join(path) + "." + name: t.detach().numpy() for (path, name), t in drawn(module, program).items()}
    x, answer = batch.arrays["series"], batch.arrays["answer"]
    n, steps, _ = x.shape
    h = np.zeros((n, steps + 1, 5))
    for t in range(steps):
        h[:, t] = np.tanh(x[:, t] @ w["memory/x.weight"].T + w["memory/x.bias"] + h[:, t - 1] @ w["memory/h.weight"].T)
    h = h[:, :steps]
    y = h @ w["dense.weight"].T + w["dense.bias"]
    dy = 2 * (y - answer) / y.size
    dh = np.zeros_like(h)
    after = np.zeros((n, 5))
    for t in reversed(range(steps)):
        dh[:, t] = after = dy[:, t] @ w["dense.weight"] + after
        after = (after * (1 - h[:, t] ** 2)) @ w["memory/h.weight"]
    frame = prober.frame(1)
    key = "memory.h"
    assert key in frame.values
    np.testing.assert_allclose(frame.gradients[key], dh[0], atol=1e-6)
    np.testing.assert_allclose(frame.norms[key], np.linalg.norm(dh, axis=(0, 2)), rtol=1e-6)
    np.testing.assert_allclose(frame.values[key], h[0], atol=1e-6)
    np.testing.assert_allclose(frame.losses, ((y - answer) ** 2).mean(2)[0], rtol=1e-5)


@pytest.mark.parametrize("a", [0.5, 0.9, 1.0, 1.1])
def test_a_linear_network_shows_the_powers_of_its_matrix(a):
    """D2: W_h = a · orthogonal and a loss at the end only: the norms are a^(T-t)."""
    d, steps = Drawing(), 30
    x = d.source("series", "features", 6)
    h = d.delay(6, ("memory", "delay"))
    moved = d.linear(h, 6, ("memory", "h"), bias=False, init=InitRule("orthogonal", a))
    new = d.binary("add", moved, x, ("memory", "sum"))
    d.close(h, new)
    end = d.put("last", (new,), Sig("features", 6, ()), ("last",))
    d.loss("mse", end, d.source("answer", "features", 6, axes=(), target=True), ("mse",))
    rng = np.random.default_rng(2)
    batch = Batch({"series": rng.normal(size=(3, steps, 6)), "answer": rng.normal(size=(3, 6))})
    _, _, prober, _ = built(d, batch)
    frame = prober.frame(1)
    said, right = frame.outputs[next(iter(frame.outputs))][0], batch.arrays["answer"][0]
    np.testing.assert_allclose(frame.losses, [np.mean((said - right) ** 2)], rtol=1e-5)  # answered once, so one loss
    norms = frame.norms["memory/sum.y"]
    np.testing.assert_allclose(norms / norms[-1], a ** np.arange(steps - 1, -1, -1.0), rtol=1e-6 * steps)
    moduli = np.hypot(*frame.eigen["memory/h.weight"].T)
    np.testing.assert_allclose(moduli, a, rtol=1e-6)


def test_states_and_outputs_are_always_read_and_more_when_watched():
    d = char_model()
    _, _, prober, program = built(d, tokens())
    twin = d.compile("twin")
    plain = prober.frame(1)
    states, outputs = default_keys(twin)
    assert states == ("lstm/hidden.y", "lstm/keep.y") and len(outputs) == 1
    # a state is shown under the name of the cell's own port; outputs have no place in the ribbon of states
    assert set(plain.values) == {"lstm.h", "lstm.c", *outputs} == set(plain.gradients)
    assert set(plain.norms) == {"lstm.h", "lstm.c"}
    more = prober.frame(2, ("lstm/gate_f.y", "text.x", "no such probe"))
    assert more.values["lstm/gate_f.y"].shape == (9, 7) and "lstm/gate_f.y" in more.norms
    assert (more.values["lstm/gate_f.y"] > 0).all() and (more.values["lstm/gate_f.y"] < 1).all()
    assert "no such probe" not in more.values
    probabilities = plain.outputs[program.outputs[0].name]
    assert probabilities.shape == (9, 11)
    np.testing.assert_allclose(probabilities.sum(1), 1, rtol=1e-5)
    assert plain.cost > 0


def test_tokens_can_be_watched_and_have_no_gradient():
    d = char_model()
    batch = tokens()
    _, _, prober, _ = built(d, batch)
    frame = prober.frame(1, ("text.x",))
    assert frame.values["text.x"][:, 0].tolist() == batch.arrays["text"][0].tolist()
    assert "text.x" not in frame.norms


def test_symbols_come_from_the_vocabularies():
    d = char_model()
    words = tuple("abcdefghij\n")
    d.fields[0] = DataField("text", d.fields[0].sig, words)
    batch = tokens()
    _, _, prober, _ = built(d, batch)
    assert prober.frame(1).symbols == {"text": tuple(words[i] for i in batch.arrays["text"][0])}


def test_padding_is_left_off():
    d = char_model()
    batch = Batch(tokens().arrays, {"T": np.array([5, 9, 2, 7])})
    _, _, prober, _ = built(d, batch)
    frame = prober.frame(1)
    key = "lstm.h"
    assert frame.values[key].shape[0] == frame.gradients[key].shape[0] == len(frame.losses) == 5
    assert len(frame.norms[key]) == 9


def test_weight_norms_are_those_of_the_drawn_weights_before_and_after_clipping():
    d, batch = char_model(), tokens()
    module, _, prober, program = built(d, batch)
    text, after = (torch.as_tensor(batch.arrays[n]) for n in ("text", "next"))
    module.loss(module(text)[0], after)[0].backward()
    prober.before_clip()
    whole = nn.utils.clip_grad_norm_(module.parameters(), 1e-3)
    prober.after_clip()
    frame = prober.frame(1)
    assert set(frame.weight_norms) == {"/".join(w.path) + "." + w.name for w in program.weights}
    before = np.sqrt(sum(b**2 for b, _ in frame.weight_norms.values()))
    after_clip = np.sqrt(sum(a**2 for _, a in frame.weight_norms.values()))
    assert before == pytest.approx(float(whole), rel=1e-5) and after_clip == pytest.approx(1e-3, rel=1e-3)
    assert prober.frame(2).weight_norms == {}


def test_eigenvalues_of_the_gates_come_on_a_slower_clock():
    d = char_model()
    module, _, prober, program = built(d, tokens())
    first = prober.frame(1).eigen
    assert set(first) == {f"lstm/h_{g}.weight" for g in "ifgo"}
    matrix = drawn(module, program)[("lstm", "h_f"), "weight"].detach().numpy()
    mine = np.sort_complex(first["lstm/h_f.weight"].astype(float) @ [1, 1j])
    np.testing.assert_allclose(mine, np.sort_complex(np.linalg.eigvals(matrix)), atol=1e-5)
    assert prober.frame(2).eigen == {}


def test_a_twin_with_parameters_of_its_own_is_a_bug():
    d = char_model()
    with pytest.raises(ValueError, match="share"):
        Prober(Job(d.compile("twin"), Fixed(tokens())), make(d.compile()), make(d.compile("twin")))


def with_dropout() -> Drawing:
    d = Drawing()
    e = d.embedding(d.source("text", "tokens", 11), 5, ("embedding",))
    e = d.put("dropout", (e,), d.sig(e), ("dropout",), p=0.3)
    h, _ = lstm(d, e, 7, ("lstm",))
    d.loss("cross_entropy", d.linear(h, 11, ("dense",)), d.source("next", "tokens", 11, target=True), ("loss",))
    return d


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_training_with_probes_on_equals_training_with_probes_off_bit_for_bit(dtype):
    results = []
    for watched in (False, True):
        module, _, prober, _ = built(with_dropout(), tokens(), dtype)
        module.train()
        optimizer = torch.optim.SGD(module.parameters(), lr=0.5, momentum=0.9)
        for step in range(12):
            batch = tokens(8, 9, seed=step)
            text, after = (torch.as_tensor(batch.arrays[n]) for n in ("text", "next"))
            optimizer.zero_grad()
            module.loss(module(text)[0], after)[0].backward()
            if watched:
                prober.before_clip()
            nn.utils.clip_grad_norm_(module.parameters(), 0.5)
            if watched:
                prober.after_clip()
                learned = [p for p in module.parameters() if p.grad is not None]
                held = [p.grad.clone() for p in learned]
                prober.frame(step, ("lstm/gate_f.y",))
                assert all(torch.equal(a, p.grad) for a, p in zip(held, learned, strict=True))
                assert module.training
            optimizer.step()
        results.append([p.detach().clone() for p in module.parameters()] + [torch.get_rng_state()])
    assert all(torch.equal(a, b) for a, b in zip(*results, strict=True))


def test_frames_of_a_frozen_weight_leave_it_out():
    d = tanh_rnn()
    op = next(i for i, op in enumerate(d.ops) if op.path == ("dense",))
    frozen = tuple(Weight(w.path, w.name, w.shape, w.init, trainable=False) for w in d.ops[op].weights)
    old = d.ops[op]
    d.ops[op] = type(old)(old.name, old.inputs, old.output, old.path, frozen, old.attrs, old.port)
    module, _, prober, _ = built(d, numbers())
    series, answer = (torch.as_tensor(numbers().arrays[n]) for n in ("series", "answer"))
    module.loss(module(series)[0], answer)[0].backward()
    prober.before_clip()
    prober.after_clip()
    assert not any(name.startswith("dense") for name in prober.frame(1).weight_norms)


def test_what_is_looked_at_beside_gives_values_and_gradients_only_where_a_later_step_reads_them():
    _, _, prober, program = built(char_model(), tokens())
    plain = prober.frame(1)
    states = set(recurrent_keys(program))
    gate = next(p.key for p in program.probes if p.in_scan and p.key not in plain.values)
    frame = prober.frame(1, beside=(gate, "nothing.y"))
    assert frame.values.keys() - plain.values.keys() == {gate}
    assert frame.norms.keys() == plain.norms.keys() and frame.gradients.keys() == plain.gradients.keys()
    prober._states = ()  # as where no call carries a state on
    carried = prober.frame(1, beside=tuple(states))
    assert states and states <= carried.gradients.keys() and not states & carried.norms.keys()


def test_an_encoders_states_are_known_though_no_call_carries_them():
    project = shipped("dates").project
    registry = default_registry()
    program = compile_graph(project.graph, Session(Document(project)).fields()[0], registry, mode="twin")
    assert {"encoder/hidden.y", "encoder/cell.y"} <= set(recurrent_keys(program))
    assert not any(s.path[0] == "encoder" for s in program.states)
