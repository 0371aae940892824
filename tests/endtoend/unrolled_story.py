"""The unrolled view in a person's hands, with a real mouse and real keys: train, unroll, look, cut the gradient, roll up.

Run by test_unrolled_story.py under Xvfb:  python -m tests.endtoend.unrolled_story FOLDER
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtCore import QPoint, QPointF

from core.project.gallery import shipped
from studio.app import make_app, open_window
from studio.settings import Settings
from studio.unrolled.marks import cut_x
from studio.unrolled.room import Room
from studio.unrolled.sheet import HEAD, Column
from studio.window import MainWindow
from tests.endtoend.hand import click, drag, keys, middle, move, pump, until, xdo
from tests.endtoend.story import focus, photograph, shrink


def main(folder: Path) -> None:
    file = folder / "char.unfold"
    file.write_bytes(shipped("char-lm").path.read_bytes())
    app = make_app()
    window = open_window(app, Settings(folder / "studio.ini"), file)
    window.resize(1280, 780)
    window.show()
    pump(0.3)
    focus(window)
    until(lambda: window.state.program is not None, "the project is checked")
    shrink(window)
    for chapter in (unroll_while_it_trains, select, cut, walk, look_inside, roll_up):
        chapter(window)
        photograph(window, folder / f"{chapter.__name__}.png")
        print(chapter.__name__, flush=True)
    keys("shift+F5")
    until(lambda: not window.state.bridge.view.busy, "the run stops")
    os._exit(0)  # closing would ask whether to save


def room_of(window: MainWindow) -> Room:
    room = window.canvas.room
    assert room is not None
    return room


def on_paper(room: Room, point: QPointF) -> QPoint:
    return room.view.viewport().mapToGlobal(room.view.mapFromScene(point))


def copy_of(room: Room, step: int) -> Column:
    return next(n for n in room.sheet.lanes if n.axis == "T").columns[step]


def unroll_while_it_trains(window: MainWindow) -> None:
    """Train, then U: copies fill with what the run tells, and gradients come back as ribbons."""
    keys("F5", "u")
    room = room_of(window)
    until(lambda: window.canvas.unrolled, "it is unrolled")
    until(lambda: room.stage.film.lengths.get("T") == 64, "the run fills 64 copies")
    state = next(k for k in room.plan.links if k.way == "state" and k.name == "h")
    first = room.stage.film.frame
    assert first is not None and room.stage.film.norms(state) is not None
    until(lambda: room.stage.film.frame is not first, "and goes on filling them")
    boxes = [b for block in room.plan.blocks for b in block.boxes if b.role == ""]
    until(lambda: all(room.stage.film.values(b) is not None for b in boxes), "every box is told")
    assert len(room.view.items_) < 20, "only what is in sight is built"


def select(window: MainWindow) -> None:
    """What is clicked in a copy is selected on the rolled side, a wire as well."""
    room = room_of(window)
    pump(0.4)  # the copies have come out of their place
    click(on_paper(room, room.sheet.rect(copy_of(room, 1), "memory").center()))
    assert window.state.selection.nodes == ("memory",) and room.stage.step == ("T", 1)
    assert "t = 1" in room.readout.accessibleName() and "L₁ = " in room.readout.accessibleName()
    below, above = (room.sheet.rect(copy_of(room, 1), id) for id in ("memory", "scores"))
    click(on_paper(room, QPointF(below.center().x(), (below.top() + above.bottom()) / 2)))
    (edge,) = window.state.selection.edges
    wire = window.state.document.graph.edges[edge]
    assert (wire.source.node, wire.target.node) == ("memory", "scores")


def cut(window: MainWindow) -> None:
    """Drag the cut that waits before the first copy to where the gradient is to stop; undo, redo."""
    room, document = room_of(window), window.state.document
    lane = room.sheet.lanes[0]
    start = QPointF(cut_x(lane, 0), lane.top - HEAD + 2)
    room.view.centerOn(start.x() + 300, room.view.shown().center().y())
    pump(0.1)
    drag(on_paper(room, start), on_paper(room, QPointF(cut_x(lane, 2) + 6, lane.top + 30)))
    assert document.project.training.truncate == "2,", document.project.training.truncate
    assert room.stage.cuts == (2,)
    keys("ctrl+z")
    assert document.project.training.truncate == ""
    keys("ctrl+shift+z")
    assert document.project.training.truncate == "2,"


def walk(window: MainWindow) -> None:
    """Keys and wheel reach the last step; what left the sight is gone."""
    room = room_of(window)
    keys("End")
    assert room.stage.step == ("T", 63) and "t = 63" in room.view.accessibleDescription()
    assert (0, 63) in room.view.items_ and (0, 0) not in room.view.items_
    keys("Home", "Right", "Right")
    assert room.stage.step == ("T", 2) and (0, 2) in room.view.items_
    left = room.view.shown().left()
    move(middle(room.view.viewport()))
    xdo("keydown", "shift", "click", "--repeat", 6, "--delay", 20, 5, "keyup", "shift")
    until(lambda: room.view.shown().left() > left + 100, "the wheel scrolls along time")


def look_inside(window: MainWindow) -> None:
    """Into the cell and out again: its gates have copies too."""
    room = room_of(window)
    keys("Home")
    click(on_paper(room, room.sheet.rect(copy_of(room, 0), "memory").center()), times=2)
    until(lambda: window.canvas.path == ("memory",), "the cell is open")
    gates = [b for block in room.plan.blocks for b in block.boxes if b.kind == "sigmoid"]
    assert len(gates) == 3
    until(lambda: all(room.stage.film.values(b) is not None for b in gates), "its gates are told")
    keys("ctrl+Up")
    until(lambda: window.canvas.path == (), "back outside")


def roll_up(window: MainWindow) -> None:
    """The button rolls it up; what was selected still is."""
    room = room_of(window)
    click(on_paper(room, room.sheet.rect(copy_of(room, 0), "scores").center()))
    click(middle(window.canvas.turn))
    assert not window.canvas.unrolled and window.canvas.view.isVisible()
    assert window.canvas.board.scene.picked.nodes == {"scores"}
    assert window.state.bridge.view.failed is None and window.state.bridge.view.busy


if __name__ == "__main__":
    main(Path(sys.argv[1]))
