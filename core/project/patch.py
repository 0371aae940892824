"""One edit as small JSON data: what the journal appends, and how a project is put together from it again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.graph.codec import write_graph
from core.graph.model import Edge, Frame, Graph, Node, frozen
from core.project.model import Project
from core.project.schema import data_of
from core.project.upgrades import FORMAT

Data = dict[str, Any]
PARTS = ("nodes", "wires", "frames")


def patch(before: Project, after: Project) -> Data:
    """What turns the data of one project into that of the other. Empty where nothing changed."""
    out: Data = {}
    for part, old, new in _parts(before.graph, after.graph):
        change = _changed(part, old, new)
        if change:
            out[part] = change
    head_before, head_after = _head(before), _head(after)
    head = {k: head_after.get(k) for k in {**head_before, **head_after} if head_before.get(k) != head_after.get(k)}
    if head:
        out["head"] = head
    return out


def patched(data: Data, change: Data) -> Data:
    """The data with one change made. Raises KeyError, TypeError or AttributeError where it does not fit."""
    out = {**data, "graph": dict(data["graph"])}
    for key, value in change.get("head", {}).items():
        out.pop(key, None)
        if value is not None:
            out[key] = value
    for part in PARTS:
        if part in change:
            out["graph"][part] = _patched_part(out["graph"].get(part, []), change[part])
    return out


Items = Mapping[str, Node] | Mapping[str, Edge] | Mapping[str, Frame]


def _parts(before: Graph, after: Graph) -> tuple[tuple[str, Items, Items], ...]:
    return (
        ("nodes", before.nodes, after.nodes),
        ("wires", before.edges, after.edges),
        ("frames", before.frames, after.frames),
    )


def _changed(part: str, old: Items, new: Items) -> Data:
    if old is new:
        return {}
    put = {k: v for k, v in new.items() if old.get(k) is not v and old.get(k) != v}
    drop = [k for k in old if k not in new]
    out: Data = {}
    if put:
        out["put"] = _written(part, put)
    if drop:
        out["drop"] = drop
    if [k for k in old if k in new] + [k for k in new if k not in old] != list(new):
        out["order"] = list(new)
    return out


def _written(part: str, items: Mapping[str, Any]) -> Any:
    alone = {
        "nodes": Graph(nodes=frozen(items)),
        "wires": Graph(edges=frozen(items)),
        "frames": Graph(frames=frozen(items)),
    }
    return write_graph(alone[part])[part]


def _head(project: Project) -> Data:
    data = data_of(
        Project(Graph(), project.data, project.training, project.title, project.notes, project.systems), FORMAT
    )
    del data["graph"]
    return data


def _patched_part(items: list[Data], change: Data) -> list[Data]:
    by_id = {item["id"]: item for item in items}
    for gone in change.get("drop", ()):
        del by_id[gone]
    for item in change.get("put", ()):
        by_id[item["id"]] = item
    return [by_id[k] for k in change.get("order", by_id)]
