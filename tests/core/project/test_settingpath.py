"""`--set path=value`: every area, and a clear refusal for everything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.graph.edit import add_node
from core.graph.model import Graph, Node, frozen
from core.problems import Refused
from core.project.model import DataChoice, Project
from core.project.settingpath import apply_settings
from core.specs.registry import default_registry

PROJECT = Project(add_node(Graph(), Node("memory", "lstm", params=frozen({"units": 8}))), DataChoice("adding"))


def test_each_area_can_be_set() -> None:
    done = apply_settings(
        PROJECT, ["steps=7", "training.learning_rate=0.5", "data.length=12", "node.memory.units=64"], default_registry()
    )
    assert (done.training.steps, done.training.learning_rate) == (7, 0.5)
    assert done.data.params["length"] == 12
    assert done.graph.nodes["memory"].params["units"] == 64
    assert PROJECT.graph.nodes["memory"].params["units"] == 8


def test_choosing_other_data_drops_the_old_parameters() -> None:
    project = apply_settings(PROJECT, ["data.length=12", "data.kind=hello"], default_registry())
    assert project.data == DataChoice("hello")


@pytest.mark.parametrize(
    ("setting", "code", "said"),
    [
        ("steps", "setting.value", "path=value"),
        ("stps=3", "setting.unknown", "steps"),
        ("steps=many", "setting.value", "whole number"),
        ("steps=0", "setting.value", "between 1"),
        ("learning_rate=nan", "setting.value", "number"),
        ("optimizer=magic", "setting.unknown", "adam"),
        ("data.kind=nothing", "data.unknown", "adding"),
        ("data.lenght=3", "setting.unknown", "length"),
        ("node.nobody.units=3", "setting.unknown", "memory"),
        ("node.memory.unit=3", "setting.unknown", "units"),
    ],
)
def test_refusals_say_what_exists(setting: str, code: str, said: str) -> None:
    with pytest.raises(Refused) as refused:
        apply_settings(PROJECT, [setting], default_registry())
    problem = refused.value.problems[0]
    assert problem.code == code
    assert said in problem.message.en + problem.hint.en + problem.expected
    assert (problem.message.es and problem.message.es != problem.message.en) or code == "setting.value"


def test_a_path_is_read_from_where_the_person_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = apply_settings(Project(data=DataChoice("text")), ["data.path=own.txt"], default_registry())
    assert text.data.params["path"] == str(tmp_path / "own.txt")
