"""Parameters of nodes, datasets and exporters: typed, ranged, described in both languages."""

from __future__ import annotations

from collections.abc import Mapping
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
    when: tuple[str, tuple[bool | int | float | str, ...]] = ("", ())  # see `acts`


def acts(spec: ParamSpec, beside: Mapping[str, ParamSpec], values: Mapping[str, object]) -> bool:
    """Whether a parameter changes anything: `when` names another one and the values it must have for that; no values
    mean anything but its default. A value that only the cell around knows counts as the right one."""
    name, wanted = spec.when
    if name not in beside:
        return True
    value = values.get(name, beside[name].default)
    if not isinstance(value, (bool, int, float, str)):
        return True
    return value in wanted if wanted else value != beside[name].default
