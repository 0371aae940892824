"""The shape of a project file, and every way in which one can miss it, in both languages with its JSON pointer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Annotated, Any

from pydantic import ConfigDict, Field, ValidationError

from core.graph.codec import GraphFile, Id, RefFile, Words, _Strict, graph_of, write_graph
from core.graph.model import Graph, frozen
from core.graph.spoken import SAID, spoken
from core.problems import Problem, Refused
from core.project.model import DataChoice, Project
from core.project.strictjson import mistake, pointer_to
from core.specs.fits import misfit
from core.train.settings import FIELDS, Training
from core.words import Text

Scalar = bool | int | Annotated[float, Field(allow_inf_nan=False)] | Words


class TextPair(_Strict):
    en: Words = ""
    es: Words = ""


class DataFile(_Strict):
    kind: Id = "text"
    params: dict[Id, Scalar] = {}


class ProjectFile(_Strict):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    format: int
    title: TextPair = TextPair()
    notes: TextPair = TextPair()
    systems: Annotated[list[Id], Field(max_length=200)] = []
    data: DataFile = DataFile()
    training: dict[Id, Scalar] = {}
    graph: GraphFile = GraphFile()


def project_of(data: Any, file: str = "") -> Project:
    """The project that JSON data of the present format describes. Raises Refused with every mistake found."""
    try:
        parsed = ProjectFile.model_validate(data)
    except ValidationError as error:
        raise Refused(*_schema_problems(error, data, file)) from None
    problems: list[Problem] = []
    training = _training(parsed.training, problems, file)
    graph = _graph(parsed.graph, problems, file)
    if problems:
        raise Refused(*problems)
    return Project(
        graph=graph,
        data=DataChoice(parsed.data.kind, frozen(parsed.data.params)),
        training=training,
        title=Text(parsed.title.en, parsed.title.es),
        notes=Text(parsed.notes.en, parsed.notes.es),
        systems=tuple(parsed.systems),
    )


LATE = ("keep_by",)  # empty means what it meant before there was such a setting


def data_of(project: Project, format: int) -> dict[str, Any]:
    """The project as JSON data. Training settings are written out whole, so that a later default changes no old run; but
    those that came late only where they say something, so that files and what is remembered by them stay as they are."""
    return {
        "format": format,
        **{name: text._asdict() for name, text in (("title", project.title), ("notes", project.notes)) if any(text)},
        **({"systems": list(project.systems)} if project.systems else {}),
        "data": {"kind": project.data.kind, **({"params": dict(project.data.params)} if project.data.params else {})},
        "training": {k: v for k, v in asdict(project.training).items() if v or k not in LATE},
        "graph": write_graph(project.graph),
    }


def _training(values: Mapping[str, Any], problems: list[Problem], file: str) -> Training:
    known = {p.name: p for p in FIELDS}
    good: dict[str, Any] = {}
    for name, value in values.items():
        at = pointer_to(("training", name))
        wanted = misfit(known[name], value) if name in known else None
        if name not in known:
            problems.append(mistake("file.unknown", at, file, SAID["extra_forbidden"]))
        elif wanted is not None:
            what = Text(f"{value!r} came, {wanted.en} is expected", f"llegó {value!r}, se espera {wanted.es}")
            problems.append(mistake("file.field", at, file, what))
        else:
            good[name] = float(value) if known[name].kind == "float" else value
    return Training(**good)


def _graph(parsed: GraphFile, problems: list[Problem], file: str) -> Graph:
    found: list[Problem] = []
    graph = graph_of(parsed, "/graph", found)
    if not found:
        _unbound(parsed, ("graph",), 0, found, file)
    problems += [replace(p, where=replace(p.where, file=file)) for p in found]
    return graph


def _unbound(parsed: GraphFile, at: tuple[str | int, ...], depth: int, problems: list[Problem], file: str) -> None:
    """A reference to the cell's parameter makes sense only inside a cell."""
    for i, node in enumerate(parsed.nodes):
        here = (*at, "nodes", i)
        if node.body is not None:
            _unbound(node.body, (*here, "body"), depth + 1, problems, file)
        for name, value in node.params.items():
            if depth == 0 and isinstance(value, RefFile):
                what = Text("a reference, but no cell is around it", "una referencia, pero no hay celda alrededor")
                problems.append(mistake("file.ref", pointer_to((*here, "params", name)), file, what))


def _schema_problems(error: ValidationError, data: Any, file: str) -> list[Problem]:
    """One Problem for each place of a pydantic report (a union reports once per alternative)."""
    reports: dict[str, list[Any]] = {}
    for item in error.errors(include_url=False, include_context=True, include_input=False):
        at = pointer_to(_real(item["loc"], data, item["type"] == "missing"))
        reports.setdefault(at, []).append(item)
    return [_told(at, items, file) for at, items in reports.items()]


def _told(at: str, items: list[Any], file: str) -> Problem:
    kinds = {item["type"] for item in items}
    if {"bool_type", "int_type"} <= kinds:
        return mistake("file.field", at, file, _ANY_SCALAR)
    code = {"missing": "file.missing", "extra_forbidden": "file.unknown"}.get(items[0]["type"], "file.field")
    return mistake(code, at, file, spoken(items[0]))


def _real(loc: tuple[str | int, ...], data: Any, missing: bool) -> tuple[str | int, ...]:
    """The part of pydantic's location that can be followed in the data: alternatives of a union have names in it too."""
    parts: list[str | int] = []
    for part in loc:
        if _leads_on(part, data):
            data = data[part]
        elif missing and part == loc[-1] and isinstance(data, dict):
            return (*parts, part)
        else:
            continue
        parts.append(part)
    return tuple(parts)


def _leads_on(part: str | int, data: Any) -> bool:
    if isinstance(data, dict):
        return part in data
    return isinstance(data, list) and isinstance(part, int) and part < len(data)


_ANY_SCALAR = Text("a number, a text, true or false is expected", "se espera un número, un texto, verdadero o falso")
