"""What the system refuses is told in both languages, by every door that a file goes through."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

import pytest

from core.data.reading import read_text
from core.oswords import KNOWN, reason, short
from core.problems import Problem, Refused, filled
from core.project.card import load_card
from core.project.file import load_project
from core.words import Text

HOME = Path(__file__).resolve().parents[2]


def problem_of(do, *given) -> Problem:
    with pytest.raises(Refused) as caught:
        do(*given)
    return caught.value.problems[0]


@pytest.mark.parametrize("load", [load_project, load_card, lambda p: read_text(str(p), "path")])
def test_a_missing_file_is_missing_in_spanish_too(tmp_path, load) -> None:
    problem = problem_of(load, tmp_path / "none.txt")
    assert KNOWN[errno.ENOENT].en in problem.message.en and KNOWN[errno.ENOENT].es in problem.message.es
    assert os.strerror(errno.ENOENT) not in problem.message.es
    assert problem.got == "ENOENT"


def test_a_folder_in_place_of_a_file_is_said_to_be_one(tmp_path) -> None:
    problem = problem_of(load_project, tmp_path)
    assert KNOWN[errno.EISDIR].en in problem.message.en and KNOWN[errno.EISDIR].es in problem.message.es


def test_a_zero_byte_in_a_path_is_told_in_both() -> None:
    problem = problem_of(load_project, Path("a\0b.unfold"))
    assert "zero byte" in problem.message.en and "byte nulo" in problem.message.es


def test_what_is_not_known_comes_in_the_systems_own_words() -> None:
    strange = OSError(errno.ENOTTY, os.strerror(errno.ENOTTY))
    assert errno.ENOTTY not in KNOWN and reason(strange).es == os.strerror(errno.ENOTTY)
    assert short(strange) == "ENOTTY" and reason(OSError()).en == "OSError"


def test_a_text_in_a_hole_is_filled_in_its_own_language() -> None:
    assert filled(Text("so: {w}.", "así: {w}."), w=Text("wet", "mojado")) == ("so: wet.", "así: mojado.")


def test_nobody_else_shows_the_systems_words() -> None:
    """`strerror` is read in one file; elsewhere it is only handed on in the making of an error."""
    hit = re.compile(r"error\.strerror")
    for folder in ("core", "studio", "plugins"):
        for file in (HOME / folder).rglob("*.py"):
            lines = [line for line in file.read_text("utf-8").splitlines() if hit.search(line)]
            allowed = file.name == "oswords.py" or all("NotConfirmed(" in line for line in lines)
            assert allowed, (file, lines)
