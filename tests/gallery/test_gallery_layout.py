"""Every gallery project opens as somebody drew it: left to right, nothing over anything, no crossing too many, explained by
comment frames, closed cells, no loose ends."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import pytest

from core.graph.model import Frame, Graph
from core.project.document import Document
from core.project.gallery import gallery, shipped
from core.session import Session
from core.specs.registry import default_registry
from core.words import LANGUAGES, Text, set_language
from studio.canvas.ports import ports_of
from tests.gallery.layout import Layout, moved

NAMES = [p.name for p in gallery()]


@lru_cache
def graph_of(name: str) -> Graph:
    return shipped(name).project.graph


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """Words make nodes wider in one language than in the other."""
    set_language(request.param)
    yield request.param
    set_language("en")


@pytest.mark.parametrize("name", NAMES)
def test_wires_run_from_left_to_right_and_nothing_lies_over_anything(name: str, language: str, qapp: object) -> None:
    layout = Layout(graph_of(name))
    assert not layout.backwards()
    assert not layout.overlaps()
    assert not layout.hidden(), "(wire, the node it runs behind)"


@pytest.mark.parametrize("name", NAMES)
def test_no_crossing_could_be_avoided(name: str, qapp: object) -> None:
    assert not Layout(graph_of(name)).better()


@pytest.mark.parametrize("name", NAMES)
def test_comment_frames_explain_it_in_both_languages_and_cut_no_node(name: str, language: str, qapp: object) -> None:
    frames = graph_of(name).frames.values()
    assert frames, "a gallery project has at least one comment frame"
    assert all(isinstance(f.text, Text) and f.text.en and f.text.es for f in frames)
    assert not Layout(graph_of(name)).cut_by_frames(), "(frame, the node it cuts)"
    assert not [f.id for f in frames if words_wider(f)], "its words do not fit on one line"


def words_wider(frame: Frame) -> bool:
    from core.words import worded
    from studio.canvas.look import metrics

    return metrics(10.0, True).horizontalAdvance(worded(frame.text)) > frame.size[0] - 24.0


@pytest.mark.parametrize("name", NAMES)
def test_every_port_is_wired_or_optional_and_every_node_serves_something(name: str) -> None:
    graph, registry = graph_of(name), default_registry()
    fed = {e.target for e in graph.edges.values()}
    used = {e.source.node for e in graph.edges.values()} | {
        e.init.source.node for e in graph.edges.values() if e.init.source
    }
    for id, node in graph.nodes.items():
        inputs, outputs = ports_of(node, registry)
        loose = [p.name for p in inputs if not p.optional and (id, p.name) not in fed]
        assert not loose, (id, loose)
        spec = registry.node(node.kind)
        ends = spec is not None and spec.role in ("loss", "output", "head", "stop", "length")
        assert not outputs or ends or id in used, f"{id} goes nowhere"


@pytest.mark.parametrize("name", NAMES)
def test_library_cells_are_closed_and_linked(name: str) -> None:
    """A body of its own only where the project shows somebody's own cell."""
    entry = shipped(name)
    opened = [id for id, n in entry.project.graph.nodes.items() if n.body is not None]
    assert not opened or "A17" in entry.project.systems, opened


@pytest.mark.parametrize("name", NAMES)
def test_the_checker_has_nothing_to_say(name: str) -> None:
    checked = Session(Document(shipped(name).project)).checked()
    assert not [p.line() for p in checked.problems if p.severity != "info"]


def test_a_worse_layout_is_found_out(qapp: object) -> None:
    """The judge itself: the LSTM's gates in another order cross, a node moved back runs backwards."""
    graph = graph_of("lstm-drawn")
    good = Layout(graph)
    assert good.crossings() or not good.better()
    places = {id: graph.nodes[id].at for id in graph.nodes}
    crossed = moved(graph, forget_x=places["output_x"], output_x=places["forget_x"])
    assert len(Layout(crossed).crossings()) > len(good.crossings()) and Layout(crossed).better()
    assert Layout(moved(graph, loss=(0.0, 0.0))).backwards()
    assert Layout(moved(graph, loss=places["sum"])).overlaps()
    assert Layout(moved(graph, keep=(1412.0, 480.0))).hidden(), "between last step and sum"
