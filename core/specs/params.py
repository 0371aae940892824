"""Parameters of nodes, datasets and exporters: typed, ranged, described in both languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from core.words import Text

ParamKind = Literal["int", "float", "bool", "choice", "text", "path"]


@dataclass(frozen=True)
class ParamSpec:
    """One parameter. The inspector, the file check and `--set` are all generated from this."""

    name: str
    kind: ParamKind
    default: bool | int | float | str
    label: Text
    help: Text = Text("", "")
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[tuple[str, Text], ...] = ()  # value, label
    was: tuple[str, ...] = ()  # names it had in older files
    unit: str = ""
    advanced: bool = False
