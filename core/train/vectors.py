"""Word vectors go into the embeddings that name a file, once, before the first step of a fresh run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from core.compile.asked import words_of
from core.compile.program import Program
from core.data.vectors import Vectors, read_vectors
from core.specs.ops import Op
from core.words import Text, grouped

if TYPE_CHECKING:
    from torch.nn import Module

SHOWN = 5
SHIPPED = Path(__file__).resolve().parents[2] / "resources" / "data"


def load_vectors(module: Module, program: Program, home: Path | None) -> tuple[Text, ...]:
    """Fill every embedding that names a file; what was found and missed in each, to be told. Raises Refused with file and
    line."""
    from core.train.module import drawn, put_rows

    told = []
    for op, path, vocabulary in _wanted(program):
        table = drawn(module, program)[op.weights[0].path, op.weights[0].name]
        file = found(path, home)
        vectors = read_vectors(str(file), vocabulary, table.shape[1])
        put_rows(table, vectors.ids, vectors.rows)
        told.append(_said(file.name, vectors, len(vocabulary)))
    return tuple(told)


def found(path: str, home: Path | None) -> Path:
    """The file meant: relative paths start from the project's folder; what is not there may ship with Unfold."""
    file = Path(path).expanduser()
    beside = file if file.is_absolute() or home is None else home / file
    shipped = SHIPPED / file.name
    return shipped if file.name == path and not beside.exists() and shipped.exists() else beside


def _wanted(program: Program) -> Iterator[tuple[Op, str, tuple[str, ...]]]:
    """Embeddings with a file, and the symbols they read; the check has refused those whose symbols are no words."""
    fields = {a.field.name: a.field for a in (*program.inputs, *program.targets)}
    for op in program.ops:
        path = str(op.attrs.get("vectors", ""))
        if op.name == "embedding" and path and (words := words_of(program.ops, op, fields.get)):
            yield op, path, words


def _said(name: str, vectors: Vectors, total: int) -> Text:
    shown = ", ".join(vectors.missing[:SHOWN]) + (" …" if len(vectors.missing) > SHOWN else "")
    rest = len(vectors.missing)
    en = f"{name}: vectors for {grouped(vectors.known)} of {grouped(total)} symbols"
    es = f"{name}: vectores para {grouped(vectors.known)} de {grouped(total)} símbolos"
    if not rest:
        return Text(f"{en}.", f"{es}.")
    return Text(
        f"{en}; {grouped(rest)} are not in the file ({shown}).",
        f"{es}; {grouped(rest)} no están en el archivo ({shown}).",
    )
