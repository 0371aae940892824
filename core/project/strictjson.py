"""JSON from a stranger: refuses what Python's reader lets pass (doubled keys, NaN, 1e999, half characters, giant numbers,
bottomless nesting), each with the JSON pointer of the place.
"""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from core.problems import Place, Problem, Refused
from core.words import Text, grouped

MAX_BYTES = 20 * 1024 * 1024
MAX_DEPTH = 100
MAX_VALUES = 1_000_000
MAX_INTEGER = 2**63
HINT = Text("Correct that place in the file, or open its backup.", "Corrija ese lugar del archivo, o abra su copia.")


class _Doubled(dict[str, Any]):
    """An object in which `key` stands twice."""

    key: str


def parse(data: bytes, file: str = "") -> Any:
    """The value of JSON text in UTF-8. Raises Refused: bad syntax with line and column, bad values all at once."""
    if len(data) > MAX_BYTES:
        raise Refused(_problem("file.too_big", "", file, Text(
            f"the file has {grouped(len(data))} bytes, more than {grouped(MAX_BYTES)}",
            f"el archivo tiene {grouped(len(data))} bytes, más de {grouped(MAX_BYTES)}")))  # fmt: skip
    value = _loaded(_text(data, file), file)
    problems = _unfit(value, file)
    if problems:
        raise Refused(*problems)
    return value


def pointer_to(parts: tuple[str | int, ...]) -> str:
    """A JSON pointer (RFC 6901); the whole file is "/"."""
    return "".join("/" + str(p).replace("~", "~0").replace("/", "~1") for p in parts) or "/"


def _text(data: bytes, file: str) -> str:
    try:
        return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        what = Text(
            f"byte {error.start} (line {line}) is not UTF-8 text",
            f"el byte {error.start} (línea {line}) no es texto UTF-8",
        )
        raise Refused(_problem("file.encoding", "", file, what, line=line)) from None


def _loaded(text: str, file: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_object, parse_int=_integer, parse_constant=float)
    except json.JSONDecodeError as error:
        cut = error.pos >= len(text.rstrip())
        what = Text(
            f"it ends in the middle, in line {error.lineno}"
            if cut
            else f"line {error.lineno}, column {error.colno} is not JSON ({error.msg})",
            f"se acaba a la mitad, en la línea {error.lineno}"
            if cut
            else f"la línea {error.lineno}, columna {error.colno}, no es JSON",
        )
        raise Refused(_problem("file.json", "", file, what, line=error.lineno, column=error.colno)) from None
    except RecursionError:
        raise Refused(_problem("file.depth", "", file, _DEEP)) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    seen: set[str] = set()
    doubled = _Doubled(made)
    doubled.key = next(k for k, _ in pairs if k in seen or seen.add(k))  # type: ignore[func-returns-value]
    return doubled


def _integer(digits: str) -> int | float:
    """Python refuses to read some thousands of digits; here anything beyond 64 bits becomes infinite and is refused."""
    return int(digits) if len(digits) <= 20 else math.inf


_DEEP = Text(f"nested deeper than {MAX_DEPTH} levels", f"anidado a más de {MAX_DEPTH} niveles")


def _unfit(root: Any, file: str) -> list[Problem]:
    """Everything that is JSON to Python but no value of a project, wherever it stands. Iterative: depth is a stranger's."""
    problems: list[Problem] = []
    stack: list[tuple[Any, tuple[str | int, ...]]] = [(root, ())]
    count = 0
    while stack:
        value, at = stack.pop()
        count += 1
        if count > MAX_VALUES:
            return [
                _problem("file.too_big", "/", file, Text("more than a million values", "más de un millón de valores"))
            ]
        if len(at) > MAX_DEPTH:
            return [_problem("file.depth", pointer_to(at), file, _DEEP)]
        if isinstance(value, dict):
            if isinstance(value, _Doubled):
                what = Text(f"{value.key!r} stands there twice", f"{value.key!r} está dos veces")
                problems.append(_problem("file.double_key", pointer_to((*at, value.key)), file, what))
            problems += [_half(k, (*at, k), file) for k in value if not (k.isascii() or _whole(k))]
            stack += [(v, (*at, k)) for k, v in value.items()]
        elif isinstance(value, list):
            stack += [(v, (*at, i)) for i, v in enumerate(value)]
        elif isinstance(value, str):
            if not (value.isascii() or _whole(value)):
                problems.append(_half(value, at, file))
        elif isinstance(value, float):
            if not math.isfinite(value):
                what = Text("not a finite number of reasonable size", "no es un número finito de tamaño razonable")
                problems.append(_problem("file.number", pointer_to(at), file, what))
        elif isinstance(value, int) and not -MAX_INTEGER <= value < MAX_INTEGER:
            problems.append(
                _problem("file.number", pointer_to(at), file, Text("too large a number", "número demasiado grande"))
            )
    return problems


def _whole(text: str) -> bool:
    """Whether no half of a surrogate pair is left: such a text could not be written out again."""
    return not any("\ud800" <= c <= "\udfff" for c in text)


def _half(text: str, at: tuple[str | int, ...], file: str) -> Problem:
    shown = ascii(text)[:60]
    what = Text(f"half a character in {shown}", f"medio carácter en {shown}")
    where = pointer_to(at).encode("utf-8", "backslashreplace").decode()
    return _problem("file.text", where, file, what)


def _problem(code: str, pointer: str, file: str, what: Text, line: int = 0, column: int = 0) -> Problem:
    at = pointer or "/"
    inside = Text(f" at {at}", f" en {at}") if at != "/" else Text("", "")
    return Problem(
        code=code,
        message=Text(
            f"The file is not right{inside.en}: {what.en}.", f"El archivo no es correcto{inside.es}: {what.es}."
        ),
        where=Place(file=file, line=line, column=column, pointer=at, label=f"{file}:{at}" if file else at),
        hint=HINT,
    )


def refuse(code: str, pointer: str, file: str, what: Text) -> NoReturn:
    """Raise Refused for one place of a file."""
    raise Refused(_problem(code, pointer, file, what))


mistake = _problem
