"""The tasks whose answers are heard again, each against its rule written the plain way."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from core.data.dataset import Dataset, baselines_of
from core.data.open import open_dataset
from core.project.model import DataChoice
from core.specs.registry import default_registry


def opened(kind: str, **params: Any) -> Dataset:
    return open_dataset(default_registry(), DataChoice(kind, params), 0)


def words(data: Dataset, field: str, ids: np.ndarray) -> list[str]:
    found = data.fields.get(field)
    assert found is not None and found.vocabulary is not None
    return [found.vocabulary[i] for i in ids]


def test_digits_come_back_in_the_other_order() -> None:
    data = opened("reverse", shortest=2, longest=5, batch=50)
    batch = data.stream(0).next()
    seen = set()
    for n in range(50):
        read = words(data, "source", batch.arrays["source"][n])[: batch.lengths["S"][n]]
        said = words(data, "target", batch.arrays["target"][n])
        end = int(batch.lengths["T"][n])
        seen.add(len(read))
        assert said[:end] == [*reversed(read), "<end>"] and set(said[end:]) <= {"<start>"}
        assert "<pad>" not in read
    assert seen == {2, 3, 4, 5}


def test_the_bit_of_some_steps_ago() -> None:
    batch = opened("recall", length=9, back=4).stream(1).next()
    for bits, past in zip(batch.arrays["bits"], batch.arrays["past"], strict=True):
        assert past.tolist() == [0, 0, 0, 0, *bits[:5].tolist()]


def test_tags_follow_the_chain_and_nobody_beats_it() -> None:
    from plugins.datasets.tag_chain import TAGS, WORDS, chain

    follow, emit = chain()
    assert np.allclose(follow.sum(1), 1) and np.allclose(emit[1:].sum(1), 1)
    data = opened("tag_chain", length=400, batch=200)
    arrays = data.stream(0).next().arrays
    pairs = np.zeros((len(TAGS), len(TAGS)))
    np.add.at(pairs, (arrays["tags"][:, :-1].ravel(), arrays["tags"][:, 1:].ravel()), 1)
    seen = pairs[1:] / pairs[1:].sum(1, keepdims=True)
    assert np.abs(seen - follow[1:]).max() < 0.01
    said = np.zeros((len(TAGS), len(WORDS)))
    np.add.at(said, (arrays["tags"].ravel(), arrays["words"].ravel()), 1)
    assert np.abs(said[1:] / said[1:].sum(1, keepdims=True) - emit[1:]).max() < 0.01
    alone, told = (b.scores["nats"] for b in baselines_of(data))
    assert told < alone - 0.1


def test_the_best_any_tagger_can_do_is_that_of_the_forward_recursion() -> None:
    """p(tag | words so far, tags before) depends on the last tag alone: summed over every other history."""
    from plugins.datasets.tag_chain import chain, told

    follow, emit = chain()
    said, tags = np.array([[4, 0, 6]]), np.array([[4, 1, 2]])
    wanted = 0.0
    before = 0
    for word, tag in zip(said[0], tags[0], strict=True):
        joint = np.array([follow[before, k] * emit[k, word] for k in range(5)])
        wanted -= np.log(joint[tag] / joint.sum()) / 3
        before = tag
    assert told(said, tags)["nats"] == pytest.approx(wanted)


def test_dates_are_those_that_are_written_and_none_of_both_parts() -> None:
    from plugins.datasets.dates import FIRST, written

    data = opened("dates", languages="es-en-fr", batch=200)
    batch = data.stream(3).next()
    said = ["".join(words(data, "target", row)).split("<end>")[0] for row in batch.arrays["target"]]
    read = ["".join(words(data, "source", row)).replace("<pad>", "") for row in batch.arrays["source"]]
    days = [date.fromisoformat(s) for s in said]
    for text, day in zip(read, days, strict=True):
        assert text in {written(day, name, form) for name in ("es", "en", "fr") for form in ("full", "long", "medium")}
    assert all((day - FIRST).days % 20 for day in days)
    held = [
        date.fromisoformat("".join(words(data, "target", row)).split("<end>")[0])
        for part in data.validation()
        for row in part.arrays["target"]
    ]
    assert len(held) == 500 and not any((day - FIRST).days % 20 for day in held)


def test_every_language_of_the_dates_can_be_spelt() -> None:
    data = opened("dates", languages="eight", batch=2000)
    batch = data.stream(0).next()  # a character that is not known would be refused here
    assert batch.lengths["T"].tolist() == [11] * 2000


@pytest.mark.parametrize(
    ("language", "end", "seven"),
    [("es", True, "siete"), ("es", False, "siete"), ("en", True, "seven"), ("both", False, "siete seven")],
)
def test_digits_are_named_and_told_where_they_stop(language: str, end: bool, seven: str) -> None:
    from sklearn.datasets import load_digits

    pixels, digits = load_digits(return_X_y=True)
    data = opened("digit_names", language=language, end=end, batch=100)
    held = list(data.validation())
    assert np.array_equal(np.concatenate([b.arrays["image"] for b in held]) * 16, pixels[1347:].astype(np.float32))
    at, found = 1347, {}
    for batch in held:
        for n in range(batch.size):
            name, size = words(data, "name", batch.arrays["name"][n]), int(batch.lengths["T"][n])
            text, rest = "".join(name[:size]), name[size:]
            assert text.endswith("<end>") == end and set(rest) <= {"<start>"} and "<start>" not in text
            assert batch.arrays["stop"][n, :, 0].tolist() == [float(t == size - 1) for t in range(len(name))]
            assert words(data, "length", batch.arrays["length"][n : n + 1]) == [str(size)]
            found.setdefault(int(digits[at]), set()).add(text.removesuffix("<end>"))
            at += 1
    assert at == 1797 and all(len(names) == 1 for names in found.values())
    assert found[7] == {seven} and len(set.union(*found.values())) == 10
    assert data.steps_per_epoch == 14  # 1347 images, 100 at a time


def test_the_competitor_of_the_names_is_a_classifier_of_the_digits() -> None:
    (baseline,) = baselines_of(opened("digit_names"))
    assert baseline.scores["exact_match"] == pytest.approx(0.92, abs=0.01)  # as an independent script found
    assert 0 < baseline.scores["length_error"] < 2 * (1 - baseline.scores["exact_match"])
