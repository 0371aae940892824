"""Files dropped on the window: a project opens, a text or table is offered models that train on it, the rest is told."""

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from core.project.file import save_project
from studio.incoming import OffersDialog
from tests.studio.desk import hello

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def desk(one):
    one.door.leave()
    for old in one.findChildren(OffersDialog):
        old.close()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    one.state.session.new(hello())
    return one


@pytest.fixture
def page(desk):
    desk.act("welcome")
    return desk.door.page


def drop(widget: QWidget, *paths: Path) -> bool:
    """As the system sends it: enter first; what nobody accepts is never dropped."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(p)) for p in paths])
    place, copy = QPoint(40, 40), Qt.DropAction.CopyAction
    enter = QDragEnterEvent(place, copy, data, LEFT, NONE)
    QApplication.sendEvent(widget, enter)
    if enter.isAccepted():
        QApplication.sendEvent(widget, QDropEvent(QPointF(place), copy, data, LEFT, NONE))
    return enter.isAccepted()


def offers(desk, qtbot) -> OffersDialog:
    qtbot.waitUntil(lambda: bool(desk.findChildren(OffersDialog)))
    return desk.findChildren(OffersDialog)[-1]


def test_a_dropped_text_becomes_a_model_that_trains(desk, page, qtbot, tmp_path):
    path = tmp_path / "poem.txt"
    path.write_text("the quick brown fox jumps over the lazy dog. " * 400)
    assert drop(desk, path)
    dialog = offers(desk, qtbot)
    qtbot.waitUntil(lambda: any(b.isVisible() for b in dialog.findChildren(QWidget, "offer")), timeout=20_000)
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert desk.door.page is None
    assert desk.state.document.project.data.params["path"] == str(path)
    assert "poem" in desk.windowTitle()
    qtbot.waitUntil(lambda: desk.state.program is not None, timeout=20_000)
    assert not desk.docks["guide"].isHidden()


def test_a_dropped_table_is_forecast(desk, qtbot, tmp_path):
    path = tmp_path / "sales.csv"
    path.write_text("shop,online\n" + "".join(f"{i % 7},{i % 5}.5\n" for i in range(200)))
    assert drop(desk, path)
    dialog = offers(desk, qtbot)
    qtbot.waitUntil(lambda: any(b.isVisible() for b in dialog.findChildren(QWidget, "offer")), timeout=20_000)
    QTest.mouseClick(dialog.findChildren(QWidget, "offer")[0], LEFT)
    qtbot.waitUntil(lambda: desk.state.verdict.project is desk.state.document.project, timeout=20_000)
    assert desk.state.program.outputs[0].sig.size == 2


def test_what_cannot_be_used_is_told_in_the_same_place(desk, qtbot, tmp_path):
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"\xff\xd8\xff\0\0" * 50)
    before = desk.state.document.project
    assert drop(desk, path)
    dialog = offers(desk, qtbot)
    qtbot.waitUntil(lambda: dialog.close_button.text() == "Close", timeout=20_000)
    said = " ".join(w.text() for w in dialog.findChildren(QLabel))
    assert "photo.jpg" in said and "not a text file" in said
    dialog.reject()
    assert desk.state.document.project is before


def test_several_files_at_once_are_told(desk, qtbot, tmp_path, monkeypatch):
    told = []
    monkeypatch.setattr(desk, "complain", told.extend)
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("x")
    assert drop(desk, tmp_path / "a.txt", tmp_path / "b.txt")
    qtbot.waitUntil(lambda: bool(told))
    assert told[0].code == "drop.several"


def test_a_project_dropped_on_the_page_opens(desk, page, qtbot, tmp_path):
    path = tmp_path / "dropped.unfold"
    save_project(hello(), path)
    assert drop(desk, path)
    qtbot.waitUntil(lambda: desk.state.document.path == path)
    assert desk.door.page is None


def test_what_hangs_over_the_window_is_told_what_would_become_of_it(desk, qtbot, tmp_path):
    (tmp_path / "a.unfold").touch()
    for paths, words in (
        ((tmp_path / "poem.txt",), "Drop to see what can be made of poem.txt"),
        ((tmp_path / "a.unfold",), "Drop to open a.unfold"),
        ((tmp_path / "a.txt", tmp_path / "b.txt"), "One at a time, please"),
    ):
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(p)) for p in paths])
        QApplication.sendEvent(desk, QDragEnterEvent(QPoint(400, 300), Qt.DropAction.CopyAction, data, LEFT, NONE))
        (hint,) = [h for h in desk.findChildren(QWidget, "drop-hint") if not h.isHidden()]
        assert hint.accessibleName() == words
        assert desk.childAt(desk.rect().center()) is not hint, "the drag goes on to the window"
        QApplication.sendEvent(desk, QDragLeaveEvent())
        assert hint.isHidden()


def test_what_a_program_that_died_left_hanging_goes_away(desk, qtbot, tmp_path):
    desk.dropping._still.setInterval(30)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "poem.txt"))])
    QApplication.sendEvent(desk, QDragEnterEvent(QPoint(400, 300), Qt.DropAction.CopyAction, data, LEFT, NONE))
    assert desk.dropping.hint is not None
    qtbot.waitUntil(lambda: desk.dropping.hint is None)
    QApplication.sendEvent(desk, QDragMoveEvent(QPoint(401, 300), Qt.DropAction.CopyAction, data, LEFT, NONE))
    assert desk.dropping.hint is not None, "it was only held still"
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "tale.txt"))])
    QApplication.sendEvent(desk, QDragEnterEvent(QPoint(400, 300), Qt.DropAction.CopyAction, data, LEFT, NONE))
    assert "tale.txt" in desk.dropping.hint.accessibleName(), "another drag, though the last one never left"
    QApplication.sendEvent(desk, QDragLeaveEvent())
