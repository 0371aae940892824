"""Whether a wire being dragged would fit, and why not."""

from __future__ import annotations

import pytest
from shape_drawings import REGISTRY, SERIES, graph, node

from core.graph.model import Graph, Port
from core.shapes.fit import fits

PARTS = [node("in", "features", field="values"), node("s", "features", field="other"), node("w", "dense", units=4),
         node("sum", "add"), node("h", "tanh"), node("e", "embedding"), node("m", "rnn_tanh", units=3),
         "in.x w.x", "w.y sum.x", "sum.y h.x"]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "target", "delay", "code"),
    [
        ("h.y", "m.x", 0, None),
        ("h.y", "sum.x", 1, None),
        ("h.y", "sum.x", 0, "loop.algebraic"),
        ("in.x", "sum.x", 0, "size.mismatch"),
        ("in.x", "e.x", 0, "wire.features"),
        ("in.x", "m.h0", 0, "axis.static_needed"),
        ("in.x", "m.ghost", 0, "wire.unknown_port"),
        ("s.x", "sum.x", 0, "size.mismatch"),
    ],
)
def test_fits(source: str, target: str, delay: int, code: str | None) -> None:
    g: Graph = graph(*PARTS)  # type: ignore[arg-type]
    problem = fits(g, Port(*source.split(".")), Port(*target.split(".")), (), SERIES, REGISTRY, delay)
    assert (problem and problem.code) == code


def test_fits_inside_a_cell() -> None:
    g: Graph = graph(*PARTS, "h.y m.x")  # type: ignore[arg-type]
    problem = fits(g, Port("state", "y"), Port("sum", "x"), ("m",), SERIES, REGISTRY)
    assert problem is not None and problem.code == "loop.algebraic"
    assert "RNN (tanh) › sum → RNN (tanh) › state" in problem.message.en
