"""Where exported files may land: only at the target that was asked for, whole or not at all, and never over a file
that is not an earlier export."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path as FilePath

from core.export.mark import MARK
from core.oswords import reason
from core.problems import Place, Problem, Refused, filled
from core.words import Text


@contextmanager
def staging(target: FilePath) -> Iterator[FilePath]:
    """A private folder beside the target, on its disk; gone afterwards. Raises Refused where none can be made."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = FilePath(tempfile.mkdtemp(prefix=".unfold-", dir=target.parent))
    except OSError as error:
        raise Refused(_not_writable(target, error)) from None
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def check_target(target: FilePath) -> None:
    """Raises Refused where the name is none, or something stands there that an export must not replace."""
    if not target.name or target.name in (".", ".."):
        raise Refused(_bad_name(target))
    if target.is_symlink():
        raise Refused(_link(target))


def settle(files: tuple[FilePath, ...], staged: FilePath, target: FilePath) -> tuple[FilePath, ...]:
    """Move staged files to their places beside the target. Everything is checked before the first one moves."""
    places = [target.parent / file.relative_to(staged) for file in files]
    for file, place in zip(files, places, strict=True):
        _check_place(place, target)
        _sync(file)
    for folder in dict.fromkeys(p.parent for p in places):
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise Refused(_not_writable(target, error)) from None
    for file, place in zip(files, places, strict=True):
        try:
            file.replace(place)
        except OSError as error:
            raise Refused(_not_writable(place, error)) from None
    for folder in dict.fromkeys(p.parent for p in places):
        _sync(folder)
    return tuple(places)


def is_export(file: FilePath) -> bool:
    """An ordinary file that carries the mark of an export."""
    try:
        handle = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return False
    with os.fdopen(handle, "rb") as stream:
        mark, tail = MARK.encode(), b""
        while chunk := stream.read(1 << 20):
            if mark in tail + chunk:
                return True
            tail = chunk[-len(mark) :]
    return False


def _check_place(place: FilePath, target: FilePath) -> None:
    """The place itself, and a folder between it and the target's own folder, may not be links or somebody's file."""
    home = target.parent.resolve()
    if not place.parent.resolve().is_relative_to(home):
        raise Refused(_link(place.parent))
    for step in (place, *place.parents):
        if step.resolve() == home:
            break
        if step.is_symlink():
            raise Refused(_link(step))
    if place.is_dir() or (place.exists() and not is_export(place)):
        raise Refused(_taken(place))


def _sync(path: FilePath) -> None:
    if os.name == "nt" and path.is_dir():
        return  # Windows cannot open folders; its rename is journalled
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _problem(code: str, place: FilePath, message: Text, hint: Text) -> Problem:
    return Problem(code, message, Place(file=str(place), label=str(place)), hint)


def _taken(place: FilePath) -> Problem:
    return _problem(
        "export.exists", place,
        filled(Text("{f} is not an earlier export, so it is not replaced.",
                    "{f} no es una exportación anterior, así que no se reemplaza."), f=place),
        Text("Choose another name, or move that file away.", "Elija otro nombre, o aparte ese archivo."),
    )  # fmt: skip


def _link(place: FilePath) -> Problem:
    return _problem(
        "export.link", place,
        filled(Text("{f} is a link; an export is not written through links.",
                    "{f} es un enlace; no se exporta a través de enlaces."), f=place),
        Text("Give the real place.", "Indique el lugar real."),
    )  # fmt: skip


def _bad_name(place: FilePath) -> Problem:
    return _problem(
        "export.name", place,
        filled(Text("{f} names no file.", "{f} no nombra ningún archivo."), f=place),
        Text("Give a file name.", "Indique un nombre de archivo."),
    )  # fmt: skip


def _not_writable(place: FilePath, error: OSError) -> Problem:
    return _problem(
        "export.not_writable", place,
        filled(Text("{f} cannot be written: {w}.", "No se puede escribir {f}: {w}."), f=place, w=reason(error)),
        Text("Choose a folder you may write to, on a disk with room.", "Elija una carpeta con permiso y espacio."),
    )  # fmt: skip
