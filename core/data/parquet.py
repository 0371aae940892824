"""Columns of numbers from a Parquet file, where pyarrow is installed. Only the columns asked for leave the disk."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from core.data.dataset import Array
from core.data.reading import readable
from core.data.room import check_room
from core.problems import Place, Problem, Refused
from core.words import Text

BYTES = 24  # of memory for each number: as stored, as float64, standardised


def read_parquet(path: str, columns: str) -> dict[str, Array]:
    """Column name -> values (N,), nulls as NaN: the columns asked for, or every one of numbers. Raises Refused."""
    parquet = _pyarrow(path)
    with readable(path) as (file, status):
        return dict(_read(parquet, str(file), columns, status.st_mtime_ns, status.st_size))


def _pyarrow(path: str) -> Any:
    try:
        import pyarrow.parquet
    except ImportError:
        raise Refused(_missing(path)) from None
    return pyarrow.parquet


@lru_cache(maxsize=2)
def _read(parquet: Any, path: str, columns: str, modified: int, size: int) -> dict[str, Array]:
    """Cached by path, time and size: the window asks for the columns after every edit."""
    from pyarrow import ArrowException, types

    try:
        with parquet.ParquetFile(path, memory_map=False) as file:
            schema = file.schema_arrow
            numeric = [
                f.name
                for f in schema
                if types.is_integer(f.type) or types.is_floating(f.type) or types.is_boolean(f.type)
            ]
            asked = [name.strip() for name in columns.split(",")] if columns.strip() else numeric
            wanted = asked if set(asked) <= set(numeric) else numeric  # numbered or unknown ones are told apart later
            if not wanted:
                raise Refused(_no_numbers(path, [f"{f.name} {f.type}" for f in schema][:8]))
            check_room(Path(path), file.metadata.num_rows * len(wanted) * BYTES)
            table = file.read(columns=wanted, use_threads=False)
    except ArrowException as error:
        raise Refused(_broken(path, str(error).split("\n")[0])) from None
    return {name: table.column(name).cast("float64").to_numpy() for name in wanted}


def _at(path: str) -> Place:
    return Place(param="path", file=path, label=Path(path).name)


def _missing(path: str) -> Problem:
    return Problem(
        "data.no_pyarrow",
        Text(f"{Path(path).name} is a Parquet file, and pyarrow, which reads them, is not installed.",
             f"{Path(path).name} es un archivo Parquet y pyarrow, que los lee, no está instalado."),
        _at(path),
        Text("Install it with: pip install pyarrow, or save the data as CSV or NPZ.",
             "Instálelo con: pip install pyarrow, o guarde los datos como CSV o NPZ."),
        got="parquet",
        expected="pyarrow",
    )  # fmt: skip


def _broken(path: str, why: str) -> Problem:
    return Problem(
        "data.parquet",
        Text(f"{Path(path).name} is not a whole Parquet file.", f"{Path(path).name} no es un archivo Parquet completo."),
        _at(path),
        Text("Write it again.", "Escríbalo otra vez."),
        got=why[:80],
        quote=("pyarrow", why),
    )  # fmt: skip


def _no_numbers(path: str, columns: list[str]) -> Problem:
    listed = ", ".join(columns)
    return Problem(
        "data.no_numbers",
        Text(f"{Path(path).name} has no column of numbers.", f"{Path(path).name} no tiene columnas de números."),
        _at(path),
        Text(f"There is: {listed or '-'}.", f"Hay: {listed or '-'}."),
        got=listed,
    )  # fmt: skip
