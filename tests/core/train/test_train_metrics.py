"""Each metric against a loop in plain Python, padding included."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from training_double import char_program, line_program

from core.compile.program import Output, Program
from core.problems import Refused
from core.specs.sig import Sig
from core.train.best import Best
from core.train.judged import mask_of
from core.train.measures import higher_is_better, measure_name
from core.train.metrics import METRICS, Scores, check_metric, usable
from core.train.settings import Training
from core.trials.trial import Answer

LENGTHS = torch.tensor([5, 2, 3])


def batches(seed: int = 0) -> list[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]:
    random = torch.Generator().manual_seed(seed)
    out = []
    for rows in (3, 2):
        logits = torch.randn(rows, 5, 4, generator=random)
        out.append((logits, torch.randint(0, 4, (rows, 5), generator=random), LENGTHS[:rows]))
    return out


def scored(program: Program, names: tuple[str, ...], data: list[Any], use_parts: bool = False) -> dict[str, float]:
    scores = Scores(program, names)
    for logits, target, lengths in data:
        flat = torch.nn.functional.cross_entropy(logits.flatten(0, 1), target.flatten(), reduction="none")
        mask = mask_of(Sig("features", 4, ("T",)), logits, {"T": lengths})
        part = flat.view_as(target) * mask
        parts = {"next": part} if use_parts else {}
        scores.add({"next": logits}, {"next": target}, {"T": lengths}, part.sum() / mask.sum(), parts)
    return scores.read()


@pytest.mark.parametrize("use_parts", [False, True])
def test_symbol_metrics_equal_counting_by_hand(use_parts: bool) -> None:
    right = total = whole = rows = 0
    nats = 0.0
    for logits, target, lengths in batches():
        for b in range(len(target)):
            rows += 1
            good = 0
            for t in range(int(lengths[b])):
                p = torch.softmax(logits[b, t].double(), 0)
                nats -= math.log(p[target[b, t]])
                good += int(p.argmax() == target[b, t])
                total += 1
            right += good
            whole += good == int(lengths[b])
    found = scored(
        char_program(), ("accuracy", "exact_match", "nats", "bits_per_char", "perplexity"), batches(), use_parts
    )
    mean = nats / total
    assert found["accuracy"] == pytest.approx(right / total)
    assert found["exact_match"] == pytest.approx(whole / rows)
    assert found["nats"] == pytest.approx(mean, rel=1e-5)
    assert found["loss"] == pytest.approx(mean, rel=1e-5)
    assert found["bits_per_char"] == pytest.approx(mean / math.log(2), rel=1e-5)
    assert found["perplexity"] == pytest.approx(math.exp(mean), rel=1e-5)


def test_padding_counts_for_nothing() -> None:
    spoiled = []
    for logits, target, lengths in batches():
        logits = logits.clone()
        for b, n in enumerate(lengths.tolist()):
            logits[b, n:] = 1e9 * torch.rand_like(logits[b, n:])
        spoiled.append((logits, target, lengths))
    names = ("accuracy", "exact_match", "bits_per_char")
    clean = scored(char_program(), names, batches())
    assert {k: v for k, v in scored(char_program(), names, spoiled).items() if k != "loss"} == {
        k: v for k, v in clean.items() if k != "loss"
    }


def test_number_metrics_equal_counting_by_hand() -> None:
    prediction, target = torch.tensor([[1.0], [2.0], [4.0]]), torch.tensor([[0.0], [2.5], [1.0]])
    scores = Scores(line_program(), ("mse", "rmse", "mae"))
    scores.add({"sum": prediction}, {"y": target}, None, torch.tensor(0.0), {})
    found = scores.read()
    assert found["mse"] == pytest.approx((1 + 0.25 + 9) / 3)
    assert found["rmse"] == pytest.approx(math.sqrt(10.25 / 3))
    assert found["mae"] == pytest.approx(4.5 / 3)


def test_answers_near_and_of_the_right_sign_are_counted() -> None:
    prediction, target = torch.tensor([[1.0], [0.039], [-0.2], [0.5]]), torch.tensor([[1.03], [0.0], [0.2], [0.541]])
    scores = Scores(line_program(), ("within_004", "right_sign"))
    scores.add({"sum": prediction}, {"y": target}, None, torch.tensor(0.0), {})
    found = scores.read()
    assert (found["within_004"], found["right_sign"]) == (0.5, 0.5)


def test_several_features_share_one_mask() -> None:
    sig = Sig("features", 2, ("T",))
    program = char_program()
    program = Program(**{**vars(program), "outputs": (Output("next", sig, (), "y", "mse", "next"),)})
    prediction = torch.arange(12.0).view(2, 3, 2)
    scores = Scores(program, ("mse",))
    scores.add({"next": prediction}, {"next": torch.zeros(2, 3, 2)}, {"T": torch.tensor([1, 2])}, torch.tensor(0.0), {})
    valid = [0.0, 1.0, 6.0, 7.0, 8.0, 9.0]
    assert scores.read()["mse"] == pytest.approx(sum(v * v for v in valid) / 6)


def test_only_metrics_that_an_output_can_be_judged_by_are_used() -> None:
    assert usable(("mse", "accuracy", "nonsense", "accuracy"), char_program()) == ("accuracy",)
    assert usable(tuple(METRICS), line_program()) == (
        "mse", "rmse", "mae", "within_004", "right_sign", "nmse", "nrmse", "nrmse84", "nrmse_last", "memory_capacity",
    )  # fmt: skip
    assert higher_is_better("accuracy") and not higher_is_better("loss")


def test_a_metric_is_known_by_the_name_it_had_in_older_files() -> None:
    assert usable(("reber_legal", "legal_sets"), char_program()) == ("legal_sets",)
    assert higher_is_better("reber_legal") and measure_name("reber_legal") == measure_name("legal_sets")
    check_metric("stop_metric", "reber_legal", ("legal_sets",))
    best = Best(Training(stop_metric="reber_legal"))
    best.restore({"step": 2, "metrics": {"reber_legal": 0.5}, "waited": 0})
    assert not best.see(4, {"legal_sets": 0.4}) and best.see(6, {"legal_sets": 0.6})
    kept = {"scores": [{"step": 1, "sequences": 1, "seconds": 1.0, "metrics": {"reber_legal": 1.0}}]}
    answer = Answer.of({**kept, "parameters": 1, "cut": False, "problem": None})
    assert answer.last.metrics == {"legal_sets": 1.0}


def test_stopping_on_what_is_not_computed_is_refused() -> None:
    check_metric("stop_metric", "", ())
    check_metric("keep_by", "loss", ())
    with pytest.raises(Refused):
        check_metric("stop_metric", "mse", ("accuracy",))
