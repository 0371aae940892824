"""The steps that a loss skips: they count neither in it nor in its gradient, beside padding and for both reductions."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from core.compile.pipeline import compile_graph
from core.compile.program import Program
from core.specs.fields import DataField, Fields
from core.specs.registry import default_registry
from core.specs.sig import Sig
from core.train.module import make
from tests.core.compile.taught import drawn

SERIES = Sig("features", 2, ("T",))
FIELDS = Fields((DataField("series", SERIES), DataField("next", SERIES, target=True)))


def program(**params: Any) -> Program:
    nodes = {
        "in": ("features", {"field": "series"}),
        "cell": ("rnn_tanh", {"units": 3}),
        "read": ("dense", {"units": 0}),
        "loss": ("mse", params),
        "answer": ("target", {"field": "next"}),
    }
    wires = ["in.x cell.x", "cell.h read.x", "read.y loss.prediction", "answer.y loss.target"]
    return compile_graph(drawn(nodes, wires), FIELDS, default_registry())


@pytest.mark.parametrize("over", ["mean", "sum"])
def test_the_first_steps_count_for_nothing(over: str) -> None:
    made = program(skip=3, over=over)
    assert made.outputs[0].skip == 3 and program().outputs[0].skip == 0
    torch.manual_seed(0)
    module = make(made)
    x, y = torch.randn(2, 7, 2), torch.randn(2, 7, 2)
    lengths = {"T": torch.tensor([7, 5])}
    outputs, _ = module(x, lengths=lengths)
    said = outputs[made.outputs[0].name]
    said.retain_grad()
    total, parts = module.loss(outputs, y, lengths=lengths)
    errors = ((said - y) ** 2).mean(-1)
    kept = [errors[b, t] for b, n in enumerate((7, 5)) for t in range(3, n)]
    assert torch.allclose(total, sum(kept) / (len(kept) if over == "mean" else 2))  # type: ignore[arg-type]
    (part,) = parts.values()
    assert part[:, :3].abs().sum() == 0 and part[1, 5:].abs().sum() == 0 and (part[0, 3:] > 0).all()
    total.backward()
    assert said.grad[:, :3].abs().max() == 0 and said.grad[0, 3:].abs().min() > 0


def test_without_lengths_too() -> None:
    made = program(skip=2)
    module = make(made)
    x, y = torch.randn(2, 5, 2), torch.randn(2, 5, 2)
    outputs, _ = module(x)
    total, _ = module.loss(outputs, y)
    assert torch.allclose(total, ((outputs[made.outputs[0].name] - y) ** 2)[:, 2:].mean())


def test_skipping_nothing_writes_what_was_written_before() -> None:
    assert "counted" not in program().source and "counted" in program(skip=1).source
