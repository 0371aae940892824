"""Text: encodings, vocabularies, windows with carried state, exact positions."""

import json
import math
import os
import time
from pathlib import Path

import numpy as np
import pytest

from core.data.corpora import CORPORA
from core.data.dataset import baselines_of, remarks_of
from core.data.ngrams import log_p
from core.data.open import fields_of, metrics_of, open_dataset
from core.data.reading import decoded, read_text
from core.data.spelling import text_of
from core.data.vocabulary import END, PAD, START, UNKNOWN, characters, ids_of, is_mark, shown, words
from core.problems import Refused
from core.project.model import DataChoice
from core.specs.registry import default_registry

SHARED = Path(os.environ.get("UNFOLD_TEST_DATA", Path(__file__).resolve().parents[4] / "shared" / "data"))


def open_text(tmp_path, text, **params):
    file = tmp_path / "t.txt"
    file.write_text(text, "utf-8")
    return open_dataset(default_registry(), DataChoice("text", {"path": str(file), **params}), 0)


@pytest.mark.parametrize(
    ("encoding", "data", "line", "column"),
    [
        ("utf-16", "hola".encode("utf-16"), 1, 1),
        ("utf-16", "hola, mundo ancho y ajeno".encode("utf-16-le"), 1, 2),
        ("utf-32", "hola".encode("utf-32"), 1, 1),
        ("latin-1", "uno\ndos\nñandú y más".encode("latin-1"), 3, 1),
        ("cp1252", "uno\nse dijo “no”".encode("cp1252"), 2, 9),
        ("cp1252", "precio: 5 €".encode("cp1252"), 1, 11),
    ],
)
def test_other_encodings_are_refused_by_name_and_place(encoding, data, line, column):
    with pytest.raises(Refused) as caught:
        decoded(data, "dir/t.txt")
    problem = caught.value.problems[0]
    assert problem.code == "data.encoding"
    assert problem.got == encoding
    assert (problem.where.line, problem.where.column) == (line, column)
    named = "ISO-8859-1" if encoding == "latin-1" else encoding  # as iconv calls it
    assert encoding in problem.message.en and f"iconv -f {named} " in problem.hint.en


def test_binary_files_and_missing_files_are_named(tmp_path):
    with pytest.raises(Refused) as caught:
        decoded(b"\x89PNG\r\n\x1a\n" + bytes(range(200)), "x.png")
    assert caught.value.problems[0].code == "data.binary"
    for path in (str(tmp_path / "none.txt"), str(tmp_path), "a\0b"):
        with pytest.raises(Refused) as caught:
            read_text(path)
        assert caught.value.problems[0].code == "data.unreadable"


def test_line_ends_and_byte_order_mark_do_not_reach_the_vocabulary():
    assert decoded(b"\xef\xbb\xbfa\r\nb\rc", "t") == "a\nb\nc"


def test_a_changed_file_is_read_again(tmp_path):
    file = tmp_path / "t.txt"
    file.write_text("aaa")
    assert read_text(str(file)) == "aaa"
    file.write_text("bbbb")
    assert read_text(str(file)) == "bbbb"


@pytest.mark.parametrize("text", ["hello", "ñ\n😀\tz", ""])
def test_characters_there_and_back(text):
    vocabulary = characters(text)
    assert vocabulary == tuple(sorted(set(text)))
    assert text_of(ids_of(text, vocabulary), vocabulary) == text


def test_only_marks_are_no_part_of_a_text():
    assert [s for s in (START, "a", UNKNOWN, "<", "<>", END, "word", PAD) if is_mark(s)] == [START, END, PAD]


def test_rare_characters_become_unknown():
    vocabulary = characters("aaabbc", min_count=2)
    assert vocabulary == (UNKNOWN, "a", "b")
    assert ids_of("abc", vocabulary).tolist() == [1, 2, 0]
    assert characters("aaabbc", max_size=2) == (UNKNOWN, "a")
    assert characters("aab", max_size=2) == ("a", "b")


def test_words_by_count_with_punctuation_glued_back():
    text = "Don't stop, said he. He said: stop!\n(Now.)"
    vocabulary = words(text)
    assert vocabulary[0] == UNKNOWN and set(vocabulary[1:4]) <= {"said", "stop", "."}
    assert text_of(ids_of(text, vocabulary), vocabulary) == text
    assert words("b a a", min_count=2) == (UNKNOWN, "a")
    assert words("b a a c c c", max_size=2) == (UNKNOWN, "c")
    assert text_of(ids_of("a zebra", ("<unk>", "a", "bc")), ("<unk>", "a", "bc")) == "a <unk>"


def test_a_prompt_with_a_foreign_symbol_is_refused():
    with pytest.raises(Refused) as caught:
        ids_of("hexlo", ("h", "e", "l", "o"))
    assert "Symbol 3" in caught.value.problems[0].message.en


def test_shown_makes_the_invisible_visible():
    assert [shown(s) for s in (" ", "\n", "a", "\x07", "\u202e")] == ["␣", "↵", "a", "\\x07", "\\u202e"]


def test_carried_windows_read_every_row_without_a_gap(tmp_path):
    rng = np.random.default_rng(0)
    text = "".join(rng.choice(list("abcde"), 1003))
    data = open_text(tmp_path, text, batch=3, length=7, validation=0.1)
    vocabulary = data.fields.items[0].vocabulary
    stream, count = data.stream(0), data.steps_per_epoch
    batches = [stream.next() for _ in range(count)]
    assert [b.carry for b in batches] == [False] + [True] * (count - 1)
    assert not stream.next().carry  # a new pass begins with fresh states
    row = data.training.size // 3
    for r in range(3):
        read = np.concatenate([b.arrays["text"][r] for b in batches])
        answer = np.concatenate([b.arrays["next"][r] for b in batches])
        assert text_of(read, vocabulary) == text[r * row : r * row + count * 7]
        assert text_of(answer, vocabulary) == text[r * row + 1 : r * row + count * 7 + 1]


def test_held_out_text_is_the_end_read_once_without_overlap(tmp_path):
    text = "ab" * 400 + "cd" * 100
    data = open_text(tmp_path, text, batch=4, length=16, validation=0.2)
    batches = list(data.validation())
    total = sum(b.arrays["text"].size for b in batches)
    assert data.held.size - 4 < total <= data.held.size
    seen = {data.fields.items[0].vocabulary[i] for b in batches for i in np.unique(b.arrays["next"])}
    assert seen == {"c", "d"}


def test_random_windows_begin_anywhere_with_fresh_states(tmp_path):
    data = open_text(tmp_path, "abcdefghij" * 50, batch=8, length=5, carry=False)
    stream = data.stream(1)
    first, second = stream.next(), stream.next()
    assert not first.carry and not second.carry
    assert not np.array_equal(first.arrays["text"], second.arrays["text"])
    assert np.array_equal(first.arrays["text"][:, 1:], first.arrays["next"][:, :-1])
    assert np.array_equal(data.stream(1).next().arrays["text"], first.arrays["text"])
    assert not np.array_equal(data.stream(2).next().arrays["text"], first.arrays["text"])


def test_another_file_on_resume_is_noticed(tmp_path):
    old = open_text(tmp_path, "abc" * 200, batch=2, length=8).stream(0)
    new = open_text(tmp_path, "abd" * 200, batch=2, length=8).stream(0)
    old.next()
    with pytest.raises(Refused) as caught:
        new.restore(json.loads(json.dumps(old.position())))
    assert caught.value.problems[0].code == "data.changed"


def test_too_short_a_text_says_how_much_is_needed(tmp_path):
    for text in ("ab", "abc" * 10):
        with pytest.raises(Refused) as caught:
            open_text(tmp_path, text)
        assert caught.value.problems[0].code == "data.too_short"
        assert caught.value.problems[0].expected in ("2048", "64")


@pytest.mark.parametrize(
    ("text", "params", "code"),
    [
        ("", {}, "data.empty"),
        (" \n", {"level": "word"}, "data.empty"),
        ("a" * 9000, {}, "data.one_symbol"),
        ("the cat " * 900, {"min_count": 10**6}, "data.one_symbol"),
        ("the cat " * 900, {"level": "word", "max_size": 1}, "data.one_symbol"),
    ],
)
def test_a_text_of_one_symbol_teaches_nothing(tmp_path, text, params, code):
    with pytest.raises(Refused) as caught:
        open_text(tmp_path, text, **params)
    (problem,) = caught.value.problems
    assert problem.code == code
    assert ("is empty" in problem.message.en) == (code == "data.empty")


def test_a_bit_is_paid_per_character_or_per_word(tmp_path):
    for level, name in (("char", "bits_per_char"), ("word", "bits_per_word")):
        choice = DataChoice("text", {"level": level})
        assert metrics_of(default_registry(), choice)[0] == name
        assert name in open_text(tmp_path, "one two three " * 300, level=level, batch=2, length=8).chance


@pytest.mark.parametrize("changed", [{"batch": 3}, {"length": 9}, {"carry": False}])
def test_a_position_belongs_to_its_windows(tmp_path, changed):
    old, new = (
        open_text(tmp_path, "abcd" * 200, **{"batch": 2, "length": 8, **more}).stream(0) for more in ({}, changed)
    )
    with pytest.raises(Refused) as caught:
        new.restore(old.position())
    assert caught.value.problems[0].code == "data.changed"


@pytest.mark.skipif(os.name != "posix", reason="there are no such files elsewhere")
def test_a_file_without_end_is_not_read():
    with pytest.raises(Refused) as caught:
        read_text("/dev/zero")
    assert caught.value.problems[0].code == "data.unreadable"


def test_chance_is_the_uniform_guess(tmp_path):
    chance = open_text(tmp_path, "abcd" * 200, batch=2, length=8).chance
    assert chance["bits_per_char"] == pytest.approx(2)
    assert chance["loss"] == pytest.approx(math.log(4))
    assert chance["perplexity"] == pytest.approx(4)


@pytest.mark.parametrize("corpus", sorted(CORPORA))
def test_corpora_are_real_text_of_some_size(corpus):
    text = CORPORA[corpus]()
    assert 300_000 < len(text) < 10_000_000
    assert "class" in text and "\r" not in text
    assert len(characters(text)) < 400


def test_shakespeare_vocabulary_is_quick():
    file = SHARED / "tinyshakespeare.txt"
    if not file.exists():
        pytest.skip("no shared data here")
    choice = DataChoice("text", {"path": str(file)})
    times = []
    for _ in range(2):
        start = time.perf_counter()
        fields = fields_of(default_registry(), choice)
        times.append(time.perf_counter() - start)
    assert fields.items[0].sig.size == 65
    assert times[1] < 0.02


@pytest.mark.parametrize("params", [{"batch": 3, "length": 11}, {"batch": 2, "length": 9, "carry": False}])
@pytest.mark.parametrize("order", [1, 2, 4])
def test_counts_are_judged_as_the_model_is(tmp_path, params, order):
    text = "".join(np.random.default_rng(0).choice(list("aabc d"), 900))
    data = open_text(tmp_path, text, ngram=order, validation=0.3, **params)
    names = {1: ["unigram"], 2: ["unigram", "bigram"], 4: ["unigram", "4-gram"]}
    assert [b.name.en for b in baselines_of(data)] == names[order]
    counts, nats, past = data.counts(order), [], {}
    for batch in data.validation():
        for row in range(batch.size):
            seen = (past.get(row, []) if batch.carry else []) + batch.arrays["text"][row].tolist()
            past[row] = seen
            for t, answer in enumerate(batch.arrays["next"][row].tolist()):
                known = seen[: len(seen) - batch.arrays["text"].shape[1] + t + 1]
                nats.append(-log_p(counts, np.array([[*known, answer]]))[0, -1])
    scores = baselines_of(data)[-1].scores
    assert scores["loss"] == pytest.approx(np.mean(nats), abs=1e-9)
    assert scores["bits_per_char"] == pytest.approx(np.mean(nats) / math.log(2), abs=1e-9)
    assert scores["perplexity"] == pytest.approx(math.exp(np.mean(nats)), rel=1e-9)


def test_words_that_only_the_held_out_part_has_are_unknown_and_counted(tmp_path):
    data = open_text(tmp_path, "one two three " * 300 + "four " * 100, level="word", batch=2, length=8, validation=0.1)
    vocabulary = data.fields.items[0].vocabulary
    assert set(vocabulary) == {UNKNOWN, "one", "two", "three"}
    assert data.unknown() == (0.0, 1.0)
    assert "100.0%" in remarks_of(data)[0].en
    plain = open_text(tmp_path, "abc" * 900)
    assert plain.unknown() == (0.0, 0.0)


def test_lower_case_halves_the_letters(tmp_path):
    data = open_text(tmp_path, "Aa Bb " * 500, lower=True)
    assert data.fields.items[0].vocabulary == (" ", "a", "b")


def test_a_text_of_words_may_be_any_length_for_its_vocabulary(tmp_path):
    text = " ".join(f"w{i}" for i in range(1000))
    data = open_text(tmp_path, text, level="word", batch=2, length=8, validation=0.2)
    assert data.unknown() == (0.0, 1.0)
    assert len(data.fields.items[0].vocabulary) == data.training.size + 2  # one more is only predicted, and <unk>


def test_the_corpora_say_what_counting_them_gives():
    data = open_dataset(default_registry(), DataChoice("text"), 0)
    one, three = (b.scores["bits_per_char"] for b in baselines_of(data))
    assert 4.3 < one < 5 and 2.2 < three < 2.7
