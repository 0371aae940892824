"""Reading a person's file: UTF-8 text or a Problem that names the file, the place in it and the encoding it seems to be."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EINVAL
from functools import lru_cache
from os import stat_result
from pathlib import Path
from stat import S_ISDIR, S_ISREG

from core.data.room import check_room
from core.oswords import reason, short
from core.problems import Place, Problem, Refused
from core.words import Text, grouped

MAX_BYTES = 1 << 30
TEXT_BYTES = 24  # of memory at most, while a byte of text becomes a number
ICONV = {"latin-1": "ISO-8859-1"}  # Python's names that iconv does not know
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
UNDEFINED_IN_CP1252 = frozenset(b"\x81\x8d\x8f\x90\x9d")


def read_text(path: str, param: str = "path") -> str:
    """The text of a UTF-8 file, line ends as \\n, kept while the file stays the same. Raises Refused."""
    with readable(path, param) as (file, status):
        check_room(file, status.st_size * TEXT_BYTES, param)
        return _read(str(file), status.st_mtime_ns, status.st_size, param)


@contextmanager
def readable(path: str, param: str = "path") -> Iterator[tuple[Path, stat_result]]:
    """An ordinary file of a size that is read at all, and its status. What goes wrong with it inside is told as a
    Problem: raises Refused."""
    file = Path(path).expanduser()
    try:
        status = file.stat()
        if not (S_ISREG(status.st_mode) or S_ISDIR(status.st_mode)):  # a device or pipe may never end
            raise OSError(EINVAL, "not an ordinary file")
        if status.st_size > MAX_BYTES:
            raise Refused(_too_big(file, status.st_size, param))
        yield file, status
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the path
        raise Refused(_unreadable(file, error, param)) from None


@lru_cache(maxsize=4)
def _read(path: str, modified: int, size: int, param: str) -> str:
    """Cached by path, time and size: the window asks for the vocabulary after every edit."""
    return decoded(Path(path).read_bytes(), path, param)


def decoded(data: bytes, path: str, param: str = "path") -> str:
    """UTF-8 bytes as text. Raises Refused naming the encoding the bytes seem to be in and the first place that is not
    UTF-8."""
    for mark, name in MARKS:
        if data.startswith(mark):
            raise Refused(_encoding(path, param, name, data, 0))
    data = data.removeprefix(codecs.BOM_UTF8)
    if (zero := data.find(b"\0")) >= 0:
        raise Refused(_encoding(path, param, _with_zeros(data), data, zero))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(_encoding(path, param, _one_byte(data), data, error.start)) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _with_zeros(data: bytes) -> str:
    """Western text in UTF-16 has a zero in nearly every second byte; anything else with zeros is no text."""
    head = data[:4096]
    odd, even = head[1::2].count(0), head[0::2].count(0)
    return "utf-16" if max(odd, even) > 0.4 * len(head) / 2 and min(odd, even) < 0.1 * len(head) / 2 else ""


def _one_byte(data: bytes) -> str:
    """cp1252 puts quotes and dashes where Latin-1 has control characters nobody types."""
    high = set(data) & set(range(0x80, 0xA0))
    return "cp1252" if high and not high & UNDEFINED_IN_CP1252 else "latin-1"


def place_at(path: str, data: bytes, offset: int, param: str) -> Place:
    """File, line and column (1-based, in characters as far as they are UTF-8) of a byte."""
    before = data[:offset]
    line = before.count(b"\n") + 1
    column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
    label = f"{Path(path).name}:{line}:{column}"
    return Place(param=param, file=path, line=line, column=column, label=label)


def _encoding(path: str, param: str, name: str, data: bytes, offset: int) -> Problem:
    where = place_at(path, data, offset, param)
    at_en, at_es = f"byte {offset}, line {where.line}", f"byte {offset}, línea {where.line}"
    if not name:
        what = Text(
            f"{Path(path).name} holds zero bytes (the first at {at_en}): it is not a text file.",
            f"{Path(path).name} contiene bytes nulos (el primero en el {at_es}): no es un archivo de texto.",
        )
        hint = Text("Choose a plain text file in UTF-8.", "Elija un archivo de texto plano en UTF-8.")
    else:
        what = Text(
            f"{Path(path).name} is not UTF-8 ({at_en}, column {where.column}); it looks like {name}.",
            f"{Path(path).name} no está en UTF-8 ({at_es}, columna {where.column}); parece {name}.",
        )
        theirs = ICONV.get(name, name)
        hint = Text(
            f"Save it as UTF-8 in your editor, or run: iconv -f {theirs} -t utf-8 OLD > NEW",
            f"Guárdelo como UTF-8 en su editor, o ejecute: iconv -f {theirs} -t utf-8 VIEJO > NUEVO",
        )
    return Problem(
        "data.encoding" if name else "data.binary", what, where, hint, got=name or "binary", expected="utf-8"
    )


def _unreadable(file: Path, error: OSError | ValueError, param: str) -> Problem:
    why = reason(error)
    return Problem(
        code="data.unreadable",
        message=Text(f"{file} could not be read: {why.en}.", f"No se pudo leer {file}: {why.es}."),
        where=Place(param=param, file=str(file), label=f"data.{param}"),
        hint=Text("Check that the file is there and may be read.", "Compruebe que el archivo existe y se puede leer."),
        got=short(error),
    )


def _too_big(file: Path, size: int, param: str) -> Problem:
    return Problem(
        code="data.too_big",
        message=Text(
            f"{file.name} has {grouped(size)} bytes; at most {grouped(MAX_BYTES)} are read.",
            f"{file.name} tiene {grouped(size)} bytes; se leen como mucho {grouped(MAX_BYTES)}.",
        ),
        where=Place(param=param, file=str(file), label=f"data.{param}"),
        hint=Text("Use a part of it.", "Use una parte."),
        got=str(size),
        expected=str(MAX_BYTES),
    )
