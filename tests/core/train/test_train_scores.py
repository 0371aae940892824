"""The newer metrics against brute force, closed forms and published definitions."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from training_double import NEXT, char_program, line_program

from core.compile.program import Output, Program, Stop
from core.data.dataset import baselines_of
from core.data.open import metrics_of, open_dataset
from core.project.model import DataChoice
from core.specs.registry import default_registry
from core.specs.sig import Sig
from core.train.judged import Judged
from core.train.measures import MEASURES, higher_is_better, measure_name
from core.train.metrics import METRICS, Scores
from core.train.score_numbers import last_moments, moments, normalised, normalised_last
from core.train.score_symbols import bleu_of, bleu_sums, chrf_of, chrf_sums
from core.words import Text

# sacrebleu 2.6.0: corpus_bleu(said, [right], tokenize="none", force=True) and corpus_chrf(said, [right])
CORPORA = [
    (
        ["the cat sat on the mat", "a dog"],
        ["the cat is on the mat", "a dog barked loudly"],
        30.750541480453705,
        41.616437878860005,
    ),
    (["2024-03-05", "1999-12-31"], ["2024-03-15", "1999-12-31"], 0.0, 86.73941798941799),
    (["uno dos tres cuatro cinco seis"], ["uno dos tres cuatro cinco seis"], 100.0, 100.0),
    (["b a b a c", "x y z w", "q"], ["a b a b c d", "x y z w v", "r"], 52.681957680365834, 43.67153991873093),
]
SEQUENCE = Sig("features", 2, ("T",))


@pytest.mark.parametrize(("said", "right", "bleu", "chrf"), CORPORA)
def test_bleu_and_chrf_are_sacrebleu_s(said: list[str], right: list[str], bleu: float, chrf: float) -> None:
    of_words = sum((bleu_sums(a.split(), b.split()) for a, b in zip(said, right, strict=True)), np.zeros(10))
    of_characters = sum((chrf_sums(a, b) for a, b in zip(said, right, strict=True)), np.zeros(18))
    assert bleu_of(of_words) == pytest.approx(bleu, abs=1e-9)
    assert chrf_of(of_characters) == pytest.approx(chrf, abs=1e-9)


def with_output(program: Program, sig: Sig, loss: str, words: tuple[str, ...] | None = None, skip: int = 0) -> Program:
    output = Output("y", sig, (), "y", loss, "y", skip=skip)
    field = replace(NEXT, name="y", vocabulary=words)
    return replace(program, outputs=(output,), targets=(replace(program.targets[0], field=field),))


def read(program: Program, names: tuple[str, ...], *batches: Any, free: bool = False) -> dict[str, float]:
    scores = Scores(program, names, free)
    for prediction, targets, lengths in batches:
        given = targets if isinstance(targets, dict) else {"y": targets}
        scores.add({"y": prediction}, given, lengths, torch.tensor(0.0), {})
    return scores.read()


def numbers(seed: int = 0) -> tuple[torch.Tensor, torch.Tensor, dict[str, torch.Tensor]]:
    random = torch.Generator().manual_seed(seed)
    target = torch.randn(3, 6, 2, generator=random) + torch.tensor([5.0, -1.0])
    return target + 0.3 * torch.randn(3, 6, 2, generator=random), target, {"T": torch.tensor([6, 2, 4])}


def test_normalised_errors_divide_by_the_variance_of_the_true_steps() -> None:
    prediction, target, lengths = numbers()
    program = with_output(char_program(), SEQUENCE, "mse")
    rows = [(prediction[b, t], target[b, t]) for b, n in enumerate(lengths["T"].tolist()) for t in range(n)]
    y = torch.stack([r[1] for r in rows]).double().numpy()
    squared = np.stack([(r[0] - r[1]).numpy() ** 2 for r in rows]).sum()
    expected = squared / ((y - y.mean(0)) ** 2).sum()
    halves = [
        (prediction[:1], target[:1], {"T": lengths["T"][:1]}),
        (prediction[1:], target[1:], {"T": lengths["T"][1:]}),
    ]
    found = read(program, ("nmse", "nrmse"), *halves)
    assert found["nmse"] == pytest.approx(expected, rel=1e-5)
    assert found["nrmse"] == pytest.approx(math.sqrt(expected), rel=1e-5)
    mean = torch.as_tensor(y.mean(0)).float().expand_as(target)
    assert read(program, ("nmse",), (mean, target, lengths))["nmse"] == pytest.approx(1.0, rel=1e-5)


def test_nrmse84_judges_the_last_step_of_each_sequence() -> None:
    prediction, target, lengths = numbers(1)
    program = with_output(char_program(), SEQUENCE, "mse")
    at = [(b, n - 1) for b, n in enumerate(lengths["T"].tolist())]
    y = np.concatenate([target[b, :n].numpy() for b, n in enumerate(lengths["T"].tolist())]).astype(float)
    squared = np.mean([((prediction[b, t] - target[b, t]).numpy().astype(float) ** 2).sum() for b, t in at])
    found = read(program, ("nrmse84",), (prediction, target, lengths))["nrmse84"]
    assert found == pytest.approx(math.sqrt(squared / y.var(0).sum()), rel=1e-5)


def test_an_error_is_named_after_84_steps_only_where_there_are_84() -> None:
    registry, data = default_registry(), {84: "nrmse84", 20: "nrmse_last", 85: "nrmse_last"}
    for horizon, name in data.items():
        choice = DataChoice("mackey_glass", {"washout": 30, "horizon": horizon})
        dataset = open_dataset(registry, choice, 0)
        assert metrics_of(registry, choice)[0] == name
        assert name in dataset.chance and [*baselines_of(dataset)[0].scores] == [name]


def test_memory_capacity_sums_squared_correlations_above_chance() -> None:
    random = np.random.default_rng(0)
    y = random.normal(size=(1, 2000, 3))
    x = np.stack([3 * y[..., 0] + 7, y[..., 1] + random.normal(size=(1, 2000)), random.normal(size=(1, 2000))], -1)
    r2 = [np.corrcoef(x[0, :, k], y[0, :, k])[0, 1] ** 2 for k in range(3)]
    assert r2[2] < 10 / 2000, "the third is chance"
    program = with_output(char_program(), replace(SEQUENCE, size=3), "mse")
    found = read(program, ("memory_capacity",), (torch.tensor(x), torch.tensor(y), None))["memory_capacity"]
    assert found == pytest.approx(r2[0] + r2[1], rel=1e-9) and r2[0] == pytest.approx(1.0)


def test_frame_nll_sums_over_the_units_of_a_frame() -> None:
    random = torch.Generator().manual_seed(0)
    logits, bits = torch.randn(2, 3, 2, generator=random), torch.randint(0, 2, (2, 3, 2), generator=random).float()
    p = torch.sigmoid(logits)
    each = -(bits * p.log() + (1 - bits) * (1 - p).log()).sum(-1)
    expected = (each[0].sum() + each[1, :1].sum()) / 4
    program = with_output(char_program(), SEQUENCE, "bce")
    found = read(program, ("frame_nll",), (logits, bits, {"T": torch.tensor([3, 1])}))
    assert found["frame_nll"] == pytest.approx(float(expected), rel=1e-6)


@pytest.mark.parametrize("loss", ["bce", "cross_entropy"])
def test_a_string_is_legal_when_its_k_likeliest_symbols_are_the_k_legal_ones(loss: str) -> None:
    legal = torch.tensor([[[1, 1, 0], [0, 0, 1]], [[1, 1, 0], [0, 0, 1]], [[1, 1, 0], [1, 0, 0]]]).float()
    logits = torch.tensor([[[2.0, 1, 0], [0, 1, 2]], [[2, 0, 1], [0, 1, 2]], [[2, 1, 0], [0, 1, 2]]])
    lengths = {"T": torch.tensor([2, 2, 1])}  # the third is wrong only where it has ended
    program = with_output(char_program(), replace(SEQUENCE, size=3), loss)
    targets = {"y": legal} if loss == "bce" else {"y": torch.zeros(3, 2, dtype=torch.long), "legal": legal}
    assert read(program, ("legal_sets",), (logits, targets, lengths))["legal_sets"] == pytest.approx(2 / 3)


WORDS = ("<start>", "<end>", "a", "b")


def spoken(*rows: str) -> torch.Tensor:
    return torch.tensor([["<>ab".index(c) for c in row] for row in rows])


def test_length_error_counts_symbols_before_the_end() -> None:
    target = spoken("ab>", "a>>")
    lengths = {"T": torch.tensor([3, 2])}
    logits = torch.nn.functional.one_hot(spoken("a>b", "aba"), 4).float()
    program = with_output(char_program(), replace(SEQUENCE, size=4), "cross_entropy", WORDS)
    forced = read(program, ("length_error",), (logits, target, lengths))["length_error"]
    assert forced == pytest.approx((abs(1 - 2) + abs(2 - 1)) / 2)
    free = read(program, ("length_error",), (logits, target, lengths), free=True)["length_error"]
    assert free == pytest.approx((abs(1 - 2) + abs(3 - 1)) / 2)


def test_length_error_of_a_stop_unit() -> None:
    stop = torch.tensor([[0, 0, 1.0], [0, 1, 0]])[..., None]
    logits = torch.tensor([[-1, 2.0, 2], [-1, -1, -1]])[..., None]
    program = with_output(char_program(), replace(SEQUENCE, size=1), "bce")
    found = read(program, ("length_error",), (logits, stop, {"T": torch.tensor([3, 2])}), free=True)
    assert found["length_error"] == pytest.approx((1 + 2) / 2)


def test_pairs_are_scored_as_texts_without_their_marks() -> None:
    target, said = spoken("abab>", "bbab>"), spoken("abab>", "bbaba")
    logits = torch.nn.functional.one_hot(said, 4).float()
    program = with_output(char_program(), replace(SEQUENCE, size=4), "cross_entropy", WORDS)
    found = read(program, ("bleu", "chrf"), (logits, target, None))
    assert found["bleu"] == pytest.approx(bleu_of(bleu_sums("abab", "abab") + bleu_sums("bbaba", "bbab")))
    assert found["chrf"] == pytest.approx(chrf_of(chrf_sums("abab", "abab") + chrf_sums("bbaba", "bbab")))


def test_the_confusion_matrix_counts_right_rows_and_said_columns() -> None:
    logits = torch.eye(3)[torch.tensor([[0, 1, 2], [2, 2, 2]])]
    target = torch.tensor([[0, 0, 2], [1, -1, 2]])
    scores = Scores(with_output(char_program(), replace(SEQUENCE, size=3), "cross_entropy"), (), tables=True)
    for _ in range(2):
        scores.add({"y": logits}, {"y": target}, {"T": torch.tensor([3, 2])}, torch.tensor(0.0), {})
    assert scores.tables()["y"].tolist() == [[2, 2, 0], [0, 0, 2], [0, 0, 2]]


def test_steps_that_the_loss_skips_are_not_measured() -> None:
    prediction, target, _ = numbers()
    found = read(with_output(char_program(), SEQUENCE, "mse", skip=2), ("mse",), (prediction, target, None))
    assert found["mse"] == pytest.approx(float(((prediction - target)[:, 2:] ** 2).mean()), rel=1e-5)


def test_every_measure_has_names_a_direction_and_a_way_to_compute_it() -> None:
    assert {name for name, m in MEASURES.items() if not m.table} == set(METRICS)
    for name, measure in MEASURES.items():
        assert isinstance(measure.name, Text) and all(measure.name) and measure.losses, name
        assert measure_name(name) == measure.name
    assert higher_is_better("bleu") and not higher_is_better("length_error")
    assert line_program().outputs[0].loss in MEASURES["nrmse"].losses


def test_a_stated_variance_is_what_errors_are_divided_by() -> None:
    rng = torch.Generator().manual_seed(0)
    said, right = (torch.randn(3, 5, 2, generator=rng) for _ in range(2))
    mask = torch.arange(5) < torch.tensor([5, 3, 4])[:, None]
    stated = torch.tensor([4.0, 9.0])
    judged = Judged(said, right, mask, mask, variance=stated)
    errors = ((said - right)[mask] ** 2).double()
    assert normalised(moments(judged).numpy()) == pytest.approx(float(errors.mean(0).sum() / 13))
    last = torch.stack([(said - right)[b, n - 1] ** 2 for b, n in enumerate((5, 3, 4))]).double()
    assert normalised_last(last_moments(judged).numpy()) == pytest.approx(float(last.mean(0).sum() / 13) ** 0.5)


def several(program: Program, *outputs: tuple[str, Sig, str], stop: Stop | None = None) -> Program:
    answers = tuple(replace(program.targets[0], field=replace(NEXT, name=n, vocabulary=())) for n, _, _ in outputs)
    made = tuple(Output(n, sig, (), n, loss, n) for n, sig, loss in outputs)
    return replace(program, outputs=made, targets=answers, stop=stop)


def test_an_exact_match_is_one_of_all_outputs_at_once() -> None:
    program = several(char_program(), ("word", SEQUENCE, "cross_entropy"), ("over", replace(SEQUENCE, size=1), "bce"))
    word = torch.eye(2)[torch.tensor([[0, 1], [0, 1], [1, 1], [1, 1]])]
    over = torch.tensor([[-1.0, 1], [1, -1], [-1, 1], [1, 1]])[..., None]
    right = {"word": torch.tensor([[0, 1]] * 4), "over": torch.tensor([[0.0, 1]] * 4)[..., None]}
    scores = Scores(program, ("exact_match",))
    scores.add({"word": word, "over": over}, right, None, torch.tensor(0.0), {})
    assert scores.read()["exact_match"] == 0.25  # only the first; half of the words and half of the stops are right


def test_a_length_is_judged_where_something_says_it() -> None:
    length = Sig("features", 5, ())
    program = several(
        char_program(),
        ("word", SEQUENCE, "cross_entropy"),
        ("long", length, "cross_entropy"),
        stop=Stop("length", "long"),
    )
    outputs = {"word": torch.zeros(2, 3, 2), "long": torch.eye(5)[torch.tensor([4, 1])]}
    targets = {"word": torch.zeros(2, 3, dtype=torch.long), "long": torch.tensor([1, 2])}
    scores = Scores(program, ("length_error",), free=True)
    scores.add(outputs, targets, {"T": torch.tensor([1, 2])}, torch.tensor(0.0), {})
    assert scores.read()["length_error"] == (3 + 1) / 2


@pytest.mark.parametrize("loss", ["cross_entropy", "bce", "mse"])
def test_every_metric_is_defined_without_time(loss: str) -> None:
    names = tuple(n for n in METRICS if loss in MEASURES[n].losses)
    prediction = torch.tensor([[0.0, 2.0], [3.0, 1.0], [1.0, -1.0]])
    target = torch.tensor([1, 0, 1]) if loss == "cross_entropy" else torch.tensor([[0.0, 1], [1, 0], [0, 1]])
    found = read(with_output(char_program(), Sig("features", 2, ()), loss), names, (prediction, target, None))
    assert set(found) == {"loss", *names}
    if loss == "mse":
        assert found["nrmse84"] == pytest.approx(found["nrmse"])
