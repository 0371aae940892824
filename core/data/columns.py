"""Columns of numbers from whatever file a person keeps them in: CSV text, NumPy arrays, Parquet. All give the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from core.data.arrays import read_arrays
from core.data.dataset import Array
from core.data.open import data_place
from core.data.parquet import read_parquet
from core.data.table import Gaps, line_of, read_series
from core.problems import Place, Problem, Refused
from core.words import Text

ARRAYS = (".npz", ".npy")
PARQUET = (".parquet", ".pq")
LARGEST = float(np.finfo(np.float32).max)  # what a model computes with


def read_columns(path: str, columns: str, gaps: Gaps) -> tuple[tuple[str, ...], Array]:
    """Names of the chosen columns and their values (N, columns) in float64, without a gap. Raises Refused with the file
    and the place in it."""
    with np.errstate(over="ignore", invalid="ignore"):  # told below, with its place, instead of on the terminal
        names, values = _read(path, columns, gaps)
    huge = np.abs(values) > LARGEST
    if huge.any():
        row, column = (int(i) for i in np.argwhere(huge)[0])
        raise Refused(too_large(path, row, names[column], float(values[row, column])))
    return names, values


def _read(path: str, columns: str, gaps: Gaps) -> tuple[tuple[str, ...], Array]:
    suffix = Path(path).suffix.lower()
    if suffix not in (*ARRAYS, *PARQUET):
        return read_series(path, columns, gaps)
    found = read_arrays(path) if suffix in ARRAYS else read_parquet(path, columns)
    names = _chosen(path, found, columns)
    values = np.stack([_whole(path, name, found, gaps) for name in names], axis=1)
    values.setflags(write=False)
    return names, values


def _chosen(path: str, found: dict[str, Array], columns: str) -> tuple[str, ...]:
    listed = list(found)
    if not columns.strip():
        counts = len(listed) > 1 and bool((np.diff(found[listed[0]].astype(np.float64)) > 0).all())
        return tuple(listed[counts:])  # a first column that only counts upwards, such as years, is left out
    names = [name.strip() for name in columns.split(",")]
    picked = [
        listed[int(n) - 1] if n not in found and n.isdecimal() and 0 < int(n) <= len(listed) else n for n in names
    ]
    for name in picked:
        if name not in found:
            raise Refused(_no_column(path, name, listed))
    return tuple(picked)


def _whole(path: str, name: str, found: dict[str, Array], gaps: Gaps) -> Array:
    """The column with its gaps filled by the value before. Raises Refused at the first one that may not be filled."""
    values = found[name].astype(np.float64)  # a long double beyond it becomes infinite
    bad = ~np.isfinite(values)
    if not bad.any():
        return values
    fillable = np.isnan(values) if gaps == "previous" else np.zeros(len(values), bool)
    fillable[0] = False
    stuck = np.flatnonzero(bad & ~fillable)
    if len(stuck):
        raise Refused(_gap(path, int(stuck[0]), list(found).index(name), name, float(values[stuck[0]])))
    last = np.maximum.accumulate(np.where(bad, 0, np.arange(len(values))))
    return np.asarray(values[last])


def _gap(path: str, row: int, column: int, name: str, value: float) -> Problem:
    file, line, column = Path(path).name, row + 1, column + 1
    return Problem(
        code="data.gap",
        message=Text(
            f"{file}, row {line}, column {column} ({name}) holds {value}; a number is expected.",
            f"{file}, fila {line}, columna {column} ({name}) contiene {value}; se espera un número.",
        ),
        where=Place(param="path", file=path, line=line, column=column, label=f"{file}:{line}:{column}"),
        hint=Text(
            "Leave that column out, or let gaps repeat the value before (data.gaps=previous).",
            "Omita esa columna o repita el valor anterior (data.gaps=previous).",
        ),
        got=str(value),
        expected="a number",
    )


def too_large(path: str, row: int, name: str, value: float, scaled: bool = False) -> Problem:
    """A number that single precision cannot hold, as it stands in the file or after standardising."""
    file, text = Path(path).name, Path(path).suffix.lower() not in (*ARRAYS, *PARQUET)
    line = line_of(path, row) if text else row + 1
    place = Text("line", "línea") if text else Text("row", "fila")
    after = Text(" after standardising", " tras estandarizar") if scaled else Text("", "")
    return Problem(
        code="data.too_large",
        message=Text(
            f"{file}, {place.en} {line}, column {name}: {value:g} is too large a number to compute with{after.en}.",
            f"{file}, {place.es} {line}, columna {name}: {value:g} es un número demasiado grande para calcular con él{after.es}.",
        ),
        where=Place(param="path", file=path, line=line, label=f"{file}:{line}"),
        hint=Text(
            "Correct the value, leave that column out, or give it in a larger unit.",
            "Corrija el valor, omita esa columna o exprésela en una unidad mayor.",
        ),
        got=f"{value:g}",
        expected=f"<= {LARGEST:.2g}",
    )


def _no_column(path: str, name: str, known: list[str]) -> Problem:
    file, listed = Path(path).name, ", ".join(known[:20])
    return Problem(
        "data.no_column",
        Text(f"{file} has no column {name!r}.", f"{file} no tiene la columna {name!r}."),
        data_place("columns"),
        Text(f"There are: {listed}.", f"Hay: {listed}."),
        got=name,
        expected=listed,
    )
