"""Setting values of a project by dotted path: what `--set path=value` means, and what a sweep varies.

`training.steps` (or just `steps`), `data.path`, `data.kind`, and `node.ID.units` (`node.CELL/ID.units` inside a cell).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import replace

from core.graph.edit import inside, set_params
from core.graph.model import Path, at_path, frozen
from core.problems import Place, Problem, Refused
from core.project.model import DataChoice, Project
from core.specs.params import ParamSpec
from core.specs.registry import Registry
from core.train.settings import FIELDS
from core.words import Text

Value = bool | int | float | str


def apply_settings(project: Project, settings: Iterable[str], registry: Registry) -> Project:
    """The project with every `path=value` applied, in order. Raises Refused with what is wrong and what exists."""
    for setting in settings:
        path, sign, value = setting.partition("=")
        if not sign or not path:
            raise Refused(_problem(setting, Text("not of the form path=value", "no tiene la forma ruta=valor"), ""))
        project = _apply(project, path.strip(), value, registry)
    return project


def _apply(project: Project, path: str, value: str, registry: Registry) -> Project:
    area, _, rest = path.partition(".")
    if area == "data" and rest:
        return replace(project, data=_set_data(project.data, rest, value, registry, path))
    if area == "node" and rest:
        return _set_node(project, rest, value, registry, path)
    name = rest if area == "training" else path
    spec = _find(FIELDS, name, path)
    return replace(project, training=replace(project.training, **{name: typed(spec, value, path)}))


def _set_data(choice: DataChoice, name: str, value: str, registry: Registry, path: str) -> DataChoice:
    kinds = registry.of("dataset")
    if name == "kind":
        if value not in kinds:
            raise Refused(_unknown(path, value, kinds))
        return DataChoice(value)
    dataset = kinds.get(choice.kind)
    if dataset is None:
        raise Refused(_unknown(path, choice.kind, kinds))
    spec = _find(dataset.params, name, path)  # type: ignore[attr-defined]
    return DataChoice(choice.kind, frozen({**choice.params, name: typed(spec, value, path)}))


def _set_node(project: Project, rest: str, value: str, registry: Registry, path: str) -> Project:
    where, _, name = rest.rpartition(".")
    ids: Path = tuple(where.split("/"))
    try:
        node = at_path(project.graph, ids)
    except KeyError:
        raise Refused(_unknown(path, where, project.graph.nodes)) from None
    spec = registry.node(node.kind)
    param = _find(spec.params if spec else (), name, path)
    new = typed(param, value, path)
    return replace(project, graph=inside(project.graph, ids[:-1], lambda g: set_params(g, ids[-1], **{name: new})))


def typed(spec: ParamSpec, text: str, path: str) -> Value:
    """The text as a value of the parameter's kind and range. Raises Refused."""
    try:
        value = _parse(spec, text)
    except ValueError:
        raise Refused(
            _problem(
                path, Text(f"{text!r} is not of kind {spec.kind}", f"{text!r} no es de tipo {spec.kind}"), spec.kind
            )
        ) from None
    if spec.choices and value not in [c for c, _ in spec.choices]:
        raise Refused(_unknown(path, text, [c for c, _ in spec.choices]))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        low, high = spec.minimum, spec.maximum
        if (low is not None and value < low) or (high is not None and value > high):
            raise Refused(
                _problem(
                    path,
                    Text(f"{text} is outside {low} … {high}", f"{text} está fuera de {low} … {high}"),
                    f"{low} … {high}",
                )
            )
    return value


def _parse(spec: ParamSpec, text: str) -> Value:
    if spec.kind == "int":
        return int(text)
    if spec.kind == "float":
        number = float(text)
        if number != number or number in (float("inf"), float("-inf")):
            raise ValueError(text)
        return number
    if spec.kind == "bool":
        if text.lower() not in ("true", "false", "1", "0", "yes", "no"):
            raise ValueError(text)
        return text.lower() in ("true", "1", "yes")
    return text


def _find(specs: Iterable[ParamSpec], name: str, path: str) -> ParamSpec:
    found = {s.name: s for s in specs}
    if name not in found:
        raise Refused(_unknown(path, name, found))
    return found[name]


def _unknown(path: str, name: str, known: Iterable[str]) -> Problem:
    names = sorted(known)
    close = difflib.get_close_matches(name, names, 1)
    meant = Text(f" Did you mean {close[0]}?", f" ¿Quería decir {close[0]}?") if close else Text("", "")
    listed = ", ".join(names[:12])
    return Problem(
        "setting.unknown",
        Text(f"{name!r} is not known.{meant.en}", f"{name!r} no se conoce.{meant.es}"),
        Place(label=path),
        Text(f"Known here: {listed}.", f"Aquí se conocen: {listed}."),
        got=name,
        expected=listed,
    )  # fmt: skip


def _problem(path: str, what: Text, expected: str) -> Problem:
    return Problem(
        "setting.value",
        what,
        Place(label=path),
        Text(
            "Write it as path=value, e.g. training.steps=500.", "Escríbalo como ruta=valor, p. ej. training.steps=500."
        ),
        expected=expected,
    )
