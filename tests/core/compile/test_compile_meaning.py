"""What a program means: recursions of the gradient, finite differences, brute force, one step at a time = all at once."""

import pytest
import torch

from core.specs.ops import InitRule
from core.specs.sig import Sig
from core.train.module import drawn, make, share
from tests.core.compile.drawing import Drawing, char_model, gru, lstm, rnn

F64 = torch.float64
TIMED = ("T",)


def ended(d: Drawing, v: int) -> Drawing:
    d.put("output", (v,), d.sig(v), ("out",), port="x")
    return d


def lecture_gru() -> Drawing:
    d = Drawing()
    return ended(d, gru(d, d.source("x", "features", 3), 4, ("cell",), "lecture"))


def odd_cell() -> Drawing:
    """Leaky, with an MLP in the recurrence, a delay of three, a learned and a fed start, a layer norm and a static input."""
    d = Drawing()
    x = d.source("x", "features", 3)
    context = d.source("context", "features", 2, axes=())
    start = d.unary("tanh", d.linear(context, 4, ("cell", "start")), ("cell", "begin"))
    h = d.delay(4, ("cell", "leak"), init="fed", fed=start)
    far = d.delay(4, ("cell", "leak"), k=3, init="learned")
    inner = d.unary("sigmoid", d.linear(d.concat([h, x], ("cell", "join")), 5, ("cell", "in")), ("cell", "hide"))
    push = d.total(
        [d.linear(inner, 4, ("cell", "deep")), d.linear(far, 4, ("cell", "far"), bias=False)], ("cell", "sum")
    )
    push = d.binary("add", push, d.linear(context, 4, ("cell", "hint")), ("cell", "hinted"))
    normed = d.put("layer_norm", (push,), d.sig(push), ("cell", "norm"), eps=1e-5)
    new = d.unary("softplus", normed, ("cell", "new"))
    leak = d.put("affine", (h,), d.sig(h), ("cell", "slow"), scale=0.6, offset=0.0)
    fresh = d.put("affine", (new,), d.sig(new), ("cell", "quick"), scale=0.4, offset=-0.1)
    out = d.binary("add", leak, fresh, ("cell", "leak"))
    d.close(h, out)
    d.close(far, out)
    return ended(d, d.binary("mul", out, d.linear(x, 4, ("gain",)), ("scaled",)))


def tapped_delay() -> Drawing:
    """Delays outside every cycle: a TDNN of two taps, then a recurrent net."""
    d = Drawing()
    x = d.source("x", "features", 3)
    two = d.delay(3, ("x",), k=2)
    d.close(two, x)
    seen = d.total([d.linear(x, 4, ("now",)), d.linear(two, 4, ("before",))], ("taps",))
    return ended(d, rnn(d, seen, 4, ("cell",)))


def deep() -> Drawing:
    d = Drawing()
    h = lstm(d, d.source("x", "features", 3), 4, ("low",))[0]
    return ended(d, gru(d, h, 5, ("high",)))


def both_read() -> Drawing:
    """c is read too, so it cannot be torch's module."""
    d = Drawing()
    h, c = lstm(d, d.source("x", "features", 3), 4, ("cell",), both=True)
    return ended(d, d.concat([h, c], ("both",)))


def change() -> Drawing:
    """h_t - h_{t-1}: a delay of the loop that is read outside it."""
    d = Drawing()
    h = gru(d, d.source("x", "features", 3), 4, ("cell",))
    late = next(op.output.id for op in d.ops if op.name == "delay")
    return ended(d, d.binary("sub", h, late, ("change",)))


DRAWINGS = [change, lecture_gru, odd_cell, tapped_delay, deep, both_read, char_model]


def arguments(program, rows=3, steps=6, seed=0):
    torch.manual_seed(seed)
    out = []
    for a in program.inputs:
        sig = a.field.sig
        shape = (rows, *(steps for _ in sig.axes))
        tokens = sig.kind == "tokens"
        out.append(torch.randint(0, sig.size, shape) if tokens else torch.randn(*shape, sig.size, dtype=F64))
    return out


def test_the_gru_of_the_lecture_is_not_torchs():
    d = lecture_gru()
    program = d.compile()
    assert not program.fused
    module = make(program, F64)
    w = {(p[-1], n): t for (p, n), t in drawn(module, program).items()}
    (x,) = arguments(program)
    h, wanted = torch.zeros(3, 4, dtype=F64), []
    for t in range(6):
        z, r = (
            torch.sigmoid(x[:, t] @ w[f"x_{g}", "weight"].T + w[f"x_{g}", "bias"] + h @ w[f"h_{g}", "weight"].T)
            for g in "zr"
        )
        n = torch.tanh(
            x[:, t] @ w["x_n", "weight"].T + w["x_n", "bias"] + (r * h) @ w["h_n", "weight"].T + w["h_n", "bias"]
        )
        h = (1 - z) * h + z * n
        wanted.append(h)
    assert (module(x)[0]["out"] - torch.stack(wanted, 1)).abs().max() < 1e-12


@pytest.mark.parametrize("drawing", DRAWINGS)
@pytest.mark.parametrize("lengths", [None, [6, 1, 4]])
def test_twin_equals_program(drawing, lengths):
    d = drawing()
    module = make(d.compile(), F64)
    twin = share(make(d.compile("twin"), F64), module)
    axis = None if lengths is None else {"T": torch.tensor(lengths)}
    results = []
    for each in (module, twin):
        (out,) = each(*arguments(d.compile()), axis)[0].values()
        results.append((out, *torch.autograd.grad(out.square().sum(), list(trained(module)))))
    for a, b in zip(*results, strict=True):
        assert (a - b).abs().max() < 1e-11


def trained(module):
    return (p for p in module.parameters() if p.requires_grad)


@pytest.mark.parametrize("drawing", DRAWINGS)
@pytest.mark.parametrize("mode", ["train", "twin"])
def test_one_step_at_a_time_is_all_at_once(drawing, mode):
    program = drawing().compile(mode)
    module = make(program, F64)
    inputs = arguments(program)
    with torch.no_grad():
        (wanted,), end = module(*inputs)[0].values(), module(*inputs)[1]
        state, steps = None, []
        for t in range(6):
            now = [
                x[:, t : t + 1] if "T" in a.field.sig.axes else x for x, a in zip(inputs, program.inputs, strict=True)
            ]
            outputs, state = module(*now, None, state)
            steps.extend(outputs.values())
    assert (torch.cat(steps, 1) - wanted).abs().max() < 1e-12
    for s in program.states:
        assert end[s.name].shape == (3, s.delay, s.sig.size)
        assert (end[s.name] - state[s.name]).abs().max() < 1e-12


@pytest.mark.parametrize("drawing", DRAWINGS)
def test_states_end_where_each_sequence_ends(drawing):
    program = drawing().compile()
    module = make(program, F64)
    lengths = [6, 2, 4]
    inputs = arguments(program)
    with torch.no_grad():
        outputs, end = module(*inputs, {"T": torch.tensor(lengths)}, {})
        for row, length in enumerate(lengths):
            alone = [
                x[row : row + 1, :length] if "T" in a.field.sig.axes else x[row : row + 1]
                for x, a in zip(inputs, program.inputs, strict=True)
            ]
            wanted, wanted_end = module(*alone)
            for name in end:
                assert (end[name][row] - wanted_end[name][0]).abs().max() < 1e-12
            for name, out in outputs.items():
                assert (out[row, :length] - wanted[name][0]).abs().max() < 1e-12
                assert (out[row, length:] == 0).all()


def test_padding_without_a_state_gives_none():
    """Following states through padding costs time; it is done only for who passes a state, `{}` to begin."""
    module = make(char_model().compile())
    text, lengths = torch.zeros(2, 5, dtype=torch.long), {"T": torch.tensor([5, 3])}
    assert module(text, lengths)[1] == {}
    assert module(text, lengths, {})[1].keys() == module(text)[1].keys() != set()


@pytest.mark.parametrize("drawing", [odd_cell, lecture_gru, both_read])
@pytest.mark.parametrize("steps", [1, 7, 50])
def test_gradients_equal_finite_differences(drawing, steps):
    program = drawing().compile()
    module = make(program, F64)
    inputs = arguments(program, rows=2, steps=steps)
    push = torch.randn_like(module(*inputs)[0]["out"])

    def loss():
        return (module(*inputs)[0]["out"] * push).sum()

    grads = torch.autograd.grad(loss(), list(module.parameters()))
    torch.manual_seed(1)
    for p, grad in zip(module.parameters(), grads, strict=True):
        way = torch.randn_like(p)
        with torch.no_grad():
            p += 1e-6 * way
            up = loss()
            p -= 2e-6 * way
            down = loss()
            p += 1e-6 * way
        slope = float((up - down) / 2e-6)
        assert abs(slope - float((grad * way).sum())) < 1e-5 * max(1.0, abs(slope))


def test_the_gradient_of_a_tap_is_the_recursion_of_the_lecture(record_property):
    """dL/dh_t = W_hhᵀ diag(1 - h²_{t+1}) dL/dh_{t+1} + W_yᵀ dL/dy_t (Goodfellow et al. 2016, eq. 10.20-10.21)."""
    d = Drawing()
    h = rnn(d, d.source("x", "features", 3), 5, ("cell",))
    y = d.linear(h, 2, ("read",))
    d.loss("mse", y, d.source("answer", "features", 2, target=True), ("mse",), over="sum")
    program = d.compile("twin")
    module = make(program, F64)
    weights = drawn(module, program)
    taps = {}
    torch.manual_seed(3)
    x, answer = torch.randn(4, 9, 3, dtype=F64), torch.randn(4, 9, 2, dtype=F64)
    outputs, _ = module(x, taps=taps)
    total, _ = module.loss(outputs, answer)
    hs, (out,) = taps["cell.h"], taps["read.y"]
    *grads, grad_y = torch.autograd.grad(total, [*hs, out])
    w_hh, w_y = weights[("cell", "h"), "weight"], weights[("read",), "weight"]
    flow, worst = torch.zeros(4, 5, dtype=F64), 0.0
    for t in reversed(range(9)):
        later = (flow * (1 - hs[t + 1].square())) @ w_hh if t < 8 else 0.0
        flow = later + grad_y[:, t] @ w_y
        worst = max(worst, float((grads[t] - flow).detach().abs().max()))
    print(f"dL/dh_t against the recursion, float64: {worst:.1e}")
    assert worst < 1e-12


@pytest.mark.parametrize("a", [0.8, 1.0, 1.1])
def test_a_linear_net_with_a_scaled_orthogonal_matrix_has_the_curve_of_powers(a):
    d = Drawing()
    h = rnn(d, d.source("x", "features", 3), 6, ("cell",), "", init=InitRule("orthogonal", a))
    end = d.put("last", (h,), Sig("features", 6), ("last",))
    d.loss("mse", end, d.source("answer", "features", 6, axes=(), target=True), ("mse",))
    program = d.compile("twin")
    assert not program.fused
    module = make(program, F64)
    taps = {}
    outputs, _ = module(torch.randn(1, 40, 3, dtype=F64), taps=taps)
    total, _ = module.loss(outputs, torch.randn(1, 6, dtype=F64))
    norms = torch.stack([g.norm() for g in torch.autograd.grad(total, taps["cell.h"])])
    curve = norms[-1] * torch.tensor([a ** (39 - t) for t in range(40)], dtype=F64)
    worst = float(((norms - curve) / curve).abs().max())
    print(f"|dL/dh_t| against a^(T-t), a={a}: {worst:.1e}")
    assert worst < 1e-6


def test_losses_leave_padding_out_and_are_weighted():
    d = Drawing()
    x = d.source("x", "features", 2)
    y = d.linear(x, 2, ("read",))
    answer = d.source("answer", "features", 2, target=True)
    d.loss("mse", y, answer, ("mean",), weight=0.5)
    d.loss("mse", y, answer, ("sum",), over="sum")
    program = d.compile()
    module = make(program, F64)
    x, answer = torch.randn(2, 3, 5, 2, dtype=F64)
    lengths = torch.tensor([5, 2, 1])
    outputs, _ = module(x, {"T": lengths})
    total, parts = module.loss(outputs, answer, {"T": lengths})
    each = [((module.read(x[r, :n]) - answer[r, :n]) ** 2).mean(-1) for r, n in enumerate(lengths)]
    assert torch.allclose(total, 0.5 * torch.cat(each).mean() + torch.cat(each).sum() / 3)
    assert parts["mean"].shape == (3, 5) and (parts["mean"][1, 2:] == 0).all()


@pytest.mark.parametrize("mode", ["train", "twin"])
def test_an_answer_may_be_delayed_and_run_through_a_loop(mode):
    """Ops over time that depend on the answer belong to the loss, also a shift and a scan."""
    d = Drawing()
    y = d.linear(d.source("x", "features", 2), 2, ("read",))
    answer = d.source("answer", "features", 2, target=True)
    late = d.delay(2, ("answer",))
    d.close(late, answer)
    old = d.delay(2, ("mean", "sum"))
    kept = d.put("affine", (old,), d.sig(old), ("mean", "keep"), scale=0.5, offset=0.0)
    smooth = d.binary("add", kept, late, ("mean", "sum"))
    d.close(old, smooth)
    d.loss("mse", y, smooth, ("mse",))
    program = d.compile(mode)
    assert program.states == ()
    module = make(program, F64)
    x, answer = torch.randn(2, 3, 5, 2, dtype=F64)
    outputs, _ = module(x)
    total, _ = module.loss(outputs, answer)
    wanted, smooth = [], torch.zeros(3, 2, dtype=F64)
    for t in range(5):
        smooth = 0.5 * smooth + (answer[:, t - 1] if t else 0.0)
        wanted.append(((module.read(x[:, t]) - smooth) ** 2).mean(-1))
    assert torch.allclose(total, torch.stack(wanted).mean(), atol=1e-12)
