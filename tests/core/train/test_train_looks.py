"""Where attention looked, as a frame and an example show it unasked, against the model's own output."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch

from core.compile.pipeline import compile_graph
from core.data.dataset import Batch
from core.specs.registry import default_registry
from core.train.answers import answer, trained
from core.train.module import make, share
from core.train.probe import Prober
from core.train.settings import Training
from tests.core.compile.test_compile_axes import FIELDS, looking

LENGTHS = {"S": np.array([4, 2, 1]), "T": np.array([3, 5, 2])}


@dataclass
class Job:
    """The part of a job that probing needs; it is its own dataset."""

    twin: Any
    batch: Batch
    training: Training = Training()

    @property
    def dataset(self) -> Any:
        return self

    def examples(self, count: int) -> Batch:
        return self.batch


def batch() -> Batch:
    rng = np.random.default_rng(2)
    arrays = {
        "source": rng.integers(0, 7, (3, 4)),
        "before": rng.integers(0, 6, (3, 5)),
        "answer": rng.integers(0, 6, (3, 5)),
    }
    return Batch(arrays, LENGTHS)


@pytest.mark.parametrize("inside", [True, False])
@pytest.mark.parametrize("scoring", ["dot", "additive"])
def test_a_frame_holds_where_attention_looked(scoring, inside):
    program, twin = (
        compile_graph(looking(scoring, inside), FIELDS, default_registry(), mode) for mode in ("train", "twin")
    )
    torch.manual_seed(1)
    module = make(program)
    prober = Prober(Job(twin, batch()), module, share(make(twin), module))
    for example in range(3):
        prober.seen.example = example
        frame = prober.frame(1)
        found = frame.values["look.weights"]
        assert "look.weights" not in frame.norms, "it is no step of the gradient's way"
        assert found.shape == (LENGTHS["T"][example], LENGTHS["S"][example])
        assert found.sum(1) == pytest.approx(np.ones(len(found)), rel=1e-5)
        told = batch()
        inputs = [torch.tensor(told.arrays[a.field.name]) for a in program.inputs]
        outputs, _ = module(*inputs, lengths={a: torch.tensor(n) for a, n in LENGTHS.items()})
        own = outputs["weights"][example].detach().numpy()[: len(found), : found.shape[1]]
        assert found == pytest.approx(own.reshape(found.shape), rel=1e-4, abs=1e-6)


def test_an_example_shows_where_attention_looked():
    program, twin = (compile_graph(looking("dot", True), FIELDS, default_registry(), m) for m in ("train", "twin"))
    model = trained(program, make(program).eval(), twin)
    one = Batch({k: a[1:2] for k, a in batch().arrays.items()}, {k: n[1:2] for k, n in LENGTHS.items()})
    (weights,) = answer(model, one).maps.values()
    assert weights.shape == (5, 2) and weights.sum(1) == pytest.approx(np.ones(5), rel=1e-5)
