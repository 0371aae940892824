"""Two times in one program: an encoder over S, a decoder over T, attention from one over the other; against torch by hand."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.compile.pipeline import compile_graph
from core.compile.program import Program
from core.graph.model import Graph
from core.specs.fields import DataField, Fields
from core.specs.registry import default_registry
from core.specs.sig import Sig
from core.train.module import drawn, make, share
from tests.core.compile.taught import drawn as graph_of

F64 = torch.float64
FIELDS = Fields(
    (
        DataField("source", Sig("tokens", 7, ("S",))),
        DataField("before", Sig("tokens", 6, ("T",))),
        DataField("answer", Sig("tokens", 6, ("T",)), target=True),
    )
)
LENGTHS = {"S": torch.tensor([4, 2, 1]), "T": torch.tensor([3, 5, 2])}
ENDS = {
    "o": ("dense", {"units": 0}), "answer": ("target", {}), "loss": ("cross_entropy", {}),
}  # fmt: skip


def translator(cell: str = "gru_reset_after") -> Graph:
    """The last state of a GRU (or LSTM) over S is the first of one over T."""
    gated = cell == "lstm"
    return graph_of(
        {
            **({"kept": ("last", {})} if gated else {}),
            "source": ("tokens", {"field": "source"}), "before": ("tokens", {"field": "before"}),
            "word": ("embedding", {"size": 4}), "said": ("embedding", {"size": 3}), "encoder": (cell, {"units": 5}),
            "context": ("last", {}), "decoder": (cell, {"units": 5}), **ENDS,
        },
        ["source.x word.x", "word.y encoder.x", "encoder.h context.x", "before.x said.x",
         "said.y decoder.x", "context.y decoder.h0", "decoder.h o.x", "o.y loss.logits",
         "answer.y loss.target", *(["encoder.c kept.x", "kept.y decoder.c0"] if gated else [])],
    )  # fmt: skip


def looking(scoring: str, inside: bool) -> Graph:
    """A tanh RNN over T that looks over an RNN over S: at what it was (inside its loop) or at what it is (after it)."""
    nodes = {
        "source": ("tokens", {"field": "source"}), "before": ("tokens", {"field": "before"}),
        "word": ("embedding", {"size": 4}), "said": ("embedding", {"size": 3}), "encoder": ("rnn_tanh", {"units": 5}),
        "wx": ("dense", {"units": 5}), "wh": ("dense", {"units": 5, "bias": False}), "sum": ("add", {}), "h": ("tanh", {}),
        "look": ("attention", {"scoring": scoring}), "both": ("concat", {}), "matrix": ("output", {"name": "weights"}), **ENDS,
    }  # fmt: skip
    wires = ["source.x word.x", "word.y encoder.x", "encoder.h look.memory", "before.x said.x", "wx.y sum.x", "wh.y sum.x",
             "sum.y h.x", "h.y wh.x 1", "look.weights matrix.x", "o.y loss.logits", "answer.y loss.target"]  # fmt: skip
    if inside:
        wires += ["h.y look.query 1", "look.context both.x", "said.y both.x", "both.y wx.x", "h.y o.x"]
    else:
        wires += ["said.y wx.x", "h.y look.query", "h.y both.x", "look.context both.x", "both.y o.x"]
    return graph_of(nodes, wires)


def batch(lengths: bool) -> tuple[tuple[Tensor, Tensor], Tensor, dict[str, Tensor] | None]:
    draw = torch.Generator().manual_seed(4)
    source, before, answer = (torch.randint(0, n, (3, t), generator=draw) for n, t in ((7, 4), (6, 5), (6, 5)))
    return (source, before), answer, LENGTHS if lengths else None


def pair(graph: Graph) -> tuple[Program, Any, Any]:
    program, twin = (compile_graph(graph, FIELDS, default_registry(), mode) for mode in ("train", "twin"))
    torch.manual_seed(0)
    module = make(program, F64)
    return program, module, share(make(twin, F64), module)


def both_ways(module: Any, twin: Any, lengths: bool) -> tuple[dict[str, Tensor], Tensor, dict[str, Tensor]]:
    """Outputs, loss and gradients; the twin gives the same."""
    arguments, answer, known = batch(lengths)
    found = []
    for model in (module, twin):
        module.zero_grad()
        outputs, _ = model(*arguments, lengths=known)
        total, _ = model.loss(outputs, answer, lengths=known)
        total.backward()
        found.append((outputs, total, {n: p.grad.clone() for n, p in module.named_parameters() if p.grad is not None}))
    for name, value in found[0][0].items():
        torch.testing.assert_close(value, found[1][0][name], atol=1e-12, rtol=0)
    for name, grad in found[0][2].items():
        torch.testing.assert_close(grad, found[1][2][name], atol=1e-12, rtol=0)
    return found[0]


def weights(module: Any, program: Program) -> dict[str, Tensor]:
    """By node and name; a matrix over a concatenation in a loop put together again."""
    found = {"/".join(path) + "." + name: w.detach() for (path, name), w in drawn(module, program).items()}
    for name in {n.rpartition(".")[0] for n in found if n.rpartition(".")[2].isdigit()}:
        found[name] = torch.cat([found[f"{name}.0"], found[f"{name}.1"]], 1)
    return found


@pytest.mark.parametrize("lengths", [False, True], ids=["full", "padded"])
@pytest.mark.parametrize("cell", ["gru_reset_after", "lstm"])
def test_the_encoder_hands_its_last_state_to_the_decoder(cell: str, lengths: bool) -> None:
    """== two torch GRUs or LSTMs, the first packed; loss and all gradients. Both are fused: torch gives the last c."""
    program, module, twin = pair(translator(cell))
    outputs, total, grads = both_ways(module, twin, lengths)
    torch_cell = nn.LSTM if cell == "lstm" else nn.GRU
    assert list(program.fused.values()) == [torch_cell.__name__] * 2
    ours = dict(module.named_parameters())
    hand = {n: p.detach().clone().requires_grad_() for n, p in ours.items()}
    encoder, decoder = (torch_cell(n, 5, batch_first=True).double() for n in (4, 3))
    for cell, name in ((encoder, "encoder"), (decoder, "decoder")):
        cell.load_state_dict({n.partition(".")[2]: p.detach() for n, p in ours.items() if n.startswith(f"{name}.")})
    (source, before), answer, known = batch(lengths)
    x = F.embedding(source, hand["word.weight"])
    sizes = LENGTHS["S"] if known else torch.full((3,), 4)
    _, state = encoder(nn.utils.rnn.pack_padded_sequence(x, sizes, batch_first=True, enforce_sorted=False))
    h, _ = decoder(F.embedding(before, hand["said.weight"]), state)
    logits = F.linear(h, hand["o.weight"], hand["o.bias"])
    here = torch.arange(5) < (LENGTHS["T"] if known else torch.full((3,), 5))[:, None]
    torch.testing.assert_close(outputs["o"], logits * here.unsqueeze(-1), atol=1e-12, rtol=0)
    wanted = F.cross_entropy(logits[here], answer[here])
    torch.testing.assert_close(total, wanted, atol=1e-12, rtol=0)
    wanted.backward()
    torch.testing.assert_close(grads["word.weight"], hand["word.weight"].grad, atol=1e-12, rtol=0)
    for cell, name in ((encoder, "encoder"), (decoder, "decoder")):
        for part, weight in cell.named_parameters():
            if f"{name}.{part}" in grads and part != "bias_hh_l0":
                torch.testing.assert_close(grads[f"{name}.{part}"], weight.grad, atol=1e-12, rtol=0)


def test_padding_of_either_time_changes_nothing() -> None:
    _, module, _ = pair(translator())
    (source, before), answer, known = batch(True)
    longer = F.pad(source, (0, 3), value=5), F.pad(before, (0, 2), value=4)
    short, _ = module(source, before, lengths=known)
    wide, _ = module(*longer, lengths=known)
    torch.testing.assert_close(wide["o"][:, :5], short["o"], atol=1e-12, rtol=0)
    one, two = module.loss(short, answer, lengths=known)[0], module.loss(wide, F.pad(answer, (0, 2)), lengths=known)[0]
    torch.testing.assert_close(one, two, atol=1e-12, rtol=0)


@pytest.mark.parametrize("lengths", [False, True], ids=["full", "padded"])
@pytest.mark.parametrize("inside", [False, True], ids=["after", "inside"])
@pytest.mark.parametrize("scoring", ["dot", "scaled", "additive"])
def test_attention_is_the_loop_over_both_times(scoring: str, inside: bool, lengths: bool) -> None:
    """Brute force, one sequence, one step and one place of the memory at a time."""
    program, module, twin = pair(looking(scoring, inside))
    outputs, _total, _ = both_ways(module, twin, lengths)
    w = weights(module, program)
    (source, before), _, known = batch(lengths)
    rows = outputs["weights"].sum(-1)
    for b in range(3):
        s_end, t_end = (int(known[a][b]) for a in "ST") if known else (4, 5)
        memory = encoded(w, source[b, :s_end])
        h = torch.zeros(5, dtype=F64)
        for t in range(t_end):
            said = w["said.weight"][before[b, t]]
            if inside:
                alpha = look(w, scoring, h, memory)
                said = torch.cat([alpha @ memory, said])
            h = torch.tanh(w["wx.weight"] @ said + w["wx.bias"] + w["wh.weight"] @ h)
            read = h
            if not inside:
                alpha = look(w, scoring, h, memory)
                read = torch.cat([h, alpha @ memory])
            torch.testing.assert_close(outputs["o"][b, t], w["o.weight"] @ read + w["o.bias"], atol=1e-12, rtol=0)
            torch.testing.assert_close(outputs["weights"][b, t, :s_end], alpha, atol=1e-12, rtol=0)
            assert not outputs["weights"][b, t, s_end:].any()
            assert abs(rows[b, t] - 1) < 1e-12
    assert ("look" in program.source.partition("def scan_")[2].partition("return")[0]) == inside


def encoded(w: dict[str, Tensor], source: Tensor) -> Tensor:
    h, out = torch.zeros(5, dtype=F64), []
    names = sorted(n for n in w if n.startswith("encoder/"))
    recurrent = next(n for n in names if w[n].shape == (5, 5))
    given = next(n for n in names if w[n].shape == (5, 4))
    bias = next(n for n in names if w[n].shape == (5,))
    for x in source:
        h = torch.tanh(w[given] @ w["word.weight"][x] + w[bias] + w[recurrent] @ h)
        out.append(h)
    return torch.stack(out)


def look(w: dict[str, Tensor], scoring: str, query: Tensor, memory: Tensor) -> Tensor:
    """Bahdanau et al. 2015, eq. 6; Luong et al. 2015, eq. 8 (dot)."""
    scores = []
    for m in memory:
        if scoring == "additive":
            pre = w["look.query"] @ query + w["look.memory"] @ m + w["look.bias"]
            scores.append(w["look.score"] @ torch.tanh(pre))
        else:
            scores.append(query @ m / (5**0.5 if scoring == "scaled" else 1))
    return torch.stack(scores).softmax(0)


def speaking(inside: bool) -> Graph:
    """An encoder over S; a decoder over T that hears its own words and looks at the encoder, in its loop or after it."""
    nodes = {
        "source": ("tokens", {"field": "source"}), "word": ("embedding", {"size": 4}), "encoder": ("gru_reset_after", {"units": 5}),
        "context": ("last", {}), "said": ("embedding", {"size": 3}), "look": ("attention", {"scoring": "additive"}),
        "join": ("concat", {}), "decoder": ("gru_reset_after", {"units": 5}), "teacher": ("teacher", {}), **ENDS,
    }  # fmt: skip
    wires = ["source.x word.x", "word.y encoder.x", "encoder.h context.x", "encoder.h look.memory", "teacher.y said.x 1",
             "context.y decoder.h0", "o.y loss.logits", "answer.y loss.target", "o.y teacher.free", "answer.y teacher.truth"]  # fmt: skip
    if inside:
        wires += ["decoder.h look.query 1", "said.y join.x", "look.context join.x", "join.y decoder.x", "decoder.h o.x"]
    else:
        wires += ["said.y decoder.x", "decoder.h look.query", "decoder.h join.x", "look.context join.x", "join.y o.x"]
    return graph_of(nodes, wires)


@pytest.mark.parametrize("lengths", [False, True], ids=["full", "padded"])
@pytest.mark.parametrize("inside", [False, True], ids=["after", "inside"])
def test_a_decoder_that_hears_itself_looks_at_the_encoder(inside: bool, lengths: bool) -> None:
    """Taught at once equals taught step by step, twin too; free running equals being taught one's own words."""
    _, module, twin = pair(speaking(inside))
    (source, _), answer, known = batch(lengths)
    truth = {"answer": answer}
    taught, _ = module(source, lengths=known, truth=truth)
    stepwise, _ = module(source, lengths=known, truth=truth, forced=torch.ones(3, 5, dtype=torch.bool))
    seen, _ = twin(source, lengths=known, truth=truth)
    torch.testing.assert_close(taught["o"], stepwise["o"], atol=1e-12, rtol=0)
    torch.testing.assert_close(taught["o"], seen["o"], atol=1e-12, rtol=0)
    free, _ = module(source, lengths={"S": known["S"]} if known else None, steps=5)
    again, _ = module(source, lengths={"S": known["S"]} if known else None, truth={"answer": free["o"].argmax(-1)})
    torch.testing.assert_close(free["o"], again["o"], atol=1e-12, rtol=0)
    if known:
        longer, _ = module(F.pad(source, (0, 3), value=2), lengths={"S": known["S"]}, steps=5)
        torch.testing.assert_close(free["o"], longer["o"], atol=1e-12, rtol=0)


def test_the_block_is_the_drawing() -> None:
    """Encoder and decoder as a block of the library: the same numbers as drawn out, both LSTMs fused."""
    nodes = {
        "source": ("tokens", {"field": "source"}), "before": ("tokens", {"field": "before"}), "word": ("embedding", {"size": 4}),
        "said": ("embedding", {"size": 3}), "block": ("encoder_decoder", {"units": 5}), **ENDS,
    }  # fmt: skip
    wires = ["source.x word.x", "word.y block.memory", "before.x said.x", "said.y block.x", "block.h o.x", "o.y loss.logits",
             "answer.y loss.target"]  # fmt: skip
    program, module, _ = pair(graph_of(nodes, wires))
    other, hand, _ = pair(translator("lstm"))
    assert list(program.fused.values()) == ["LSTM", "LSTM"]
    theirs = {(path[-2:], name): w for (path, name), w in drawn(hand, other).items()}
    with torch.no_grad():
        for (path, name), w in drawn(module, program).items():
            w.copy_(theirs[path[-2:], name])
    arguments, _, known = batch(True)
    wanted = hand(*arguments, lengths=known)[0]["o"]
    torch.testing.assert_close(module(*arguments, lengths=known)[0]["o"], wanted, atol=1e-12, rtol=0)
