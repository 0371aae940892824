"""Project files: `NAME.unfold`, read strictly and written whole or not at all."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.graph.model import frozen
from core.oswords import reason, short
from core.problems import Place, Problem, Refused
from core.project.atomic import NotConfirmed, System, replace_file
from core.project.model import DataChoice, Project
from core.project.schema import data_of, project_of
from core.project.spelling import spelled
from core.project.strictjson import MAX_BYTES, parse
from core.project.upgrades import FORMAT, renamed, upgraded
from core.specs.registry import Registry, default_registry
from core.words import Text, grouped

SUFFIX = ".unfold"
BACKUP = ".bak"


def load_project(path: Path, registry: Registry | None = None) -> Project:
    """The project in a file; data paths relative to the file become absolute. Raises Refused with every mistake and its
    JSON pointer."""
    project = read_project(_content(path), path.name, registry)
    return replace(project, data=_located(project.data, path.parent))


def read_project(data: bytes, file: str = "", registry: Registry | None = None) -> Project:
    """The project that the bytes of a file spell. Raises Refused with every mistake and its JSON pointer."""
    project = project_of(upgraded(parse(data, file), file), file)
    return renamed(project, registry or default_registry())


def write_project(project: Project) -> str:
    """The text of the project's file: the same project, the same text."""
    return spelled(data_of(project, FORMAT))


def save_project(project: Project, path: Path, system: System = System()) -> None:
    """Write the project to a file, atomically; the previous version stays beside it as NAME.unfold.bak. Data files inside
    the project's folder are written as relative paths. Raises Refused; the old file is then as it was."""
    text = write_project(replace(project, data=_relative(project.data, path.parent)))
    try:
        replace_file(path, text.encode("utf-8"), path.name + BACKUP, system)
    except NotConfirmed as error:
        raise Refused(_not_confirmed(path, error)) from None
    except OSError as error:
        raise Refused(_not_saved(path, error, len(text))) from None


def _content(path: Path) -> bytes:
    """The file's bytes, one more than allowed at most: a special file must not fill the memory."""
    try:
        if path.exists() and not path.is_file():
            raise OSError(errno.EISDIR if path.is_dir() else errno.EINVAL, "not an ordinary file")
        with path.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the path
        raise Refused(_not_read(path, error)) from None


def _located(choice: DataChoice, folder: Path) -> DataChoice:
    path = choice.params.get("path")
    if not isinstance(path, str) or not path or "\0" in path or Path(path).is_absolute() or path.startswith("~"):
        return choice
    return _with_path(choice, str(_absolute(folder / path)))


def _relative(choice: DataChoice, folder: Path) -> DataChoice:
    path = choice.params.get("path")
    if not isinstance(path, str) or "\0" in path or not Path(path).is_absolute():
        return choice
    for base in (_absolute(folder), folder.resolve()):
        if Path(path).is_relative_to(base):
            return _with_path(choice, Path(path).relative_to(base).as_posix())
    return choice


def _absolute(path: Path) -> Path:
    """Without `..`, but with the links the person works through."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow them


def _with_path(choice: DataChoice, path: str) -> DataChoice:
    params: dict[str, Any] = {**choice.params, "path": path}
    return DataChoice(choice.kind, frozen(params))


def _place(path: Path) -> Place:
    return Place(file=str(path), label=str(path), pointer="/")


def _not_read(path: Path, error: OSError | ValueError) -> Problem:
    why = reason(error)
    return Problem(
        code="file.unreadable",
        message=Text(f"{path} could not be opened: {why.en}.", f"No se pudo abrir {path}: {why.es}."),
        where=_place(path),
        hint=Text("Check that the file is there and may be read.", "Compruebe que el archivo existe y se puede leer."),
        got=short(error),
    )


def _not_saved(path: Path, error: OSError, size: int) -> Problem:
    why = reason(error)
    return Problem(
        code="file.not_saved",
        message=Text(
            f"{path} was not saved: {why.en} ({grouped(size)} bytes were to be written). The old file is as it was.",
            f"No se guardó {path}: {why.es} (había que escribir {grouped(size)} bytes). El archivo anterior sigue intacto.",
        ),
        where=_place(path),
        hint=_WAYS_OUT.get(error.errno or 0, Text("Save it in another folder.", "Guárdelo en otra carpeta.")),
        got=short(error),
        details={"errno": errno.errorcode.get(error.errno or 0, ""), "bytes": str(size)},
    )


_WAYS_OUT = {
    errno.ENOSPC: Text(
        "Free some space on the disk, or save elsewhere.", "Libere espacio en el disco o guarde en otro."
    ),
    errno.ENOENT: Text("The folder is not there; choose another.", "La carpeta no existe; elija otra."),
    errno.EISDIR: Text("That is a folder; give a file name.", "Eso es una carpeta; dé un nombre de archivo."),
    errno.ENAMETOOLONG: Text("Choose a shorter name.", "Elija un nombre más corto."),
}


def _not_confirmed(path: Path, error: OSError) -> Problem:
    why = reason(error)
    return Problem(
        code="file.not_confirmed",
        message=Text(
            f"{path} was written, but the disk did not confirm it: {why.en}.",
            f"{path} se escribió, pero el disco no lo confirmó: {why.es}.",
        ),
        where=_place(path),
        hint=Text("Save again, best on another disk.", "Guarde otra vez, mejor en otro disco."),
        got=short(error),
    )
