"""Pairs: padded on both axes, no source in both parts, what is no pair named with line and column."""

import pytest

from core.data.dataset import baselines_of, remarks_of
from core.data.open import open_dataset
from core.data.vocabulary import END, PAD, START, UNKNOWN
from core.problems import Refused
from core.project.model import DataChoice
from core.specs.registry import default_registry


def opened(tmp_path, text, **params):
    file = tmp_path / "p.tsv"
    file.write_text(text, "utf-8")
    return open_dataset(default_registry(), DataChoice("pairs", {"path": str(file), **params}), 0)


def lines(count):
    return "".join(f"{n:b}\t{n:x}{'!' * (n % 3)}\n" for n in range(1, count + 1))


def test_both_sides_are_padded_and_every_answer_ends(tmp_path):
    data = opened(tmp_path, lines(200), batch=16)
    source, target = (f.vocabulary for f in data.fields.items)
    assert [f.sig.axes for f in data.fields.items] == [("S",), ("T",)]
    assert source[:2] == (PAD, UNKNOWN) and target[:3] == (START, END, UNKNOWN)
    known = dict(line.split("\t") for line in lines(200).splitlines())
    for batch in (data.stream(0).next(), next(iter(data.validation()))):
        for b in range(batch.size):
            read, said = (
                [words[i] for i in batch.arrays[name][b, : batch.lengths[axis][b]]]
                for name, axis, words in (("source", "S", source), ("target", "T", target))
            )
            assert said[-1] == END and known["".join(read)] == "".join(said[:-1])
            assert not batch.arrays["source"][b, len(read) :].any() and not batch.arrays["target"][b, len(said) :].any()


def test_a_source_is_in_one_part_whatever_its_answers(tmp_path):
    text = "".join(f"w{n}\ta{n}\nw{n}\tb{n}\nw{n}\ta{n}\n" for n in range(50))
    split = opened(tmp_path, text, validation=0.2, batch=4).split
    training, held = ({source for source, _ in part} for part in (split.training, split.held))
    assert not training & held and len(held) == 10
    assert len(split.training) + len(split.held) == 100  # the same pair twice is one


def test_words_and_what_training_never_showed(tmp_path):
    text = "".join(f"the number {n}\tel número {n}\n" for n in range(40))
    data = opened(tmp_path, text, level="word", batch=4, validation=0.25)
    assert {"the", "number"} <= set(data.fields.items[0].vocabulary)
    assert "33.3%" in remarks_of(data)[0].en
    rare = opened(tmp_path, text, level="word", batch=4, validation=0.25, min_count=2)
    assert set(rare.fields.items[0].vocabulary) == {PAD, UNKNOWN, "the", "number"}


def test_rivals_copy_or_ask_the_nearest_source(tmp_path):
    text = "".join(f"word{n:03}\tword{n:03}\n" for n in range(100)) + "".join(
        f"other{n:03}\tsame\n" for n in range(100)
    )
    copy, near = baselines_of(opened(tmp_path, text, batch=4, validation=0.3))
    assert 0.3 < copy.scores["exact_match"] < 0.7
    assert near.scores["exact_match"] == pytest.approx(1 - copy.scores["exact_match"])


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("a\tb\nno tab here\nc\td\n", "data.pair", 2, 12),
        ("a\tb\n\nc\td\te\n", "data.pair", 3, 4),
        ("a\tb\n\td\n", "data.pair", 2, 1),
        ("a\tb\nccc\t \n", "data.pair", 2, 5),
        ("a\tb\nc\t" + "d" * 2001, "data.long_pair", 2, 2003),
        ("a\tb\n", "data.empty", 1, 1),
        ("", "data.empty", 1, 1),
        ("a\tb\na\tc\n", "data.empty", 1, 1),
    ],
)
def test_what_is_no_pair_is_named(tmp_path, text, code, line, column):
    with pytest.raises(Refused) as caught:
        opened(tmp_path, text)
    where = caught.value.problems[0].where
    assert (caught.value.problems[0].code, where.line, where.column) == (code, line, column)
    assert where.file.endswith("p.tsv")


def test_pairs_that_would_not_fit_are_refused_before_they_are_padded(tmp_path, monkeypatch):
    monkeypatch.setattr("core.data.room.free_memory", lambda: 60_000)
    with pytest.raises(Refused) as caught:
        opened(tmp_path, lines(100) + "x\t" + "y" * 1900 + "\n")
    assert caught.value.problems[0].code == "data.no_room"


SMALL = (
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve "
    "veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve"
)
TENS = "treinta cuarenta cincuenta sesenta setenta ochenta noventa"
HUNDREDS = "ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos"


def said(number):
    """A number below 10 000 in Spanish."""
    small, tens, hundreds = SMALL.split(), TENS.split(), HUNDREDS.split()
    if number < 30:
        return small[number]
    if number < 100:
        return tens[number // 10 - 3] + (f" y {small[number % 10]}" if number % 10 else "")
    if number == 100:
        return "cien"
    size = 1000 if number >= 1000 else 100
    many, rest = divmod(number, size)
    head = hundreds[many - 1] if size == 100 else "mil" if many == 1 else f"{small[many]} mil"
    return head + (f" {said(rest)}" if rest else "")


def test_the_numbers_that_ship_are_spelt_as_spanish_spells_them():
    """Against the rule, and the rule against the spellings that go wrong most often."""
    known = {31: "treinta y uno", 101: "ciento uno", 716: "setecientos dieciséis", 1000: "mil", 1522: "mil quinientos veintidós", 9100: "nueve mil cien"}  # fmt: skip
    assert {n: said(n) for n in known} == known
    split = open_dataset(default_registry(), DataChoice("pairs", {"shipped": "numbers-es"}), 0).split
    pairs = {"".join(source): "".join(target) for source, target in (*split.training, *split.held)}
    assert len(pairs) == 2000 and set(map(str, range(100))) <= set(pairs)
    assert pairs == {text: said(int(text)) for text in pairs}
