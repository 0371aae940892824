"""Replacing a file so that at every moment, also in a power cut, it is wholly the old one or wholly the new one.

Write beside it, every byte counted; flush to the disk; keep the old one as backup; rename; flush the folder. All system
calls go through `System`, so that tests can make each of them fail.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
import time
from pathlib import Path

STRAY_SECONDS = 3600  # a temporary file older than this was left by a killed process
TEMPORARY = ".unfold-tmp"
CHUNK = 1 << 20
NO_FOLDER_FLUSH = (errno.EINVAL, errno.ENOTSUP, errno.EBADF)  # file systems without it; nothing more can be done there


class NotConfirmed(OSError):
    """The new file is in place and whole, but the disk did not confirm that it is kept through a power cut."""


class System:
    """The calls that touch the disk."""

    def open(self, path: str, flags: int, mode: int = 0o666) -> int:
        return os.open(path, flags, mode)

    def write(self, handle: int, data: memoryview) -> int:
        return os.write(handle, data)

    def flush(self, handle: int) -> None:
        os.fsync(handle)

    def close(self, handle: int) -> None:
        os.close(handle)

    def link(self, source: str, target: str) -> None:
        os.link(source, target)

    def rename(self, source: str, target: str) -> None:
        os.replace(source, target)  # noqa: PTH105 - the calls here are the system's own

    def remove(self, path: str) -> None:
        os.unlink(path)  # noqa: PTH108


def replace_file(path: Path, data: bytes, backup: str = "", system: System = System()) -> None:
    """Make `data` the content of the file; the previous content is kept under the name `backup` beside it. A symbolic link
    stays one: its target is replaced. Raises OSError; then the file holds what it held, except for NotConfirmed."""
    target = Path(os.path.realpath(path))
    mode = _writable(target)
    temporary = _written(target, data, mode, system)
    try:
        if backup and mode is not None:
            _keep(target, target.with_name(backup), mode, system)
        system.rename(temporary, str(target))
    except BaseException:
        _discard(temporary, system)
        raise
    try:
        _flush_folder(target.parent, system)
    except OSError as error:
        raise NotConfirmed(error.errno, error.strerror, str(target)) from error
    _sweep(target.parent)


def _writable(target: Path) -> int | None:
    """The mode of the existing file, None where there is none. Raises OSError where it must not be replaced."""
    try:
        status = target.stat()
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "not an ordinary file", str(target))
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
    return stat.S_IMODE(status.st_mode)


def _written(target: Path, data: bytes, mode: int | None, system: System) -> str:
    """The name of a new file beside the target that holds the data, flushed to the disk."""
    name = str(target.with_name(f".{secrets.token_hex(8)}{TEMPORARY}"))
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    handle = system.open(name, flags)
    try:
        try:
            _write_all(handle, data, system)
            if mode is not None and hasattr(os, "fchmod"):
                with contextlib.suppress(PermissionError):  # some network folders keep modes of their own
                    os.fchmod(handle, mode)
            system.flush(handle)
        finally:
            system.close(handle)
    except BaseException:
        _discard(name, system)
        raise
    return name


def _write_all(handle: int, data: bytes, system: System) -> None:
    """A full disk may take a part of a write and call it success: count every byte."""
    rest = memoryview(data)
    while rest:
        done = system.write(handle, rest[:CHUNK])
        if done <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        rest = rest[done:]
    if os.fstat(handle).st_size != len(data):
        raise OSError(errno.EIO, "the file did not grow to its length")


def _keep(target: Path, backup: Path, mode: int, system: System) -> None:
    """The old content under the backup's name: a second link to it, or a copy where the disk has no links."""
    link = str(target.with_name(f".{secrets.token_hex(8)}{TEMPORARY}"))
    try:
        system.link(str(target), link)
    except OSError:
        link = _written(backup, target.read_bytes(), mode, system)
    try:
        system.rename(link, str(backup))
    except BaseException:
        _discard(link, system)
        raise


def _flush_folder(folder: Path, system: System) -> None:
    if os.name == "nt":  # Windows cannot open a folder; its rename is journaled
        return
    handle = system.open(str(folder), os.O_RDONLY)
    try:
        system.flush(handle)
    except OSError as error:
        if error.errno not in NO_FOLDER_FLUSH:
            raise
    finally:
        system.close(handle)


def _discard(name: str, system: System) -> None:
    with contextlib.suppress(OSError):  # the failure that brought us here is the one to report
        system.remove(name)


def _sweep(folder: Path) -> None:
    """Remove what a killed save left behind, hours ago."""
    with contextlib.suppress(OSError):
        for file in folder.glob(f".*{TEMPORARY}"):
            if time.time() - file.stat().st_mtime > STRAY_SECONDS:
                file.unlink()
