"""Numbers from a CSV file as people really have them: any delimiter, with or without a header, decimal commas, empty
cells. What cannot be read is named with file, line and column."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np

from core.data.dataset import Array
from core.data.open import data_place
from core.data.reading import read_text
from core.problems import Place, Problem, Refused
from core.words import Text

DELIMITERS = ",;\t|"
MISSING = frozenset(("", "na", "n/a", "nan", "null", "none", "-", "?"))
Gaps = Literal["refuse", "previous"]


@dataclass(frozen=True)
class Table:
    """Named columns of text cells, and the line of the file each row stands on."""

    file: str
    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    decimal_comma: bool


def read_series(path: str, columns: str, gaps: Gaps) -> tuple[tuple[str, ...], Array]:
    """Names of the chosen columns and their values (N, columns) in float64. Raises Refused with file, line, column."""
    if not path:
        raise Refused(_no_file())
    return _series(read_text(path), path, columns, gaps)


def line_of(path: str, row: int) -> int:
    """The line of the file, counted from 1, on which a row of numbers stands."""
    return read_table(read_text(path), path).lines[row]


@lru_cache(maxsize=4)
def _series(text: str, path: str, columns: str, gaps: Gaps) -> tuple[tuple[str, ...], Array]:
    table = read_table(text, path)
    chosen = _chosen(table, columns)
    values = np.stack([_column(table, c, gaps) for c in chosen], axis=1)
    values.setflags(write=False)
    return tuple(table.names[c] for c in chosen), values


def read_table(text: str, path: str) -> Table:
    """The cells of a CSV text. Raises Refused where a row has more or fewer cells than the first."""
    try:
        delimiter = _delimiter(text)
    except csv.Error as error:  # a quote that is never closed, or a cell beyond what the reader takes
        raise Refused(_unreadable(path, 1, error)) from None
    reader = csv.reader(text.splitlines(), delimiter=delimiter, skipinitialspace=True)
    rows: list[tuple[str, ...]] = []
    lines: list[int] = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(tuple(cell.strip() for cell in cells))
                lines.append(reader.line_num)
    except csv.Error as error:
        raise Refused(_unreadable(path, reader.line_num, error)) from None
    if not rows:
        raise Refused(_empty(path))
    comma = delimiter != ","
    headed = all(_number(c, comma) is None for c in rows[0]) and len(rows) > 1
    names = rows[0] if headed else tuple(str(i + 1) for i in range(len(rows[0])))
    for row, line in zip(rows, lines, strict=True):
        if len(row) != len(names):
            raise Refused(_ragged(path, line, len(row), len(names)))
    start = int(headed)
    return Table(path, names, tuple(rows[start:]), tuple(lines[start:]), comma)


def _delimiter(text: str) -> str:
    """The delimiter that cuts the first lines into the most cells, the same number in each."""
    head = [line for line in text.split("\n", 60)[:50] if line.strip()]
    best, score = ",", 0
    for delimiter in DELIMITERS:
        counts = {len(row) for row in csv.reader(head, delimiter=delimiter)}
        cells = counts.pop() if len(counts) == 1 else 1
        if cells > max(score, 1):
            best, score = delimiter, cells
    return best if score else _likeliest(head)


def _likeliest(head: Sequence[str]) -> str:
    """For files whose rows differ in length: the error about it should count the cells the person means."""
    return max(DELIMITERS, key=lambda d: sum(d in line for line in head))


def _number(cell: str, decimal_comma: bool) -> float | None:
    if decimal_comma and "," in cell and "." not in cell:
        cell = cell.replace(",", ".")
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) and "_" not in cell else None


def _chosen(table: Table, columns: str) -> list[int]:
    """Indices of the named (or numbered, from 1) columns. Without names: every column of numbers, except a first one that
    only counts upwards, such as years."""
    if columns.strip():
        return [_index(table, name.strip()) for name in columns.split(",")]
    numeric = [c for c in range(len(table.names)) if _looks_numeric(table, c)]
    if len(numeric) > 1 and numeric[0] == 0 and _counts_up(table):
        numeric = numeric[1:]
    if not numeric:
        raise Refused(_no_numbers(table))
    return numeric


def _index(table: Table, name: str) -> int:
    if name in table.names:
        return table.names.index(name)
    if name.isdecimal() and 1 <= int(name) <= len(table.names):
        return int(name) - 1
    raise Refused(_no_column(table, name))


def _looks_numeric(table: Table, column: int) -> bool:
    cells = (row[column] for row in table.rows)
    first = next((c for c in cells if c.lower() not in MISSING), "")
    return _number(first, table.decimal_comma) is not None


def _counts_up(table: Table) -> bool:
    values = [_number(row[0], table.decimal_comma) for row in table.rows]
    return all(a is not None and b is not None and b > a for a, b in pairwise(values))


def _column(table: Table, column: int, gaps: Gaps) -> Array:
    out = np.empty(len(table.rows))
    for i, row in enumerate(table.rows):
        value = _number(row[column], table.decimal_comma)
        if value is None:
            if not (gaps == "previous" and i and row[column].lower() in MISSING):
                raise Refused(_bad_cell(table.file, table.lines[i], column + 1, table.names[column], row[column]))
            value = out[i - 1]
        out[i] = value
    return out


def _at(path: str, line: int, column: int) -> Place:
    return Place(param="path", file=path, line=line, column=column, label=f"{Path(path).name}:{line}:{column}")


def _bad_cell(path: str, line: int, column: int, name: str, cell: str) -> Problem:
    empty = cell.lower() in MISSING
    what = Text("is empty", "está vacía") if empty else Text(f"holds {cell[:40]!r}", f"contiene {cell[:40]!r}")
    return Problem(
        code="data.gap" if empty else "data.cell",
        message=Text(
            f"{Path(path).name}, line {line}, column {column} ({name}) {what.en}; a number is expected.",
            f"{Path(path).name}, línea {line}, columna {column} ({name}) {what.es}; se espera un número.",
        ),
        where=_at(path, line, column),
        hint=Text(
            "Fill the cell, leave that column out, or let gaps repeat the value before (data.gaps=previous).",
            "Rellene la celda, omita esa columna o repita el valor anterior (data.gaps=previous).",
        ),
        got=cell[:80],
        expected="a number",
    )


def _unreadable(path: str, line: int, error: csv.Error) -> Problem:
    return Problem(
        code="data.csv",
        message=Text(
            f"{Path(path).name} cannot be cut into cells near line {line}.",
            f"{Path(path).name} no se puede cortar en celdas cerca de la línea {line}.",
        ),
        where=_at(path, line, 1),
        hint=Text("Look for a quotation mark that is never closed.", "Busque unas comillas que no se cierran nunca."),
        got=str(error),
        quote=("csv", str(error)),
    )


def _ragged(path: str, line: int, got: int, expected: int) -> Problem:
    return Problem(
        code="data.ragged",
        message=Text(
            f"{Path(path).name}, line {line} has {got} cells; the first line has {expected}.",
            f"{Path(path).name}, línea {line}, tiene {got} celdas; la primera línea tiene {expected}.",
        ),
        where=_at(path, line, min(got, expected) + 1),
        hint=Text("Give every line the same number of cells.", "Ponga el mismo número de celdas en cada línea."),
        got=str(got),
        expected=str(expected),
    )


def _empty(path: str) -> Problem:
    return Problem(
        "data.empty",
        Text(f"{Path(path).name} holds no rows.", f"{Path(path).name} no tiene filas."),
        _at(path, 1, 1),
        Text("Choose a file with numbers in it.", "Elija un archivo con números."),
    )


def _no_file() -> Problem:
    return Problem(
        "data.no_file",
        Text("No file is chosen yet.", "Todavía no hay ningún archivo elegido."),
        data_place("path"),
        Text("Choose a CSV file (data.path).", "Elija un archivo CSV (data.path)."),
    )


def _no_numbers(table: Table) -> Problem:
    return Problem(
        "data.no_numbers",
        Text(
            f"{Path(table.file).name} has no column of numbers.",
            f"{Path(table.file).name} no tiene columnas de números.",
        ),
        _at(table.file, table.lines[0] if table.lines else 1, 1),
        Text("Choose another file.", "Elija otro archivo."),
    )


def _no_column(table: Table, name: str) -> Problem:
    listed = ", ".join(table.names[:20])
    return Problem(
        "data.no_column",
        Text(
            f"{Path(table.file).name} has no column {name!r}.", f"{Path(table.file).name} no tiene la columna {name!r}."
        ),
        data_place("columns"),
        Text(f"There are: {listed}.", f"Hay: {listed}."),
        got=name,
        expected=listed,
    )
