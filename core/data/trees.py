"""Bracketed trees: one tree a line, each node a label and either a word or two trees, as in (3 (2 not) (3 (1 very) (3 good)))."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from core.data.dataset import Array, Baseline
from core.data.items import Items
from core.data.reading import read_text
from core.data.room import check_room
from core.data.stream import ORDER, generator
from core.data.vocabulary import UNKNOWN, Vocabulary
from core.problems import Place, Problem, Refused
from core.specs.fields import DataField, Fields
from core.specs.sig import TREE, Sig
from core.words import Text

JOINT = "·"  # the symbol of a node that joins two others: id 0, padding too
DEEPEST = 400  # brackets inside one another
SPLIT_SEED = 0  # the same trees are held out whatever the run's seed
SHIPPED = 1200  # phrases
PARTS = re.compile(r"\(|\)|[^\s()]+")
Node = tuple[str, tuple[int, int], str]  # word or JOINT, children (-1 where there is none), label
Tree = tuple[Node, ...]


@dataclass(frozen=True)
class Split:
    training: tuple[Tree, ...]
    held: tuple[Tree, ...]
    words: Vocabulary
    labels: Vocabulary


def tree_fields(params: Mapping[str, Any]) -> Fields:
    """Fields for the chosen trees. Raises Refused."""
    return _fields(_split(params))


def open_trees(params: Mapping[str, Any]) -> Items:
    """The chosen trees, a part of them held out. Raises Refused with file, line and column."""
    split = _split(params)
    longest = max(len(tree) for tree in (*split.training, *split.held))
    check_room(Path(params["path"] or "trees"), (len(split.training) + len(split.held)) * longest * 64)
    roots = Counter(tree[-1][2] for tree in split.held)
    chance = {"loss": math.log(len(split.labels)), "accuracy": max(roots.values()) / len(split.held)}
    training, held = _arrays(split, split.training, longest), _arrays(split, split.held, longest)
    return Items(_fields(split), training, held, params["batch"], chance, lambda: (_bag(split),))


def _fields(split: Split) -> Fields:
    labels = len(split.labels)
    return Fields(
        (
            DataField("words", Sig("tokens", len(split.words), (TREE,)), split.words),
            DataField("label", Sig("tokens", labels), split.labels, target=True),
            DataField("labels", Sig("tokens", labels, (TREE,)), split.labels, target=True),
        )
    )


def _arrays(split: Split, trees: Sequence[Tree], longest: int) -> dict[str, Array]:
    word, label = ({s: i for i, s in enumerate(v)} for v in (split.words, split.labels))
    words, labels = np.zeros((2, len(trees), longest), np.int64)
    children = np.full((len(trees), longest, 2), -1, np.int64)
    for b, tree in enumerate(trees):
        words[b, : len(tree)] = [word.get(w, word[UNKNOWN]) for w, _, _ in tree]
        children[b, : len(tree)] = [pair for _, pair, _ in tree]
        labels[b, : len(tree)] = [label[name] for _, _, name in tree]
    ends = np.array([len(tree) for tree in trees], np.int64)
    roots = labels[np.arange(len(trees)), ends - 1]
    return {"words": words, "label": roots, "labels": labels, TREE: ends, f"{TREE}/children": children}


def _bag(split: Split) -> Baseline:
    """Naive Bayes over the words of a tree, their order and brackets forgotten."""
    counts: dict[str, Counter[str]] = {name: Counter() for name in split.labels}
    known = Counter(tree[-1][2] for tree in split.training)
    for tree in split.training:
        counts[tree[-1][2]].update(_leaves(tree))
    sizes = {name: sum(counts[name].values()) + len(split.words) for name in split.labels}

    def said(tree: Tree) -> str:
        def score(name: str) -> float:
            seen = sum(math.log((counts[name][w] + 1) / sizes[name]) for w in _leaves(tree))
            return math.log((known[name] + 1) / len(split.training)) + seen

        return max(split.labels, key=score)

    right = sum(said(tree) == tree[-1][2] for tree in split.held)
    return Baseline(Text("bag of words", "bolsa de palabras"), {"accuracy": right / len(split.held)})


def _leaves(tree: Tree) -> list[str]:
    return [word for word, children, _ in tree if children == (-1, -1)]


def _split(params: Mapping[str, Any]) -> Split:
    text = read_text(params["path"]) if params["path"] else phrases()
    return _parted(
        _trees(text, params["path"]), params["path"], params["lower"], params["min_count"], params["validation"]
    )


@lru_cache(maxsize=2)
def _parted(trees: tuple[Tree, ...], path: str, lower: bool, least: int, held: float) -> Split:
    if lower:
        trees = tuple(tuple((w.lower(), c, name) for w, c, name in tree) for tree in trees)
    training, asked = _sides(trees, held)
    counts = Counter(word for tree in training for word in _leaves(tree))
    words = (JOINT, UNKNOWN, *sorted(w for w, n in counts.items() if n >= least and w not in (JOINT, UNKNOWN)))
    labels = tuple(sorted({name for tree in trees for _, _, name in tree}))
    if len(labels) < 2:
        raise Refused(_wrong(path, 1, 1, "data.one_label", Text("all nodes have one label", "todos los nodos tienen la misma etiqueta"),
                             Text("There is nothing to tell apart.", "No hay nada que distinguir.")))  # fmt: skip
    return Split(training, asked, words, labels)


def _sides(trees: Sequence[Tree], held: float) -> tuple[tuple[Tree, ...], tuple[Tree, ...]]:
    """What is trained on and what is held out: the same words, however often they come, are all on one side. Where all
    trees have the same words, the trees themselves are parted."""
    names: list[Hashable] = [tuple(_leaves(tree)) for tree in trees]
    if len(set(names)) < 2:
        names = [*range(len(trees))]
    known = list(dict.fromkeys(names))
    order = generator(SPLIT_SEED, ORDER).permutation(len(known))
    aside = {known[i] for i in order[: min(len(known) - 1, max(1, round(len(known) * held)))]}
    parted = list(zip(trees, (name in aside for name in names), strict=True))
    return tuple(t for t, out in parted if not out), tuple(t for t, out in parted if out)


@lru_cache(maxsize=2)
def _trees(text: str, path: str) -> tuple[Tree, ...]:
    """Every line that is not empty. Raises Refused at the first that is no tree."""
    found = tuple(_Line(path, n, line).tree() for n, line in enumerate(text.split("\n"), start=1) if line.strip())
    if len(found) < 2:
        raise Refused(_wrong(path, 1, 1, "data.too_few", Text("there are fewer than two trees", "hay menos de dos árboles"),
                             Text("Write one tree on each line.", "Escriba un árbol en cada línea.")))  # fmt: skip
    return found


class _Line:
    """One line being read, left to right."""

    def __init__(self, path: str, number: int, line: str) -> None:
        self._path, self._number = path, number
        self._parts = [(m.group(), m.start() + 1) for m in PARTS.finditer(line)]
        self._end = len(line.rstrip()) + 1
        self._at = 0
        self._nodes: list[Node] = []

    def tree(self) -> Tree:
        self._node(0)
        if self._at < len(self._parts):
            self._fail(
                "data.tree_after", Text("something follows the end of the tree", "algo sigue al final del árbol")
            )
        return tuple(self._nodes)

    def _node(self, depth: int) -> int:
        """Append a node and all below it, children first; its place."""
        if depth > DEEPEST:
            self._fail(
                "data.tree_deep",
                Text(f"brackets nested deeper than {DEEPEST}", f"paréntesis anidados a más de {DEEPEST}"),
            )
        self._expect("(", Text("a tree begins with (", "un árbol empieza con ("))
        label = self._symbol(Text("a label must follow (", "tras ( debe venir una etiqueta"))
        if self._next() == "(":
            children = (self._node(depth + 1), self._node(depth + 1))
            node: Node = (JOINT, children, label)
        else:
            word = self._symbol(
                Text(
                    "a word or two trees must follow the label", "tras la etiqueta debe venir una palabra o dos árboles"
                )
            )
            node = (word, (-1, -1), label)
        self._expect(
            ")",
            Text(
                "a node holds one word or two trees and ends with )",
                "un nodo tiene una palabra o dos árboles y acaba con )",
            ),
        )
        self._nodes.append(node)
        return len(self._nodes) - 1

    def _next(self) -> str:
        return self._parts[self._at][0] if self._at < len(self._parts) else ""

    def _expect(self, part: str, what: Text) -> None:
        if self._next() != part:
            self._fail("data.tree", what)
        self._at += 1

    def _symbol(self, what: Text) -> str:
        found = self._next()
        if found in ("", "(", ")"):
            self._fail("data.tree", what)
        self._at += 1
        return found

    def _fail(self, code: str, what: Text) -> None:
        column = self._parts[self._at][1] if self._at < len(self._parts) else self._end
        hint = Text(
            "A node is written (label word) or (label (…) (…)).",
            "Un nodo se escribe (etiqueta palabra) o (etiqueta (…) (…)).",
        )
        raise Refused(_wrong(self._path, self._number, column, code, what, hint))


def _wrong(path: str, line: int, column: int, code: str, what: Text, hint: Text) -> Problem:
    name = Path(path).name or "trees"
    return Problem(
        code,
        Text(
            f"{name}, line {line}, column {column}: {what.en}.", f"{name}, línea {line}, columna {column}: {what.es}."
        ),
        Place(param="path", file=path, line=line, column=column, label=f"{name}:{line}:{column}"),
        hint,
    )


OPINIONS = (("good", 3), ("great", 4), ("fine", 3), ("bad", 1), ("awful", 0), ("dull", 1))
THINGS = ("plot", "cast", "music", "ending", "film")


def phrases() -> str:
    """Trees that ship: opinions from 0 to 4 in which `not` turns what it governs around and `but` lets its right side win."""
    draw = generator(0, 77)

    def part(depth: int) -> tuple[str, int]:
        how = int(draw.integers(4)) if depth else 0
        if how == 0:
            word, worth = OPINIONS[int(draw.integers(len(OPINIONS)))]
            return f"({worth} {word})", worth
        if how == 1:
            inner, worth = part(depth - 1)
            return f"({4 - worth} (2 not) {inner})", 4 - worth
        if how == 2:
            thing, (inner, worth) = THINGS[int(draw.integers(len(THINGS)))], part(depth - 1)
            return f"({worth} (2 {thing}) {inner})", worth
        (left, _), (right, worth) = part(depth - 1), part(depth - 1)
        return f"({worth} {left} ({worth} (2 but) {right}))", worth

    return "\n".join(part(4)[0] for _ in range(SHIPPED))
