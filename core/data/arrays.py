"""Columns of numbers from NumPy's own files. Sizes are read from the headers before anything is unpacked, and arrays of
objects, which would have to be unpickled, are refused."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from functools import lru_cache
from lzma import LZMAError
from math import prod
from pathlib import Path
from tokenize import TokenError
from typing import IO

from numpy.lib import format as npy

from core.data.dataset import Array
from core.data.reading import MAX_BYTES, readable
from core.data.room import check_room
from core.problems import Place, Problem, Refused
from core.words import Text, grouped

BROKEN = (  # what numpy's header parser and the unpackers raise at bytes that are no array; RuntimeError: a password
    zipfile.BadZipFile, zlib.error, LZMAError, TokenError, ValueError, EOFError, KeyError, NotImplementedError, RuntimeError,
)  # fmt: skip
COPIES = 3  # unpacked, as float64, standardised


def read_arrays(path: str) -> dict[str, Array]:
    """Column name -> values (N,) of an .npy or .npz file. Arrays (N, k) give k columns NAME.1 ... NAME.k. Raises Refused."""
    with readable(path) as (file, status):
        try:
            return dict(_read(str(file), status.st_mtime_ns, status.st_size))
        except BROKEN as error:
            raise Refused(_broken(path, (str(error) or type(error).__name__).split("\n")[0])) from None


@lru_cache(maxsize=2)
def _read(path: str, modified: int, size: int) -> Mapping[str, Array]:
    """Cached by path, time and size: the window asks for the columns after every edit."""
    with Path(path).open("rb") as file:
        if file.read(2) != b"PK":
            file.seek(0)
            _judged(path, "", file, size)
            file.seek(0)
            return _columns(path, {"": npy.read_array(file, allow_pickle=False)})
    with zipfile.ZipFile(path) as archive:
        members = [m for m in archive.infolist() if m.filename.endswith(".npy")]
        for member in members:
            with archive.open(member) as stream:
                _judged(path, member.filename.removesuffix(".npy"), stream, member.file_size)
        total = sum(m.file_size for m in members)
        if total > MAX_BYTES:
            raise Refused(_too_big(path, total))
        check_room(Path(path), total * COPIES)
        arrays = {}
        for member in members:
            with archive.open(member) as stream:
                arrays[member.filename.removesuffix(".npy")] = npy.read_array(stream, allow_pickle=False)
    return _columns(path, arrays)


def _judged(path: str, name: str, stream: IO[bytes], size: int) -> None:
    """Read the header alone. Raises Refused where the array is of objects or promises more than the file holds."""
    version = npy.read_magic(stream)
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, _, dtype = read(stream)
    if dtype.hasobject:
        raise Refused(_objects(path, name))
    if prod(shape) * dtype.itemsize > size:
        raise Refused(
            _broken(path, f"{name or 'array'}: {grouped(prod(shape) * dtype.itemsize)} > {grouped(size)} bytes")
        )


def _columns(path: str, arrays: Mapping[str, Array]) -> Mapping[str, Array]:
    """Every array of numbers as columns. Raises Refused where there is none or they differ in length."""
    numeric = {n: a for n, a in arrays.items() if a.dtype.kind in "biuf" and a.ndim in (1, 2) and a.size}
    if not numeric:
        raise Refused(_no_numbers(path, arrays))
    rows = len(next(iter(numeric.values())))
    columns: dict[str, Array] = {}
    for name, array in numeric.items():
        if len(array) != rows:
            raise Refused(_ragged(path, name, len(array), next(iter(numeric)), rows))
        if array.ndim == 1:
            columns[name or "1"] = array
        else:
            columns |= {f"{name}.{k + 1}".lstrip("."): array[:, k] for k in range(array.shape[1])}
    return columns


def _at(path: str, name: str) -> Place:
    return Place(param="path", file=path, label=f"{Path(path).name}/{name}" if name else Path(path).name)


def _objects(path: str, name: str) -> Problem:
    return Problem(
        "data.pickle",
        Text(
            f"{Path(path).name} holds Python objects ({name or 'array'}), which could run anything when they are read.",
            f"{Path(path).name} contiene objetos de Python ({name or 'array'}), que podrían ejecutar cualquier cosa al leerse.",
        ),
        _at(path, name),
        Text("Save plain numbers: numpy.savez(FILE, name=array.astype(float)).",
             "Guarde solo números: numpy.savez(ARCHIVO, nombre=array.astype(float))."),
        got="object",
        expected="float",
    )  # fmt: skip


def _broken(path: str, why: str) -> Problem:
    return Problem(
        "data.npz",
        Text(f"{Path(path).name} is not a whole NumPy file.", f"{Path(path).name} no es un archivo de NumPy completo."),
        _at(path, ""),
        Text("Save it again with numpy.savez.", "Guárdelo otra vez con numpy.savez."),
        got=why[:80],
        quote=("numpy", why),
    )  # fmt: skip


def _too_big(path: str, size: int) -> Problem:
    return Problem(
        "data.too_big",
        Text(f"{Path(path).name} unpacks to {grouped(size)} bytes; at most {grouped(MAX_BYTES)} are read.",
             f"{Path(path).name} ocupa {grouped(size)} bytes al desempaquetarse; se leen como mucho {grouped(MAX_BYTES)}."),
        _at(path, ""),
        Text("Use a part of it.", "Use una parte."),
        got=str(size),
        expected=str(MAX_BYTES),
    )  # fmt: skip


def _no_numbers(path: str, arrays: Mapping[str, Array]) -> Problem:
    shapes = ", ".join(f"{n or 'array'} {a.dtype} {a.shape}" for n, a in list(arrays.items())[:8])
    return Problem(
        "data.no_numbers",
        Text(f"{Path(path).name} has no rows of numbers.", f"{Path(path).name} no tiene filas de números."),
        _at(path, ""),
        Text(f"Arrays (N,) or (N, columns) are read; there is: {shapes or '-'}.",
             f"Se leen arrays (N,) o (N, columnas); hay: {shapes or '-'}."),
        got=shapes,
    )  # fmt: skip


def _ragged(path: str, name: str, got: int, first: str, expected: int) -> Problem:
    return Problem(
        "data.ragged",
        Text(f"{Path(path).name}: {name} has {got} rows, {first} has {expected}.",
             f"{Path(path).name}: {name} tiene {got} filas y {first} tiene {expected}."),
        _at(path, name),
        Text("Give every array the same number of rows.", "Ponga el mismo número de filas en cada array."),
        got=str(got),
        expected=str(expected),
    )  # fmt: skip
