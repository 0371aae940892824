"""No command of the canvas is silent: it does something, says why not, or cannot be given and says what it waits for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.graph import edit
from core.graph.model import Graph
from core.project.model import Project
from core.words import Text
from studio.canvas import actions
from studio.canvas.scene import Picked
from tests.studio.desk import hello

SELECTED = {
    "nothing": Picked(),
    "cell": Picked(nodes=frozenset({"memory"})),
    "layer": Picked(nodes=frozenset({"scores"})),
    "two": Picked(nodes=frozenset({"memory", "answer"})),
    "wire": Picked(wires=frozenset({"w3"})),
    "frame": Picked(frames=frozenset({"frame1"})),
}
EMPTY = "empty"
IN_ORDER = {"straighten", "align_left", "align_top"}  # nothing is left to do where it is so already


@pytest.fixture
def desk(one):
    return one


def begin(desk, picked: Picked, project: Project | None = None) -> None:
    canvas = desk.canvas
    desk.state.session.new(project or hello())
    canvas.show_unrolled(False)
    canvas.board.go(())
    canvas.view.cancel_gesture()
    canvas._close_popovers()
    canvas.finder.hide()
    canvas.view.set_zoom(0.8)
    canvas.view.setFocus()
    canvas.board.scene.pick(picked)
    QApplication.clipboard().setText("no drawing")
    QApplication.processEvents()


def seen(desk) -> tuple[object, ...]:
    """All that a command may change."""
    canvas = desk.canvas
    shown = [p.isVisible() for p in (canvas.search, canvas.finder, canvas.delay, canvas.line)]
    return (
        desk.state.document.project, canvas.board.scene.picked, canvas.view.zoom, canvas.view.shown(), *shown, canvas.path,
        canvas.unrolled, canvas.room.pair.isChecked(), canvas.view._gesture is None, canvas.view.map.wanted,
        QApplication.clipboard().text(), QApplication.focusWidget(),
    )  # fmt: skip


@pytest.mark.parametrize("what", [*SELECTED, EMPTY])
def test_what_can_be_given_does_something_or_says_why_not(desk, what):
    said, silent = [], []
    project = replace(hello(), graph=Graph()) if what == EMPTY else hello()
    desk.state.status.connect(said.append)
    for row in actions.ROWS:
        action = desk.canvas.actions()[row.id]
        begin(desk, SELECTED.get(what, Picked()), project)
        said.clear()
        before = seen(desk)
        if action.isEnabled() and row.menu and (what == EMPTY or not row.id.startswith("walk")):
            action.trigger()
            QApplication.processEvents()
            silent += [row.id] if seen(desk) == before and not said else []
    desk.state.status.disconnect(said.append)
    assert set(silent) <= IN_ORDER


def test_what_cannot_be_given_says_what_it_waits_for(desk):
    begin(desk, Picked())
    pack = desk.canvas.actions()["pack"]
    assert not pack.isEnabled()
    QTest.keyClick(desk.canvas.view, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert desk.bar.currentMessage() == "Group into a cell: select a node first."
    desk.canvas.select((("memory",),))
    assert pack.isEnabled()
    graph = edit.remove(desk.state.document.graph, ["memory"])
    desk.state.document.apply(Text("Delete", "Borrar"), graph)
    assert not pack.isEnabled()


def test_arrows_go_on_from_a_wire(desk):
    begin(desk, SELECTED["wire"])
    QTest.keyClick(desk.canvas.view, Qt.Key.Key_Right)
    assert desk.canvas.selection == (("scores",),)


def test_a_name_is_given_up_where_what_it_is_for_goes(desk):
    """A button of the toolbar takes no keys away from the line."""
    begin(desk, Picked())
    QTest.keyClick(desk.canvas.view, Qt.Key.Key_C)
    line = desk.canvas.line
    assert line.isVisible() and QApplication.focusWidget() is line
    QTest.keyClicks(line, "mine")
    button = desk.toolbar.widgetForAction(desk.actions_["undo"])
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not line.isVisible() and QApplication.focusWidget() is desk.canvas.view
    assert desk.state.document.graph == hello().graph
    desk.palette_.search.setFocus()
    assert desk.state.document.graph == hello().graph


def test_what_is_not_there_cannot_be_selected(desk):
    """The unrolled view shows what was checked last, which may be a drawing ago."""
    begin(desk, Picked())
    graph = edit.remove(desk.state.document.graph, ["scores"])
    desk.state.document.apply(Text("Delete", "Borrar"), graph)
    desk.canvas.board.scene.pick(Picked(nodes=frozenset({"scores", "memory"}), wires=frozenset({"w3"})))
    assert desk.canvas.board.scene.picked == Picked(nodes=frozenset({"memory"}))
    QTest.keyClick(desk.canvas.view, Qt.Key.Key_Right)
    assert desk.state.document.graph.nodes["memory"].at != graph.nodes["memory"].at
