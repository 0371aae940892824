"""Whoever cannot see the window is told what each thing in it is called, in the language of the window."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QProgressBar,
    QScrollArea,
    QScrollBar,
    QWidget,
)

from core.graph import edit
from core.graph.model import Frame
from core.project.recovery import Lost
from core.words import Language, Text, say
from studio.canvas.scene import Picked
from studio.fault import FaultDialog
from studio.panels.ask import ProblemsDialog, Question
from studio.panels.recovery import RecoveryDialog
from studio.window import MainWindow
from tests.studio.desk import open_desk

USED = (QAbstractButton, QAbstractItemView, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit, QProgressBar)
PAGES = ("command-palette", "welcome")
PROPER = {"ONNX", "torch.export", "English", "Español", "Inspector"}  # the same in both languages
SILENT = (QScrollBar, QHeaderView)  # told by their role; what they scroll or head has the name


def called(widget: QWidget) -> str:
    """What a screen reader says. On Linux Qt gives a box's value for its name, and the name as a relation to its label."""
    if isinstance(widget, QComboBox):
        return widget.accessibleName()
    found = QAccessible.queryAccessibleInterface(widget)
    return found.text(QAccessible.Text.Name) if found is not None else ""


def reached(root: QWidget) -> list[QWidget]:
    """Everything shown that the keyboard or the mouse can use. A viewport is part of what has it."""
    found = [root, *root.findChildren(QWidget)]
    return [
        w
        for w in found
        if w.isVisible()
        and w.window() is root.window()
        and (w.focusPolicy() != Qt.FocusPolicy.NoFocus or isinstance(w, USED))
        and not isinstance(w, SILENT)
        and not _inner(w)
    ]


def _inner(widget: QWidget) -> bool:
    """What Qt makes its own widgets of: a port to scroll under, the line of a spin box."""
    outer = widget.parentWidget()
    port = isinstance(outer, QAbstractScrollArea) and outer.viewport() is widget
    return port or (isinstance(widget, QLineEdit) and widget.objectName().startswith("qt_"))


def place(widget: QWidget) -> str:
    steps = []
    at: QWidget | None = widget
    while at is not None:
        steps.append(f"{type(at).__name__} {at.objectName()}".strip())
        at = at.parentWidget()
    return " < ".join(steps[:5])


@pytest.fixture
def desk(qtbot, tmp_path):
    with open_desk(qtbot, tmp_path) as window:
        window.resize(1600, 1000)
        yield window


@contextlib.contextmanager
def shown(dialog: QDialog) -> Iterator[QWidget]:
    dialog.open()
    yield dialog
    dialog.close()


def opened(desk: MainWindow, act: str) -> Iterator[QWidget]:
    """What a command opens."""
    desk.act(act)
    QApplication.processEvents()
    found = [
        w for w in desk.findChildren(QWidget) if w.isVisible() and (isinstance(w, QDialog) or w.objectName() in PAGES)
    ]
    assert len(found) == 1, (act, found)
    yield found[0]
    if act == "welcome":
        desk.door.leave()
    else:
        found[0].close()


def rooms(desk: MainWindow) -> Iterator[tuple[str, QWidget]]:
    """Every panel, page, popover and dialog, one after the other."""
    canvas = desk.canvas
    canvas.board.scene.pick(Picked())
    for id, dock in desk.docks.items():
        desk.show_panel(id)
        QApplication.processEvents()
        yield id, dock
    desk.show_panel("inspector")
    graph = canvas.board.graph
    for what in (
        Picked(frozenset({"memory"})),
        Picked(wires=frozenset(sorted(graph.edges)[:1])),
        Picked(frames=frozenset({"f"})),
    ):
        canvas.board.scene.pick(what)
        desk.inspector.refresh()
        QApplication.processEvents()
        yield f"page of {what.nodes or what.wires or what.frames}", desk.inspector
    canvas.board.enter("memory")
    yield "canvas", desk.canvas
    canvas.board.leave()
    canvas.show_unrolled(True)
    yield "unrolled", desk.canvas
    canvas.show_unrolled(False)
    yield from popovers(desk)
    yield "toolbar", desk.toolbar
    yield "foot", desk.statusBar()
    for act in ("welcome", "gallery", "shortcuts", "edit_keys", "about", "commands", "compare"):
        for found in opened(desk, act):
            yield act, found
    for dialog in dialogs(desk):
        with shown(dialog):
            yield type(dialog).__name__, dialog


def popovers(desk: MainWindow) -> Iterator[tuple[str, QWidget]]:
    canvas = desk.canvas
    canvas.view.setFocus()
    for id, part in (("add", canvas.search), ("find", canvas.finder), ("rename", canvas.line), ("edit", canvas.delay)):
        canvas.board.scene.pick(
            Picked(frozenset({"memory"}))
            if id == "rename"
            else Picked(wires=frozenset(sorted(canvas.board.graph.edges)[:1]))
        )
        canvas.actions()[id].trigger()
        assert part.isVisible(), id
        yield id, part
        part.hide()


def dialogs(desk: MainWindow) -> Iterator[QDialog]:
    """Those that only mishaps and finished runs bring."""
    from core.problems import Place, Problem
    from studio.panels.export import ExportDialog

    problem = Problem("x.y", Text("It could not be.", "No pudo ser."), where=Place(("memory",)))
    lost = Lost(desk.state.settings.folder, desk.state.document.project, "", 0.0, 3, False)
    yield ExportDialog(desk, desk.state, "model")
    yield Question(desk, "?", "", say(Text("Save", "Guardar")), say(Text("Leave", "Dejar")))
    yield ProblemsDialog(desk, (problem,), desk.state.tokens)
    yield RecoveryDialog(desk, [lost], lambda _: None)
    fault = FaultDialog("report", desk)
    fault.report.show()
    yield fault


def names(desk: MainWindow, language: Language) -> dict[tuple[str, int], tuple[str, str]]:
    """(room, number) -> (place, name)."""
    desk.set_language(language)
    QApplication.processEvents()
    return {(room, at): (place(w), called(w)) for room, root in rooms(desk) for at, w in enumerate(reached(root))}


def test_everything_has_a_name_in_the_language_of_the_window(desk):
    graph = edit.put_frame(desk.state.document.graph, Frame("f", "", (0.0, -200.0), (300.0, 100.0)))
    desk.state.document.apply(Text("Frame", "Marco"), graph)
    told = {language: names(desk, language) for language in ("en", "es")}
    assert {(key[0], at) for found in told.values() for key, (at, name) in found.items() if not name.strip()} == set()
    assert [at for at, _ in told["en"].values()] == [at for at, _ in told["es"].values()]
    alike = {name for key, (_, name) in told["en"].items() if told["es"][key][1] == name}
    assert {name for name in alike if any(map(str.isalpha, name))} <= PROPER


def looks(widget: QWidget) -> QImage:
    """The widget as it stands in its window, with a little of what is around it."""
    root = widget.window()
    area = QRect(widget.mapTo(root, QPoint(0, 0)), widget.size()).adjusted(-3, -3, 3, 3)
    return root.grab(area).toImage()


def test_where_the_keys_are_is_seen(desk):
    """Beside the same thing without them: a ring, a line, another ground; something of 3 : 1."""
    unseen = []
    for room, root in rooms(desk):
        root.window().activateWindow()
        QTest.qWaitForWindowActive(root.window())
        for widget in reached(root):
            if not (widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isEnabled()) or widget.focusProxy():
                continue
            widget.setFocus(Qt.FocusReason.TabFocusReason)
            for area in root.findChildren(QScrollArea):  # as Tab does
                if area.isAncestorOf(widget):
                    area.ensureWidgetVisible(widget)
            if QApplication.focusWidget() is not widget:
                continue
            QApplication.processEvents()
            if widget.visibleRegion().isEmpty():
                continue
            with_keys = looks(widget)
            widget.clearFocus()
            if not differs(with_keys, looks(widget)):
                unseen.append((room, place(widget)))
    assert sorted(set(unseen)) == []


def differs(one: QImage, other: QImage) -> bool:
    """Whether some dozen pixels change by 3 : 1 of lightness, or the whole has another size."""
    if one.size() != other.size():
        return True
    light, dark = sorted_lightness(one, other)
    return int(((light + 0.05) / (dark + 0.05) >= 3.0).sum()) >= 12


def sorted_lightness(one: QImage, other: QImage) -> tuple[np.ndarray, np.ndarray]:
    found = [lightness(one), lightness(other)]
    return np.maximum(*found), np.minimum(*found)


def lightness(image: QImage) -> np.ndarray:
    """WCAG 2.1 relative luminance of every pixel."""
    plain = image.convertToFormat(QImage.Format.Format_RGBX8888)
    c = np.frombuffer(plain.constBits(), np.uint8).reshape(-1, 4)[:, :3] / 255.0
    return np.where(c <= 0.03928, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) @ np.array([0.2126, 0.7152, 0.0722])


def inks(root: QWidget) -> Iterator[tuple[str, str, float]]:
    """(place, words, contrast) of the words shown in a room: of what stands on its most frequent ground, the farthest."""
    for widget in root.findChildren(QWidget):
        words = widget.text() if isinstance(widget, (QLabel, QAbstractButton, QLineEdit)) else ""
        if any(map(str.isalpha, words)) and widget.isEnabled():
            seen = widget.visibleRegion().boundingRect().adjusted(3, 3, -3, -3)
            if seen.width() > 8 and seen.height() > 8:
                area = QRect(widget.mapTo(widget.window(), seen.topLeft()), seen.size())
                yield place(widget), words, readable(widget.window().grab(area).toImage())


def readable(image: QImage) -> float:
    light = lightness(image)
    values, counts = np.unique(light, return_counts=True)
    ground = values[counts.argmax()]
    return float(((np.maximum(light, ground) + 0.05) / (np.minimum(light, ground) + 0.05)).max())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_on_the_screen_stand_out_from_their_ground(desk, scheme):
    """4.5 : 1 (WCAG 2.1 AA) of the pixels that are painted, so that a slip of the sheet is seen too."""
    if desk.state.tokens.name != scheme:
        desk.act("theme")
    pale = {
        (room, at, words[:30], round(found, 1))
        for room, root in rooms(desk)
        for at, words, found in inks(root)
        if found < 4.5
    }
    assert pale == set()
