"""A library cell or block as a JSON file: a `NodeSpec` whose body is a drawn graph."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from core.graph.codec import GraphFile, Id, TextFile, Value, Words, _Strict, graph_of, schema_problems, write_graph
from core.graph.model import Graph, Ref
from core.problems import Problem, Refused
from core.specs.node import NodeSpec, PortKind, PortSpec
from core.specs.params import ParamKind, ParamSpec
from core.words import Text


class ChoiceFile(_Strict):
    value: Id
    label: TextFile


class ParamFile(_Strict):
    name: Id
    kind: ParamKind
    default: Value
    label: TextFile
    help: TextFile = TextFile(en="", es="")
    minimum: float | None = None
    maximum: float | None = None
    choices: list[ChoiceFile] = []


class CellFile(_Strict):
    format: Literal[1]
    kind: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
    group: Literal["cell", "block"]
    name: TextFile
    help: TextFile
    equation: Words
    params: list[ParamFile] = []
    keywords: list[str] = []
    graph: GraphFile


def read_cell(file: FilePath) -> NodeSpec:
    """The spec of a cell file. Raises Refused with every mistake found."""
    try:
        parsed = CellFile.model_validate(json.loads(file.read_text("utf-8")))
    except ValidationError as error:
        raise Refused(*schema_problems(error, file=file.name)) from None
    problems: list[Problem] = []
    body = graph_of(parsed.graph, "/graph", problems)
    if problems:
        raise Refused(*problems)
    params = tuple(_param(p) for p in parsed.params)
    return cell_spec(parsed.kind, Text(parsed.name.en, parsed.name.es), body, params, parsed.group,
                     Text(parsed.help.en, parsed.help.es), parsed.equation, tuple(parsed.keywords))  # fmt: skip


def cell_spec(
    kind: str,
    name: Text,
    body: Graph,
    params: tuple[ParamSpec, ...] = (),
    group: str = "cell",
    help: Text = Text("", ""),
    equation: str = "",
    keywords: tuple[str, ...] = (),
) -> NodeSpec:
    """A node kind made of a drawn body; its ports are the body's cell_input and cell_output nodes."""
    inputs, outputs = body_ports(body)
    return NodeSpec(
        kind, name, group, help, equation, inputs, outputs, params, body=body, keywords=keywords, pin=body_hash(body)
    )


def body_ports(body: Graph) -> tuple[tuple[PortSpec, ...], tuple[PortSpec, ...]]:
    """The ports that a body's cell_input and cell_output nodes give their cell, in drawing order."""
    inputs = tuple(_port(n.params, n.id) for n in body.nodes.values() if n.kind == "cell_input")
    outputs = tuple(_port(n.params, n.id) for n in body.nodes.values() if n.kind == "cell_output")
    return inputs, outputs


def body_hash(body: Graph) -> str:
    """Identity of a body: its canonical JSON, positions included."""
    return hashlib.sha256(json.dumps(write_graph(body), sort_keys=True).encode()).hexdigest()[:16]


def _port(params: Any, fallback: str) -> PortSpec:
    name = str(params.get("name") or fallback)
    signal = params.get("signal")
    kind: PortKind = signal if signal in ("tokens", "scalar") else "features"  # a mistaken one is told at its node
    static = params.get("static") is True
    return PortSpec(name, kind, Text(name, name), optional=params.get("optional", static) is True, static=static)


def _param(p: ParamFile) -> ParamSpec:
    default = p.default
    assert not isinstance(default, Ref)
    return ParamSpec(p.name, p.kind, default, Text(p.label.en, p.label.es), Text(p.help.en, p.help.es),  # type: ignore[arg-type]
                     p.minimum, p.maximum, tuple((c.value, Text(c.label.en, c.label.es)) for c in p.choices))  # fmt: skip
