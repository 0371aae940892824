"""How weights start and which stay zero: each rule against what it promises, in both precisions and wherever it lives."""

import math

import pytest
import torch

from core.compile.pipeline import compile_graph
from core.graph import edit
from core.graph.model import Graph, Node, Port, frozen
from core.specs.fields import DataField, Fields
from core.specs.registry import default_registry
from core.specs.sig import Sig
from core.train.module import drawn, make, share

FIELDS = Fields(
    (
        DataField("series", Sig("features", 40, ("T",))),
        DataField("answer", Sig("features", 40, ("T",)), target=True),
        DataField("words", Sig("tokens", 11, ("T",))),
        DataField("next", Sig("tokens", 11, ("T",)), target=True),
    )
)


def draw(nodes, wires):
    graph = Graph()
    for id, kind, params in nodes:
        graph = edit.add_node(graph, Node(id, kind, params=frozen(params)))
    for wire in wires:
        source, target, *delay = wire.split()
        many = graph.nodes[target.split(".")[0]].kind in ("add", "concat", "multiply")
        graph = edit.connect(graph, Port(*source.split(".")), Port(*target.split(".")), *map(int, delay), many=many)
    return graph


def one(**params):
    """series -> dense -> mse."""
    nodes = [("in", "features", {"field": "series"}), ("w", "dense", {"units": 40, **params}),
             ("answer", "target", {"field": "answer"}), ("loss", "mse", {})]  # fmt: skip
    return draw(nodes, ["in.x w.x", "w.y loss.prediction", "answer.y loss.target"])


def made(graph, dtype=torch.float64, seed=0):
    program = compile_graph(graph, FIELDS, default_registry())
    torch.manual_seed(seed)
    module = make(program, dtype)
    return program, module, drawn(module, program)


def weight(**params):
    return made(one(**params))[2][("w",), "weight"].detach()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_spectral_start_has_that_radius(dtype):
    w = made(one(init="spectral", radius=1.7, density=0.3), dtype)[2][("w",), "weight"]
    assert w.dtype == dtype
    assert torch.linalg.eigvals(w).abs().max().item() == pytest.approx(
        1.7, rel=1e-5 if dtype == torch.float32 else 1e-12
    )
    assert 0.2 < (w != 0).double().mean() < 0.4


def test_a_sparse_start_gives_each_unit_its_inputs():
    w = torch.cat([made(one(init="sparse", count=4, std=0.5), seed=s)[2][("w",), "weight"] for s in range(20)])
    assert ((w != 0).sum(1) == 4).all()
    assert w[w != 0].std().item() == pytest.approx(0.5, rel=0.05)
    assert len({tuple(row.nonzero()[:, 0].tolist()) for row in w}) > 700


def test_signs_and_dale():
    w = weight(init="signs", std=0.14, density=0.5)
    assert set(w.unique().abs().tolist()) == {0.0, 0.14} and 0.4 < (w != 0).double().mean() < 0.6
    assert 0.35 < (w > 0).sum() / (w != 0).sum() < 0.65
    w = weight(init="dale", std=2.0, density=0.1, inhibit=0.2)
    assert (w[:, :32] >= 0).all() and (w[:, 32:] <= 0).all() and 0.05 < (w != 0).double().mean() < 0.15


def bias(**params):
    return made(one(**params))[2][("w",), "bias"].detach()


def test_gate_biases():
    chrono, minus = bias(bias_init="chrono", time_scale=100.0), bias(bias_init="chrono_minus", time_scale=100.0)
    assert torch.equal(chrono, -minus)  # forget and write together: what is kept and what is written sum to one
    assert chrono[0] == 0 and chrono[-1].item() == pytest.approx(math.log(99))
    assert torch.allclose(chrono.exp().diff(), chrono.exp().diff()[0].expand(39))
    assert torch.allclose(bias(bias_init="ramp", bias_value=-1.0), -torch.arange(1.0, 41, dtype=torch.float64))


def test_spaced_parameters_and_periods():
    nodes = [("in", "features", {"field": "series"}), ("a", "parameter", {"spaced": True, "value": 1.0, "last": 0.02, "trainable": False}),
             ("g", "every", {"groups": 8, "base": 2.0}), ("m", "multiply", {}), ("answer", "target", {"field": "answer"}), ("loss", "mse", {})]  # fmt: skip
    graph = draw(nodes, ["in.x g.count", "g.gate m.x", "a.y m.x", "m.y loss.prediction", "answer.y loss.target"])
    program, _, weights = made(graph)
    a = weights[("a",), "weight"]
    assert a[0].item() == pytest.approx(1.0) and a[-1].item() == pytest.approx(0.02)
    assert torch.allclose(a.log().diff(), a.log().diff()[0].expand(39)) and not a.requires_grad
    assert weights[("g",), "periods"].tolist() == [2.0**k for k in range(8) for _ in range(5)]
    assert program.parameter_count == 0


MASKS = {
    "block_upper": lambda r, c: c // 10 >= r // 10,
    "block_lower": lambda r, c: c // 10 <= r // 10,
    "block_diagonal": lambda r, c: c // 10 == r // 10,
    "no_diagonal": lambda r, c: c != r,
}


@pytest.mark.parametrize("kind", MASKS)
def test_structural_zeros_stay_zero_under_adam(kind):
    graph = one(pattern=kind, groups=4)
    program, module, weights = made(graph)
    w = weights[("w",), "weight"]
    mask = torch.tensor([[MASKS[kind](r, c) for c in range(40)] for r in range(40)])
    assert torch.equal(w != 0, mask)
    assert program.parameter_count == int(mask.sum()) + 40
    before, adam = w.detach().clone(), torch.optim.AdamW(module.parameters(), 0.01)
    x = torch.randn(3, 5, 40, dtype=torch.float64)
    for _ in range(3):
        adam.zero_grad()
        module.loss(module(x)[0], x)[0].backward()
        adam.step()
    after = drawn(module, program)[("w",), "weight"]
    assert torch.equal(after != 0, mask) and not torch.equal(after, before)


def test_patterns_survive_packing_and_fusing():
    """Two patterned matrices of one loop are one product; an RNN with a pattern is torch's module."""
    nodes = [("in", "features", {"field": "series"}), ("wx", "dense", {"units": 40}), ("wh", "dense", {"units": 40, "pattern": "block_upper", "groups": 4, "bias": False}),
             ("s", "add", {}), ("h", "tanh", {}), ("answer", "target", {"field": "answer"}), ("loss", "mse", {})]  # fmt: skip
    wires = [
        "in.x wx.x",
        "wx.y s.x",
        "wh.y s.x",
        "s.y h.x",
        "h.y wh.x 1",
        "h.y loss.prediction",
        "answer.y loss.target",
    ]
    program, module, weights = made(draw(nodes, wires))
    assert list(program.fused.values()) == ["RNN"]
    mask = torch.tensor([[MASKS["block_upper"](r, c) for c in range(40)] for r in range(40)])
    assert torch.equal(weights[("wh",), "weight"] != 0, mask)
    x = torch.randn(3, 5, 40, dtype=torch.float64)
    module.loss(module(x)[0], x)[0].backward()
    tensor = next(w.tensor for w in program.weights if w.path == ("wh",))
    assert torch.equal(module.get_parameter(tensor).grad != 0, mask)
    twin = share(make(compile_graph(draw(nodes, wires), FIELDS, default_registry(), "twin"), torch.float64), module)
    assert torch.allclose(twin(x)[0]["h"], module(x)[0]["h"], atol=1e-12)


def test_what_does_not_learn_is_left_out_and_not_fused():
    nodes = [("in", "features", {"field": "series"}), ("wx", "dense", {"units": 40, "trainable": False}), ("wh", "dense", {"units": 40, "init": "spectral", "bias": False, "trainable": False}),
             ("s", "add", {}), ("h", "tanh", {}), ("read", "dense", {"units": 0}), ("answer", "target", {"field": "answer"}), ("loss", "mse", {})]  # fmt: skip
    wires = [
        "in.x wx.x",
        "wx.y s.x",
        "wh.y s.x",
        "s.y h.x",
        "h.y wh.x 1",
        "h.y read.x",
        "read.y loss.prediction",
        "answer.y loss.target",
    ]
    program, module, _ = made(draw(nodes, wires))
    assert not program.fused and program.parameter_count == 40 * 41
    assert {n for n, p in module.named_parameters() if p.requires_grad} == {"read.weight", "read.bias"}


def test_one_mask_for_the_whole_sequence():
    """In a loop the same units are off at every step, others in the next sequence; nothing is dropped afterwards."""
    nodes = [("in", "features", {"field": "series"}), ("r", "recurrent_dropout", {"p": 0.5}), ("s", "add", {}), ("answer", "target", {"field": "answer"}), ("loss", "mse", {})]  # fmt: skip
    wires = ["in.x s.x", "r.y s.x", "s.y r.x 1", "s.y loss.prediction", "answer.y loss.target"]
    _, module, _ = made(draw(nodes, wires))
    y = module(torch.ones(4, 6, 40, dtype=torch.float64))[0]["s"].detach()
    off = y[:, 1] == 1
    assert 0.3 < off.double().mean() < 0.7
    assert (y[off.unsqueeze(1).expand_as(y)] == 1).all()
    assert torch.allclose(y[:, 2][~off], torch.tensor(7.0, dtype=torch.float64))  # 1 + 2 (1 + 2)
    assert not torch.equal(off[0], off[1])
    module.eval()
    assert torch.equal(
        module(torch.ones(4, 6, 40, dtype=torch.float64))[0]["s"][:, -1], torch.full((4, 40), 6.0, dtype=torch.float64)
    )


def test_noise_only_while_training():
    nodes = [("in", "features", {"field": "series"}), ("n", "noise", {"std": 0.3}), ("answer", "target", {"field": "answer"}), ("loss", "mse", {})]  # fmt: skip
    _, module, _ = made(draw(nodes, ["in.x n.x", "n.y loss.prediction", "answer.y loss.target"]))
    x = torch.zeros(20, 50, 40, dtype=torch.float64)
    assert module(x)[0]["n"].std().item() == pytest.approx(0.3, rel=0.02)
    module.eval()
    assert torch.equal(module(x)[0]["n"], x)


@pytest.mark.parametrize("after", [False, True])
def test_a_tied_output_is_the_embeddings_own_table(after):
    """Its gradient is the sum of both uses, wherever the tied node stands in the drawing."""
    nodes = [("in", "tokens", {"field": "words"}), ("e", "embedding", {"size": 6}), ("h", "tanh", {}), ("t", "tied", {"embedding": "e"}),
             ("next", "target", {"field": "next"}), ("loss", "cross_entropy", {})]  # fmt: skip
    nodes = nodes if after else [nodes[3], *nodes[:3], *nodes[4:]]
    wires = ["in.x e.x", "e.y h.x", "h.y t.x", "t.y loss.logits", "next.y loss.target"]
    program, module, weights = made(draw(nodes, wires))
    assert program.parameter_count == 11 * 6 + 11
    words, answer = torch.randint(0, 11, (3, 7)), torch.randint(0, 11, (3, 7))
    table = weights[("e",), "weight"].detach().clone().requires_grad_()
    assert table.std() > 0.5
    wanted = torch.tanh(table[words]) @ table.T
    loss = torch.nn.functional.cross_entropy(wanted.flatten(0, 1), answer.flatten())
    outputs, _ = module(words)
    total, _ = module.loss(outputs, answer)
    assert torch.allclose(total, loss, atol=1e-12)
    total.backward()
    loss.backward()
    tensor = next(w.tensor for w in program.weights if w.path == ("e",))
    assert torch.allclose(module.get_parameter(tensor).grad, table.grad, atol=1e-12)
    twin = share(make(compile_graph(draw(nodes, wires), FIELDS, default_registry(), "twin"), torch.float64), module)
    assert torch.allclose(twin(words)[0]["t"], wanted, atol=1e-12)
    assert {k: v.shape for k, v in twin.state_dict().items()} == {k: v.shape for k, v in module.state_dict().items()}


@pytest.mark.parametrize(("kernel", "dilation"), [(1, 1), (3, 1), (5, 3)])
@pytest.mark.parametrize("kind", ["tdnn", "tdnn_centred"])
def test_windows_equal_a_convolution(kind, kernel, dilation):
    """Outputs and gradients of nn.Conv1d, sequence by sequence, zeros beyond both ends."""
    nodes = [("in", "features", {"field": "series"}), ("w", kind, {"units": 40, "kernel": kernel, "dilation": dilation}), ("answer", "target", {"field": "answer"}), ("loss", "mse", {})]  # fmt: skip
    _, module, weights = made(draw(nodes, ["in.x w.x", "w.y loss.prediction", "answer.y loss.target"]))
    conv = torch.nn.Conv1d(40, 40, kernel, dilation=dilation, dtype=torch.float64)
    span, causal = (kernel - 1) * dilation, kind == "tdnn"
    with torch.no_grad():
        taps = weights[("w",), "weight"].reshape(40, kernel, 40)  # newest (or latest) first
        conv.weight.copy_(taps.permute(0, 2, 1).flip(2))
        conv.bias.copy_(weights[("w",), "bias"])
    lengths = torch.tensor([9, 1, 14])
    x = torch.randn(3, 14, 40, dtype=torch.float64, requires_grad=True)
    got = module(x, {"T": lengths})[0]["w"]
    rows = []
    for row, n in zip(x, lengths.tolist(), strict=True):
        ends = (span, 0) if causal else (span // 2, span // 2)
        y = conv(torch.nn.functional.pad(row[:n].T, ends)[None])[0].T
        rows.append(torch.cat([y, y.new_zeros(14 - n, 40)]))
    wanted = torch.stack(rows)
    assert torch.allclose(got, wanted, atol=1e-12)
    push = torch.randn_like(wanted)
    mine = torch.autograd.grad((got * push).sum(), [x, module.get_parameter("w.weight")])
    theirs = torch.autograd.grad((wanted * push).sum(), [x, conv.weight])
    assert torch.allclose(mine[0], theirs[0], atol=1e-12)
    assert torch.allclose(mine[1].reshape(40, kernel, 40).permute(0, 2, 1).flip(2), theirs[1], atol=1e-12)


def test_a_causal_window_streams():
    """Its own delays are states: in pieces it says the same."""
    nodes = [("in", "features", {"field": "series"}), ("w", "tdnn", {"units": 40, "kernel": 4, "dilation": 2}), ("answer", "target", {"field": "answer"}), ("loss", "mse", {})]  # fmt: skip
    _, module, _ = made(draw(nodes, ["in.x w.x", "w.y loss.prediction", "answer.y loss.target"]))
    x = torch.randn(2, 11, 40, dtype=torch.float64)
    state, pieces = {}, []
    for at in range(11):
        outputs, state = module(x[:, at : at + 1], state=state)
        pieces.append(outputs["w"])
    assert torch.allclose(torch.cat(pieces, 1), module(x)[0]["w"], atol=1e-12)
