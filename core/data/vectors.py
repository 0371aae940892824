"""Word vectors from a text file: GloVe (a word and its numbers on each line), word2vec text and fastText .vec (the same
after a line with two counts). Only the words of a vocabulary are kept."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.data.dataset import Array
from core.data.reading import readable
from core.problems import Place, Problem, Refused
from core.words import Text

PARAM = "vectors"


@dataclass(frozen=True)
class Vectors:
    """`rows` (n, size) float32 belong to the symbols `ids`; `missing` symbols have no vector in the file."""

    ids: Array
    rows: Array
    missing: tuple[str, ...]

    @property
    def known(self) -> int:
        return len(self.ids)


def read_vectors(path: str, vocabulary: Sequence[str], size: int) -> Vectors:
    """The vectors of a vocabulary's symbols; where a word is not in the file as it is written, in lower case. The first
    of several lines with one word counts. Raises Refused with file and line."""
    exact = {word.encode(): i for i, word in enumerate(vocabulary)}
    lower: dict[bytes, list[int]] = {}
    for i, word in enumerate(vocabulary):
        lower.setdefault(word.lower().encode(), []).append(i)
    found: dict[int, Array] = {}
    spare: dict[int, Array] = {}
    with readable(path, PARAM) as (file, _):
        for number, key, numbers in _lines(file, size):
            at = exact.get(key)
            alike = lower.get(key, [])
            if (at is None or at in found) and all(i in spare for i in alike):
                continue
            row = _row(file, number, numbers, size)
            if at is not None:
                found.setdefault(at, row)
            for i in alike:
                spare.setdefault(i, row)
    found = {**spare, **found}
    ids = sorted(found)
    rows = np.stack([found[i] for i in ids]) if ids else np.zeros((0, size), np.float32)
    missing = tuple(word for i, word in enumerate(vocabulary) if i not in found)
    return Vectors(np.array(ids, np.int64), rows, missing)


def _lines(file: Path, size: int) -> Iterator[tuple[int, bytes, bytes]]:
    """Line number, word and numbers of each line; the counts of a first line are checked."""
    seen = False
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            line = line.rstrip()
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
                if _is_head(line):
                    _check_size(file, 1, int(line.split()[1]), size)
                    continue
            if not line:
                continue
            seen = True
            count = line.count(b" ")
            if count == size:
                word, _, numbers = line.partition(b" ")
            elif count > size and size:  # a word may hold spaces itself
                word, numbers = _parted(line, size)
            else:
                raise Refused(_uneven(file, number, count, size))
            yield number, word, numbers
    if not seen:
        raise Refused(_problem(file, 1, "vectors.empty",
                               Text("there are no vectors in it", "no hay vectores en él"),
                               Text("Each line is a word and its numbers, with spaces between.",
                                    "Cada línea es una palabra y sus números, separados por espacios.")))  # fmt: skip


def _parted(line: bytes, size: int) -> tuple[bytes, bytes]:
    parts = line.split(b" ")
    return b" ".join(parts[:-size]), b" ".join(parts[-size:])


def _is_head(line: bytes) -> bool:
    parts = line.split()
    return len(parts) == 2 and all(p.isdigit() for p in parts)


def _row(file: Path, number: int, numbers: bytes, size: int) -> Array:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", DeprecationWarning)  # of numpy, where it stops at what is no number
            row = np.fromstring(numbers, np.float32, sep=" ")
    except (ValueError, DeprecationWarning):
        raise Refused(_no_number(file, number, numbers)) from None
    if len(row) != size or not np.isfinite(row).all():
        raise Refused(_no_number(file, number, numbers))
    return row


def _check_size(file: Path, number: int, got: int, size: int) -> None:
    if got != size:
        raise Refused(_uneven(file, number, got, size))


def _uneven(file: Path, number: int, got: int, size: int) -> Problem:
    return _problem(
        file, number, "vectors.size",
        Text(f"vectors of {got} numbers, {size} expected", f"vectores de {got} números, se esperan {size}"),
        Text(f"Set the size of the Embedding to {got}, if the file is whole; binary vector files have to be saved as text.",
             f"Ponga a {got} el tamaño de la Incrustación, si el archivo está entero; los vectores binarios hay que guardarlos "
             "como texto."),
        str(got), str(size),
    )  # fmt: skip


def _no_number(file: Path, number: int, numbers: bytes) -> Problem:
    wrong = next((p for p in numbers.split() if not _finite(p)), b"")
    shown = wrong[:20].decode("utf-8", "replace")
    return _problem(
        file, number, "vectors.number",
        Text(f"{shown!r} is no finite number", f"{shown!r} no es un número finito"),
        Text("Mend the line, or take it out.", "Corrija la línea o quítela."),
        shown,
    )  # fmt: skip


def _finite(part: bytes) -> bool:
    try:
        return bool(np.isfinite(float(part)))
    except ValueError:
        return False


def _problem(file: Path, line: int, code: str, what: Text, hint: Text, got: str = "", expected: str = "") -> Problem:
    head_en, head_es = f"{file.name}, line {line}: ", f"{file.name}, línea {line}: "
    place = Place(param=PARAM, file=str(file), line=line, label=f"{file.name}:{line}")
    return Problem(code, Text(f"{head_en}{what.en}.", f"{head_es}{what.es}."), place, hint, got, expected)
