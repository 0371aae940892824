"""Every mistake a drawing can hold: one row each, with its code, sentence and hint in both languages; and the Problem made
of a row. The place is the Problem's own. The texts are pinned in a test.
"""

from __future__ import annotations

from core.problems import Fix, Place, Problem
from core.shapes.mistakes.drawing import DRAWING
from core.shapes.mistakes.models import MODELS
from core.shapes.mistakes.row import Mistake
from core.shapes.mistakes.sizes import SIZES
from core.shapes.mistakes.times import TIMES
from core.words import Text, say

MISTAKES: dict[str, Mistake] = DRAWING | SIZES | TIMES | MODELS
KINDS = {
    "features": Text("features", "características"),
    "tokens": Text("tokens", "símbolos"),
    "scalar": Text("a number", "un número"),
    "any": Text("a value", "un valor"),
}
TYPES = {
    "int": Text("a whole number", "un número entero"),
    "float": Text("a number", "un número"),
    "bool": Text("true or false", "verdadero o falso"),
    "choice": Text("a choice", "una opción"),
    "text": Text("a text", "un texto"),
    "path": Text("a path", "una ruta"),
}
NO_TIME = Text("no time", "ningún tiempo")


def mistake(
    code: str, where: Place, /, fixes: tuple[Fix, ...] = (), got: object = "", expected: object = "", **holes: object
) -> Problem:
    """The Problem of a row, its holes filled; a hole that is a Text is filled in each language."""
    row = MISTAKES[code]
    holes = {"got": got, "expected": expected, **holes}
    return Problem(
        code,
        _filled(row.message, holes),
        where,
        _filled(row.hint, holes),
        _shown(got),
        _shown(expected),
        row.severity,
        fixes,
    )


def _filled(text: Text, holes: dict[str, object]) -> Text:
    en = {k: v.en if isinstance(v, Text) else v for k, v in holes.items()}
    es = {k: v.es if isinstance(v, Text) else v for k, v in holes.items()}
    return Text(text.en.format(**en), text.es.format(**es))


def _shown(hole: object) -> str:
    return say(hole) if isinstance(hole, Text) else str(hole)
