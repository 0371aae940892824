"""Setting values of a project by dotted path: what `--set path=value` means, and what a sweep varies.

`training.steps` (or just `steps`), `data.path`, `data.kind`, and `node.ID.units` (`node.CELL/ID.units` inside a cell).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any

from core.data.open import spec_of
from core.graph.body import body_at, inside
from core.graph.edit import set_params
from core.graph.model import Path, frozen
from core.problems import Place, Problem, Refused
from core.project.model import DataChoice, Project
from core.specs.fits import misfit
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
    changed: dict[str, Any] = {name: typed(spec, value, path)}
    return replace(project, training=replace(project.training, **changed))


def _set_data(choice: DataChoice, name: str, value: str, registry: Registry, path: str) -> DataChoice:
    if name == "kind":
        return DataChoice(spec_of(registry, value).kind)
    spec = _find(spec_of(registry, choice.kind).params, name, path)
    return DataChoice(choice.kind, frozen({**choice.params, name: typed(spec, value, path)}))


def _set_node(project: Project, rest: str, value: str, registry: Registry, path: str) -> Project:
    where, _, name = rest.rpartition(".")
    ids: Path = tuple(where.split("/"))
    try:
        node = body_at(project.graph, ids[:-1], registry).nodes[ids[-1]]
    except KeyError:
        raise Refused(_unknown(path, where, project.graph.nodes)) from None
    spec = registry.node(node.kind)
    param = _find(spec.params if spec else (), name, path)
    new = typed(param, value, path)
    return replace(
        project, graph=inside(project.graph, ids[:-1], lambda g: set_params(g, ids[-1], **{name: new}), registry)
    )


def typed(spec: ParamSpec, text: str, path: str) -> Value:
    """The text as a value of the parameter's kind and range; a path is read from where the person stands. Raises
    Refused."""
    value = _parse(spec, text)
    wanted = misfit(spec, value)
    if wanted is None:
        return value
    return _refuse(spec, text, wanted, path)


def _refuse(spec: ParamSpec, text: str, wanted: Text, path: str) -> Value:
    if spec.choices:
        raise Refused(_unknown(path, text, [c for c, _ in spec.choices]))
    said = Text(f"{text!r} does not fit: {wanted.en} is expected.", f"{text!r} no sirve: se espera {wanted.es}.")
    raise Refused(_problem(path, said, wanted.en))


def _parse(spec: ParamSpec, text: str) -> Value:
    """The value that the text spells, or the text itself where it spells none (which then does not fit)."""
    try:
        if spec.kind == "int":
            return int(text)
        if spec.kind == "float":
            return float(text)
    except ValueError:
        return text
    if spec.kind == "bool":
        return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}.get(text.lower(), text)
    if spec.kind == "path" and text:
        return str(FilePath(text).expanduser().absolute())
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
