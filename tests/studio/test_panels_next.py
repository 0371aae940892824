"""What a newcomer asked for: where to go after a run, the page of a frame, names that are never cut in mid-letter."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from core.graph.edit import put_frame
from core.graph.model import Frame
from core.problems import Refused
from core.process.errands import Report
from core.words import Text
from studio.canvas.look import AUTO, look_of
from studio.inspector.frame import FramePage
from studio.inspector.node import NodePage
from studio.inspector.panel import InspectorPanel
from studio.parts import shown
from studio.state import Selection
from tests.studio.desk import child, hello, open_desk, type_into


def test_a_frame_has_a_page_and_each_field_is_one_undo_step(qtbot, state):
    panel = InspectorPanel(state)
    panel.resize(340, 800)
    qtbot.addWidget(panel)
    panel.show()
    state.document.apply(Text("x", "x"), put_frame(state.document.graph, Frame("frame1", "old", (0.0, 0.0))))
    state.select(Selection((), frames=("frame1",)))
    qtbot.waitUntil(lambda: isinstance(panel.page, FramePage))
    type_into(child(panel.page, "edit-text"), "<b>gates</b>")
    colour = child(panel.page, "edit-color")
    colour.setCurrentIndex(2)
    colour.activated.emit(2)
    made = state.document.graph.frames["frame1"]
    assert (made.text, made.color) == ("<b>gates</b>", colour.itemData(2))
    state.document.undo()
    assert state.document.graph.frames["frame1"].text == "<b>gates</b>"
    state.document.undo()
    assert state.document.graph.frames["frame1"].text == "old"
    QTest.mouseClick(child(panel.page, "drop-frame"), Qt.MouseButton.LeftButton)
    assert "frame1" not in state.document.graph.frames


def test_a_size_left_open_is_told_as_found(qtbot, tmp_path):
    with open_desk(qtbot, tmp_path) as window:
        dense = next(n for n in window.state.document.graph.nodes.values() if n.kind == "dense")
        assert dense.params["units"] == 0
        look = look_of(dense, window.state.registry)
        assert look.lines[0][1] == AUTO.en
        item = window.canvas.board.scene.nodes[dense.id]
        qtbot.waitUntil(lambda: bool(item.sigs), timeout=10_000)
        assert item._worked_out(AUTO.en) == "auto (4)"
        assert item._worked_out("64") == "64"


def test_after_a_run_the_next_things_are_named_and_the_report_is_written(qtbot, tmp_path):
    with open_desk(qtbot, tmp_path, hello(steps=4, validate_every=0)) as window:
        window.act("train")
        qtbot.waitUntil(lambda: window.state.bridge.view.phase == "done", timeout=60_000)
        panel = window.training
        qtbot.waitUntil(lambda: panel._report.isVisibleTo(panel))
        assert "export" in panel._next.text().lower()
        assert window.actions_["report"].isEnabled()
        run_dir = window.state.session.run_dir
        written = window.state.session.ask(Report(run_dir, tmp_path / "page.html"))
        assert written == tmp_path / "page.html"
        assert "<svg" in written.read_text("utf-8")
        with pytest.raises(Refused) as refused:
            window.state.session.ask(Report(run_dir, tmp_path / "nowhere" / "page.html"))
        assert "nowhere" in refused.value.problems[0].message.es


def test_a_click_brings_the_page_before_the_training(qtbot, tmp_path):
    with open_desk(qtbot, tmp_path) as window:
        window.show_panel("training")
        qtbot.waitUntil(lambda: not window.training.visibleRegion().isEmpty())
        window.state.select(Selection((), (next(iter(window.state.document.graph.nodes)),)))
        qtbot.waitUntil(lambda: isinstance(window.inspector.page, NodePage))
        qtbot.waitUntil(lambda: not window.inspector.visibleRegion().isEmpty())


def test_the_breadcrumb_cuts_a_name_only_where_there_is_no_room(qtbot, tmp_path):
    from dataclasses import replace

    title = "A rather long title of a project about " + "letters " * 6
    with open_desk(qtbot, tmp_path, replace(hello(), title=Text(title, title))) as window:
        crumbs = window.canvas.crumbs
        crumbs.resize(1200, crumbs.height())
        assert crumbs.buttons[0].text() == title.strip()
        crumbs.resize(300, crumbs.height())
        assert crumbs.buttons[0].text().endswith("…")
        assert crumbs.buttons[0].toolTip() == title


def test_fixed_spaces_of_dates_and_numbers_are_shown_as_spaces():
    assert shown("3:26\u202fAM\u00a01\n") == "3:26\u202fAM\u00a01\n"
    assert shown("a\u202eb\x1b") == "a\\u202eb\\x1b"
