"""The unrolled view: turned to by a key, built only where it is looked at, in step with canvas, run and settings."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from core.observe.beside import beside
from core.observe.colors import DARK
from core.observe.recording import Recording
from core.observe.symbols import visible
from core.observe.unrolled import Unrolled
from core.project.gallery import gallery, shipped
from core.train.messages import Frame
from core.train.requests import UNFORCED
from core.words import percent, say, set_language
from studio.bridge import RunView
from studio.canvas.scene import Picked
from studio.theme import theme
from studio.unrolled import cuts
from studio.unrolled.film import Film
from studio.unrolled.marks import cut_x, row_words
from studio.unrolled.reading import link_lines
from studio.unrolled.sheet import HEAD, lay
from studio.unrolled.stage import Stage
from studio.unrolled.strips import grid
from studio.unrolled.view import UnrolledView
from tests.core.observe.test_observe_unroll import plan_of
from tests.studio.desk import child, hello
from tests.studio.room import at, click, column, drag, hear, mouse, sit, told, unrolled

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def desk(qtbot, tmp_path):
    made = sit(qtbot, tmp_path)
    yield made
    made.state.close()


def test_a_key_and_a_button_turn_the_drawing_over_and_back(qtbot, desk) -> None:
    room = unrolled(qtbot, desk)
    button = child(desk.canvas, "unroll")
    assert isinstance(button, QToolButton) and button.isChecked() and desk.canvas.view.isHidden()
    assert [c.label for c in room.sheet.lanes[0].columns] == ["0", "1", "", "T−1"]  # nothing is known yet
    QTest.keyClick(room.view, Qt.Key.Key_U)
    assert not desk.canvas.unrolled and desk.canvas.view.isVisible()
    QTest.mouseClick(button, LEFT)
    assert desk.canvas.unrolled and room.view.hasFocus()


def test_a_frame_of_the_run_fills_the_copies(qtbot, desk) -> None:
    room = unrolled(qtbot, desk)
    hear(desk, told(room, 7))
    qtbot.waitUntil(lambda: len(room.sheet.lanes[0].columns) == 7, timeout=3000)
    memory = room.plan.box("memory")
    assert memory is not None and room.stage.film.colours(memory, 6) is not None
    hear(desk, told(room, 7, step=2))
    qtbot.waitUntil(lambda: room.stage.film.frame is not None and room.stage.film.frame.step == 2, timeout=3000)
    desk.state.scrub(1)
    qtbot.waitUntil(lambda: room.stage.film.frame is not None and room.stage.film.frame.step == 1, timeout=3000)


@pytest.mark.parametrize("steps", [200, 2000])
def test_only_the_copies_in_sight_are_built(qtbot, desk, steps) -> None:
    room = unrolled(qtbot, desk)
    hear(desk, told(room, steps))
    qtbot.waitUntil(lambda: len(room.sheet.lanes[0].columns) == steps, timeout=3000)
    room.view.set_zoom(1.0)
    most = room.view.shown().width() / (room.sheet.lanes[0].width + 60) + 3
    bar = room.view.horizontalScrollBar()
    for value in range(bar.minimum(), bar.maximum(), max(1, (bar.maximum() - bar.minimum()) // 20)):
        bar.setValue(value)
        assert len(room.view.items_) <= most
        assert len(room.view.scene().items()) == len(room.view.items_) + 1  # and the river behind them
    bar.setValue(bar.maximum())
    assert max(place for _, place in room.view.items_) == steps - 1
    room.view.show_all()
    assert len(room.view.items_) <= 160


def test_a_click_selects_in_both_views_and_reads_the_step(qtbot, desk) -> None:
    room = unrolled(qtbot, desk)
    hear(desk, told(room, 6))
    qtbot.waitUntil(lambda: len(room.sheet.lanes[0].columns) == 6, timeout=3000)
    click(room, at(room, room.sheet.rect(column(room, 2), "memory").center()))
    assert desk.state.selection.nodes == ("memory",) and room.stage.step == ("T", 2)
    assert "t = 2" in room.readout.accessibleName() and "‖∂L/∂h₂‖" in room.readout.accessibleName()
    desk.canvas.board.scene.pick(Picked(nodes=frozenset({"scores"})))
    assert room.stage.nodes == {"scores"}
    QTest.keyClick(room.view, Qt.Key.Key_Right)
    assert room.stage.step == ("T", 3)
    QTest.keyClick(room.view, Qt.Key.Key_Up)
    assert desk.state.selection.nodes == ("next",)
    QTest.keyClick(room.view, Qt.Key.Key_Escape)
    assert desk.state.selection.nodes == () and room.stage.step is None


def test_a_double_click_opens_a_cell_and_a_key_leaves_it(qtbot, desk) -> None:
    room = unrolled(qtbot, desk)
    where = at(room, room.sheet.rect(column(room, 0), "memory").center())
    mouse(room, QEvent.Type.MouseButtonDblClick, where)
    assert desk.canvas.path == ("memory",) and room.plan.box("state") is not None
    assert room.view.zoom > 0.3 and room.view.shown().intersects(room.sheet.rect(column(room, 0), "state"))
    QTest.keyClick(room.view, Qt.Key.Key_U)
    assert desk.canvas.view.shown().contains(desk.canvas.board.scene.content())  # the other side went along
    QTest.keyClick(desk.canvas.view, Qt.Key.Key_U)
    QTest.keyClick(room.view, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert desk.canvas.path == () and room.plan.box("memory") is not None
    desk.canvas.view.centerOn(9000, 9000)
    desk.canvas.show_start()  # another drawing
    QTest.keyClick(room.view, Qt.Key.Key_U)
    assert desk.canvas.view.shown().contains(desk.canvas.board.scene.content())


def test_it_asks_for_values_only_while_it_is_open(qtbot, desk) -> None:
    asked = []
    desk.state.bridge.watch = lambda keys, beside=(): asked.append(beside)  # type: ignore[method-assign]
    unrolled(qtbot, desk)
    assert {"memory.h", "scores.y", "onehot.y"} <= set(asked[-1])
    desk.canvas.show_unrolled(False)
    assert asked[-1] == ()


def test_a_drag_moves_a_cut_of_the_gradient_as_one_edit(qtbot, tmp_path) -> None:
    window = sit(qtbot, tmp_path, hello(truncate="3,"))
    room = unrolled(qtbot, window)
    hear(window, told(room, 12))
    qtbot.waitUntil(lambda: room.stage.cuts == (3,), timeout=3000)
    lane = room.sheet.lanes[0]
    y = lane.bottom + 10.0
    room.view.set_zoom(0.4)
    room.view.show_column(column(room, 4))
    drag(room, at(room, QPointF(cut_x(lane, 3), y)), at(room, QPointF(cut_x(lane, 6) + 8, y)))
    assert window.state.document.project.training.truncate == "6," and room.stage.cuts == (6,)
    assert window.state.document.history[-1].en == "Move a cut of the gradient"
    assert window.canvas.crumbs.zoom.text() == percent(room.view.zoom)
    window.state.document.undo()
    assert window.state.document.project.training.truncate == "3,"
    qtbot.waitUntil(lambda: room.stage.cuts == (3,), timeout=3000)
    assert not room.view._panning


def test_a_cut_waits_before_the_first_copy_to_be_dragged_in(qtbot, tmp_path) -> None:
    window = sit(qtbot, tmp_path, hello(truncate=""))
    room = unrolled(qtbot, window)
    hear(window, told(room, 12))
    qtbot.waitUntil(lambda: room.stage.parked and len(room.sheet.lanes[0].columns) == 12, timeout=3000)
    lane = room.sheet.lanes[0]
    room.view.set_zoom(0.5)
    room.view.centerOn(cut_x(lane, 2), lane.top)
    drag(room, at(room, QPointF(cut_x(lane, 0), lane.top - HEAD)), at(room, QPointF(cut_x(lane, 2) + 8, lane.top + 40)))
    assert window.state.document.project.training.truncate == "2," and room.stage.cuts == (2,)
    room.view.centerOn(cut_x(lane, 4), lane.top)
    drag(room, at(room, QPointF(cut_x(lane, 0), lane.top - HEAD)), at(room, QPointF(cut_x(lane, 5), lane.top + 40)))
    assert window.state.document.project.training.truncate == "2,5"
    assert [text.en for text in window.state.document.history] == 2 * ["Add a cut of the gradient"]
    window.state.document.undo()
    window.state.document.undo()
    assert window.state.document.project.training.truncate == ""
    drag(room, at(room, QPointF(cut_x(lane, 3), lane.top - HEAD)), at(room, QPointF(cut_x(lane, 4), lane.top)))
    assert window.state.document.project.training.truncate == ""  # nothing stands there: the paper was moved


def test_where_probed_steps_are_rare_it_says_how_rare(qtbot, desk) -> None:
    room = unrolled(qtbot, desk)
    bridge = desk.state.bridge
    bridge.training = hello(probe_budget=0.03).training
    bridge.view = RunView("running")
    bare = replace(told(room, 4), values={}, cost=1.2)
    hear(desk, bare)
    qtbot.waitUntil(lambda: "one about every 40 s" in room.readout.accessibleName(), timeout=3000)
    hear(desk, replace(bare, step=2, cost=0.01))
    qtbot.waitUntil(lambda: "with the next probed step." in room.readout.accessibleName(), timeout=3000)
    bridge.view = RunView()


def test_a_recorded_step_keeps_the_ribbons_of_its_training_where_other_cuts_are_drawn(qtbot, tmp_path) -> None:
    window = sit(qtbot, tmp_path, hello(truncate="3,"))
    room = unrolled(qtbot, window)
    told_of = told(room, 8)
    frame = replace(told_of, norms={k: np.ones_like(n) for k, n in told_of.norms.items()})
    hear(window, replace(frame, cuts=(3,)))
    qtbot.waitUntil(lambda: room.stage.cuts == (3,), timeout=3000)
    lane = room.sheet.lanes[0]
    room.view.show_all()
    drag(room, at(room, QPointF(cut_x(lane, 3), lane.bottom + 10)), at(room, QPointF(cut_x(lane, 5), lane.bottom + 10)))
    qtbot.waitUntil(lambda: "Trained with the gradient cut before 3" in room.readout.accessibleName(), timeout=3000)
    assert room.stage.cuts == (5,) and not ribbon(room, 2) and ribbon(room, 4)
    hear(window, replace(frame, step=2, cuts=(5,)))  # as drawn
    qtbot.waitUntil(lambda: "Trained" not in room.readout.accessibleName(), timeout=3000)
    assert ribbon(room, 2) and not ribbon(room, 4)
    hear(window, replace(frame, step=3, cuts=()))
    qtbot.waitUntil(lambda: "Trained with no cut" in room.readout.accessibleName(), timeout=3000)
    assert ribbon(room, 2) and ribbon(room, 4)
    away = QPointF(cut_x(lane, 0) - 60, lane.bottom + 10)
    drag(room, at(room, QPointF(cut_x(lane, 5), lane.bottom + 10)), at(room, away))
    assert window.state.document.history[-1].en == "Remove a cut of the gradient"
    hear(window, replace(frame, step=4))  # as recordings are that were made before this was told
    qtbot.waitUntil(lambda: "Trained" not in room.readout.accessibleName(), timeout=3000)


def ribbon(room, step: int) -> bool:
    """Whether the gradient is painted between a copy and the next."""
    image, (a, b) = room.view.grab().toImage(), (column(room, step), column(room, step + 1))
    link = next(k for k in room.plan.links if k.way == "state")
    y = room.sheet.rect(a, link.source).center().y()
    places = [at(room, QPointF(a.x + room.sheet.lanes[0].width + (b.x - a.x - room.sheet.lanes[0].width) * n / 20, y + d))
              for n in range(6, 15) for d in (-4, -3, 3, 4)]  # fmt: skip
    colours = [image.pixelColor(place) for place in places]
    return any(c.red() > c.blue() + 25 and c.red() > c.green() + 60 for c in colours)


@pytest.mark.parametrize(
    ("text", "index", "to", "after"),
    [
        ("4", 0, 6, "6"),
        ("4", 1, 6, "3"),
        ("4", 0, 99, ""),
        ("2,5", 1, 7, "2,7"),
        ("2,5", 0, 0, "5,"),
        ("5,", 0, -1, ""),
    ],
)
def test_cuts_keep_their_kind_when_they_move(text, index, to, after) -> None:
    assert cuts.moved(text, index, to, 10) == after


def test_ribbons_are_wide_by_the_logarithm_of_the_gradient(desk) -> None:
    room = desk.canvas.room
    desk.canvas.show_unrolled(True)
    hear(desk, told(room, 9))
    room._look()
    film = room.stage.film
    assert film.scale == (-6.0, 0.0)
    assert [round(film.width(n), 3) for n in (1.0, 1e-3, 1e-6, 1e-8, 0.0)] == [1.0, 0.5, 0.0, 0.0, 0.0]


def test_strips_have_a_cell_for_every_unit() -> None:
    assert grid(3) == (1, 3) and grid(32) == (1, 32)
    for units in (33, 64, 103, 256, 1000):
        rows, columns = grid(units)
        assert rows * columns >= units > rows * (columns - 1)
    assert lay(Unrolled(), {}).lanes == ()
    assert Film(Unrolled(), (), None, Recording()).lengths == {}  # type: ignore[arg-type]


def test_both_languages_and_themes_name_everything(qtbot, desk) -> None:
    room = unrolled(qtbot, desk)
    hear(desk, told(room, 4))
    for language in ("es", "en"):
        set_language(language)
        desk.canvas.retranslate()
        assert desk.canvas.unrolled and room.view.accessibleName() and room.legend.accessibleName()
        assert desk.canvas.turn.accessibleName() == say(desk.canvas.turn_words)
    assert desk.canvas.turn.text() == "Roll up"
    desk.state.tokens = theme("light")
    desk.canvas.set_theme(theme("light"))
    assert room.stage.tokens.name == "light" and room.view.backgroundBrush().color() == room.stage.tokens.canvas


def test_a_click_on_a_state_selects_its_wire_and_its_tip_tells_the_gradient(qtbot, tmp_path) -> None:
    window = sit(qtbot, tmp_path, shipped("clipping").project)
    room = unrolled(qtbot, window)
    hear(window, told(room, 9))
    qtbot.waitUntil(lambda: len(room.sheet.lanes[0].columns) == 9, timeout=3000)
    link = next(k for k in room.plan.links if k.way == "state")
    a = room.sheet.rect(column(room, 2), link.source)
    where = at(room, QPointF(a.right() + 14.0, a.center().y()))
    caught = room.view.hit_at(where)
    assert caught.kind == "wire" and caught.link == link and caught.column == column(room, 2)
    assert any("‖∂L/∂h₂‖" in line for line in link_lines(room.stage.film, link, room.stage.names, caught.column))
    click(room, where)
    assert window.state.selection.edges == link.edges and room.stage.step == ("T", 2)
    cross = next(k for k in room.plan.links if k.way == "last")
    end = room.sheet.rect(column(room, 8), cross.source)
    room.view.show_column(column(room, 8))
    assert room.view.hit_at(at(room, QPointF(end.right() + 20.0, end.center().y()))).link == cross


@pytest.mark.parametrize("name", [entry.name for entry in gallery()])
def test_every_project_of_the_gallery_is_painted_before_and_after_it_has_run(qtbot, name) -> None:
    whole = plan_of(shipped(name).project)
    for plan in filter(None, (whole, beside(whole))):
        paint(qtbot, plan)


def paint(qtbot, plan: Unrolled) -> None:
    """Before and after a run, from near and far; every box lies on the paper, and none on another."""
    draw = np.random.default_rng(0)
    values = {
        k: draw.normal(size=(7, 40)).astype(np.float32) for block in plan.blocks for b in block.boxes for k in b.keys
    }
    norms = {
        k: np.logspace(-9, 1, 7).astype(np.float32) for link in plan.links for k in link.keys if link.way == "state"
    }
    looks = {
        k: draw.dirichlet(np.ones(7), 7).astype(np.float32)
        for link in plan.links
        for k in link.keys
        if link.way == "look"
    }
    for frame in (None, Frame(1, {**values, **looks}, norms, losses=np.ones(7, dtype=np.float32))):
        film = Film(plan, (), DARK, Recording(), frame)
        view = UnrolledView(Stage(theme("dark"), film, cuts=(3,)))
        qtbot.addWidget(view)
        view.resize(900, 500)
        view.show_sheet(lay(plan, film.lengths))
        for zoom in (1.0, 0.4, 0.15):
            view.set_zoom(zoom)
            view.grab()
        boxes = [view.sheet.rect(c, id) for lane in view.sheet.lanes for c in lane.columns for id in lane.rects]
        assert all(view.sheet.area.contains(box) for box in boxes)
        assert not any(a.intersects(b) for a, b in pairwise(boxes))
        if plan.axes != ("I",):
            assert film.lengths == (dict.fromkeys(plan.axes, 7) if frame is not None else {})


def test_a_run_tells_every_box_while_the_view_is_open(qtbot, tmp_path) -> None:
    window = sit(qtbot, tmp_path, hello(steps=3))
    room = unrolled(qtbot, window)
    window.state.bridge.start(tmp_path / "run")
    qtbot.waitUntil(lambda: not window.state.bridge.view.busy, timeout=120_000)
    assert window.state.bridge.view.failed is None
    qtbot.waitUntil(lambda: room.stage.film.frame is not None and room.stage.film.frame.step == 3, timeout=3000)
    film = room.stage.film
    assert film.lengths == {"T": 4}
    for box in room.plan.blocks[0].boxes:
        if box.role == "loss":
            assert film.loss(3) is not None
        elif box.role in ("input", "target"):
            assert "".join(film.symbols(box)) == {"text": "hell", "answer": "ello"}[box.id]
        else:
            values = film.values(box)
            assert values is not None and len(values) == 4, box.id
    softmax = room.plan.box("next")
    assert softmax is not None and film.guess(softmax, 0) is not None
    assert film.values(softmax).sum(1) == pytest.approx(1.0)  # type: ignore[union-attr]
    state = next(k for k in room.plan.links if k.way == "state")
    assert film.norms(state).tolist() == film.frame.norms["memory.h"].tolist()  # type: ignore[union-attr]
    window.state.close()


def test_taught_and_by_itself_stand_below_each_other_and_show_where_they_part(qtbot, tmp_path) -> None:
    project = shipped("reverse").project
    window = sit(qtbot, tmp_path, replace(project, training=replace(project.training, steps=12, threads=1)))
    room = unrolled(qtbot, window)
    assert room.pair.isVisible() and UNFORCED in window.state.bridge._beside
    window.state.bridge.start(tmp_path / "run")
    qtbot.waitUntil(lambda: not window.state.bridge.view.busy, timeout=120_000)
    QTest.keyClick(room.view, Qt.Key.Key_U, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: room.stage.free is not None and room.stage.free.frame is not None, timeout=3000)
    above, below = (next(n for n in room.sheet.lanes if n.block.row == row) for row in ("taught", "free"))
    assert above.bottom < below.top and above.xs == below.xs  # the same steps below each other
    film, free = room.stage.film, room.stage.free
    assert free is not None and free.frame is not None
    answer, reader = "".join(film.frame.symbols["target"]), room.plan.box("before")  # type: ignore[union-attr]
    words, said = project_words(window), free.frame.outputs["symbols"].argmax(1)
    assert reader is not None
    assert [film.heard(reader, t) for t in range(3)] == ["", *answer[:2]]
    assert [free.heard(reader, t) for t in range(1, len(said))] == [words[i] for i in said[:-1]]
    wrong = next(t for t, i in enumerate(said) if words[i] != film.frame.symbols["target"][t])  # type: ignore[union-attr]
    assert free.parting == wrong + 1
    assert "hears what it said itself" in row_words(room.stage, below) and "L = " in row_words(room.stage, below)
    click(room, at(room, room.sheet.rect(below.columns[1], "decoder").center()))
    assert window.state.selection.nodes == ("decoder",) and room.stage.step == ("T", 1)
    assert "by itself: hears" in room.readout.accessibleName()
    QTest.keyClick(room.view, Qt.Key.Key_U, Qt.KeyboardModifier.ShiftModifier)
    assert not room.plan.axis and room.plan.box("teacher") is not None
    window.state.close()


def project_words(window) -> tuple[str, ...]:
    program = window.state.program
    return tuple(visible(w) for w in program.teachers[0].field.vocabulary)


def test_every_sign_on_the_drawing_is_explained_below_it_and_the_words_beside_fit(qtbot, tmp_path) -> None:
    window = sit(qtbot, tmp_path, shipped("dates-attention").project)
    window.canvas.resize(770, 400)  # what a window of 1280 by 800 leaves
    room = unrolled(qtbot, window)
    assert room.legend.accessibleName() == "Scales: values − … +"
    frame = told(room, 11)
    link = next(k for k in room.plan.links if k.way == "look")
    chances = np.full((11, 13), 1 / 13, np.float32)
    norms = {k: n for k, n in frame.norms.items() if k.startswith("decoder")}  # symbols heard again have no gradient
    hear(window, replace(frame, norms=norms, values={**frame.values, link.keys[0]: np.full((11, 11), 1 / 11, np.float32)},
                         outputs={o.name: chances for o in window.state.program.outputs}))  # fmt: skip
    qtbot.waitUntil(lambda: room.stage.film.frame is not None, timeout=3000)
    words = room.legend.accessibleName()
    for sign in ("values −", "values ≥ 0", "loss 0", "‖∂L/∂state‖ 1e-6", "attention 0 … 1"):
        assert sign in words
    qtbot.waitUntil(lambda: room.legend.width() >= room.legend.sizeHint().width(), timeout=3000)
    assert not room.readout.text().endswith("…") and room.readout.text().count("\n") <= 1
    click(room, at(room, room.sheet.rect(column(room, 1), "decoder").center()))
    said = room.readout.accessibleName()
    assert "t = 1" in said and not room.readout.text().endswith("…")
    assert room.readout.text().replace("\n", " ").split() == said.split()
