"""Where a model's own stop output ends its text, it is judged by the text that it would write."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from core.compile.program import Program
from core.data.dataset import Batch
from core.export.bundle import load_bundle
from core.project.gallery import shipped
from core.project.running import make_job
from core.specs.registry import default_registry
from core.train.answers import answer, trained
from core.train.controls import Controls
from core.train.decoding import Choice, write
from core.train.examples import example_for
from core.train.generation import loop_of
from core.train.loop import train
from core.train.messages import Sample
from core.train.metrics import Scores
from core.train.module import make
from core.train.writing import write_text
from tests.core.compile.taught import program
from tests.core.train.test_train_decoding import GREEDY, stopping

MOST, COUNT = 5, 40
NAMES = ("exact_match", "length_error", "accuracy")


def opinionated(p: Program, seed: int) -> Any:
    torch.manual_seed(seed)
    module = make(p).eval()
    with torch.no_grad():
        for weight in module.parameters():
            weight.mul_(5)
    return module


def texts_of(p: Program, module: Any, images: Tensor) -> list[list[int]]:
    """One at a time, by the code that generates."""
    loop = loop_of(p)
    return [list(write(module, loop, (image[None],), MOST + 1, GREEDY).symbols) for image in images]


def judged(p: Program, module: Any, images: Tensor, truth: list[list[int]]) -> dict[str, float]:
    """The free run over all of them at once, as validation has it."""
    lengths = {"T": torch.tensor([len(t) for t in truth])}
    name = torch.tensor([[*t, *[0] * (MOST - len(t))] for t in truth])
    last = (torch.arange(MOST) == lengths["T"][:, None] - 1)[..., None].float()
    over = lengths["T"] if p.stop and p.stop.kind == "length" else last
    with torch.no_grad():
        outputs, _ = module(images, steps=MOST)
    scores = Scores(p, NAMES, free=True, tables=True)
    scores.add(outputs, {"name": name, "over": over}, lengths, torch.tensor(0.0), {})
    return scores.read()


@pytest.mark.parametrize("kind", ["stop", "length"])
def test_free_runs_are_judged_by_what_would_be_written(kind: str) -> None:
    p = program(stopping(kind))
    seen = set()
    for seed in range(4):
        module = opinionated(p, seed)
        images = torch.randn(COUNT, 6)
        written = texts_of(p, module, images)
        truth = [t[:MOST] or [1] for t in written]  # all that fit are right,
        truth[0] = truth[0][:-1] or [1, 1]  # but one said a symbol too much or too few,
        truth[1] = [*truth[1][:-1], (truth[1][-1] + 1) % 4]  # and one another symbol
        found = judged(p, module, images, truth)
        pairs = list(zip(written, truth, strict=True))
        assert found["exact_match"] == pytest.approx(sum(a == b for a, b in pairs) / COUNT)
        assert found["length_error"] == pytest.approx(sum(abs(len(a) - len(b)) for a, b in pairs) / COUNT)
        right = sum(x == y for a, b in pairs for x, y in zip(a, b, strict=False))
        assert found["accuracy"] == pytest.approx(right / sum(len(b) for _, b in pairs))
        assert 0 < found["exact_match"] < 1 and found["length_error"] > 0
        seen |= {len(a) for a in written}
    assert len(seen) > 2


@pytest.mark.parametrize("kind", ["stop", "length"])
def test_an_answer_is_shown_up_to_where_it_stops(kind: str) -> None:
    p = program(stopping(kind))
    module, seen = opinionated(p, 1), set()
    for image in torch.randn(10, 6):
        shown = answer(trained(p, module, None), Batch({"image": image[None].numpy()}), steps=MOST + 1)
        (said,) = (a.said for a in shown.answers if a.said.name == loop_of(p).logits)
        assert said.shares is not None and len(said.shares) == len(said.values)
        assert [said.values.tolist()] == texts_of(p, module, image[None])
        seen.add(len(said.values))
    assert len(seen) > 1


@pytest.mark.parametrize("name", ["digit-names", "digit-names-bernoulli", "digit-names-length"])
def test_samples_of_a_run_answer_the_first_example(name: str, tmp_path: Any) -> None:
    """What is told while it trains is what the command line writes afterwards."""
    project = shipped(name).project
    project = replace(project, training=replace(project.training, sample_every=30, steps=30, temperature=0.3))
    job = make_job(project, default_registry(), None, tmp_path / "run", False)
    (told,) = [m for m in train(job, Controls()) if isinstance(m, Sample)]
    bundle = load_bundle(tmp_path / "run")
    example = example_for(bundle.program, job.dataset, None, 0)
    again = write_text(bundle.program, bundle.module(), "", 120, Choice(0.3), told.step, example)
    assert (told.step, told.text, told.symbols) == (30, again.text, again.symbols) and again.text
    for ours, theirs in ((told.logp, again.logp), (told.distribution, again.distribution)):
        assert ours is not None and theirs is not None
        assert len(ours) == len(again.symbols) and ours == pytest.approx(theirs)
