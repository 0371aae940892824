"""The rules of the generated tasks, each told a second time by hand, and their chance levels counted."""

import itertools
import math

import numpy as np
import pytest

from core.data.dataset import baselines_of
from core.data.open import open_dataset
from core.project.model import DataChoice
from core.specs.registry import default_registry

REGISTRY = default_registry()


def data(kind, **params):
    return open_dataset(REGISTRY, DataChoice(kind, params), 0)


def first(kind, **params):
    return data(kind, **params).stream(0).next()


def all_answers(opened, name):
    return np.concatenate([b.arrays[name] for b in opened.validation()])


def test_latch_shows_its_class_three_times_and_then_noise():
    batch = first("latch", length=12, batch=4000, noise=0.2)
    signal, answer = batch.arrays["signal"][..., 0], batch.arrays["class"][:, 0]
    assert set(np.round(answer, 6)) == {np.float32(-0.8), np.float32(0.8)}
    noise = signal.copy()
    noise[:, :3] -= np.sign(answer)[:, None]
    assert noise.std(0) == pytest.approx(np.full(12, 0.2), rel=0.06)
    assert np.abs(noise.mean(0)).max() < 0.015 and abs(np.sign(answer).mean()) < 0.07
    assert data("latch").chance["mse"] == pytest.approx((answer**2).mean())


@pytest.mark.parametrize("length", [6, 30, 100])
def test_adding_of_1997_row_by_row(length):
    batch = first("adding", length=length, form="1997", batch=400)
    lengths = batch.lengths["T"]
    assert set(lengths) == set(range(length, length + length // 10 + 1))
    for row, answer, n in zip(batch.arrays["pairs"], batch.arrays["sum"][:, 0], lengths, strict=True):
        assert row[0, 1] == row[n - 1, 1] == -1 and (row[n:] == 0).all()
        assert (np.abs(row[:n, 0]) <= 1).all() and set(row[1 : n - 1, 1]) <= {0, 1}
        marks = np.flatnonzero(row[:, 1] == 1)
        assert len(marks) == 1 or marks[0] < 10  # one may hide on the first pair
        assert len(marks) in (1, 2) and marks[-1] < length // 2 - 1
        assert answer == pytest.approx(0.5 + row[marks, 0].sum() / 4, abs=1e-6)


@pytest.mark.parametrize("form", ["halves", "1997"])
def test_chance_of_adding_is_what_one_answer_scores(form):
    opened = data("adding", form=form)
    answers = np.concatenate([opened.stream(1).next().arrays["sum"] for _ in range(1)] + [all_answers(opened, "sum")])
    best = 1.0 if form == "halves" else 0.5
    assert ((answers - best) ** 2).mean() == pytest.approx(opened.chance["mse"], rel=0.06)
    assert (np.abs(answers - best) <= 0.04).mean() == pytest.approx(opened.chance["within_004"], abs=0.022)


def test_multiplication_multiplies_one_value_of_each_half():
    opened = data("multiplication", length=9, batch=300)
    batch = opened.stream(0).next()
    for row, answer in zip(batch.arrays["pairs"], batch.arrays["product"][:, 0], strict=True):
        a, b = np.flatnonzero(row[:, 1])
        assert a < 4 <= b and answer == pytest.approx(row[a, 0] * row[b, 0])
    answers = all_answers(opened, "product")
    assert ((answers - 0.25) ** 2).mean() == pytest.approx(opened.chance["mse"], rel=0.1)


def test_parity_counts_ones():
    running = first("parity", length=7)
    for bits, parity in zip(running.arrays["bits"], running.arrays["parity"], strict=True):
        assert [sum(bits[: t + 1]) % 2 for t in range(7)] == list(parity)
    at_end = data("parity", length=7, answer="last", held_out_length=31)
    batch = at_end.stream(0).next()
    assert np.array_equal(batch.arrays["parity"], [sum(row) % 2 for row in batch.arrays["bits"]])
    held_out = next(iter(at_end.validation()))
    assert held_out.arrays["bits"].shape == (256, 31) and at_end.examples(2).arrays["bits"].shape == (2, 31)


def test_tags_join_past_and_future():
    batch = first("xor_future", length=11, reach=3)
    for bits, tags in zip(batch.arrays["bits"], batch.arrays["tags"], strict=True):
        at = {t: int(b) for t, b in enumerate(bits)}
        assert [at.get(t - 3, 0) ^ at.get(t + 3, 0) for t in range(11)] == list(tags)


def test_one_direction_knows_no_more_than_stated():
    """Over all rows of a short length: the best answer from the past alone, and from everything."""
    length, reach = 6, 2
    rows = np.array(list(itertools.product((0, 1), repeat=length)))
    tags = np.pad(rows, ((0, 0), (reach, reach)))
    tags = tags[:, :length] ^ tags[:, 2 * reach :]
    right = 0
    for t in range(length):
        groups = {}
        for row, tag in zip(rows, tags[:, t], strict=True):
            groups.setdefault(tuple(row[: t + 1]), []).append(tag)
        right += sum(max(sum(g), len(g) - sum(g)) for g in groups.values())
    stated = baselines_of(data("xor_future", length=length, reach=reach))[0].scores["accuracy"]
    assert stated == pytest.approx(right / rows.size)


REBER = {  # drawn a second time: (state, symbol) -> state
    (0, "B"): 1, (1, "T"): 2, (1, "P"): 3, (2, "S"): 2, (2, "X"): 4, (3, "T"): 3, (3, "V"): 5,
    (4, "X"): 3, (4, "S"): 6, (5, "P"): 4, (5, "V"): 6, (6, "E"): 7,
}  # fmt: skip


def legal_after(word):
    """What may follow the beginning of a plain Reber string; None where it is none."""
    state = 0
    for symbol in word:
        if (state, symbol) not in REBER:
            return None
        state = REBER[state, symbol]
    return {s for (at, s) in REBER if at == state}


def legal_after_embedded(word):
    if len(word) < 2:
        return {0: {"B"}, 1: {"T", "P"}}[len(word)]
    inner = word[2:]
    if "E" not in inner:
        return legal_after(inner)
    rest = inner[inner.index("E") + 1 :]
    return {"": {word[1]}, word[1]: {"E"}}[rest]


@pytest.mark.parametrize(("embedded", "after"), [(True, legal_after_embedded), (False, legal_after)])
def test_reber_strings_and_their_legal_sets(embedded, after):
    opened = data("reber", embedded=embedded, batch=200)
    words = opened.fields.items[0].vocabulary
    batch = opened.stream(0).next()
    read, answer, legal = (batch.arrays[n] for n in ("symbols", "next", "legal"))
    followed = {}
    for r, a, sets, n in zip(read, answer, legal, batch.lengths["T"], strict=True):
        text = "".join(words[i] for i in (*r[:n], a[n - 1]))
        assert [words[i] for i in a[:n]] == list(text[1:]) and text[-1] == "E"
        assert (sets[n:] == 0).all() and (a[n:] == 0).all()
        for t in range(n):
            assert {words[i] for i in np.flatnonzero(sets[t])} == after(text[: t + 1])
            followed.setdefault(text[: t + 1], []).append(text[t + 1])
    first_choice = [s == "T" for s in followed["B"]]
    assert abs(np.mean(first_choice) - 0.5) < 0.12


def test_the_grammar_is_less_surprised_than_pairs_and_pairs_less_than_chance():
    opened = data("reber")
    grammar, pairs = baselines_of(opened)
    assert 0 < grammar.scores["loss"] < pairs.scores["loss"] < opened.chance["loss"]
    assert (grammar.scores["legal_sets"], pairs.scores["legal_sets"]) == (1, 0)


def test_dyck_words_nest_and_every_legal_set_is_found_again_by_hand():
    opened = data("dyck", kinds=3, depth=3, length=30)
    words = opened.fields.items[0].vocabulary
    batch = opened.stream(0).next()
    closing = {"(": ")", "[": "]", "{": "}"}
    depths = set()
    for read, answer, legal in zip(*(batch.arrays[n] for n in ("brackets", "next", "legal")), strict=True):
        stack = []
        for symbol, following, may in zip(read, answer, legal, strict=True):
            said = words[symbol]
            if said in closing:
                stack.append(closing[said])
            else:
                assert said == stack.pop()
            expected = set(stack[-1:]) | (set(closing) if len(stack) < 3 else set())
            assert {words[i] for i in np.flatnonzero(may)} == expected and words[following] in expected
            depths.add(len(stack))
    assert depths == {0, 1, 2, 3}


def test_a_perfect_stack_is_as_surprised_as_the_process_is_random():
    """Probabilities of the process, symbol by symbol, instead of the closed form."""
    opened = data("dyck", kinds=2, depth=3, length=20)
    nats = []
    for batch in opened.validation():
        for answer, legal in zip(batch.arrays["next"], batch.arrays["legal"], strict=True):
            for symbol, may in zip(answer, legal, strict=True):
                opens, closes = may[:2].sum(), may[2:].sum()
                share = 0.5 if opens and closes else 1.0
                nats.append(-math.log(share / (opens if symbol < 2 else closes)))
    assert baselines_of(opened)[0].scores["loss"] == pytest.approx(np.mean(nats), abs=0.02)


def test_four_voices_sound_in_chords_and_every_key_as_often():
    opened = data("polyphony", batch=1500, length=12)
    batch = opened.stream(0).next()
    keys, after = batch.arrays["keys"], batch.arrays["next"]
    assert np.array_equal(keys[:, 1:], after[:, :-1])
    voices = keys.reshape(1500, 12, 4, 12)
    assert (voices.sum(-1) == 1).all()  # one note in each octave
    share = keys.mean((0, 1))
    assert np.abs(share - 1 / 12).max() < 0.012
    triads = [{(root + step) % 12 for step in kind} for root in range(12) for kind in ((0, 4, 7), (0, 3, 7))]
    notes = voices.argmax(-1)
    assert all(any(set(frame) <= t for t in triads) for frame in notes.reshape(-1, 4)[:2000])
    said = np.clip(share, 1e-9, 1)
    nats = -(after * np.log(said) + (1 - after) * np.log(1 - said)).sum(-1).mean()
    assert nats == pytest.approx(opened.chance["frame_nll"], rel=0.01)
    assert baselines_of(data("polyphony"))[0].scores["frame_nll"] < opened.chance["frame_nll"] - 1


def test_a_chord_sounds_two_frames():
    notes = first("polyphony", batch=400, length=40).arrays["keys"].reshape(400, 40, 4, 12).argmax(-1)
    kept = (notes[:, 1:] == notes[:, :-1]).mean((0, 2))  # by frame, over pieces and voices
    within, across = kept[::2], kept[1::2]
    if within.mean() < across.mean():
        within, across = across, within
    assert within == pytest.approx(np.full(len(within), 0.7), abs=0.04) and across.max() < 0.6


@pytest.mark.parametrize(("reading", "shape"), [("rows", (8, 8)), ("pixels", (64, 1)), ("image", (64,))])
def test_digits_are_split_by_class_and_read_in_order(reading, shape):
    from sklearn.datasets import load_digits

    opened = data("digits", reading=reading, batch=100)
    pictures, digits = load_digits(return_X_y=True)
    stream = opened.stream(0)
    seen = [stream.next() for _ in range(opened.steps_per_epoch)]
    trained = np.concatenate([b.arrays["digit"] for b in seen])
    images = np.concatenate([b.arrays["image"] for b in seen])
    tested, tested_images = all_answers(opened, "digit"), all_answers(opened, "image")
    assert (len(trained), len(tested)) == (1347, 450) and images.shape[1:] == shape
    assert np.abs(np.bincount(tested) / np.bincount(digits) - 0.25).max() < 0.01
    everything = np.concatenate([images, tested_images]).reshape(1797, 64) * 16
    ours = sorted(zip(map(tuple, everything.astype(int)), np.concatenate([trained, tested]), strict=True))
    assert ours == sorted(zip(map(tuple, pictures.astype(int)), digits, strict=True))


def test_support_vectors_read_digits_better():
    assert baselines_of(data("digits"))[0].scores["accuracy"] == pytest.approx(0.991, abs=0.004)


def rivals(opened):
    return {b.name.en: b.scores for b in baselines_of(opened)}


def test_what_half_a_memory_scores_is_counted_on_the_held_out_rows():
    """Each stated competitor played out against the data instead of derived."""
    halves = data("adding")
    pairs, total = all_answers(halves, "pairs"), all_answers(halves, "sum")[:, 0]
    marks = np.array([np.flatnonzero(row[:, 1]) for row in pairs])
    second = pairs[np.arange(len(pairs)), marks[:, 1], 0]
    stated = rivals(halves)["remembering the second number only"]
    assert ((0.5 + second - total) ** 2).mean() == pytest.approx(stated["mse"], rel=0.06)
    assert (np.abs(0.5 + second - total) <= 0.04).mean() == pytest.approx(stated["within_004"], abs=0.02)
    product = data("multiplication")
    pairs, answer = all_answers(product, "pairs"), all_answers(product, "product")[:, 0]
    second = np.array([row[np.flatnonzero(row[:, 1])[1], 0] for row in pairs])
    stated = rivals(product)["remembering the second number only"]
    assert ((second / 2 - answer) ** 2).mean() == pytest.approx(stated["mse"], rel=0.08)


@pytest.mark.parametrize("noise", [0.2, 1.5])
def test_the_sum_of_a_row_tells_its_class_as_well_as_stated(noise):
    latch = data("latch", length=20, noise=noise)
    signal, answer = all_answers(latch, "signal").sum(1)[:, 0], all_answers(latch, "class")[:, 0]
    stated = rivals(latch)["the sum of the row"]
    assert ((signal > 0) == (answer > 0)).mean() == pytest.approx(stated["right_sign"], abs=0.05)
    slope = (signal * answer).mean() / (signal**2).mean()
    assert ((slope * signal - answer) ** 2).mean() == pytest.approx(stated["mse"], rel=0.15)


def test_symbols_kept_in_part_score_as_stated():
    order = rivals(data("temporal_order"))
    assert [order[n]["accuracy"] for n in ("remembering the second only", "a heap without order")] == [0.5, 0.75]
    copied = data("copy", symbols=4, copied=3, delay=5)
    answer = all_answers(copied, "answer")
    said = answer.copy()
    said[:, -2:] = 2  # the first is known, for the rest any symbol does
    stated = rivals(copied)["remembering one symbol"]
    assert (said == answer).mean() == pytest.approx(stated["accuracy"], abs=0.01)
    assert (said == answer).all(1).mean() == pytest.approx(stated["exact_match"], abs=0.03)
    parity = data("parity", length=5)
    right = all_answers(parity, "bits") == all_answers(parity, "parity")
    stated = rivals(parity)["the present bit alone"]
    assert right.mean() == pytest.approx(stated["accuracy"], abs=0.03)
    assert right.all(1).mean() == pytest.approx(stated["exact_match"], abs=0.035)
    hello = data("hello")
    batch = hello.examples(1)
    table = {int(x): int(y) for x, y in zip(batch.arrays["text"][0], batch.arrays["next"][0], strict=True)}
    right = [table[int(x)] == y for x, y in zip(batch.arrays["text"][0], batch.arrays["next"][0], strict=True)]
    assert np.mean(right) == rivals(hello)["the present letter alone"]["accuracy"]
