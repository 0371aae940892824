"""`unfold vectors`: from a project's text to a file that its embedding can begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.cli.door import run
from core.graph.model import frozen
from core.project.file import save_project
from core.project.model import DataChoice, Project


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "t.txt").write_text("the cat sat on the mat and the dog sat on the log\n" * 90, "utf-8")
    choice = DataChoice("text", frozen({"path": "t.txt", "level": "word", "batch": 2, "length": 8}))
    save_project(Project(data=choice), tmp_path / "words.unfold")
    return tmp_path / "words.unfold"


def test_vectors_of_the_projects_words(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    target = project.parent / "w.vec"
    assert run(["vectors", str(project), "--size", "4", "--to", str(target)]) == 0
    head, *rows = target.read_text("utf-8").splitlines()
    assert head == f"{len(rows)} 4"
    assert {row.split()[0] for row in rows} == {"<unk>", *["the", "cat", "sat", "on", "mat", "and", "dog", "log"]}
    assert "w.vec" in "".join(capfd.readouterr())


@pytest.mark.parametrize(("arguments", "code"), [(["--size", "400"], "vectors.no_text"), ([], "file.write")])
def test_what_cannot_be_made_is_told(
    project: Path, arguments: list[str], code: str, capfd: pytest.CaptureFixture[str]
) -> None:
    target = project.parent / ("w.vec" if arguments else "nowhere/w.vec")
    assert run(["vectors", str(project), *(arguments or ["--size", "4"]), "--to", str(target)]) == 2
    assert code in capfd.readouterr().err
    assert not target.exists()
