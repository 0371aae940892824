"""Sweeps: the band against published values, a grid resumed after a kill, and the same figures in table, file and picture."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from core.cli.door import run
from core.cli.telling import BAD_INPUT
from core.observe.chart import Line
from core.problems import Refused
from core.project.card import Band
from core.project.file import save_project
from core.project.gallery import shipped
from core.specs.registry import default_registry
from core.trials import sweep as sweeping
from core.trials.curve import chart, spots, write
from core.trials.grid import Point, axes_of, points
from core.trials.study import JOURNAL, Study
from core.trials.sweep import Plan, success_of, sweep
from core.trials.trial import Answer, Score
from core.trials.wilson import wilson

HOME = Path(__file__).resolve().parents[3]
PROJECT = replace(
    shipped("hello").project, training=replace(shipped("hello").project.training, steps=20, validate_every=0)
)
PLAN = Plan(PROJECT, {"training.learning_rate": ("0.01", "0.1")}, 2, "loss", Band("accuracy", ">=", 0.9))


@pytest.mark.parametrize(("won", "runs", "low", "high"), [
    (15, 148, 0.0624, 0.1605),  # Newcombe 1998, table I, method 3
    (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718), (81, 263, 0.2553, 0.3662), (20, 20, 0.8389, 1.0),
])  # fmt: skip
def test_the_band_is_the_published_one(won: int, runs: int, low: float, high: float) -> None:
    assert wilson(won, runs) == pytest.approx((low, high), abs=1e-4)
    assert wilson(0, 0) == (0.0, 1.0)


def test_a_grid_is_every_combination_with_every_seed() -> None:
    axes = axes_of(["data.length=5, 10", "training.clip_norm=0,1,1"])
    assert axes == {"data.length": ("5", "10"), "training.clip_norm": ("0", "1")}
    found = points(axes, 3)
    assert len(found) == len(set(found)) == 12 and found[0].settings == ("data.length=5", "training.clip_norm=0")


@pytest.mark.parametrize("text", ["length", "=5", "a=5,,6", "a="])
def test_what_is_no_grid_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        axes_of([text])


@pytest.mark.parametrize("text", ["accuracy", ">=0.9", "accuracy>=high", "accuracy>=0.9 or so"])
def test_what_is_no_success_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        success_of(text)
    assert success_of("right_sign >= .9") == Band("right_sign", ">=", 0.9)


def answer(accuracy: float) -> Answer:
    return Answer((Score(20, 20, 1.0, {"loss": 1 - accuracy, "accuracy": accuracy}),))


def test_nothing_is_trained_twice_and_a_journal_cut_in_two_is_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Point] = []

    def work(items, ask, workers):
        for item in items:
            asked.append(item)
            assert f'"seed": {item.seed}' in ask(item).project
            yield item, answer(1.0 if item.seed else 0.0)

    monkeypatch.setattr(sweeping, "work", work)
    first = sweep(replace(PLAN, seeds=1), default_registry(), tmp_path, 1)
    with (tmp_path / JOURNAL).open("ab") as journal:
        journal.write(b'{"op_code": 4, "worker')  # what a kill leaves of a line
    both = sweep(PLAN, default_registry(), tmp_path, 1)
    assert [p.seed for p in asked] == [0, 0, 1, 1] and set(first) < set(both) and len(both) == 4
    other = replace(PLAN, project=replace(PROJECT, training=replace(PROJECT.training, steps=21)))
    sweep(other, default_registry(), tmp_path, 1)
    assert len(asked) == 8, "another training is another study"


def test_table_file_and_picture_say_the_same(tmp_path: Path) -> None:
    found = {p: answer(1.0 if p.seed else 0.0) for p in PLAN.points()}
    files = write(PLAN, found, tmp_path)
    assert all(f.stat().st_size > 100 for f in files)
    rows = list(csv.DictReader((tmp_path / "results.csv").open()))
    assert [r["success"] for r in rows] == ["0", "1", "0", "1"] and rows[2]["training.learning_rate"] == "0.1"
    line = next(m for m in chart(PLAN, found).marks if isinstance(m, Line))
    assert line.x.tolist() == [0.01, 0.1] and line.y.tolist() == [0.5, 0.5] and line.band is not None
    assert (line.band[0][0], line.band[1][0]) == wilson(1, 2)
    assert [s.successes for s in spots(PLAN, found)] == [1, 1]


def test_a_path_that_does_not_exist_is_told_before_the_first_training(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "hello.unfold"
    save_project(PROJECT, file)
    code = run(["sweep", str(file), "--param", "node.memory.unitz=1,2", "--out", str(tmp_path / "out")])
    assert code == BAD_INPUT and "units" in capsys.readouterr().err
    assert not (tmp_path / "out" / JOURNAL).exists()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (["--param", "learning_rate=0.1", "--metric", "mse"], "sweep.metric"),
        (["--param", "learning_rate=0.1", "--success", "acuracy>=0.9"], "sweep.metric"),
        (["--param", "learning_rate=0.1", "--metric", "confusion"], "sweep.metric"),
        (["--param", "training.seed=1,2"], "sweep.seed"),
        (["--param", "seed=1,2"], "sweep.seed"),
    ],
)
def test_a_figure_that_no_training_would_give_is_told_before_the_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], given: list[str], code: str
) -> None:
    file = tmp_path / "hello.unfold"
    save_project(PROJECT, file)
    assert run(["sweep", str(file), *given, "--out", str(tmp_path / "out")]) == BAD_INPUT
    assert code in capsys.readouterr().err and not (tmp_path / "out" / JOURNAL).exists()


@pytest.mark.slow
def test_a_sweep_that_was_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    file, out = tmp_path / "hello.unfold", tmp_path / "out"
    save_project(PROJECT, file)
    arguments = ["sweep", str(file), "--param", "learning_rate=0.05,0.1", "--seeds", "3", "--success", "accuracy>=0.9", "--workers", "1", "--out", str(out)]  # fmt: skip
    command = [sys.executable, "-c", "from core.cli.door import run; raise SystemExit(run())", *arguments]
    process = subprocess.Popen(command, cwd=HOME, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    while not process.stderr.readline().startswith("2/6"):
        assert process.poll() is None
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stderr.close()
    done = subprocess.run(command, cwd=HOME, capture_output=True, text=True, timeout=200, check=True)
    assert not any(line.startswith(("1/6", "2/6")) for line in done.stderr.splitlines())
    assert "6/6" in done.stderr and len((out / "results.csv").read_text("utf-8").splitlines()) == 7


def test_the_study_can_be_read_by_optuna_itself(tmp_path: Path) -> None:
    import optuna

    study = Study(tmp_path, "x", "accuracy", True)
    for value in (0.2, float("nan"), 0.9):
        study.add(Point((("data.length", "5"),), int(value == 0.9)), answer(value))
    backend = optuna.storages.journal.JournalFileBackend(str(tmp_path / JOURNAL))
    read = optuna.load_study(study_name="x-accuracy", storage=optuna.storages.JournalStorage(backend))
    assert read.best_value == 0.9 and read.best_params == {"data.length": "5", "seed": 1}
    assert [t.state.name for t in read.trials] == ["COMPLETE", "FAIL", "COMPLETE"]
