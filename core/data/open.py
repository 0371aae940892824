"""From a project's choice of data to fields or an opened dataset: finds the kind, fills in defaults, checks every value.

A choice is anything with `kind` and `params`; the project's own type lives above this room.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Protocol, cast

from core.data.dataset import Dataset, DatasetSpec
from core.problems import Place, Problem, Refused
from core.specs.fields import Fields
from core.specs.fits import misfit
from core.specs.params import ParamSpec
from core.specs.registry import Registry
from core.words import Text


class Choice(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def params(self) -> Mapping[str, Any]: ...


def spec_of(registry: Registry, kind: str) -> DatasetSpec:
    """The dataset of that kind, also under one it had in older files. Raises Refused where there is none."""
    found = known_spec(registry, kind)
    if found is None:
        raise Refused(_unknown_kind(kind, tuple(registry.of("dataset"))))
    return found


def known_spec(registry: Registry, kind: str) -> DatasetSpec | None:
    """The same, or None."""
    kinds = cast("Mapping[str, DatasetSpec]", registry.of("dataset"))
    return kinds.get(kind) or next((s for s in kinds.values() if kind in s.was), None)


def fields_of(registry: Registry, choice: Choice) -> Fields:
    """What the chosen data offers, as cheaply as its plugin can tell. Raises Refused."""
    spec = spec_of(registry, choice.kind)
    params = checked_params(spec, choice.params)
    return spec.peek(params) if spec.peek is not None else spec.open(params, 0).fields


def open_dataset(registry: Registry, choice: Choice, seed: int) -> Dataset:
    """The chosen dataset, opened. Raises Refused."""
    spec = spec_of(registry, choice.kind)
    return spec.open(checked_params(spec, choice.params), seed)


def metrics_of(registry: Registry, choice: Choice) -> tuple[str, ...]:
    """The metrics that suit the chosen data, the main one first. Raises Refused."""
    spec = spec_of(registry, choice.kind)
    return spec.metrics_for(checked_params(spec, choice.params)) if spec.metrics_for else spec.metrics


def checked_params(spec: DatasetSpec, given: Mapping[str, Any]) -> dict[str, Any]:
    """Every parameter of the dataset with its value or default, under its present name. Raises Refused with all
    mistakes."""
    problems: list[Problem] = []
    values: dict[str, Any] = {p.name: p.default for p in spec.params}
    for name, value in given.items():
        param = _param(spec, name, given)
        if param is None:
            problems.append(_unknown_param(spec, name))
            continue
        wanted = misfit(param, value)
        if wanted is None:
            values[param.name] = float(value) if param.kind == "float" else value
        else:
            problems.append(_bad_value(spec, param, value, wanted))
    if problems:
        raise Refused(*problems)
    return values


def _param(spec: DatasetSpec, name: str, given: Mapping[str, Any]) -> ParamSpec | None:
    """The parameter of that name, or the one that had it in older files (unless the new name is given too)."""
    exact = next((p for p in spec.params if p.name == name), None)
    return exact or next((p for p in spec.params if name in p.was and p.name not in given), None)


def data_place(name: str) -> Place:
    """A parameter of the project's data, under the name `--set` knows it by."""
    return Place(param=name, label=f"data.{name}", pointer=f"/data/params/{name}")


def _bad_value(spec: DatasetSpec, param: ParamSpec, value: Any, wanted: Text) -> Problem:
    return Problem(
        code="data.param",
        message=Text(
            f"{spec.name.en}: {param.label.en} is {value!r}, but {wanted.en} is expected.",
            f"{spec.name.es}: {param.label.es} es {value!r}, pero se espera {wanted.es}.",
        ),
        where=data_place(param.name),
        hint=param.help,
        got=repr(value)[:80],
        expected=wanted.en,
    )


def _unknown_param(spec: DatasetSpec, name: str) -> Problem:
    names = [p.name for p in spec.params]
    near = get_close_matches(name, names, 1)
    return Problem(
        code="data.unknown_param",
        message=Text(
            f"{spec.name.en} has no setting {name!r}.",
            f"{spec.name.es} no tiene ningún ajuste {name!r}.",
        ),
        where=data_place(name),
        hint=_mean(near) if near else _listed(names),
        got=name,
        expected=", ".join(names),
    )


def _unknown_kind(kind: str, known: tuple[str, ...]) -> Problem:
    near = get_close_matches(kind, known, 1)
    return Problem(
        code="data.unknown",
        message=Text(
            f"There is no dataset of the kind {kind!r} here.", f"Aquí no hay ningún conjunto de datos {kind!r}."
        ),
        where=Place(param="kind", label="data.kind", pointer="/data/kind"),
        hint=_mean(near) if near else _listed(known),
        got=kind,
        expected=", ".join(known),
    )


def _mean(near: list[str]) -> Text:
    return Text(f"Did you mean {near[0]!r}?", f"¿Quería decir {near[0]!r}?")


def _listed(names: list[str] | tuple[str, ...]) -> Text:
    return Text(f"There are: {', '.join(names)}.", f"Hay: {', '.join(names)}.")
