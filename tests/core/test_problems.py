"""A problem on one line of a terminal reads as sentences, in both languages."""

from __future__ import annotations

import pytest

from core.problems import Place, Problem, sentence
from core.words import Text

HINT = Text("Look there.", "Mire ahí.")


def test_the_place_comes_first_unless_the_message_says_it() -> None:
    said = Problem("a.b", Text("x.txt is empty.", "x.txt está vacío."), Place(file="x.txt"), HINT)
    assert said.line() == "x.txt is empty. Look there. [a.b]"
    unsaid = Problem("a.b", Text("the loop is empty", "el bucle está vacío"), Place(label="m/h"), HINT)
    assert unsaid.line() == "m/h: the loop is empty. Look there. [a.b]"


@pytest.mark.parametrize(
    ("text", "told"),
    [("so", "so."), ("so.", "so."), ("so?", "so?"), ("see: ", "see:"), ("(so)", "(so)."), ("and …", "and …"), ("", "")],
)
def test_a_sentence_ends_with_one_stop(text: str, told: str) -> None:
    assert sentence(text) == told
