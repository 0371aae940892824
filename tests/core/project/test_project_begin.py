"""What is offered for a person's own file can be trained, and what cannot be used is told with the reason."""

import random
from pathlib import Path

import numpy as np
import pytest

from core.compile.pipeline import compile_graph
from core.data.open import open_dataset
from core.problems import Refused
from core.project.begin import made_of
from core.specs.registry import default_registry

REGISTRY = default_registry()


def offered(path: Path) -> list[str]:
    return [o.project.data.kind for o in made_of(path, REGISTRY).offers]


def numbers(rows: int, gap: int = -1) -> str:
    draw = random.Random(0)
    lines = [f"{draw.random():.3f},{'' if i == gap else draw.randrange(9)}" for i in range(rows)]
    return "\n".join(["shop,online", *lines]) + "\n"


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    texts = {
        "poem.txt": "the quick brown fox jumps over the lazy dog. " * 400,
        "sales.csv": numbers(200),
        "gaps.csv": numbers(200, gap=7),
        "pairs.tsv": "".join(f"{w}{i}\t{w[::-1]}{i}\n" for i in range(60) for w in ("abc", "casa", "perro")),
        "trees.txt": "(1 (0 good) (1 film))\n(0 (0 bad) (0 film))\n" * 40,
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    np.save(tmp_path / "wave.npy", np.sin(np.arange(300) / 5))
    (tmp_path / "classes").mkdir()
    for name in ("cats", "dogs"):
        lines = (f"{name} {i}\n" for i in range(80))
        (tmp_path / "classes" / f"{name}.txt").write_text("".join(lines))
    return {p.name: p for p in tmp_path.iterdir()}


def test_the_likeliest_model_comes_first(files):
    first = {name: offered(path)[0] for name, path in files.items()}
    assert first == {
        "poem.txt": "text", "sales.csv": "series", "gaps.csv": "series", "pairs.tsv": "pairs",
        "trees.txt": "trees", "wave.npy": "series", "classes": "names",
    }  # fmt: skip


def test_every_offer_compiles_on_the_data_it_names(files):
    for path in files.values():
        for offer in made_of(path, REGISTRY).offers:
            dataset = open_dataset(REGISTRY, offer.project.data, 0)
            program = compile_graph(offer.project.graph, dataset.fields, REGISTRY, "train")
            assert program.parameter_count > 0
            batch = next(iter(dataset.validation()))
            assert {a.field.name for a in (*program.inputs, *program.targets)} <= set(batch.arrays)
            assert all(offer.project.title) and path.stem in offer.project.title.en
            assert not offer.project.systems, "it is no gallery project any more"


def test_what_was_decided_is_said(files):
    assert "Empty cells" in made_of(files["gaps.csv"], REGISTRY).offers[0].remark.en
    assert made_of(files["sales.csv"], REGISTRY).offers[0].remark.en == ""


def test_a_small_text_gets_short_windows(tmp_path):
    path = tmp_path / "tiny.txt"
    path.write_text("hello world, hello moon. " * 8)
    found = made_of(path, REGISTRY)
    assert found.offers[0].project.data.params["length"] < 64
    assert found.offers[0].remark.en
    assert found.unfit[0].problem.code == "data.too_short", "words are too few, and it says so"


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("picture.png", b"\x89PNG\r\n\x1a\n\0\0\0" + bytes(range(256)), "data.binary"),
        ("old.txt", "camión y niño".encode("latin-1") * 50, "data.encoding"),
        ("few.txt", b"hi", "data.too_short"),
        ("empty.csv", b"", "data.empty"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_reason(tmp_path, name, data, code):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(Refused) as caught:
        made_of(path, REGISTRY)
    told = caught.value.problems
    assert told[0].code == "begin.nothing" and name in told[0].message.es
    assert code in {p.code for p in told}


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(Refused):
        made_of(tmp_path / "gone.txt", REGISTRY)


def test_a_name_is_no_markup_on_the_page(tmp_path):
    path = tmp_path / "a_b [x](y) $z$.txt"
    path.write_text("the quick brown fox. " * 400)
    notes = made_of(path, REGISTRY).offers[0].project.notes
    assert r"\[x\]\(y\) \$z\$" in notes.en
