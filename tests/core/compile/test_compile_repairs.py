"""Repairs that are offered for a drawing: none that is nonsense, and what is added stands where there is room."""

from __future__ import annotations

from core.compile.pipeline import check
from core.graph.codec import read_graph
from core.graph.edit import remove
from core.graph.model import Graph
from core.problems import Fix
from core.project.gallery import FIRST, shipped
from tests.core.shapes.shape_drawings import REGISTRY, SERIES, TEXT, drawing, node


def repairs(graph: Graph, code: str, fields=TEXT) -> tuple[Fix, ...]:
    (problem,) = [p for p in check(graph, fields, REGISTRY).problems if p.code == code]
    return problem.fixes


def test_a_loss_is_no_source_of_a_sequence():
    parts = (node("in", "features", field="values"), node("last", "last"), node("loss", "mse"))
    target = node("answer", "target", field="answer")
    lonely = read_graph(drawing(*parts, target, "in.x loss.prediction", "answer.y loss.target"))
    assert repairs(lonely, "wire.missing", SERIES) == ()
    free = read_graph(
        drawing(*parts, node("d", "dense"), target, "in.x d.x", "in.x loss.prediction", "answer.y loss.target")
    )
    (fix,) = repairs(free, "wire.missing", SERIES)
    assert fix.title.en == "Wire Dense / output → Last / sequence"
    for gone in ("d", "last"):  # a repair that comes too late leaves no wire to nothing
        left = remove(free, [gone])
        assert fix.apply(left) == left


def test_an_added_node_stands_beside_what_it_feeds_where_no_other_does():
    graph = shipped(FIRST).project.graph
    for role, code, user in (("tokens", "model.no_input", ""), ("target", "model.no_target", "cross_entropy")):
        gone = [n.id for n in graph.nodes.values() if n.kind == role]
        left = remove(graph, gone)
        new = repairs(left, code)[0].apply(left)
        (added,) = [n for n in new.nodes.values() if n.id not in left.nodes]
        beside = [n for n in left.nodes.values() if n.kind == user] or [min(left.nodes.values(), key=lambda n: n.at)]
        assert added.at[0] == beside[0].at[0] - 220 and 0 <= added.at[1] - beside[0].at[1] <= 330
        assert all(abs(added.at[0] - n.at[0]) >= 220 or abs(added.at[1] - n.at[1]) >= 110 for n in left.nodes.values())


def test_a_loss_is_offered_also_where_there_is_no_head():
    drawn = read_graph(drawing(node("in", "features"), node("net", "dense", units=1), "in.x net.x"))
    fixes = repairs(drawn, "model.no_loss", SERIES)
    assert [f.title.en for f in fixes] == ["Add a Cross-entropy", "Add a Squared error"]
    added = fixes[1].apply(drawn)
    (loss,) = set(added.nodes) - set(drawn.nodes)
    assert added.nodes[loss].kind == "mse" and added.nodes[loss].at[0] > max(n.at[0] for n in drawn.nodes.values())
    assert "model.no_loss" not in {p.code for p in check(added, SERIES, REGISTRY).problems}
    assert [f.title.en for f in repairs(Graph(), "model.no_loss")] == ["Add a Cross-entropy", "Add a Squared error"]
