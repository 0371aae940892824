"""How a project is written: the same project always as the same text, one node or wire a line, so that a diff reads well."""

from __future__ import annotations

import json
from typing import Any

WIDTH = 160


def spelled(value: Any) -> str:
    """Canonical JSON: what fits on a line stands on one line; lists of objects and the rest have one item a line."""
    return _spell(value, 0) + "\n"


def _spell(value: Any, indent: int) -> str:
    line = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if not isinstance(value, (dict, list)) or not value:
        return line
    if indent and len(line) + indent <= WIDTH and not _lists_objects(value):
        return line
    inner = indent + 1
    if isinstance(value, dict):
        items = [f"{json.dumps(k, ensure_ascii=False)}: {_spell(v, inner)}" for k, v in value.items()]
    else:
        items = [_spell(v, inner) for v in value]
    opening, closing = ("{", "}") if isinstance(value, dict) else ("[", "]")
    gap = "\n" + " " * inner
    return opening + gap + f",{gap}".join(items) + "\n" + " " * indent + closing


def _lists_objects(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_lists_objects(v) for v in value.values())
    return isinstance(value, list) and any(isinstance(v, dict) for v in value)
