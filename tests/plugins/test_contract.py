"""What every node kind owes, checked over the whole registry: a new plugin file is covered the moment it is found."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
import ziamath

from core.compile.pipeline import check
from core.graph.codec import read_graph, write_graph
from core.graph.model import Graph
from core.shapes.scope import check_param
from core.specs.fields import DataField, Fields
from core.specs.node import GROUPS, NodeSpec, PortSpec
from core.specs.registry import default_registry
from core.specs.sig import Sig

REGISTRY = default_registry()
NODES = list(REGISTRY.nodes.values())
INSIDE_ONLY = {"cell_input", "cell_output"}
FIELDS = Fields(
    (
        DataField("values", Sig("features", 6, ("T",))),
        DataField("about", Sig("features", 6)),
        DataField("words", Sig("tokens", 6, ("T",))),
        DataField("source", Sig("features", 6, ("S",))),
        DataField("goal", Sig("features", 6, ("T",)), target=True),
        DataField("label", Sig("tokens", 6, ("T",)), target=True),
    )
)
IDS = [s.kind for s in NODES]
SHAPES = {"I": ("I", "J"), "J": ("I", "J"), "left": ("N",), "right": ("N",)}  # what a cell with such wires runs over


def test_nothing_is_broken() -> None:
    assert REGISTRY.problems == ()


@pytest.mark.parametrize("spec", NODES, ids=IDS)
def test_says_what_it_is_in_both_languages(spec: NodeSpec) -> None:
    inputs, outputs = spec.ports(spec.defaults())
    texts = [spec.name, spec.help, *(p.label for p in (*inputs, *outputs, *spec.params))]
    texts += [label for p in spec.params for _, label in p.choices]
    assert all(t.en.strip() and t.es.strip() for t in texts)
    assert len(spec.help.en) > 40 and len(spec.help.es) > 40 and spec.help.en != spec.help.es
    assert spec.group in GROUPS
    assert spec.keywords
    assert re.fullmatch(r"[a-z][a-z0-9_]*", spec.kind)


@pytest.mark.parametrize("spec", NODES, ids=IDS)
def test_its_equation_can_be_drawn(spec: NodeSpec) -> None:
    ziamath.config.svg2 = False
    svg = ziamath.Latex(spec.equation).svg()
    assert svg.startswith("<svg") and len(svg) > 300


@pytest.mark.parametrize("spec", NODES, ids=IDS)
def test_its_defaults_are_valid(spec: NodeSpec) -> None:
    assert [p.name for p in spec.params if check_param(p, p.default) is not None] == []  # type: ignore[arg-type]
    names = [p.name for p in spec.params]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("spec", NODES, ids=IDS)
def test_its_ports_are_named_apart(spec: NodeSpec) -> None:
    for ports in spec.ports(spec.defaults()):
        names = [p.name for p in ports]
        assert len(set(names)) == len(names)
        assert all(re.fullmatch(r"[a-z][a-z0-9_]*", n) for n in names)


@pytest.mark.parametrize("spec", [s for s in NODES if s.kind not in INSIDE_ONLY], ids=lambda s: s.kind)
def test_it_fits_into_a_model_with_its_defaults(spec: NodeSpec) -> None:
    checked = check(smallest(spec), fields_for(spec), REGISTRY)
    assert [p.line() for p in checked.problems if p.code not in ("node.unused", "model.leak", "teacher.now")] == []
    _, outputs = spec.ports(spec.defaults())
    for port in outputs:
        sig = checked.ports[("it",), port.name]
        assert isinstance(sig.size, int)
        assert port.kind in ("any", sig.kind)


@pytest.mark.parametrize("spec", [s for s in NODES if s.body is not None], ids=lambda s: s.kind)
def test_a_cell_is_drawn_to_be_read(spec: NodeSpec) -> None:
    """Left to right, nothing on top of anything, every node named; and it survives its file."""
    body = spec.body
    assert body is not None
    assert read_graph(write_graph(body)) == body
    places = [n.at for n in body.nodes.values()]
    for i, (x, y) in enumerate(places):
        for u, v in places[:i]:
            assert abs(x - u) >= 90 or abs(y - v) >= 50
    assert all(n.title for n in body.nodes.values())
    for edge in body.edges.values():
        if not edge.delay:
            assert body.nodes[edge.source.node].at[0] < body.nodes[edge.target.node].at[0], edge


@pytest.mark.parametrize("spec", [s for s in NODES if s.body is not None], ids=lambda s: s.kind)
def test_words_inside_a_cell_are_in_both_languages(spec: NodeSpec) -> None:
    assert spec.body is not None
    single = [n.title for n in spec.body.nodes.values() if isinstance(n.title, str)]
    assert [t for t in single if re.search(r"[a-z]{3,}", t.replace("tanh", ""))] == []


def fields_for(spec: NodeSpec) -> Fields:
    """The fields, over a grid or trees where a cell's own wires are delayed along those."""
    ways = [e.along for e in spec.body.edges.values() if e.along] if spec.body is not None else []
    if not ways:
        return FIELDS
    axes = SHAPES[ways[0]]
    return Fields(tuple(replace(f, sig=replace(f.sig, axes=axes if f.sig.axes else ())) for f in FIELDS.items))


def smallest(spec: NodeSpec) -> Graph:
    """A model around one node: every port wired to something of its kind, every output read."""
    nodes: list[dict[str, Any]] = [
        {"id": "values", "kind": "features", "params": {"field": "values"}},
        {"id": "source", "kind": "features", "params": {"field": "source"}},
        {"id": "words", "kind": "tokens", "params": {"field": "words"}},
        {"id": "goal", "kind": "target", "params": {"field": "goal"}},
        {"id": "label", "kind": "target", "params": {"field": "label"}},
        {"id": "about", "kind": "features", "params": {"field": "about"}},
        {"id": "fit", "kind": "dense", "params": {"units": 0}},
        {"id": "loss", "kind": "mse"},
        {"id": "it", "kind": spec.kind, "params": {"field": _field(spec)} if spec.param("field") else {}},
    ]
    if spec.param("embedding"):
        nodes.append({"id": "table", "kind": "embedding", "params": {"size": 0}})
        nodes.append({"id": "read", "kind": "output"})
    pairs = [("values.x", "fit.x"), ("fit.y", "loss.prediction"), ("goal.y", "loss.target")]
    inputs, outputs = spec.ports(spec.defaults())
    pairs += [(_source(p), f"it.{p.name}") for p in inputs if not p.static]
    if spec.param("embedding"):
        pairs += [("words.x", "table.x"), ("table.y", "read.x")]
    for n, port in enumerate(outputs):
        if port.kind == "features" and not inputs and spec.role == "":
            nodes.append({"id": f"with{n}", "kind": "add"})
            pairs += [(f"it.{port.name}", f"with{n}.x"), ("values.x", f"with{n}.x")]
        else:
            nodes.append({"id": f"out{n}", "kind": "output"})
            pairs.append((f"it.{port.name}", f"out{n}.x"))
    wires = [{"id": f"w{i}", "from": a.split("."), "to": b.split(".")} for i, (a, b) in enumerate(pairs)]
    return read_graph({"nodes": nodes, "wires": wires})


def _source(port: PortSpec) -> str:
    if port.name == "memory":
        return "source.x"  # attention looks from one time over another
    if port.name == "target":
        return "label.y" if port.kind == "tokens" else "goal.y"
    if port.name == "truth":
        return "goal.y"
    return "words.x" if port.kind == "tokens" else "values.x"


def _field(spec: NodeSpec) -> str:
    if spec.role == "target":
        return "goal"
    return "words" if spec.outputs[0].kind == "tokens" else "values"
