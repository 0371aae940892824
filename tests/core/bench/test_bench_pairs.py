"""The benchmark measures what it says: same tasks on both sides, a paused run earns nothing, rows are complete."""

from __future__ import annotations

import json
import math
import time
from itertools import islice
from pathlib import Path

import pytest

from core.bench import machine, run_suites
from core.bench.byhand import SCRIPTS
from core.bench.trainee import Trainee
from core.problems import Refused
from core.project.gallery import shipped
from tests.core.export.runs import program_of


def test_scripts_start_where_knowing_nothing_is_and_learn() -> None:
    bits = list(islice(SCRIPTS["char-lm"](30), 30))
    vocabulary = program_of(shipped("char-lm").project).inputs[0].field.sig.size
    assert abs(bits[0] - math.log2(int(str(vocabulary)))) < 0.3 and bits[-1] < bits[0] - 1.0
    errors = list(islice(SCRIPTS["adding-lstm"](60), 60))
    assert errors[0] > 0.3 and sum(errors[-10:]) / 10 < 0.25


@pytest.mark.alone
def test_one_pair_of_each_kind_gives_a_whole_row() -> None:
    (row,) = run_suites("adding-lstm", pairs=1, chunk=0.05)
    assert row.ratio == pytest.approx(row.ours_ms / row.theirs_ms) and 0.2 < row.ratio < 5.0
    assert json.loads(json.dumps(row.plain()))["unit"] == "ms"
    assert "torch" in machine() and "one thread" in machine()


def test_a_paused_run_stands_still_and_its_probes_earn_nothing(tmp_path: Path) -> None:
    run = Trainee("adding-lstm", tmp_path / "run")
    run.steps(3)
    time.sleep(0.3)
    began = time.perf_counter()
    spent = run.steps(3)
    assert spent.wall <= time.perf_counter() - began < 5.0
    run.close()


def test_a_stretch_without_probes_tells_of_none(tmp_path: Path) -> None:
    run = Trainee("adding-lstm", tmp_path / "run", 0.3)
    watched, alone = run.stretch(True), run.stretch(False)
    assert 0.0 < watched.share < 0.9 and alone.share == 0.0
    assert watched.milliseconds > 0.0
    run.close()


def test_an_unknown_suite_names_those_there_are() -> None:
    with pytest.raises(Refused) as refused:
        run_suites("everything")
    assert "char-lm" in refused.value.problems[0].hint.en
