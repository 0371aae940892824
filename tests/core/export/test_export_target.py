"""Exports land where they were asked to, whole, and never over a person's file or through a link."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.export.mark import MARK
from core.export.target import check_target, is_export, settle, staging
from core.problems import Refused


def deliver(target: Path, *names: str, text: str = MARK) -> tuple[Path, ...]:
    check_target(target)
    with staging(target) as aside:
        files = tuple(aside / (name or target.name) for name in names or ("",))
        for file in files:
            file.parent.mkdir(exist_ok=True)
            file.write_text(text)
        return settle(files, aside, target)


def code(target: Path, *names: str) -> str:
    with pytest.raises(Refused) as refused:
        deliver(target, *names)
    return refused.value.problems[0].code


def test_files_arrive_and_nothing_else_is_left(tmp_path: Path) -> None:
    assert deliver(tmp_path / "new" / "m.py", "m.py", "m.safetensors")[0].read_text() == MARK
    assert sorted(p.name for p in (tmp_path / "new").iterdir()) == ["m.py", "m.safetensors"]


def test_an_earlier_export_is_replaced_and_anything_else_is_not(tmp_path: Path) -> None:
    target = tmp_path / "m.onnx"
    deliver(target)
    assert deliver(target, text=MARK + "2")[0].read_text() == MARK + "2"
    thesis = tmp_path / "thesis.onnx"
    thesis.write_text("years of work")
    assert code(thesis) == "export.exists"
    assert thesis.read_text() == "years of work"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["m.onnx", "thesis.onnx"]


def test_one_wrong_file_of_several_stops_all_of_them(tmp_path: Path) -> None:
    (tmp_path / "m.safetensors").write_text("other weights")
    assert code(tmp_path / "m.py", "m.py", "m.safetensors") == "export.exists"
    assert not (tmp_path / "m.py").exists()


def test_links_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "m.py").write_text(MARK)
    home = tmp_path / "home"
    home.mkdir()
    (home / "m.py").symlink_to(outside / "m.py")
    assert code(home / "m.py") == "export.link"
    (home / "folder").symlink_to(outside)
    assert code(home / "folder", "folder/m.py") == "export.link"
    (home / "dangling.py").symlink_to(tmp_path / "nowhere")
    assert code(home / "dangling.py") == "export.link"
    assert (outside / "m.py").read_text() == MARK and not (tmp_path / "nowhere").exists()
    assert not is_export(home / "m.py")


def test_a_hard_link_keeps_its_other_name_as_it_was(tmp_path: Path) -> None:
    first = tmp_path / "first.py"
    first.write_text(MARK + " one")
    second = tmp_path / "second.py"
    second.hardlink_to(first)
    deliver(second, text=MARK + " two")
    assert first.read_text() == MARK + " one"


@pytest.mark.parametrize("target", ["..", ".", "/", "x/.."])
def test_names_that_are_no_names(target: str) -> None:
    assert code(Path(target)) == "export.name"


@pytest.mark.parametrize("name", ["a\nb.py", "CON.py", "ends. ", "a\u202eyp.b", "'; rm -rf ~ .py", "x" * 200 + ".py"])
def test_strange_names_stay_inside_their_folder(tmp_path: Path, name: str) -> None:
    home = tmp_path / "home"
    (place,) = deliver(home / name)
    assert place.parent == home and [p.name for p in tmp_path.iterdir()] == ["home"]


def test_names_too_long_and_folders_in_the_way_are_refused(tmp_path: Path) -> None:
    (tmp_path / "m.py").mkdir()
    assert code(tmp_path / "m.py") == "export.exists"
    (tmp_path / "file").write_text("")
    assert code(tmp_path / "file" / "m.py") == "export.not_writable"


def test_the_mark_is_found_across_the_border_of_two_reads(tmp_path: Path) -> None:
    file = tmp_path / "big"
    file.write_bytes(b"x" * ((1 << 20) - 5) + MARK.encode())
    assert is_export(file)
    file.write_bytes(b"x" * (1 << 20))
    assert not is_export(file)
