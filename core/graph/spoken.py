"""What a file checker says of a wrong value, in both languages: pydantic itself speaks English alone."""

from __future__ import annotations

from typing import Any

from core.words import Text

SAID = {
    "missing": Text("missing", "falta"),
    "extra_forbidden": Text("not known here", "no se conoce aquí"),
    "string_type": Text("a text is expected", "se espera un texto"),
    "int_type": Text("a whole number is expected", "se espera un número entero"),
    "float_type": Text("a number is expected", "se espera un número"),
    "bool_type": Text("true or false is expected", "se espera verdadero o falso"),
    "list_type": Text("a list is expected", "se espera una lista"),
    "dict_type": Text("an object is expected", "se espera un objeto"),
    "model_type": Text("an object is expected", "se espera un objeto"),
    "tuple_type": Text("a list is expected", "se espera una lista"),
    "greater_than_equal": Text("at least {ge} is expected", "se espera al menos {ge}"),
    "less_than_equal": Text("at most {le} is expected", "se espera como mucho {le}"),
    "string_too_long": Text("at most {max_length} characters are allowed", "se permiten {max_length} caracteres"),
    "string_too_short": Text("an empty text is not allowed", "no puede estar vacío"),
    "too_long": Text("at most {max_length} items are allowed", "se permiten {max_length} elementos"),
    "too_short": Text("at least {min_length} items are expected", "se esperan al menos {min_length} elementos"),
    "comparison": Text('comparisons such as "<= 5e-4" are expected', 'se esperan comparaciones como "<= 5e-4"'),
    "open_equation": Text("an equation opened by $$ is not closed", "una ecuación abierta con $$ no se cierra"),
    "literal_error": Text("one of {expected} is expected", "se espera uno de {expected}"),
}
OTHERWISE = Text("a value of another kind is expected", "se espera otro tipo de valor")


def spoken(item: Any) -> Text:
    """One entry of `ValidationError.errors(include_context=True)` in words."""
    known, context = SAID.get(item["type"], OTHERWISE), item.get("ctx", {})
    return Text(known.en.format(**context), known.es.format(**context))
