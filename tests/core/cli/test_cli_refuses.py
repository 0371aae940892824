"""What a person typed wrongly, or what the place does not allow: one line in their language, exit 2, nothing left behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from core.cli.door import run
from core.cli.telling import finite
from core.problems import Refused
from core.train.ledger import Ledger
from core.words import set_language

HELLO = str(Path(__file__).parents[3] / "resources" / "gallery" / "hello.unfold")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["nothing"], "usage.arguments"),
        (["train"], "usage.missing"),
        (["train", HELLO, "--bogus"], "usage.option"),
        (["train", HELLO, "--steps", "0"], "usage.value"),
        (["train", HELLO, "more"], "usage.arguments"),
        (["train", HELLO, "--out", "a", "--resume", "b"], "usage.both"),
        (["gallery", "--to", "x"], "usage.missing"),
        (["sample", "--run", "x", "--temperature", "nan"], "usage.value"),
    ],
)
def test_wrong_arguments_are_one_line_in_both_languages(
    arguments: list[str], code: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []
    for language in ("en", "es"):
        monkeypatch.setenv("UNFOLD_LANG", language)
        assert run(arguments) == 2
        told.append(capfd.readouterr().err)
    set_language("en")
    assert all(text.endswith(f" [{code}]\n") and text.count("\n") == 1 for text in told)
    assert told[0] != told[1]


def test_a_refused_start_leaves_the_folder_free(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    place = ["--out", str(tmp_path / "r"), "--steps", "2"]
    assert run(["train", HELLO, *place, "--set", "stop_metric=nothing"]) == 2
    assert "train.stop_metric" in capfd.readouterr().err
    assert run(["train", HELLO, *place]) == 0


def test_a_refused_resume_leaves_the_run_as_it_was(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "r"
    assert run(["train", HELLO, "--out", str(folder), "--steps", "2"]) == 0
    before = {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}
    assert run(["train", HELLO, "--resume", str(folder), "--steps", "4", "--set", "data.batch=2"]) == 2
    assert "data.changed" in capfd.readouterr().err
    assert {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()} == before


@pytest.mark.skipif(sys.platform == "win32", reason="files are not locked there")
def test_two_runs_never_write_to_one_folder(tmp_path: Path) -> None:
    first = Ledger(tmp_path / "metrics.jsonl")
    with pytest.raises(Refused) as refused:
        Ledger(tmp_path / "metrics.jsonl")
    assert refused.value.problems[0].code == "run.busy"
    first.close()
    Ledger(tmp_path / "metrics.jsonl").close()


def test_a_reader_that_leaves_stops_the_run_quietly(tmp_path: Path) -> None:
    code = "import sys; from core.cli.door import run; sys.exit(run())"
    command = [sys.executable, "-c", code, "train", HELLO, "--out", str(tmp_path / "r"), "--json", "--steps", "100000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        told = process.stderr.read().decode()
        assert process.wait(60) == 1 and told == ""
    assert (tmp_path / "r" / "checkpoint" / "latest").exists()


def test_json_has_no_nan() -> None:
    assert finite({"a": [float("nan"), 1.0], "b": (float("inf"),)}) == {"a": [None, 1.0], "b": [None]}
