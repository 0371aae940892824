"""A run is found again by what it trained on what: after Save As, and where it was begun before there was a file."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from core.project import latest
from core.project.file import save_project
from core.project.gallery import shipped
from core.project.latest import latest_run, made_by, unsaved_runs
from core.project.model import DataChoice
from core.project.rundir import CONFIG, PROJECT, WEIGHTS
from core.project.running import new_run_dir, runs_root, stem_of

DATA, OTHER = DataChoice("copy", {"delay": 3}), DataChoice("copy", {"delay": 4})


def ran(folder: Path, age: int, program: str = "abc", data: DataChoice = DATA, learnt: bool = True) -> Path:
    folder.mkdir(parents=True)
    config = folder / CONFIG
    config.write_text(json.dumps({"program": program, "data": {"kind": data.kind, "params": dict(data.params)}}))
    os.utime(config, (1e9 - age, 1e9 - age))
    if learnt:
        (folder / WEIGHTS).touch()
    return folder


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project's file; runs begun without one lie elsewhere."""
    elsewhere = tmp_path / "unsaved"
    monkeypatch.setattr(latest, "runs_root", lambda home: runs_root(home) if home is not None else elsewhere)
    return tmp_path / "p.unfold"


def test_a_run_is_of_who_trained_this_on_that(tmp_path: Path) -> None:
    run = ran(tmp_path / "r", 0)
    assert made_by(run, "abc", DATA)
    assert not made_by(run, "abd", DATA) and not made_by(run, "abc", OTHER)
    for damage in ("half of", "[]", '{"program": "abc"}'):
        (run / CONFIG).write_text(damage)
        assert not made_by(run, "abc", DATA)
    assert not made_by(tmp_path / "nowhere", "abc", DATA)


def test_the_newest_that_learnt_anything_is_taken(home: Path) -> None:
    runs = runs_root(home)
    ran(runs / "old", 9)
    right = ran(runs / "right", 5)
    ran(runs / "other", 3, data=OTHER)
    ran(runs / "nothing", 1, learnt=False)
    assert latest_run(home, "abc", DATA) == right
    assert latest_run(home, "xyz", DATA) is None


def test_what_was_begun_without_a_file_is_found_once_it_has_one(home: Path) -> None:
    before = ran(home.parent / "unsaved" / "before", 0)
    assert latest_run(home, "abc", DATA) == before == latest_run(None, "abc", DATA)
    beside = ran(runs_root(home) / "beside", 9)
    assert latest_run(home, "abc", DATA) == beside, "its own runs come first"


def test_the_last_runs_without_a_file_have_the_titles_of_their_projects(home: Path) -> None:
    root = home.parent / "unsaved"
    for age, name in enumerate(("new", "old", "older")):
        ran(root / name, age)
    ran(root / "empty", -1, learnt=False)
    save_project(shipped("hello").project, root / "new" / PROJECT)
    (root / "old" / PROJECT).write_text("half of it")
    found = unsaved_runs(2)
    assert [folder.name for folder, _ in found] == ["new", "old"]
    assert found[0][1] == shipped("hello").project.title and found[1][1].en == ""


def test_a_title_becomes_a_name_that_every_system_takes(home: Path) -> None:
    assert stem_of("Fechas: «de» ../otros") == "fechas-de-otros"
    assert stem_of("../..") == "" == stem_of(" - ") and len(stem_of("a" * 300)) == 60
    name = new_run_dir(home).name
    assert name.startswith("p-2") and new_run_dir(home).parent == runs_root(home)
