"""Run folders read back: what a ledger told is what is compared."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from core.observe.chart import Line, Points
from core.problems import Problem, Refused
from core.project.file import save_project
from core.project.gallery import shipped
from core.project.ran import Ran, alike, curve_names, overlaid, read_run, run_folders, table_of
from core.train.ledger import Ledger
from core.train.messages import Done, Failed, Message, Started, Step, Validation
from core.words import Text, set_language


def written(folder: Path, losses: list[float], end: Message | None, checks: tuple[tuple[int, float], ...] = ()) -> Path:
    """A run folder as the trainer writes it, its messages in order."""
    folder.mkdir(parents=True)
    save_project(shipped("hello").project, folder / "project.unfold")
    config = {"parameters": 40, "training": {"steps": 100}, "data": {"kind": shipped("hello").project.data.kind}}
    (folder / "config.json").write_text(json.dumps(config))
    ledger = Ledger(folder / "metrics.jsonl")
    ledger.add(Started(100, 0, "cpu", "fp32", 40, str(folder), {}, {}))
    for at, loss in enumerate(losses, 1):
        ledger.add(Step(at, loss, 0.1, 1.0, 1.0, at / 10, at))
        for when, value in checks:
            if when == at:
                ledger.add(Validation(at, {"loss": value, "accuracy": 1 - value}, at / 10))
    if end is not None:
        ledger.add(end)
    ledger.close()
    return folder


def test_a_finished_run(tmp_path):
    done = Done(4, {"loss": 0.25, "accuracy": 0.75, "train_loss": 0.3}, 12.5, False, "")
    run = read_run(written(tmp_path / "a", [4.0, 3.0, 2.0, 1.0], done, ((2, 0.5), (4, 0.25))))
    assert (run.ended, run.step, run.total, run.seconds, run.parameters) == ("done", 4, 100, 12.5, 40)
    assert run.metrics == {"loss": 0.25, "accuracy": 0.75}
    x, y = run.curves["train/loss"]
    assert x.tolist() == [1, 2, 3, 4] and y.tolist() == [4, 3, 2, 1]
    assert [v.tolist() for v in run.curves["validation/accuracy"]] == [[2, 4], [0.5, 0.75]]
    assert run.title == shipped("hello").project.title


def test_only_runs_that_are_measured_alike_share_an_axis(tmp_path):
    def of(name: str, kind: str, metrics: dict[str, float]) -> Ran:
        folder = written(tmp_path / name, [1.0], Done(1, metrics, 1.0, False, ""))
        config = json.loads((folder / "config.json").read_text())
        (folder / "config.json").write_text(json.dumps({**config, "data": {"kind": kind}}))
        return read_run(folder)

    spoken = of("a", "text", {"loss": 1.0, "bits_per_char": 1.4})
    assert alike(spoken, of("b", "text", {"loss": 2.0, "bits_per_char": 2.8}))
    assert alike(spoken, of("c", "text", {})), "stopped before it was judged"
    assert not alike(spoken, of("d", "text", {"loss": 2.0, "mse": 2.0})), "another loss"
    assert not alike(spoken, of("e", "names", {"loss": 1.0, "bits_per_char": 1.4})), "another task"


def test_a_ledger_from_before_these_were_told_is_read(tmp_path):
    folder = written(tmp_path / "old", [1.0, 0.5], None)
    lines = [{"kind": "step", "step": 7, "loss": 0.5, "seconds": 1.0, "metrics": {"accuracy": None}},
             {"kind": "probed", "step": 7, "share": 0.02, "frames": 1, "dropped": 0}]  # fmt: skip
    (folder / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    (folder / "config.json").write_text(json.dumps({"parameters": 40, "training": {"steps": 100}}))
    run = read_run(folder)
    assert run.scored is not None and run.scored.step == 7 and math.isnan(run.scored.metrics["accuracy"])
    assert run.probed is not None and run.probed.share == 0.02 and run.validation is None


def test_runs_that_ended_otherwise(tmp_path):
    wrong = Failed(2, Problem("train.nan", Text("x", "x")))
    assert read_run(written(tmp_path / "f", [1.0, float("nan")], wrong)).ended == "failed"
    assert read_run(written(tmp_path / "s", [1.0], Done(1, {}, 1.0, True, ""))).ended == "stopped"
    still = read_run(written(tmp_path / "o", [1.0, 0.5], None, ((1, 0.5),)))
    assert still.ended == "open" and still.seconds == 0.2
    assert still.metrics == {"loss": 0.5, "accuracy": 0.5}, "the last ones it told"
    assert math.isnan(read_run(tmp_path / "f").curves["train/loss"][1][1])
    assert read_run(written(tmp_path / "none", [], None)).curves == {}


def test_a_line_cut_off_by_a_crash_is_left_out_and_damage_is_told(tmp_path):
    folder = written(tmp_path / "a", [4.0, 3.0], None)
    ledger = folder / "metrics.jsonl"
    whole = ledger.read_bytes()
    ledger.write_bytes(whole + b'{"kind": "step", "st')
    assert read_run(folder).step == 2
    ledger.write_bytes(b"\x00garbage\n" + whole)
    with pytest.raises(Refused) as caught:
        read_run(folder)
    assert caught.value.problems[0].code == "run.unreadable"
    with pytest.raises(Refused):
        read_run(tmp_path / "nowhere")


def test_folders_are_found_newest_first(tmp_path):
    import os

    for age, name in enumerate(("new", "old")):
        written(tmp_path / name, [1.0], None)
        os.utime(tmp_path / name / "config.json", (1e9 - age, 1e9 - age))
    (tmp_path / "not-a-run").mkdir()
    assert [f.name for f in run_folders(tmp_path)] == ["new", "old"]
    assert run_folders(tmp_path / "nowhere") == ()


def test_curves_are_laid_over_each_other_each_in_its_colour(tmp_path):
    a = read_run(written(tmp_path / "a", [4.0, 3.0, 2.0], None, ((1, 0.9), (3, 0.3))))
    b = read_run(written(tmp_path / "b", [5.0, 1.0], None, ((2, 0.4),)))
    assert curve_names([a, b]) == ("validation/loss", "validation/accuracy", "train/loss")
    chart = overlaid([(0, a), (3, b)], "validation/loss")
    line, point = chart.marks
    assert isinstance(line, Line) and isinstance(point, Points), "one value is a point"
    assert (line.label, line.color, point.label, point.color) == ("a", 0, "b", 3)
    np.testing.assert_array_equal(line.y, [0.9, 0.3])
    assert any(overlaid([], "validation/loss").note), "nothing ticked says what to do"


def test_the_table_has_every_measure_of_any_run(tmp_path):
    a = read_run(written(tmp_path / "a", [1.0], Done(1, {"loss": 0.123456789}, 2.0, False, "")))
    b = read_run(written(tmp_path / "b", [1.0], Done(1, {"accuracy": 1.0}, 2.0, False, "")))
    heads, rows = table_of([a, b])
    assert heads == ("Run", "State", "Steps", "Loss", "Accuracy", "Parameters", "Seconds")
    assert rows[0] == ("a", "finished", "1/100", "0.12346", "", "40", "2.0")
    assert rows[1][3:5] == ("", "1")
    set_language("es")
    assert table_of([a])[1][0][1] == "terminado"
    set_language("en")
