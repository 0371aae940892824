"""A graph as plain JSON data and back: one spelling for project files, cell files, the clipboard and the journal.

Reading is strict (unknown fields, wrong types, dangling wires, doubled ids are errors) and reports ALL mistakes, each
with its JSON pointer.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.graph.model import Edge, Frame, Graph, Init, Node, ParamValue, Port, Ref, frozen
from core.graph.spoken import spoken
from core.problems import Place, Problem, Refused
from core.words import Text, Wording

MAX_ITEMS = 20_000
MAX_DEPTH = 16
MAX_TEXT = 20_000

Number = Annotated[float, Field(ge=-1e9, le=1e9, allow_inf_nan=False)]
Point = tuple[Number, Number]
PortPair = tuple[Annotated[str, Field(max_length=200)], Annotated[str, Field(max_length=200)]]
Id = Annotated[str, Field(min_length=1, max_length=200)]
Words = Annotated[str, Field(max_length=MAX_TEXT)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class TextFile(_Strict):
    """Words that ship with Unfold; a person's own are one plain text."""

    en: Words
    es: Words


class RefFile(_Strict):
    ref: Id


Value = bool | int | Annotated[float, Field(allow_inf_nan=False)] | Words | RefFile


class FedFile(_Strict):
    fed: Annotated[PortPair, Field(strict=False)]


class NodeFile(_Strict):
    id: Id
    kind: Id
    title: Words | TextFile = ""
    params: dict[Id, Value] = {}
    at: Annotated[Point, Field(strict=False)] = (0.0, 0.0)
    body: GraphFile | None = None
    pin: Annotated[str, Field(max_length=100)] = ""
    collapsed: bool = False
    bypass: bool = False
    muted: bool = False


class EdgeFile(_Strict):
    id: Id
    source: Annotated[PortPair, Field(alias="from", strict=False)]
    target: Annotated[PortPair, Field(alias="to", strict=False)]
    delay: Annotated[int, Field(ge=0, le=10_000)] = 0
    init: Literal["zeros", "learned"] | FedFile = "zeros"
    points: Annotated[list[Annotated[Point, Field(strict=False)]], Field(max_length=200)] = []
    along: Annotated[str, Field(max_length=20)] = ""


class FrameFile(_Strict):
    id: Id
    text: Words | TextFile = ""
    at: Annotated[Point, Field(strict=False)] = (0.0, 0.0)
    size: Annotated[Point, Field(strict=False)] = (200.0, 120.0)
    color: Annotated[str, Field(max_length=20)] = ""


class GraphFile(_Strict):
    nodes: Annotated[list[NodeFile], Field(max_length=MAX_ITEMS)] = []
    wires: Annotated[list[EdgeFile], Field(max_length=MAX_ITEMS)] = []
    frames: Annotated[list[FrameFile], Field(max_length=MAX_ITEMS)] = []


def read_graph(data: Any) -> Graph:
    """The graph that JSON data describes. Raises Refused with every mistake found."""
    try:
        parsed = GraphFile.model_validate(data)
    except ValidationError as error:
        raise Refused(*schema_problems(error)) from None
    problems: list[Problem] = []
    graph = graph_of(parsed, "", problems)
    if problems:
        raise Refused(*problems)
    return graph


def write_graph(graph: Graph) -> dict[str, Any]:
    """The graph as JSON data; defaults are left out."""
    return {
        "nodes": [_write_node(n) for n in graph.nodes.values()],
        "wires": [_write_edge(e) for e in graph.edges.values()],
        **({"frames": [_write_frame(f) for f in graph.frames.values()]} if graph.frames else {}),
    }


def schema_problems(error: ValidationError, file: str = "") -> list[Problem]:
    """Every mistake of a pydantic report as a Problem with its JSON pointer."""
    out = []
    for item in error.errors(include_url=False, include_context=True):
        where = "".join(f"/{part}" for part in item["loc"])
        out.append(_file_problem("file.field", where, spoken(item), got=repr(item.get("input"))[:80], file=file))
    return out


def graph_of(parsed: GraphFile, pointer: str, problems: list[Problem], depth: int = 0) -> Graph:
    """The value of an already validated file part; semantic mistakes are appended to `problems`."""
    if depth > MAX_DEPTH:
        problems.append(
            _file_problem(
                "file.depth",
                pointer,
                Text(f"bodies nested deeper than {MAX_DEPTH}", f"cuerpos anidados a más de {MAX_DEPTH}"),
            )
        )
        return Graph()
    nodes: dict[str, Node] = {}
    for i, n in enumerate(parsed.nodes):
        at = f"{pointer}/nodes/{i}"
        if n.id in nodes:
            problems.append(
                _file_problem(
                    "file.double_id", at, Text(f"node id {n.id!r} appears twice", f"el nodo {n.id!r} aparece dos veces")
                )
            )
        body = None if n.body is None else graph_of(n.body, f"{at}/body", problems, depth + 1)
        params = {k: _read_value(v) for k, v in n.params.items()}
        flags = (n.collapsed, n.bypass, n.muted)
        nodes[n.id] = Node(n.id, n.kind, _read_words(n.title), frozen(params), body, n.pin, n.at, *flags)
    edges: dict[str, Edge] = {}
    for i, e in enumerate(parsed.wires):
        at = f"{pointer}/wires/{i}"
        init = Init(e.init) if isinstance(e.init, str) else Init("fed", Port(*e.init.fed))
        edge = Edge(e.id, Port(*e.source), Port(*e.target), e.delay, init, tuple(e.points), e.along)
        ends = [edge.source.node, edge.target.node] + ([init.source.node] if init.source else [])
        if e.id in edges:
            problems.append(
                _file_problem(
                    "file.double_id",
                    at,
                    Text(f"wire id {e.id!r} appears twice", f"el cable {e.id!r} aparece dos veces"),
                )
            )
        for end in ends:
            if end not in nodes:
                problems.append(
                    _file_problem(
                        "file.dangling",
                        at,
                        Text(
                            f"wire {e.id!r} names node {end!r}, which is not there",
                            f"el cable {e.id!r} nombra el nodo {end!r}, que no está",
                        ),
                    )
                )
        edges[e.id] = edge
    frames = {f.id: Frame(f.id, _read_words(f.text), f.at, f.size, f.color) for f in parsed.frames}
    return Graph(frozen(nodes), frozen(edges), frozen(frames))


def _read_value(value: Any) -> ParamValue:
    return Ref(value.ref) if isinstance(value, RefFile) else value


def _read_words(value: str | TextFile) -> Wording:
    return value if isinstance(value, str) else Text(value.en, value.es)


def _write_words(text: Wording) -> str | dict[str, str]:
    return text._asdict() if isinstance(text, Text) else text


def _write_node(n: Node) -> dict[str, Any]:
    out: dict[str, Any] = {"id": n.id, "kind": n.kind}
    if n.title:
        out["title"] = _write_words(n.title)
    if n.params:
        out["params"] = {k: {"ref": v.param} if isinstance(v, Ref) else v for k, v in n.params.items()}
    out["at"] = list(n.at)
    if n.body is not None:
        out["body"] = write_graph(n.body)
    for name in ("pin", "collapsed", "bypass", "muted"):
        if value := getattr(n, name):
            out[name] = value
    return out


def _write_edge(e: Edge) -> dict[str, Any]:
    out: dict[str, Any] = {"id": e.id, "from": list(e.source), "to": list(e.target)}
    if e.delay:
        out["delay"] = e.delay
    if e.along:
        out["along"] = e.along
    if e.init.kind == "fed" and e.init.source is not None:
        out["init"] = {"fed": list(e.init.source)}
    elif e.init.kind != "zeros":
        out["init"] = e.init.kind
    if e.points:
        out["points"] = [list(p) for p in e.points]
    return out


def _write_frame(f: Frame) -> dict[str, Any]:
    return {
        "id": f.id,
        "text": _write_words(f.text),
        "at": list(f.at),
        "size": list(f.size),
        **({"color": f.color} if f.color else {}),
    }


def _file_problem(code: str, pointer: str, what: Text, got: str = "", file: str = "") -> Problem:
    return Problem(
        code=code,
        message=Text(
            f"The file is not right at {pointer or '/'}: {what.en}.",
            f"El archivo no es correcto en {pointer or '/'}: {what.es}.",
        ),
        where=Place(pointer=pointer or "/", file=file, label=pointer or "/"),
        hint=Text(
            "Correct that place in the file, or open its backup.", "Corrija ese lugar del archivo, o abra su copia."
        ),
        got=got,
    )
