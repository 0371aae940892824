"""What made a newcomer hesitate: mistakes in fields, keys that did nothing, files written in silence, notes in the way."""

from __future__ import annotations

import itertools
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QAccessible, QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QSlider,
    QSpinBox,
    QWidget,
)

from core.graph.edit import add_node, remove
from core.specs.params import ParamSpec
from core.words import Text
from studio.appearance import speak
from studio.docks import in_front
from studio.inspector.editors import make_editor
from studio.inspector.frame import FramePage
from studio.inspector.node import NodePage
from studio.panels.report import REPORT
from studio.panels.scrubber import Scrubber
from studio.parts import boxed, column
from studio.sheet import dress
from studio.state import Selection
from studio.theme import SCHEMES
from tests.studio.desk import Patience, child, hello, open_desk, type_into
from tests.studio.test_theme import contrast

CLICKED = (QAbstractButton, QComboBox, QSlider, QAbstractSpinBox, QLineEdit, QAbstractItemView, QPlainTextEdit)
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(scope="module")
def desk(qapp, tmp_path_factory):
    with open_desk(Patience(), tmp_path_factory.mktemp("desk"), hello(steps=4, validate_every=0)) as window:
        window.activateWindow()
        QTest.qWaitForWindowActive(window)
        yield window


@pytest.mark.parametrize("name", SCHEMES)
def test_the_limits_of_fields_can_be_seen(qapp, qtbot, name):
    """WCAG 1.4.11, judged by the pixels along a row through each of them."""
    tokens = dress(qapp, name)
    fields = (QLineEdit(), QComboBox(), QSpinBox(), QRadioButton("x"))
    card = boxed(column(*fields, margins=(20, 20, 20, 20)), "card")
    qtbot.addWidget(card)
    card.resize(300, 240)
    card.show()
    picture = card.grab().toImage()
    for field in fields:
        box = field.geometry()
        rim = [picture.pixelColor(box.left() + dx, box.center().y()) for dx in range(24)]
        for ground in (tokens.raised, tokens.sunken):
            assert max(contrast(QColor(pixel), ground) for pixel in rim) >= 3.0, field
    dress(qapp, "dark")


def test_letters_in_a_number_field_are_answered_in_words(desk, qtbot, monkeypatch):
    aloud = []
    monkeypatch.setattr(QAccessible, "updateAccessibility", lambda event: aloud.append(event.message()))
    dense = next(n.id for n in desk.state.document.graph.nodes.values() if n.kind == "rnn_tanh")
    desk.state.select(Selection((), (dense,)))
    qtbot.waitUntil(lambda: isinstance(desk.inspector.page, NodePage))
    line = child(desk.inspector, "edit-units")
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "abc")
    wrong = child(desk.inspector, "wrong")
    assert isinstance(wrong, QLabel) and wrong.text() == "Expected: a whole number, 1 to 1000000."
    assert wrong.accessibleName() == "Units: Expected: a whole number, 1 to 1000000."
    below = wrong.mapTo(desk.inspector, QPoint()).y() - line.mapTo(desk.inspector, QPoint()).y()
    assert 0 < below < 60, "it stands under its field"
    assert aloud == ["Units: Expected: a whole number, 1 to 1000000."], "once, not at each letter"
    desk.canvas.view.setFocus()
    assert line.text() == "3" and wrong.text().startswith("“abc” was not taken."), "what is gone is told of"
    QTest.keyClicks(line, "4")
    assert wrong.isHidden()
    QTest.keyClick(line, Qt.Key.Key_Escape)
    desk.state.select(Selection())


@pytest.mark.parametrize(("language", "said"), [("en", "Dense / input"), ("es", "Densa / entrada")])
def test_a_problem_calls_a_port_what_its_node_shows(desk, qtbot, language, said):
    desk.show_panel("problems")
    document, scene = desk.state.document, desk.canvas.board.scene
    wire = next(e for e in document.graph.edges.values() if e.target.node == "scores")
    document.apply(Text("x", "x"), remove(document.graph, (), (wire.id,)))
    desk.set_language(language)
    qtbot.waitUntil(lambda: any(said in card.accessibleName() for card in desk.problems.cards))
    look = scene.nodes["scores"].look
    assert said == f"{look.title} / {look.mark('in', wire.target.port).label}", "as on the canvas"
    document.undo()
    desk.set_language("en")
    qtbot.waitUntil(lambda: not desk.problems.cards)


def test_inside_a_cell_the_inspector_shows_the_cell(desk, qtbot):
    desk.canvas.view.setFocus()
    desk.canvas.board.enter("memory")
    qtbot.waitUntil(lambda: isinstance(desk.inspector.page, NodePage))
    page = desk.inspector.page

    def words() -> str:
        return " ".join(w.text() for w in page.findChildren(QLabel) if not w.isHidden())

    assert page.path == ("memory",) and "24 parameters" in words() and "It stands here only." in words()
    graph = desk.state.document.graph
    twin = replace(graph.nodes["memory"], id="twin", title="twin")
    desk.state.document.apply(Text("Twin", "Gemela"), add_node(graph, twin))
    qtbot.waitUntil(lambda: "It also stands at twin;" in words())
    desk.state.document.undo()
    QTest.mouseClick(child(page, "through"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: desk.canvas.path == () and desk.inspector.page is None)


def test_the_samples_have_keys_of_their_own(desk):
    desk.canvas.view.setFocus()
    QTest.keyClick(desk.canvas.view, Qt.Key.Key_S, Qt.KeyboardModifier.AltModifier)
    assert in_front(desk.docks["text"]) and desk.docks["text"].isAncestorOf(QApplication.focusWidget())


def test_comment_frames_are_found_and_sized_by_keys(desk, qtbot):
    view, frames = desk.canvas.view, desk.state.document.graph.frames
    desk.state.select(Selection((), ("memory",)))
    view.setFocus()
    found = []
    for _ in frames:
        QTest.keyClick(view, Qt.Key.Key_C, SHIFT)
        found += desk.state.selection.frames
    assert sorted(found) == sorted(frames), "each once"
    assert desk.canvas.board.scene.frames[found[0]].box.contains(desk.canvas.board.scene.nodes["memory"].box)
    qtbot.waitUntil(lambda: isinstance(desk.inspector.page, FramePage))
    QTest.keyClick(view, Qt.Key.Key_Return)
    type_into(child(desk.inspector, "edit-width"), "555")
    assert desk.state.document.graph.frames[found[-1]].size[0] == 555.0
    desk.state.document.undo()
    desk.state.select(Selection())


def test_the_map_comes_by_a_persons_wish_alone_and_is_remembered(desk):
    view = desk.canvas.view
    view.set_zoom(2.0)
    assert not view.map.lies
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_M)
    assert view.map.lies and desk.state.settings.map
    desk.canvas.show_all()
    assert view.map.lies, "nor does it go by itself"
    QTest.keyClick(view, Qt.Key.Key_M)
    assert not view.map.lies and not desk.state.settings.map


def test_keys_that_can_do_nothing_now_say_why(desk, qtbot):
    desk.canvas.view.setFocus()
    QTest.keyClick(desk.canvas.view, Qt.Key.Key_E, CTRL)
    assert desk.bar.currentMessage() == "Export the model: nothing is trained yet: train first."
    assert "Nothing is trained yet" in desk.actions_["export"].toolTip()
    qtbot.waitUntil(desk.actions_["train"].isEnabled)
    QTest.keyClick(desk.canvas.view, Qt.Key.Key_F5)
    QTest.keyClick(desk.canvas.view, Qt.Key.Key_F5, SHIFT)
    assert desk.go.text() == "Stopping …" and desk.training._phase.text() == "Stopping …"
    QTest.keyClick(desk.canvas.view, Qt.Key.Key_E, CTRL)
    assert "is being stopped; this opens by itself" in desk.bar.currentMessage()
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None, timeout=60_000)
    assert not desk.state.bridge.view.busy
    QTest.keyClick(QApplication.activeModalWidget(), Qt.Key.Key_Escape)
    desk.activateWindow()  # nobody else does here, where no window manager is
    QTest.qWaitForWindowActive(desk)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_least_window_is_one_that_works(desk, language):
    desk.set_language(language)
    for id in ("watch", "text"):
        desk.show_panel(id)
        desk.resize(1, 1)
        QTest.qWait(50)
        parts = [d for d in desk.docks.values() if d.isVisible() and in_front(d)] + [desk.canvas]
        boxes = [QRect(part.mapTo(desk, QPoint()), part.size()) for part in parts]
        assert not any(a.intersects(b) for a, b in itertools.combinations(boxes, 2))
        assert all(desk.rect().contains(box) for box in boxes) and desk.width() <= 1024 and desk.height() <= 600
    desk.set_language("en")
    desk.resize(1280, 800)


def trained(desk, qtbot) -> None:
    qtbot.waitUntil(desk.actions_["train"].isEnabled)
    QTest.keyClick(desk.canvas.view, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: desk.state.bridge.view.phase == "done", timeout=60_000)


def test_a_note_covers_no_button_and_no_slider(desk, qtbot):
    trained(desk, qtbot)
    note = desk.ending.note
    assert note is not None
    for size in ((1280, 800), (1920, 1080), (desk.minimumWidth(), desk.minimumHeight())):
        desk.resize(*size)
        QApplication.processEvents()
        (scrubber,) = desk.findChildren(Scrubber)
        below = QRect(scrubber.mapTo(desk, QPoint()), scrubber.size())
        here = QRect(note.mapTo(desk, QPoint()), note.size())
        assert not below.intersects(here) and desk.rect().contains(here), size
    desk.resize(1280, 800)
    desk.canvas.show_unrolled(True)
    QApplication.processEvents()
    legend = desk.canvas.room.legend
    assert not QRect(legend.mapTo(desk, QPoint()), legend.size()).intersects(
        QRect(note.mapTo(desk, QPoint()), note.size())
    )
    desk.canvas.show_unrolled(False)
    desk.resize(1280, 800)
    names = desk.training._told
    assert "perplexity" not in names, "nothing measures it here"
    note.leave()


def test_in_every_panel_keys_reach_whatever_can_be_clicked(desk):
    """Tab and Shift+Tab from where Alt and a digit lead; of buttons that exclude each other the arrows reach the rest."""
    desk.activateWindow()
    unreached = {}
    for id, dock in desk.docks.items():
        desk.act(f"go_{id}")
        QTest.qWait(20)
        reached = walked(dock)
        alone = [w for w in dock.findChildren(QWidget) if isinstance(w, CLICKED) and w.isEnabled()]
        lost = [w for w in alone if not w.visibleRegion().isEmpty() and not reached & {w, w.parent(), w.focusProxy()}]
        unreached[id] = [w.accessibleName() or w.objectName() for w in lost if not grouped(w, reached)]
    assert unreached == {id: [] for id in desk.docks}


def walked(dock: QWidget) -> set[QWidget]:
    """What has the keys on the way round, both ways, until they leave the dock."""
    start = QApplication.focusWidget()
    assert start is not None and dock.isAncestorOf(start)
    seen = {start}
    for key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
        start.setFocus()
        while (now := QApplication.focusWidget()) is not None:
            QTest.keyClick(now, key)
            new = QApplication.focusWidget()
            if new is None or new is now or new is start or not dock.isAncestorOf(new):
                break
            seen.add(new)
    return seen


def grouped(widget: QWidget, reached: set[QWidget]) -> bool:
    group = widget.group() if isinstance(widget, QAbstractButton) else None
    return group is not None and group.exclusive() and bool(reached & set(group.buttons()))


def test_a_report_is_seen_being_written_and_closing_does_not_lose_it(desk, qtbot, tmp_path, monkeypatch):
    """The person asks to close while it is written, and takes the offer to wait. Last here: the window is gone then."""
    go, opened, page = threading.Event(), [], tmp_path / "page.html"
    monkeypatch.setattr("studio.panels.report.QFileDialog.getSaveFileName", lambda *_: (str(page), ""))
    monkeypatch.setattr("studio.panels.report.QDesktopServices.openUrl", lambda url: opened.append(url.toLocalFile()))
    if not desk.state.weights_kept():
        trained(desk, qtbot)
    ask = desk.state.session.ask
    monkeypatch.setattr(desk.state.session, "ask", lambda errand: (go.wait(20), ask(errand))[1])
    desk.act("report")
    assert desk.state.pending.now == (REPORT,) and "Writing the report" in desk.bar._writing.text()
    assert desk.bar._busy.isVisible() and not desk.training._report.isEnabled()
    assert not desk.actions_["report"].isEnabled()
    desk.state.document.mark_saved(None)
    answers = ["cancel", "yes"]

    def answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QDialog)
        QTest.mouseClick(child(dialog, answers.pop(0)), Qt.MouseButton.LeftButton)

    for _ in range(2):
        QTimer.singleShot(100, answer)
        assert not desk.close() and desk.isVisible()
    go.set()
    qtbot.waitUntil(lambda: not desk.isVisible(), timeout=20_000)
    assert opened == [str(page)] and page.exists()


def test_qt_own_file_dialog_speaks_spanish_throughout(desk):
    speak(desk.state, "es")
    try:
        dialog = QFileDialog(desk)
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.show()
        said = {w.text().replace("&", "") for w in dialog.findChildren(QLabel)}
        assert said >= {"Buscar en:", "Archivos de tipo:", "Nombre del archivo:"}
        assert "Cancelar" in {b.text() for b in dialog.findChildren(QAbstractButton)}, "and Qt's own words are left"
        dialog.close()
    finally:
        speak(desk.state, "en")


def test_a_long_path_shows_the_name_of_its_file(desk, qtbot):
    spec = ParamSpec("path", "path", "", Text("File", "Archivo"))
    editor = make_editor(spec, desk.state.tokens, Path())
    qtbot.addWidget(editor)
    editor.resize(160, 30)
    editor.show()
    path = "/home/somebody/" + "far/" * 30 + "poems.txt"
    editor.show_value(path)
    editor.grab()
    assert editor.line.cursorPositionAt(QPoint(4, 10)) > 60, "its beginning is what is out of sight"
    assert path in editor.line.toolTip()


def test_a_long_sentence_takes_the_room_of_the_run_facts(desk, qtbot):
    bar = desk.statusBar()
    bar._step.setText("step 1/2 " * 8)
    bar._step.show()
    desk.state.status.emit("A sentence " * 12)
    assert bar.currentMessage() == "A sentence " * 12 and bar._step.isHidden()
    desk.state.status.emit("A sentence " * 60)
    assert bar.currentMessage().endswith("…") and bar.toolTip() == "A sentence " * 60
    bar.clearMessage()
    assert not bar.toolTip()
