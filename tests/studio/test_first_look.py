"""How a project is seen first: whole, where its names can be read; else from its beginning on. At 1280×800 with all panels."""

import pytest
from PySide6.QtTest import QTest

from core.graph.edit import add_node, move
from core.graph.model import Graph, Node
from core.project.gallery import shipped
from core.project.model import Project
from core.words import Text
from studio.canvas.view import OVERVIEW, READABLE
from tests.studio.desk import Patience, open_desk


@pytest.fixture(scope="module")
def desk(qapp, tmp_path_factory):
    with open_desk(Patience(), tmp_path_factory.mktemp("desk")) as window:
        yield window


def seen(desk, project: Project):
    """Open it; what the canvas then shows of the paper, and the whole drawing."""
    desk.files.start_from(project)
    QTest.qWait(60)
    return desk.canvas.view.shown(), desk.canvas.board.scene.content()


@pytest.mark.parametrize("name", ["numbers", "dates-attention", "grid-both", "tag-future", "lstm-drawn"])
def test_the_widest_of_the_gallery_open_whole_with_their_names(desk, name):
    shown, whole = seen(desk, shipped(name).project)
    assert shown.contains(whole)
    assert desk.canvas.view.zoom >= OVERVIEW


def test_a_drawing_too_wide_begins_at_its_beginning(desk):
    graph = Graph()
    for i in range(40):
        graph = move(add_node(graph, Node(f"n{i}", "dense")), {f"n{i}": (220.0 * i, 0.0)})
    shown, whole = seen(desk, Project(title=Text("Wide", "Ancho"), graph=graph))
    view = desk.canvas.view
    assert view.zoom == pytest.approx(READABLE)
    assert shown.left() < whole.left() < shown.left() + 60 and shown.right() < whole.right()
    assert shown.top() < whole.top() and whole.bottom() < shown.bottom()
    assert not view.map.lies, "nobody asked for a map"
    desk.canvas.show_all()
    assert view.shown().contains(whole) and view.zoom < OVERVIEW
