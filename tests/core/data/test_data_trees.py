"""Trees: what is read is what is written, mistakes are told with their place, expressions come to what they come to."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.data.dataset import baselines_of
from core.data.open import open_dataset
from core.data.trees import phrases
from core.problems import Refused
from core.project.model import DataChoice
from core.specs.registry import default_registry

FILE = "(1 (0 not) (2 good))\n\n(2 (2 fine) (1 (0 (0 a) (1 bad)) (2 end)))\n(2 fine)\n"


def opened(kind: str, **params: Any) -> Any:
    return open_dataset(default_registry(), DataChoice(kind, params), 0)


def told(file: Path, text: str) -> tuple[str, int, int]:
    file.write_text(text, "utf-8")
    with pytest.raises(Refused) as refused:
        opened("trees", path=str(file))
    (problem,) = refused.value.problems
    assert problem.where.file == str(file)
    return problem.code, problem.where.line or 0, problem.where.column or 0


def test_a_file_is_read_as_it_is_written(tmp_path: Path) -> None:
    """Written out again from the arrays, every tree is a line of the file."""
    file = tmp_path / "trees.txt"
    file.write_text(FILE, "utf-8")
    data = opened("trees", path=str(file), validation=0.3)
    words, labels = data.fields.items[0].vocabulary, data.fields.items[1].vocabulary
    seen = []
    for batch in (next(data.validation()), data.stream(0).next()):
        for b in range(batch.size):
            children, n = batch.lengths["N/children"][b], int(batch.lengths["N"][b])

            def shown(at: int, b: int = b, batch: Any = batch, children: Any = children) -> str:
                left, right = children[at]
                label = labels[batch.arrays["labels"][b, at]]
                if left < 0:
                    return f"({label} {words[batch.arrays['words'][b, at]]})"
                assert batch.arrays["words"][b, at] == 0
                return f"({label} {shown(left)} {shown(right)})"

            seen.append(shown(n - 1))
            assert batch.arrays["label"][b] == batch.arrays["labels"][b, n - 1]
    lines = {line for line in FILE.split("\n") if line}
    rare = [re.sub(r"<unk>", r"[a-z]+", re.escape(s)) for s in seen]
    assert len(seen) == 3 and all(any(re.fullmatch(r, line) for line in lines) for r in rare)


@pytest.mark.parametrize(
    ("line", "column"),
    [("(1 (0 a) (2 b)", 15), ("(1 (0 a))", 9), ("1 a", 1), ("((0 a) (1 b))", 2), ("(1)", 3), ("(1 (0 a) (2 b) (3 c))", 16), ("(1 a b)", 6)],
)  # fmt: skip
def test_mistakes_have_a_line_and_a_column(tmp_path: Path, line: str, column: int) -> None:
    assert told(tmp_path / "t.txt", f"(0 a)\n(1 b)\n{line}\n") == ("data.tree", 3, column)


def test_other_mistakes(tmp_path: Path) -> None:
    file = tmp_path / "t.txt"
    assert told(file, "(0 a) (1 b)\n(1 b)\n") == ("data.tree_after", 1, 7)
    assert told(file, "(0 a)\n") == ("data.too_few", 1, 1)
    assert told(file, "(0 a)\n(0 b)\n") == ("data.one_label", 1, 1)
    assert told(file, "(0 a)\n" + "(0 " * 500 + "\n")[:2] == ("data.tree_deep", 2)


def test_no_held_out_phrase_is_trained_on() -> None:
    from core.data.trees import _leaves, _sides
    from core.data.trees import _trees as read

    trees = read(phrases(), "")
    training, held = _sides(trees, 0.1)
    assert len(training) + len(held) == len(trees) and 0.05 < len(held) / len(trees) < 0.2
    assert not {tuple(_leaves(t)) for t in training} & {tuple(_leaves(t)) for t in held}
    alike = read("(1 (0 a) (2 b))\n(2 (0 a) (2 b))", "")
    assert [len(side) for side in _sides(alike, 0.5)] == [1, 1]


def test_the_shipped_phrases_need_their_brackets() -> None:
    """`not` turns a value around, `but` takes the right one: worked out again from the text; words alone do not tell."""
    for line in phrases().split("\n")[:200]:
        while (m := re.search(r"\((\d) (\w+)\)", line)) is not None:
            line = line.replace(m.group(), f"{m.group(2)}={m.group(1)}", 1)
            line = re.sub(r"\((\d) not=2 \S+=(\d)\)", lambda m: _same(m[1], 4 - int(m[2])), line)
        assert "=" in line
    (bag,) = baselines_of(opened("trees"))
    assert opened("trees").chance["accuracy"] < bag.scores["accuracy"] < 0.9


def _same(label: str, worth: int) -> str:
    assert int(label) == worth
    return f"x={label}"


@pytest.mark.parametrize("shape", ["parse", "balanced"])
def test_expressions_come_to_what_python_says(shape: str) -> None:
    """Python's own arithmetic, from the tree or from the row of leaves; every node of a parse has its value."""
    data = opened("expressions", tree=shape, depth=4, batch=40)
    batch, words = data.stream(0).next(), data.fields.items[0].vocabulary
    children, tokens = batch.lengths["N/children"], batch.arrays["symbols"]
    for b in range(batch.size):
        n = int(batch.lengths["N"][b])

        def said(at: int, b: int = b) -> str:
            left, right = children[b, at]
            symbol = words[tokens[b, at]]
            if left < 0:
                return symbol
            return f"({said(left)}{symbol}{said(right)})" if shape == "parse" else said(left) + said(right)

        assert all(c < at for at in range(n) for c in children[b, at])
        assert sorted(c for c in children[b].ravel() if c >= 0) == list(range(n - 1))
        assert eval(said(n - 1)) % 5 == batch.arrays["value"][b]
        if shape == "parse":
            assert all(eval(said(at)) % 5 == batch.arrays["values"][b, at] for at in range(n))


def test_held_out_expressions_are_as_deep_as_asked() -> None:
    data = opened("expressions", test_depth=3)
    batch = next(data.validation())
    for pairs, n in zip(batch.lengths["N/children"], batch.lengths["N"], strict=True):
        depth: list[int] = []
        for left, right in pairs[:n]:
            depth.append(0 if left < 0 else 1 + max(depth[left], depth[right]))
        assert depth[-1] == 3


def test_quadrants_by_hand() -> None:
    batch = opened("quadrants", size=5, density=0.1).stream(0).next()
    marks, answer = batch.arrays["marks"][..., 0], batch.arrays["answer"]
    for b in range(4):
        for i in range(5):
            for j in range(5):
                both = marks[b, : i + 1, : j + 1].any() and marks[b, i:, j:].any()
                assert answer[b, i, j] == both
    data = opened("quadrants")
    said = np.concatenate([b.arrays["answer"] for b in data.validation()])
    assert abs(1 - said.mean() - data.chance["accuracy"]) < 0.02
    (behind,) = baselines_of(data)
    assert data.chance["accuracy"] + 0.1 < behind.scores["accuracy"] < 0.9
