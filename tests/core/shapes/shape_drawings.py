"""Small drawings for the shape tests, written as tables: nodes by id, wires as "from.port to.port"."""

from __future__ import annotations

from typing import Any

from core.graph.codec import read_graph
from core.graph.model import Graph
from core.specs.fields import DataField, Fields
from core.specs.registry import Registry, default_registry
from core.specs.sig import Sig

REGISTRY: Registry = default_registry()
TEXT = Fields(
    (
        DataField("text", Sig("tokens", 65, ("T",))),
        DataField("next_text", Sig("tokens", 65, ("T",)), target=True),
    )
)
SERIES = Fields(
    (
        DataField("values", Sig("features", 2, ("T",))),
        DataField("other", Sig("features", 3, ("S",))),
        DataField("about", Sig("features", 4)),
        DataField("next_value", Sig("features", 1, ("T",)), target=True),
        DataField("answer", Sig("features", 1), target=True),
        DataField("label", Sig("tokens", 5), target=True),
    )
)

BESIDE = (DataField("grid", Sig("features", 2, ("I", "J"))), DataField("nodes", Sig("features", 2, ("N",))))
SHAPES = Fields((*SERIES.items, *BESIDE))  # grids and trees too


def node(
    id: str, kind: str, /, title: str = "", body: Any = None, bypass: bool = False, **params: Any
) -> dict[str, Any]:
    out: dict[str, Any] = {"id": id, "kind": kind, "params": params, "title": title, "bypass": bypass}
    return out | ({"body": body} if body is not None else {})


def drawing(*parts: dict[str, Any] | str) -> dict[str, Any]:
    """Nodes and wires as file data. A wire: "a.y b.x", then optionally its delay, then learned or fed:node.port;
    at its end along:what."""
    wires = [_wire(f"w{n}", p.split()) for n, p in enumerate(p for p in parts if isinstance(p, str))]
    return {"nodes": [p for p in parts if not isinstance(p, str)], "wires": wires}


def graph(*parts: dict[str, Any] | str) -> Graph:
    return read_graph(drawing(*parts))


def _wire(id: str, words: list[str]) -> dict[str, Any]:
    out: dict[str, Any] = {"id": id, "from": words[0].rsplit(".", 1), "to": words[1].rsplit(".", 1)}
    if words[-1].startswith("along:"):
        out["along"] = words.pop()[6:]
    if len(words) > 2:
        out["delay"] = int(words[2])
    if len(words) > 3:
        out["init"] = {"fed": words[3][4:].rsplit(".", 1)} if words[3].startswith("fed:") else words[3]
    return out
