"""Things are called in sentences as the canvas calls them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.graph.model import Graph, Node, Ref, frozen
from core.specs.called import name_of, names_of, port_name, value_text
from core.specs.registry import default_registry
from core.words import set_language

REGISTRY = default_registry()


@pytest.mark.parametrize(
    ("node", "en", "es"),
    [
        (Node("n", "dense"), "Dense", "Densa"),
        (Node("n", "dense", "Readout"), "Readout", "Readout"),
        (Node("n", "cell_input", params=frozen({"name": "h0"})), "h0", "h0"),
        (Node("n", "cell"), "Cell", "Celda"),
        (Node("n", "flux_capacitor"), "flux_capacitor", "flux_capacitor"),
    ],
)
def test_a_node_has_its_title_or_what_it_is(node: Node, en: str, es: str) -> None:
    assert name_of(node, REGISTRY.node(node.kind)) == en
    set_language("es")
    try:
        assert name_of(node, REGISTRY.node(node.kind)) == es
    finally:
        set_language("en")


def test_an_id_tells_equal_names_apart_and_stands_nowhere_else() -> None:
    nodes = (Node("a", "dense"), Node("b", "dense"), Node("c", "tanh"))
    names = names_of(Graph(frozen({n.id: n for n in nodes})), REGISTRY)
    assert names == {"a": "Dense (a)", "b": "Dense (b)", "c": name_of(nodes[2], REGISTRY.node("tanh"))}


def test_a_port_has_its_label_also_under_an_older_name() -> None:
    spec = REGISTRY.node("dense")
    assert spec is not None
    (port,) = spec.outputs
    older = (replace(port, was=("out",)),)
    assert [port_name(older, n) for n in ("y", "out", "z")] == ["output", "output", "z"]


def test_values_are_short() -> None:
    assert [value_text(v) for v in (0.30000000000000004, 3, "tanh", Ref("units"))] == ["0.3", "3", "tanh", "‹units›"]
