"""Which programs write, through which head and in which symbols."""

from __future__ import annotations

from dataclasses import replace

import pytest
from training_double import NEXT, SYMBOLS, char_program, line_program

from core.compile.program import Argument, Output
from core.problems import Refused
from core.specs.sig import Sig
from core.train.generation import can_generate, fields_of_loop, loop_of, symbols_of


def test_a_program_writes_through_the_head_of_its_own_symbols() -> None:
    """Another head before it, over symbols that it never reads, is no part of what it writes."""
    program = char_program()
    kinds = replace(NEXT, name="kind", vocabulary=("vowel", "consonant"))
    other = Output("kinds", Sig("features", 2, ("T",)), ("kinds",), "y", "cross_entropy", "kind")
    both = replace(
        program, outputs=(other, *program.outputs), targets=(Argument("kind", kinds, ("kind",)), *program.targets)
    )
    for found in (program, both):
        assert loop_of(found).logits == "next" and not loop_of(found).heard
        assert symbols_of(found) == SYMBOLS and fields_of_loop(found) == ("text", "next")


@pytest.mark.parametrize("asked", [symbols_of, loop_of, fields_of_loop])
def test_what_cannot_write_is_refused(asked) -> None:
    assert can_generate(char_program()) and not can_generate(line_program())
    with pytest.raises(Refused) as refused:
        asked(line_program())
    assert refused.value.problems[0].code == "sample.impossible"
