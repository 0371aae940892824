"""The points of a sweep: every combination of the parameters' values, each with every seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from core.problems import Place, Problem, Refused
from core.project.model import Project
from core.project.settingpath import apply_settings
from core.specs.registry import Registry
from core.words import Text


@dataclass(frozen=True)
class Point:
    """What is set (path -> value as it was typed) and the seed."""

    values: tuple[tuple[str, str], ...]
    seed: int

    @property
    def settings(self) -> tuple[str, ...]:
        return tuple(f"{path}={value}" for path, value in self.values)


def axes_of(texts: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """`path=a,b,c` each, as path -> values. Raises Refused with every one that is not of that form."""
    problems, axes = [], {}
    for text in texts:
        path, sign, values = text.partition("=")
        found = tuple(dict.fromkeys(v.strip() for v in values.split(",")))
        if not sign or not path.strip() or not all(found) or path.strip() in axes:
            problems.append(_misread(text))
        axes[path.strip()] = found
    if problems:
        raise Refused(*problems)
    return axes


def points(axes: Mapping[str, tuple[str, ...]], seeds: int) -> list[Point]:
    """All of them, seeds innermost: the first values are known soon."""
    return [
        Point(tuple(zip(axes, values, strict=True)), seed)
        for values in product(*axes.values())
        for seed in range(seeds)
    ]


def set_up(project: Project, point: Point, registry: Registry) -> Project:
    """The project of a point. Raises Refused where a path or value does not fit."""
    return apply_settings(project, (*point.settings, f"training.seed={point.seed}"), registry)


def _misread(text: str) -> Problem:
    return Problem(
        "sweep.param",
        Text(f"{text!r} is not of the form path=a,b,c, or that path was given already.",
             f"{text!r} no tiene la forma ruta=a,b,c, o esa ruta ya se dio."),
        Place(label="--param"),
        Text("Write, for example, --param data.length=5,10,20", "Escriba, por ejemplo, --param data.length=5,10,20"),
        got=text,
    )  # fmt: skip
