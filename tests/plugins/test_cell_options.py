"""What a person may choose at the library's cells: starts of weights and gates, and recurrent dropout."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn

from core.compile.pipeline import compile_graph
from core.compile.program import Program
from core.graph.edit import set_params
from core.graph.model import Graph
from core.graph.model import Path as NodePath
from core.specs.registry import default_registry
from core.train.module import drawn, make
from tests.core.compile.test_compile_library import FIELDS, UNITS, model

REGISTRY = default_registry()


def made(kind: str, **params: object) -> tuple[Program, nn.Module, dict[tuple[NodePath, str], Tensor]]:
    graph: Graph = set_params(model(kind, 1, False)[0], "cell0", **params)  # type: ignore[arg-type]
    program = compile_graph(graph, FIELDS, REGISTRY)
    torch.manual_seed(0)
    module = make(program, torch.float64)
    return program, module, drawn(module, program)


def bias(weights: dict[tuple[NodePath, str], Tensor], node: str) -> Tensor:
    return weights[("cell0", node), "bias"].detach()


def test_an_lstm_may_begin_by_remembering() -> None:
    """Chrono: forget and input gates are complements of one another, for 1 ... T - 1 steps; it is still torch's LSTM."""
    program, _, w = made("lstm", forget_start="chrono", input_start="chrono_minus", time_scale=27.0)
    assert list(program.fused.values()) == ["LSTM"]
    assert torch.equal(bias(w, "x_forget"), -bias(w, "x_input"))
    assert bias(w, "x_forget")[-1].item() == pytest.approx(math.log(26))


def test_input_gates_may_open_one_after_another() -> None:
    _, _, w = made("lstm", input_start="ramp", input_bias=-1.0, forget_bias=2.0, bias_start="zeros")
    assert bias(w, "x_input").tolist() == [-1.0, -2.0, -3.0, -4.0, -5.0]
    assert torch.equal(bias(w, "x_candidate"), torch.zeros(UNITS, dtype=torch.float64))
    assert (bias(w, "x_forget") > 1).all()


@pytest.mark.parametrize(("kind", "start", "sign"), [("gru", "chrono_minus", -1), ("gru_reset_after", "chrono", 1)])
def test_a_gru_may_begin_by_remembering(kind: str, start: str, sign: int) -> None:
    """The lecture's update gate writes, torch's keeps: the same start with the other sign."""
    _, _, w = made(kind, update_start=start, time_scale=10.0)
    assert bias(w, "x_update")[-1].item() == pytest.approx(sign * math.log(9))


def test_the_identity_network_starts_as_published() -> None:
    """Le, Jaitly, Hinton 2015: W_hh = I, b = 0, W_xh normal and small."""
    program, _, w = made("rnn_relu", recurrent_init="identity", input_init="normal", input_std=1e-3, bias_start="zeros")
    assert list(program.fused.values()) == ["RNN"]
    assert torch.equal(w[("cell0", "h_state"), "weight"], torch.eye(UNITS, dtype=torch.float64))
    assert 1e-4 < w[("cell0", "x_state"), "weight"].std() < 3e-3 and (bias(w, "x_state") == 0).all()


@pytest.mark.parametrize("kind", ["lstm", "gru", "gru_reset_after", "rnn_tanh", "rnn_relu"])
def test_recurrent_dropout_is_there_while_training_and_gone_afterwards(kind: str) -> None:
    """Trained weights say the same without it; while training another mask gives another answer, and the first step, which
    has no past, is never touched."""
    _, plain, _ = made(kind)
    program, module, _ = made(kind, recurrent_dropout=0.5)
    own, others = drawn(module, program), drawn(plain, made(kind)[0])
    with torch.no_grad():
        for key, tensor in own.items():
            tensor.copy_(others[key])
    x = torch.randn(3, 8, 3, dtype=torch.float64)
    first, second = (module(x)[0]["out"] for _ in range(2))
    assert torch.equal(first[:, 0], second[:, 0]) and not torch.equal(first[:, 1:], second[:, 1:])
    module.eval()
    assert torch.allclose(module(x)[0]["out"], plain(x)[0]["out"], atol=1e-12)
