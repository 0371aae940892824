"""What the ids of the gallery (A3, B8, ...) mean: one table in resources, for terminal, window and tests."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from core.words import Text

TABLE = Path(__file__).resolve().parents[2] / "resources" / "systems.toml"


@lru_cache(maxsize=1)
def _table() -> Mapping[str, Mapping[str, Text]]:
    data: dict[str, dict[str, Any]] = tomllib.loads(TABLE.read_text("utf-8"))
    return {part: MappingProxyType({k: Text(**v) for k, v in rows.items()}) for part, rows in data.items()}


def systems() -> Mapping[str, Text]:
    """Every id with its meaning, in order."""
    return _table()["systems"]


def groups() -> Mapping[str, Text]:
    """The first letter of an id -> what such systems are."""
    return _table()["groups"]


def meaning(id: str) -> Text:
    """In a few words; the id itself where the table has none (a project of the person's own)."""
    return systems().get(id, Text(id, id))


def unserved(served: Iterable[str]) -> tuple[str, ...]:
    """The ids that none of these serve, in order."""
    known = set(served)
    return tuple(id for id in systems() if id not in known)
