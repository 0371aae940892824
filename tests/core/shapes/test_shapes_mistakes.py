"""Every kind of mistake: found in its smallest drawing, at the right place, in pinned words, and gone after each fix."""

from __future__ import annotations

import pytest
from mistaken import CASES, GOOD, LIBRARIES
from pinned.all import PINNED
from shape_drawings import REGISTRY, SERIES, graph

from core.compile.check import review
from core.graph.model import Graph
from core.problems import Problem
from core.shapes.flatten import flatten
from core.shapes.infer import infer_flat
from core.shapes.mistakes.all import MISTAKES
from core.specs.fields import Fields
from core.specs.registry import Registry


def problems(g: Graph, fields: Fields, registry: Registry = REGISTRY) -> list[Problem]:
    flat = flatten(g, registry)
    typed = infer_flat(flat, fields)
    return [*typed.problems, *review(flat, typed, fields)]


def test_the_base_drawing_has_no_mistake() -> None:
    assert problems(graph(*GOOD), SERIES) == []


def test_every_row_has_a_drawing_and_pinned_words() -> None:
    assert sorted(code for code, _, _ in CASES) == sorted(PINNED)
    assert {code for code, _, _ in CASES} == set(MISTAKES)
    assert len(MISTAKES) >= 30


@pytest.mark.parametrize(("code", "g", "fields"), CASES, ids=[c[0] for c in CASES])
def test_mistake(code: str, g: Graph, fields: Fields) -> None:
    registry = LIBRARIES.get(code, REGISTRY)
    found = [p for p in problems(g, fields, registry) if p.code == code]
    assert len(found) == 1
    problem = found[0]
    titles = [f.title.en for f in problem.fixes]
    assert (problem.where.label, *problem.message, *problem.hint, titles) == PINNED[code]
    assert all(f.title.es and f.title.es != f.title.en for f in problem.fixes)
    if (not code.startswith("model.") and not code.startswith("size.")) or problem.where.label:
        assert problem.where.path, "no place to jump to"
    for fix in problem.fixes:
        after = problems(fix.apply(g), fields, registry)
        assert (code, problem.where.label) not in [(p.code, p.where.label) for p in after], fix.title.en


@pytest.mark.parametrize(("code", "g", "fields"), CASES, ids=[c[0] for c in CASES])
def test_one_mistake_does_not_shout(code: str, g: Graph, fields: Fields) -> None:
    """One mistake may leave a node unwired or unused, but never brings a crowd of other errors."""
    others = [p.code for p in problems(g, fields, LIBRARIES.get(code, REGISTRY)) if p.code != code]
    errors = [c for c in others if MISTAKES[c].severity == "error"]
    assert len(errors) <= 1, errors


def test_a_fix_for_a_place_that_is_gone_does_nothing() -> None:
    code, g, fields = next(c for c in CASES if c[0] == "size.mismatch")
    fix = next(p for p in problems(g, fields) if p.code == code).fixes[0]
    assert fix.apply(Graph()) == Graph()
