"""What is unrolled, kind by kind: lanes, one answer, attention, what reads from the end, trees and grids."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from core.observe.unrolled import Box
from core.project.gallery import shipped
from core.train.messages import Frame
from studio.unrolled.marks import notes
from studio.unrolled.room import Room
from studio.unrolled.sheet import HEAD, Lane
from tests.studio.room import at, click, column, hear, sit, told, unrolled

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def test_an_encoder_and_its_decoder_are_two_lanes_and_open_whole_on_a_small_screen(qtbot, tmp_path) -> None:
    window = sit(qtbot, tmp_path, shipped("dates-attention").project)
    window.canvas.resize(780, 400)
    room = unrolled(qtbot, window)
    hear(window, told(room, 11))
    qtbot.waitUntil(lambda: len(room.sheet.lanes[0].columns) == 11, timeout=3000)
    shown, first = room.view.shown(), [column(room, 0, axis) for axis in ("S", "T")]
    boxes = [room.sheet.rect(c, id) for c in first for id in room.sheet.lanes[c.lane].rects]
    assert all(shown.contains(box) for box in boxes) and room.sheet.close
    assert room.sheet.rect(first[1], "decoder").bottom() < room.sheet.rect(first[0], "encoder").top()
    window.canvas.resize(1400, 1300)
    qtbot.waitUntil(lambda: not room.sheet.close, timeout=3000)  # there is room for all now


def test_what_is_answered_once_has_one_loss_at_the_end(qtbot, tmp_path) -> None:
    window = sit(qtbot, tmp_path, shipped("latch").project)
    room = unrolled(qtbot, window)
    hear(window, replace(told(room, 10), losses=np.array([0.25], dtype=np.float32)))
    qtbot.waitUntil(lambda: len(room.sheet.lanes[0].columns) == 10, timeout=3000)
    (lane,) = (lane for lane in room.sheet.lanes for b in lane.block.boxes if b.role == "loss")
    assert len(lane.columns) == 1 and lane.left > column(room, 9).x and room.stage.film.loss(None) == 0.25


def test_two_axes_and_attention_stand_above_each_other(qtbot, tmp_path) -> None:
    window = sit(qtbot, tmp_path, shipped("dates-attention").project)
    room = unrolled(qtbot, window)
    below, above = (next(n for n in room.sheet.lanes if n.axis == axis) for axis in ("S", "T"))
    assert above.bottom < below.top
    link = next(k for k in room.plan.links if k.way == "look")
    frame = told(room, 6)
    weights = np.zeros((6, 6), dtype=np.float32)
    weights[2, 4] = 1.0
    hear(window, replace(frame, values={**frame.values, link.keys[0]: weights}))
    qtbot.waitUntil(lambda: room.stage.film.frame is not None, timeout=3000)
    room.view.show_all()
    room.view.grab()
    river = room.view.river
    assert river is not None
    ((_, lines, heard),) = river.looks._made.values()
    assert len(lines) == 1 and heard.tolist() == [[1.0, 2.0]]
    assert lines[0, 0] == pytest.approx(room.sheet.rect(column(room, 4, "S"), "encoder").center().x())
    assert lines[0, 2] == pytest.approx(room.sheet.rect(column(room, 2), "attention").center().x())


def test_copies_that_read_from_the_end_show_what_they_computed_there(qtbot, tmp_path) -> None:
    window = sit(qtbot, tmp_path, shipped("tag-future").project)
    room = unrolled(qtbot, window)
    ahead, back = room.plan.box("forward"), room.plan.box("backward")
    assert ahead is not None and back is not None
    steps = np.arange(5, dtype=np.float32)[:, None]
    hear(window, Frame(1, {ahead.keys[0]: steps, back.keys[0]: steps}, {}))
    qtbot.waitUntil(lambda: room.stage.film.frame is not None, timeout=3000)
    film = room.stage.film
    assert film.values(ahead)[:, 0].tolist() == [0, 1, 2, 3, 4]  # type: ignore[index]
    assert film.values(back)[:, 0].tolist() == [4, 3, 2, 1, 0]  # type: ignore[index]


def test_without_time_it_says_why(qtbot, tmp_path) -> None:
    window = sit(qtbot, tmp_path, shipped("digits-dense").project)
    room = unrolled(qtbot, window)
    assert not room.telling.note.isHidden() and "time" in room.telling.note.text() and not room.view.items_


def test_a_tree_stands_as_a_tree_its_words_below_and_its_root_on_top(qtbot, tmp_path) -> None:
    window = sit(qtbot, tmp_path, shipped("tree-parse").project)
    room = unrolled(qtbot, window)
    children = np.array([[-1, -1], [-1, -1], [0, 1], [-1, -1], [2, 3]], dtype=np.float32)  # (0 1) 3
    frame = told(room, 5)
    slopes = {"fold.h": np.diag([1e-3, 1e-1, 1.0, 1e-2, 1.0]).astype(np.float32)}
    hear(window, replace(frame, trees={"N": children}, gradients=slopes))
    qtbot.waitUntil(lambda: len(room.sheet.lanes[0].columns) == 5, timeout=3000)
    at_ = {c.place: room.sheet.rect(c, "fold").center() for c in room.sheet.lanes[0].columns}
    assert at_[0].x() < at_[1].x() < at_[3].x() and at_[0].y() == at_[1].y() == at_[3].y()
    assert at_[4].y() < at_[2].y() < at_[0].y() and at_[2].x() == (at_[0].x() + at_[1].x()) / 2
    link = next(k for k in room.plan.links if k.way == "state" and k.along == "left" and k.name == "h")
    norms = room.stage.film.norms(link)
    assert norms is not None and norms.tolist() == pytest.approx([1e-3, 1e-1, 1.0, 1e-2, 1.0])
    click(room, at(room, room.sheet.rect(room.sheet.lanes[0].columns[2], "fold").center()))
    assert window.state.selection.nodes == ("fold",) and room.stage.step == ("N", 2)
    assert "node 2" in room.readout.accessibleName() and "‖∂L/∂h₂‖ = 1" in room.readout.accessibleName()
    room.view.grab()


def test_a_grid_is_a_board_for_each_box_and_its_wave_runs_the_way_it_is_read(qtbot, tmp_path) -> None:
    window = sit(qtbot, tmp_path, shipped("grid-both").project)
    room = unrolled(qtbot, window)
    cells = np.arange(6, dtype=np.float32).reshape(2, 3)
    keys = {k: cells[..., None] for block in room.plan.blocks for b in block.boxes for k in b.keys}
    keys["classes.logits"] = np.stack([cells < 3, cells >= 3], -1).astype(np.float32)
    frame = Frame(1, {}, {}, cells=keys, gradients={"down.h": cells, "up.h": cells}, answers={"answer": cells % 2})
    hear(window, frame)
    qtbot.waitUntil(lambda: all(len(n.columns) == 6 for n in room.sheet.lanes), timeout=3000)
    film, boards = room.stage.film, {n.block.boxes[0].id: n for n in room.sheet.lanes}
    assert film.lengths == {"I": 2, "J": 3} and set(boards) == {"marks", "down", "up", "classes", "answer"}
    down, up = (film.values(boards[id].block.boxes[0]) for id in ("down", "up"))
    assert down is not None and up is not None
    assert down[:, 0].tolist() == [0, 1, 2, 3, 4, 5] and up[:, 0].tolist() == [5, 4, 3, 2, 1, 0]
    assert (0, 3, "I") in boards["down"].ways and (3, 0, "I") in boards["up"].ways and (1, 0, "J") in boards["up"].ways
    assert not boards["marks"].ways and len(film.symbols(boards["answer"].block.boxes[0])) == 6
    guess = film.guess(boxes_of(room)["classes"], 4)
    assert (
        guess is not None
        and guess.chance == 1.0
        and guess.hit == (film.symbols(boxes_of(room)["answer"])[4] == guess.symbol)
    )
    assert len(room.view.items_) == 5  # a board is one item
    click(room, at(room, room.sheet.rect(boards["down"].columns[4], "down").center()))
    assert window.state.selection.nodes == ("down",) and room.stage.step == ("I", 4)
    assert "i = 1, j = 1" in room.readout.accessibleName()
    QTest.keyClick(room.view, Qt.Key.Key_End)
    assert room.stage.step == ("I", 5)
    QTest.keyClick(room.view, Qt.Key.Key_Home)
    assert room.stage.step == ("I", 0) and "i = 0, j = 0" in room.view.accessibleDescription()
    room.view.grab()


def boxes_of(room: Room) -> dict[str, Box]:
    return {b.id: b for block in room.plan.blocks for b in block.boxes}


@pytest.mark.parametrize(("name", "inside"), [("char-lm", ()), ("char-lm", ("memory",)), ("dates-attention", ())])
def test_what_the_copies_of_a_lane_share_is_written_where_one_looks_first(qtbot, tmp_path, name, inside) -> None:
    window = sit(qtbot, tmp_path, shipped(name).project)
    window.canvas.resize(770, 400)  # what a window of 1280 by 800 leaves
    room = unrolled(qtbot, window)
    window.canvas.board.go(inside)
    hear(window, told(room, 30))
    qtbot.waitUntil(lambda: len(column_lane(room).columns) == 30, timeout=3000)
    room.view.show_start()
    shown = room.view.shown()
    for lane in (n for n in room.sheet.lanes if n.axis):
        assert any(shown.left() < x < shown.right() for x in notes(lane, lane.columns))
        assert shown.top() < lane.top - HEAD / 2


def column_lane(room: Room) -> Lane:
    return next(n for n in room.sheet.lanes if n.axis)
