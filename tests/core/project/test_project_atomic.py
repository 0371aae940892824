"""Saving: whatever call fails, and at whatever moment, the old file is whole and the person is told."""

import errno
import os
import stat
from dataclasses import replace

import pytest

from core.oswords import KNOWN
from core.problems import Refused
from core.project.atomic import System, replace_file
from core.project.file import load_project, save_project, write_project
from core.project.model import Project
from core.words import Text
from tests.core.project.strange import sample


class Failing(System):
    """Fails the k-th call; counts the calls."""

    def __init__(self, k, error=errno.ENOSPC, calls=("open", "write", "flush", "close", "link", "rename")):
        self.k, self.error, self.calls, self.count, self.failed = k, error, calls, 0, ""

    def _count(self, name):
        if name in self.calls:
            self.count += 1
            if self.count == self.k:
                self.failed = name
                raise OSError(self.error, os.strerror(self.error))

    def open(self, path, flags, mode=0o666):
        self._count("open")
        return super().open(path, flags, mode)

    def write(self, handle, data):
        self._count("write")
        return super().write(handle, data)

    def flush(self, handle):
        self._count("flush")
        super().flush(handle)

    def close(self, handle):
        super().close(handle)
        self._count("close")

    def link(self, source, target):
        self._count("link")
        super().link(source, target)

    def rename(self, source, target):
        self._count("rename")
        super().rename(source, target)


class Short(System):
    """A disk that takes a part of each write, then nothing, and calls it success."""

    def __init__(self, room):
        self.room = room

    def write(self, handle, data):
        done = os.write(handle, data[: self.room])
        self.room -= done
        return done


class NoLinks(System):
    def link(self, source, target):
        raise OSError(errno.EPERM, "no links here")


def calls_of_a_save(tmp_path):
    counting = Failing(0)
    save_project(sample(), tmp_path / "count.unfold")
    save_project(sample(), tmp_path / "count.unfold", counting)
    return counting.count


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO, errno.EACCES, errno.EDQUOT])
def test_each_call_may_fail(tmp_path, error):
    old, new = sample(), replace(sample(), title=Text("new", "nuevo"))
    for k in range(1, calls_of_a_save(tmp_path) + 1):
        file = tmp_path / f"{k}" / "p.unfold"
        file.parent.mkdir(exist_ok=True)
        save_project(old, file)
        before = file.read_bytes()
        system = Failing(k, error)
        try:
            save_project(new, file, system)
            assert system.failed == "link"  # copied instead
            assert load_project(file) == new
        except Refused as refused:
            problem = refused.problems[0]
            assert (
                str(file) in problem.message.en
                and KNOWN[error].en in problem.message.en
                and KNOWN[error].es in problem.message.es
            )
            if problem.code == "file.not_confirmed":
                assert load_project(file) == new
            else:
                assert problem.code == "file.not_saved"
                assert file.read_bytes() == before
        assert not list(file.parent.glob(".*")), "a temporary file was left"


@pytest.mark.parametrize("room", [0, 1, 100, 700])
def test_a_disk_that_fills_up_quietly_is_noticed(tmp_path, room):
    file = tmp_path / "p.unfold"
    save_project(sample(), file)
    before = file.read_bytes()
    with pytest.raises(Refused) as caught:
        save_project(replace(sample(), title=Text("x" * 900, "")), file, Short(room))
    problem = caught.value.problems[0]
    assert problem.details["errno"] == "ENOSPC" and int(problem.details["bytes"]) > 900
    assert file.read_bytes() == before


def test_a_partial_write_is_continued(tmp_path):
    class Small(System):
        def write(self, handle, data):
            return os.write(handle, data[:7])

    save_project(sample(), tmp_path / "p.unfold", Small())
    assert load_project(tmp_path / "p.unfold") == sample()


@pytest.mark.parametrize("system", [System(), NoLinks()])
def test_the_version_before_is_kept(tmp_path, system):
    file = tmp_path / "p.unfold"
    save_project(sample(), file, system)
    assert not file.with_name("p.unfold.bak").exists()
    for title in ("second", "third"):
        before = file.read_bytes()
        save_project(replace(sample(), title=Text(title, title)), file, system)
        assert file.with_name("p.unfold.bak").read_bytes() == before


def test_order_of_calls_is_write_flush_rename_flush_folder(tmp_path):
    seen = []

    class Watch(System):
        def write(self, handle, data):
            seen.append("write")
            return super().write(handle, data)

        def flush(self, handle):
            seen.append("flush folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "flush file")
            super().flush(handle)

        def rename(self, source, target):
            seen.append("rename")
            super().rename(source, target)

    replace_file(tmp_path / "a", b"data", system=Watch())
    assert seen == ["write", "flush file", "rename", "flush folder"]


def test_a_link_stays_a_link_and_its_target_is_written(tmp_path):
    real, link = tmp_path / "real.unfold", tmp_path / "link.unfold"
    save_project(Project(), real)
    link.symlink_to(real)
    save_project(sample(), link)
    assert link.is_symlink() and load_project(real) == sample()


def test_permissions_stay(tmp_path):
    file = tmp_path / "p.unfold"
    save_project(Project(), file)
    file.chmod(0o640)
    save_project(sample(), file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_folders_missing_folders_and_long_names_are_told(tmp_path):
    cases = ((tmp_path, "EISDIR"), (tmp_path / "none" / "p.unfold", "ENOENT"), (tmp_path / ("x" * 300), "ENAMETOOLONG"))
    for path, code in cases:
        with pytest.raises(Refused) as caught:
            save_project(sample(), path)
        assert caught.value.problems[0].details["errno"] == code


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the administrator may write everywhere")
def test_a_read_only_file_is_not_replaced(tmp_path):
    file = tmp_path / "p.unfold"
    save_project(Project(), file)
    file.chmod(0o444)
    with pytest.raises(Refused):
        save_project(sample(), file)
    assert load_project(file) == Project()


def test_old_strays_are_swept_and_young_ones_are_not(tmp_path):
    old, young = tmp_path / ".aa.unfold-tmp", tmp_path / ".bb.unfold-tmp"
    for file in (old, young):
        file.touch()
    os.utime(old, (0, 0))
    save_project(sample(), tmp_path / "p.unfold")
    assert not old.exists() and young.exists()


def test_text_is_the_same_every_time():
    assert write_project(sample()) == write_project(sample())
