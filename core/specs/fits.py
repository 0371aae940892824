"""Whether a value fits a parameter: one answer for project files, data settings and forms."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from core.problems import filled
from core.specs.params import ParamSpec
from core.words import Text


def misfit(param: ParamSpec, value: Any) -> Text | None:
    """What was expected instead of `value`; None where it is right."""
    kind_ok, words = KINDS[param.kind]
    if not kind_ok(value):
        return words
    if param.kind == "choice" and value not in [c for c, _ in param.choices]:
        listed = ", ".join(c for c, _ in param.choices)
        return filled(Text("one of {c}", "uno de {c}"), c=listed)
    if param.kind in ("int", "float"):
        low, high = param.minimum, param.maximum
        if (low is not None and value < low) or (high is not None and value > high):
            return _range(low, high)
    return None


def _range(low: float | None, high: float | None) -> Text:
    if high is None:
        return filled(Text("at least {a}", "al menos {a}"), a=_number(low))
    if low is None:
        return filled(Text("at most {b}", "como mucho {b}"), b=_number(high))
    return filled(Text("between {a} and {b}", "entre {a} y {b}"), a=_number(low), b=_number(high))


def _number(value: float | None) -> str:
    return f"{value:.12g}" if value is not None else ""


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _real(value: Any) -> bool:
    return _whole(value) or (isinstance(value, float) and math.isfinite(value))


KINDS: Mapping[str, tuple[Callable[[Any], bool], Text]] = {
    "int": (_whole, Text("a whole number", "un número entero")),
    "float": (_real, Text("a number", "un número")),
    "bool": (lambda v: isinstance(v, bool), Text("true or false", "verdadero o falso")),
    "choice": (lambda v: isinstance(v, str), Text("one of the choices", "una de las opciones")),
    "text": (lambda v: isinstance(v, str), Text("a text", "un texto")),
    "path": (lambda v: isinstance(v, str), Text("the path of a file", "la ruta de un archivo")),
}
