"""What every dataset promises, over the whole registry; and the exact definitions of the tasks."""

import json
import time

import numpy as np
import pytest

from core.data.dataset import Baseline, baselines_of
from core.data.open import checked_params, fields_of, open_dataset, spec_of
from core.data.stream import Generated, generator
from core.problems import Refused
from core.project.model import DataChoice
from core.specs.fields import Fields
from core.specs.registry import default_registry
from core.words import Text

REGISTRY = default_registry()
KINDS = sorted(REGISTRY.of("dataset"))


@pytest.fixture
def choose():
    def make(kind, **params):
        return DataChoice(kind, params)

    return make


def same(a, b):
    return a.carry == b.carry and all(np.array_equal(a.arrays[n], b.arrays[n]) for n in a.arrays)


@pytest.mark.parametrize("kind", KINDS)
def test_batches_are_what_the_fields_say(kind, choose):
    choice = choose(kind)
    fields = fields_of(REGISTRY, choice)
    data = open_dataset(REGISTRY, choice, 0)
    assert data.fields == fields
    assert any(f.target for f in fields.items) and any(not f.target for f in fields.items)
    for batch in (data.stream(0).next(), next(iter(data.validation())), data.examples(3)):
        assert set(batch.arrays) == {f.name for f in fields.items}
        for field in fields.items:
            array = batch.arrays[field.name]
            assert array.shape[0] == batch.size
            assert array.ndim == 1 + len(field.sig.axes) + (field.sig.kind == "features")
            if field.sig.kind == "tokens":
                assert array.dtype == np.int64
                assert field.vocabulary is not None and len(field.vocabulary) == field.sig.size
                assert array.min() >= 0 and array.max() < field.sig.size
            else:
                assert array.dtype == np.float32 and array.shape[-1] == field.sig.size


@pytest.mark.parametrize("kind", KINDS)
def test_a_position_continues_with_the_very_next_batch(kind, choose):
    data = open_dataset(REGISTRY, choose(kind), 5)
    stream = data.stream(5)
    for _ in range(7):
        stream.next()
    position = json.loads(json.dumps(stream.position()))
    other = open_dataset(REGISTRY, choose(kind), 5).stream(5)
    other.restore(position)
    assert all(same(stream.next(), other.next()) for _ in range(5))


@pytest.mark.parametrize("kind", KINDS)
def test_held_out_data_stays_the_same(kind, choose):
    first, again = (open_dataset(REGISTRY, choose(kind), 2) for _ in range(2))
    first.stream(0).next()
    assert all(same(a, b) for a, b in zip(first.validation(), again.validation(), strict=True))
    assert same(first.examples(4), again.examples(4))


@pytest.mark.parametrize("kind", KINDS)
def test_texts_stand_in_both_languages_and_chance_is_stated(kind, choose):
    spec = spec_of(REGISTRY, kind)
    assert all(spec.name) and all(spec.help)
    for param in spec.params:
        assert all(param.label) and all(param.help)
    chance = open_dataset(REGISTRY, choose(kind), 0).chance
    assert spec.metrics[0] in chance and "loss" in chance


@pytest.mark.parametrize("kind", KINDS)
def test_baselines_speak_both_languages_and_score_what_chance_scores(kind, choose):
    data = open_dataset(REGISTRY, choose(kind), 0)
    for baseline in baselines_of(data):
        assert all(baseline.name)
        assert set(baseline.scores) & {*spec_of(REGISTRY, kind).metrics, *data.chance}
        assert np.isfinite(list(baseline.scores.values())).all()


def test_a_generated_task_takes_its_baselines_as_a_callable():
    plain = Generated(Fields(), lambda rng, count: {}, 1, 0, 1)
    assert baselines_of(plain) == ()
    worked_out = []
    known = Baseline(Text("last value", "último valor"), {"mse": 0.5})
    compared = Generated(Fields(), lambda rng, count: {}, 1, 0, 1, baselines=lambda: worked_out.append(1) or (known,))
    assert not worked_out
    assert baselines_of(compared) == (known,)


@pytest.mark.parametrize("kind", [k for k in KINDS if k not in ("hello", "text")])
def test_seeds_differ(kind, choose):
    data = open_dataset(REGISTRY, choose(kind), 0)
    assert not same(data.stream(0).next(), data.stream(1).next())


def test_adding_is_the_sum_of_one_marked_value_in_each_half():
    data = open_dataset(REGISTRY, DataChoice("adding", {"length": 11}), 0)
    batch = data.stream(0).next()
    pairs, total = batch.arrays["pairs"], batch.arrays["sum"]
    assert total.shape == (64, 1)
    for row, answer in zip(pairs, total, strict=True):
        marked = np.flatnonzero(row[:, 1])
        assert len(marked) == 2 and marked[0] < 5 <= marked[1]
        assert row[marked, 0].sum() == pytest.approx(answer[0])
    tests = list(data.validation())
    assert sum(b.size for b in tests) == 2560
    answers = np.concatenate([b.arrays["sum"] for b in tests])
    assert ((answers - 1) ** 2).mean() == pytest.approx(data.chance["mse"], abs=4 * 0.0039)  # four standard errors


def test_temporal_order_places_and_classes():
    data = open_dataset(REGISTRY, DataChoice("temporal_order", {"length": 50, "batch": 500}), 0)
    words = data.fields.items[0].vocabulary
    classes = data.fields.items[1].vocabulary
    batch = data.stream(0).next()
    seen = set()
    for row, answer in zip(batch.arrays["symbols"], batch.arrays["class"], strict=True):
        symbols = [words[i] for i in row]
        at = [i for i, s in enumerate(symbols) if s in "XY"]
        assert symbols[0] == "E" and symbols[-1] == "B" and len(at) == 2
        assert 5 <= at[0] <= 10 and 25 <= at[1] <= 30
        assert "".join(symbols[i] for i in at) == classes[answer]
        seen.add((at[0], at[1], classes[answer]))
        assert set(symbols[1:-1]) <= set("abcdXY")
    assert {a for a, _, _ in seen} == set(range(5, 11)) and {b for _, b, _ in seen} == set(range(25, 31))
    assert len({c for _, _, c in seen}) == 4


def test_copy_answers_what_was_read_before_the_signal():
    data = open_dataset(REGISTRY, DataChoice("copy", {"copied": 3, "delay": 4, "symbols": 5}), 0)
    batch = data.stream(0).next()
    read, answer = batch.arrays["symbols"], batch.arrays["answer"]
    assert read.shape == (64, 10)
    assert (read[:, 3:6] == 0).all() and (read[:, 6] == 1).all() and (read[:, 7:] == 0).all()
    assert (answer[:, :7] == 0).all() and (answer[:, 7:] == read[:, :3]).all()
    assert read[:, :3].min() == 2 and read[:, :3].max() == 6


def test_hello_is_the_four_symbol_figure():
    data = open_dataset(REGISTRY, DataChoice("hello"), 0)
    words = data.fields.items[0].vocabulary
    batch = data.stream(0).next()
    assert words == ("h", "e", "l", "o")
    assert ["".join(words[i] for i in batch.arrays[n][0]) for n in ("text", "next")] == ["hell", "ello"]


def test_generated_batches_are_fast():
    stream = open_dataset(REGISTRY, DataChoice("adding"), 0).stream(0)
    stream.next()
    best = min(_timed(stream.next) for _ in range(50))
    assert best < 0.3e-3


def _timed(call):
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


@pytest.mark.parametrize(
    ("params", "code", "param"),
    [
        ({"length": 0}, "data.param", "length"),
        ({"length": "7"}, "data.param", "length"),
        ({"length": True}, "data.param", "length"),
        ({"length": 7.0}, "data.param", "length"),
        ({"lenght": 7}, "data.unknown_param", "lenght"),
    ],
)
def test_wrong_settings_are_named(params, code, param):
    with pytest.raises(Refused) as caught:
        fields_of(REGISTRY, DataChoice("adding", params))
    problem = caught.value.problems[0]
    assert (problem.code, problem.where.param) == (code, param)


def test_all_wrong_settings_are_told_at_once_and_near_names_are_offered():
    with pytest.raises(Refused) as caught:
        fields_of(REGISTRY, DataChoice("text", {"level": "words", "lenght": 3, "validation": 2}))
    assert [p.where.param for p in caught.value.problems] == ["level", "lenght", "validation"]
    assert "length" in caught.value.problems[1].hint.en
    with pytest.raises(Refused) as caught:
        spec_of(REGISTRY, "adding2")
    assert "'adding'" in caught.value.problems[0].hint.en


def test_older_names_of_settings_still_count():
    assert checked_params(spec_of(REGISTRY, "csv"), {"window": 9})["length"] == 9


def test_generators_of_different_keys_are_independent():
    draws = {generator(*key).integers(0, 2**62) for key in [(0, 0, 0), (0, 0, 1), (0, 1), (1, 0, 0)]}
    assert len(draws) == 4
