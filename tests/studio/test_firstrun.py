"""The first run without a display: its progress is a few lines in a file; numbers are said with their grammar."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.data.split import _too_short
from core.words import Text
from studio.firstrun import show_progress
from studio.panels.figures import run_facts
from studio.panels.statusbar import ERRORS, WARNINGS, numbered
from tests.studio.test_ending import STARTED, RunView


def test_progress_in_a_file_is_a_line_for_every_tenth(capfd: pytest.CaptureFixture[str]) -> None:
    told = -1
    for step in range(201):
        for _ in range(5):
            told = show_progress(step, 200, 1.0, told)
    err = capfd.readouterr().err
    assert "\r" not in err and "  training loss 1.000" in err
    assert [line.split("/")[0] for line in err.splitlines()] == [str(20 * k) for k in range(11)]


def test_remarks_join_the_facts_of_a_run_without_a_stop_before_the_dot() -> None:
    started = replace(STARTED, told=(Text("9 + 3 names (training + held out).", "9 + 3 nombres (reserva)."),) * 2)
    facts = run_facts(RunView("running", started))
    assert facts.count("(training + held out)") == 2 and ". ·" not in facts and not facts.endswith(".")


def test_one_is_said_as_one() -> None:
    assert numbered(1, *WARNINGS) == ("{n} warning", "{n} aviso")
    assert numbered(2, *WARNINGS) == ("{n} warnings", "{n} avisos")
    assert numbered(1, *ERRORS).es == "{n} error" and numbered(0, *ERRORS).es == "{n} errores"
    one, more = _too_short("training", "entrenar", 1, 1, 9).message, _too_short("training", "entrenar", 2, 3, 9).message
    assert one.en == "1 value is left for training, but 1 row of 9 needs 9."
    assert one.es == "Queda 1 valor para entrenar, pero 1 fila de 9 necesita 9."
    assert more.en == "2 values are left for training, but 3 rows of 9 need 27."
    assert more.es == "Quedan 2 valores para entrenar, pero 3 filas de 9 necesitan 27."
