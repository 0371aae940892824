"""Values of known types as JSON with their arrays aside, and back, where nothing is taken on trust.

How a type crosses follows from its annotations: numbers, texts, tuples, mappings by name, frozen dataclasses of these.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path as FilePath
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

import numpy as np

from core.graph.model import Path
from core.problems import Problem
from core.process.letter import Array, Arrays, Strange, typed
from core.specs.sig import Sig
from core.words import Text

Put = Callable[[Any, list[Array]], Any]
Take = Callable[[Any, Arrays], Any]


class Way(NamedTuple):
    """How values of one type go and come."""

    put: Put
    take: Take


STAYS = {(Problem, "fixes")}  # a repair is a function: it does not cross
NARROWED: Mapping[tuple[type, str], Any] = {(Sig, "size"): int}  # sizes of a trained model are known


def put(hint: Any, value: Any, arrays: list[Array]) -> Any:
    """A value of a type as JSON; its arrays are appended."""
    return way(hint).put(value, arrays)


def take(hint: Any, data: Any, arrays: Arrays) -> Any:
    """The value again. Raises Strange where it is anything else."""
    try:
        return way(hint).take(data, arrays)
    except (ValueError, OverflowError, RecursionError) as error:  # numbers and shapes that Python or numpy cannot hold
        raise Strange(str(error)) from None


@cache
def way(hint: Any) -> Way:
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Literal:
        return Way(_same, lambda data, _: data if data in parts else _strange(hint, data))
    if origin in (Union, types.UnionType):
        return _maybe(way(_but_none(hint, parts)))
    if origin is tuple:
        return _row(way(parts[0])) if parts[-1] is ... else _places(tuple(way(p) for p in parts))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _names(parts[0], way(parts[1]))
    if origin is np.ndarray:
        (number,) = get_args(parts[1])
        return _array(None if number is Any else np.dtype(number))
    if isinstance(hint, type) and is_dataclass(hint):
        return _record(hint)
    raise TypeError(f"{hint!r} does not cross")


def _but_none(hint: Any, parts: tuple[Any, ...]) -> Any:
    rest = [p for p in parts if p is not type(None)]
    if len(rest) != 1:
        raise TypeError(f"{hint!r} does not cross")
    return rest[0]


def _same(value: Any, _: Any) -> Any:
    return value


def _strange(wanted: Any, data: Any) -> Any:
    raise Strange(f"{str(data)[:80]!r} where {getattr(wanted, '__name__', wanted)} was expected")


def _exactly(kind: type) -> Way:
    return Way(lambda value, _: kind(value), lambda data, _: data if type(data) is kind else _strange(kind, data))


def _number(data: Any, _: Arrays) -> float:
    return float(data) if type(data) in (int, float) else _strange(float, data)


def _text(data: Any, _: Arrays) -> Text:
    right = isinstance(data, list) and len(data) == 2 and all(isinstance(d, str) for d in data)
    return Text(*data) if right else _strange(Text, data)


def _file(data: Any, _: Arrays) -> FilePath:
    return FilePath(data) if isinstance(data, str) else _strange(FilePath, data)


def _maybe(inner: Way) -> Way:
    return Way(
        lambda value, arrays: None if value is None else inner.put(value, arrays),
        lambda data, arrays: None if data is None else inner.take(data, arrays),
    )


def _listed(data: Any) -> list[Any]:
    return data if isinstance(data, list) else _strange(list, data)


def _row(inner: Way) -> Way:
    return Way(
        lambda value, arrays: [inner.put(v, arrays) for v in value],
        lambda data, arrays: tuple([inner.take(d, arrays) for d in _listed(data)]),
    )


def _places(inner: tuple[Way, ...]) -> Way:
    def take(data: Any, arrays: Arrays) -> Any:
        if len(_listed(data)) != len(inner):
            _strange(tuple, data)
        return tuple([w.take(d, arrays) for w, d in zip(inner, data, strict=True)])

    return Way(lambda value, arrays: [w.put(v, arrays) for w, v in zip(inner, value, strict=True)], take)


def _names(kind: Any, inner: Way) -> Way:
    """JSON has only texts as keys."""
    if kind not in (str, int):
        raise TypeError(f"a mapping by {kind!r} does not cross")

    def key(name: str) -> Any:
        return name if kind is str else int(name) if name.isascii() and name.isdigit() else _strange(int, name)

    def take(data: Any, arrays: Arrays) -> Any:
        entries = data.items() if isinstance(data, dict) else _strange(dict, data)
        return {key(k): inner.take(d, arrays) for k, d in entries}

    return Way(lambda value, arrays: {str(k): inner.put(v, arrays) for k, v in value.items()}, take)


def _array(dtype: np.dtype[Any] | None) -> Way:
    def put(value: Any, arrays: list[Array]) -> Any:
        array = typed(np.asarray(value, dtype))
        arrays.append(array)
        return [array.dtype.str, list(array.shape)]

    def take(data: Any, arrays: Arrays) -> Array:
        if len(_listed(data)) != 2:
            _strange("an array", data)
        found = arrays.take(*data)
        return found if dtype is None or found.dtype == dtype else _strange(dtype, data)

    return Way(put, take)


@dataclass(frozen=True)
class _Field:
    name: str
    way: Way


@cache
def _fields(kind: type) -> tuple[_Field, ...]:
    hints = get_type_hints(kind, localns={"Path": Path, "Fix": object})
    return tuple(
        _Field(f.name, way(NARROWED.get((kind, f.name), hints[f.name])))
        for f in fields(kind)
        if (kind, f.name) not in STAYS
    )


def _record(kind: type) -> Way:
    """Its fields are looked at when one crosses: a record may hold another of its kind."""

    def put(value: Any, arrays: list[Array]) -> Any:
        return {p.name: p.way.put(getattr(value, p.name), arrays) for p in _fields(kind)}

    def take(data: Any, arrays: Arrays) -> Any:
        parts = _fields(kind)
        if not isinstance(data, dict) or data.keys() != {p.name for p in parts}:
            _strange(kind, data)
        return kind(**{p.name: p.way.take(data[p.name], arrays) for p in parts})

    return Way(put, take)


_SIMPLE: Mapping[Any, Way] = {
    float: Way(lambda value, _: float(value), _number),
    int: _exactly(int),
    str: _exactly(str),
    bool: _exactly(bool),
    Text: Way(lambda value, _: list(value), _text),
    FilePath: Way(lambda value, _: str(value), _file),
}
