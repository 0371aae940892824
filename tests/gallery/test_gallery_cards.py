"""What every gallery project carries beside its drawing: band, figure, and a page in both languages that can be shown."""

from __future__ import annotations

import re

import pytest

from core.project.gallery import gallery, shipped
from core.project.systems import groups, systems
from studio.inspector.equation import equation_svg

NAMES = [p.name for p in gallery()]
HEADS = {
    "en": ["What to look at", "Equations", "The figure to expect", "What to try next"],
    "es": ["Qué mirar", "Ecuaciones", "La cifra esperada", "Qué probar después"],
}


def equations(page: str) -> list[str]:
    return [e.strip() for e in page.split("$$")[1::2]]


@pytest.mark.parametrize("name", NAMES)
def test_title_notes_and_page_are_there_in_both_languages(name: str) -> None:
    entry = shipped(name)
    for text in (entry.project.title, entry.project.notes, entry.card.page, entry.card.figure):
        assert text.en and text.es and text.en != text.es


@pytest.mark.parametrize("name", NAMES)
def test_the_page_says_what_to_look_at_the_equations_the_figure_and_what_to_try(name: str) -> None:
    page = shipped(name).card.page
    assert re.findall(r"^## (.*)$", page.en, re.MULTILINE) == HEADS["en"]
    assert re.findall(r"^## (.*)$", page.es, re.MULTILINE) == HEADS["es"]


@pytest.mark.parametrize("name", NAMES)
def test_both_pages_have_the_same_equations_and_they_can_be_set(name: str) -> None:
    page = shipped(name).card.page
    assert equations(page.en) == equations(page.es) and equations(page.en)
    for latex in equations(page.en):
        assert b"<svg" in equation_svg(latex, "#000000")


@pytest.mark.parametrize("name", NAMES)
def test_the_ids_it_serves_are_known(name: str) -> None:
    served = shipped(name).project.systems
    assert served and set(served) <= set(systems()), set(served) - set(systems())


def test_the_table_of_ids_is_whole() -> None:
    rows = {letter: [int(i[1:]) for i in systems() if i[0] == letter] for letter in groups()}
    assert rows == {
        "A": list(range(1, 18)), "B": list(range(1, 17)), "C": list(range(1, 11)), "D": list(range(1, 14))
    }  # fmt: skip
    assert all(t.en and t.es for t in [*systems().values(), *groups().values()])
