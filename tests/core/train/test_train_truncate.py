"""Cut backpropagation: nothing crosses a cut, no cut changes nothing, and what cannot be cut says why."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from training_double import CharData, char_job, line_job

from core.compile.pipeline import compile_graph
from core.problems import Refused
from core.specs.fields import DataField, Fields
from core.specs.registry import default_registry
from core.specs.sig import Sig
from core.train.learner import Learner
from core.train.module import make
from core.train.settings import Training
from core.train.truncate import Pieces, check_cuts, cuts_of
from tests.core.compile.taught import drawn

SERIES = Sig("features", 2, ("T",))
FIELDS = Fields((DataField("series", SERIES), DataField("next", SERIES, target=True), DataField("sum", Sig("features", 2), target=True)))  # fmt: skip


def program(cell: str = "lstm", *, tail: str = "", looks: str = "") -> Any:
    nodes: dict[str, tuple[str, dict[str, Any]]] = {
        "in": ("features", {"field": "series"}), "cell": (cell, {"units": 3}), "read": ("dense", {"units": 0}),
        "loss": ("mse", {"skip": 0 if tail else 2}), "answer": ("target", {"field": "sum" if tail else "next"}),
    }  # fmt: skip
    wires = ["read.y loss.prediction", "answer.y loss.target"]
    if looks:
        nodes["look"] = (looks, {})
        wires += ["in.x look.x", "look.y cell.x"]
    else:
        wires += ["in.x cell.x"]
    if tail:
        nodes["end"] = (tail, {})
        wires += ["cell.h end.x", "end.y read.x"]
    else:
        wires += ["cell.h read.x"]
    return compile_graph(drawn(nodes, wires), FIELDS, default_registry())


def test_where_a_text_cuts() -> None:
    assert cuts_of("35", 100) == (35, 70) and cuts_of("35", 35) == ()
    assert (
        cuts_of("20,40", 100) == (20, 40) and cuts_of("20,", 100) == (20,) and cuts_of("40, 20, 400", 100) == (20, 40)
    )


def module_of(made: Any) -> Any:
    torch.manual_seed(0)
    return make(made, torch.float64)


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn_tanh", "leaky"])
def test_the_gradient_across_a_cut_is_exactly_zero(cell: str) -> None:
    made = program(cell)
    module = module_of(made)
    x = torch.randn(3, 9, 2, dtype=torch.float64, requires_grad=True)
    outputs, _ = Pieces(made, "4,", False).forward(module, [x], None, None)
    (said,) = outputs.values()
    (back,) = torch.autograd.grad(said[:, 4:].sum(), x, retain_graph=True)
    assert back[:, :4].abs().max() == 0 and back[:, 4:].abs().min() > 0
    whole, _ = module(x, lengths=None, state=None)
    assert torch.allclose(said, next(iter(whole.values())), atol=1e-14), "the state itself goes on"


def test_a_reset_state_begins_anew() -> None:
    made = program()
    module = module_of(made)
    x = torch.randn(2, 8, 2, dtype=torch.float64)
    (cut,) = Pieces(made, "4", True).forward(module, [x], None, None)[0].values()
    (second,) = module(x[:, 4:])[0].values()
    assert torch.allclose(cut[:, 4:], second, atol=1e-14)


@pytest.mark.parametrize("tail", ["", "last"])
def test_padded_rows_end_where_they_end(tail: str) -> None:
    made = program(tail=tail)
    module = module_of(made)
    x = torch.randn(4, 9, 2, dtype=torch.float64)
    lengths = {"T": torch.tensor([9, 2, 6, 3])}
    outputs, state = Pieces(made, "3", False).forward(module, [x], lengths, None)
    whole, end = module(x, lengths=lengths, state={})
    for name in whole:
        assert torch.allclose(outputs[name], whole[name], atol=1e-14)
    assert all(torch.allclose(state[n], end[n], atol=1e-14) for n in end)


def losses(**settings: Any) -> list[float]:
    learner = Learner(char_job(Path(), precision="fp64", **settings))
    return [learner.learn().loss for _ in range(6)]


def test_pieces_as_long_as_the_sequence_are_full_backpropagation_bit_for_bit() -> None:
    assert losses(truncate="9") == losses() == losses(truncate="9,20")


def test_shorter_pieces_train_differently_from_the_first_step_on() -> None:
    full, cut = losses(clip_norm=1.0), losses(clip_norm=1.0, truncate="2")
    assert full[1] != cut[1]


def test_a_probe_shows_no_gradient_across_the_cut() -> None:
    from core.train.probe import Prober

    registry = default_registry()
    nodes = {
        "in": ("features", {"field": "series"}), "cell": ("lstm", {"units": 3}), "end": ("last", {}),
        "read": ("dense", {"units": 0}), "loss": ("mse", {}), "answer": ("target", {"field": "sum"}),
    }  # fmt: skip
    wires = ["in.x cell.x", "cell.h end.x", "end.y read.x", "read.y loss.prediction", "answer.y loss.target"]
    graph = drawn(nodes, wires)
    made, twin = (compile_graph(graph, FIELDS, registry, mode) for mode in ("train", "twin"))  # type: ignore[arg-type]

    class Data(CharData):
        def examples(self, count: int) -> Any:
            from core.data.dataset import Batch

            x = torch.randn(count, 8, 2).numpy()
            return Batch({"series": x, "sum": x.sum(1)})

    job = replace(char_job(Path(), truncate="5,"), program=made, twin=twin, dataset=Data())
    learner = Learner(job)
    made_twin = learner.twin()
    assert made_twin is not None
    frame = Prober(job, learner.module, made_twin).frame(1)
    norms = frame.norms["cell.h"]
    assert len(norms) == 8 and norms[:5].max() == 0 and norms[5:].min() > 0
    assert frame.values["cell.h"].shape == (8, 3)
    assert frame.cuts == (5,)


@pytest.mark.parametrize(
    ("made", "text"), [(program(looks="reverse"), "4"), (program(tail="mean_time"), "4"), (program(), "soon")]
)
def test_what_cannot_be_cut_says_why(made: Any, text: str) -> None:
    training = replace(line_job(Path()).training, truncate=text)
    check_cuts(made, replace(training, truncate=""))
    with pytest.raises(Refused) as refused:
        check_cuts(made, training)
    (problem,) = refused.value.problems
    assert problem.code in ("train.truncate", "train.truncate_whole") and all(problem.message) and all(problem.hint)


def test_a_mask_that_holds_over_the_whole_sequence_is_not_drawn_anew_at_a_cut() -> None:
    with pytest.raises(Refused) as caught:
        check_cuts(program(looks="recurrent_dropout"), Training(truncate="3"))
    assert caught.value.problems[0].where.path == ("look",)
    check_cuts(program(looks="dropout"), Training(truncate="3"))
