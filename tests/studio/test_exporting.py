"""The export dialog says whose model it is and asks before it replaces one; its key works from any field and waits for the end
of a run; what becomes of an export is told also after the dialog was closed."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QDesktopServices, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QTextEdit,
    QWidget,
)

from core.export.exporter import Verified
from core.export.mark import MARK
from core.graph.edit import set_params
from core.words import Text, set_language
from studio.ending import Note
from studio.panels.ask import Question
from studio.panels.export import ExportDialog
from studio.panels.exported import likeness
from tests.studio.desk import Patience, child, hello, open_desk

CTRL = Qt.KeyboardModifier.ControlModifier
TITLE = Text("Four letters, twice", "Cuatro letras, dos veces")


@pytest.fixture(scope="module")
def desk(qapp, tmp_path_factory):
    folder = tmp_path_factory.mktemp("desk")
    project = replace(hello(steps=4, validate_every=0, device="cpu"), title=TITLE)
    with open_desk(Patience(), folder, project) as window:
        window.state.settings.folder = folder
        window.activateWindow()
        QTest.qWaitForWindowActive(window)
        yield window


def words(widget) -> str:
    return " ".join(w.text() for w in widget.findChildren(QLabel) if w.isVisible())


def dialog_of(desk) -> ExportDialog:
    return next(d for d in desk.findChildren(ExportDialog) if d.isVisible())


def answer(button: str) -> list[str]:
    """Press a button of the question that is about to come; what it said."""
    heard: list[str] = []

    def press() -> None:
        asked = QApplication.activeModalWidget()
        assert isinstance(asked, Question)
        heard.append(words(asked))
        QTest.mouseClick(child(asked, button), Qt.MouseButton.LeftButton)

    QTimer.singleShot(0, press)
    return heard


def greedy(kind: type[QWidget]) -> type[QWidget]:
    """Claims every key: fields claim other ones on every system, under X11 Ctrl+E, Ctrl+U and Ctrl+K."""

    class Greedy(kind):
        def event(self, event: QEvent) -> bool:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            return super().event(event)

    return Greedy


@pytest.mark.parametrize("kind", [QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QComboBox])
def test_no_field_keeps_a_commands_key_to_itself(desk, kind):
    field = greedy(kind)(desk.training)
    field.show()
    desk.show_panel("training")
    field.setFocus()
    now = QApplication.focusWidget()
    assert field is now or field.isAncestorOf(now)
    keys = [k[0] for a in desk.actions_.values() for k in a.shortcuts() if k.toString().startswith("Ctrl+")]
    assert len(keys) > 15
    kept = set()
    for key in keys:
        asked = QKeyEvent(QEvent.Type.ShortcutOverride, key.key(), key.keyboardModifiers())
        asked.ignore()
        QApplication.sendEvent(now, asked)
        if asked.isAccepted():
            kept.add(key.key())
    QTest.keyClick(now, Qt.Key.Key_E, CTRL)
    field.deleteLater()
    assert desk.bar.currentMessage() == "Export the model: nothing is trained yet: train first."
    desk.bar.clearMessage()
    writing = {Qt.Key.Key_Z, Qt.Key.Key_Y}
    assert kept <= writing, "a command's key does what its menu says"
    assert kept == writing, "what writing needs stays the field's"


def test_what_altgr_writes_is_written(desk):
    """AltGr may arrive as Ctrl and Alt: a letter is no key of a command that cannot be given now."""
    field, film = QLineEdit(desk.training), desk.actions_["save_film"]
    field.show()
    desk.show_panel("training")
    field.setFocus()
    film.setEnabled(False)
    held = film.shortcut()[0]
    for text, written in (("đ", "đ"), ("\x06", "đ")):
        QApplication.sendEvent(field, QKeyEvent(QEvent.Type.KeyPress, held.key(), held.keyboardModifiers(), text))
        assert field.text() == written
    field.deleteLater()


def test_asked_for_while_a_run_stops_it_opens_once_that_has_ended(desk, qtbot):
    qtbot.waitUntil(desk.actions_["train"].isEnabled)
    QTest.keyClick(desk.canvas.view, Qt.Key.Key_F5)
    QTest.keyClick(desk.canvas.view, Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)
    assert desk.state.bridge.view.phase == "stopping"
    QTest.keyClick(desk.canvas.view, Qt.Key.Key_E, CTRL)
    assert "opens by itself" in desk.bar.currentMessage() and not desk.findChildren(ExportDialog)
    qtbot.waitUntil(lambda: any(d.isVisible() for d in desk.findChildren(ExportDialog)), timeout=60_000)
    dialog = dialog_of(desk)
    assert Path(dialog.path.text()).name == "four_letters_twice.py", "called as the project is"
    assert dialog.origin.isHidden()
    dialog.reject()


def test_what_was_trained_is_not_what_is_drawn_now(desk, qtbot, tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    graph = desk.state.document.graph
    desk.state.document.apply(Text("Units", "Unidades"), set_params(graph, "memory", units=9))
    qtbot.waitUntil(lambda: desk.state.verdict.project is desk.state.session.project)
    desk.show_panel("palette")
    line = desk.palette_.findChild(QLineEdit)
    desk.activateWindow()
    QTest.qWaitForWindowActive(desk)
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_E, CTRL)
    qtbot.waitUntil(lambda: any(d.isVisible() for d in desk.findChildren(ExportDialog)))
    dialog, run = dialog_of(desk), desk.state.session.run_dir.name
    assert f"model of the run {run}, as it was drawn then; the drawing has changed since" in words(dialog.origin)
    dialog.path.setText(str(tmp_path / "mine.py"))
    QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "it answers exactly as here" in words(dialog), timeout=60_000)
    told = words(dialog)
    assert "3 × 7 · 5 × 12" in told and "e+00" not in told
    assert "To use it:" in told and f'python "{tmp_path / "mine.py"}"' in told
    assert f"model of the run {run}, not of the drawing as it is now" in told
    QTest.mouseClick(child(dialog, "open-folder"), Qt.MouseButton.LeftButton)
    assert opened == [str(tmp_path)]
    dialog.reject()
    desk.state.document.undo()
    qtbot.waitUntil(lambda: desk.state.verdict.project is desk.state.session.project)


def test_an_earlier_export_is_replaced_only_when_asked(desk, tmp_path, monkeypatch):
    sent = []
    monkeypatch.setattr(desk.state, "send", lambda errand, then, writes: sent.append((errand, then)))
    desk.act("export")
    dialog = dialog_of(desk)
    for name in ("mine.py", "mine.safetensors", "agreed.onnx"):
        (tmp_path / name).write_text(f"# {MARK}")
    dialog.path.setText(str(tmp_path / "mine.py"))
    heard = answer("cancel")
    QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    assert heard[0].startswith("mine.py, mine.safetensors are there already. Replace them?") and not sent
    assert dialog.go.isEnabled()
    monkeypatch.setattr(
        "studio.panels.export.QFileDialog.getSaveFileName", lambda *_: (str(tmp_path / "agreed.onnx"), "")
    )
    dialog.formats["onnx"].setChecked(True)
    dialog._browse()
    QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    assert len(sent) == 1, "the file dialog asked already"
    dialog._busy = False
    dialog.formats["source"].setChecked(True)
    dialog.path.setText(str(tmp_path / "mine.py"))
    heard = answer("yes")
    QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    assert heard and sent[-1][0].target == tmp_path / "mine.py"
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    sent[-1][1](Verified("torch 2", ((3, 7, 2.4e-7),), (tmp_path / "mine.py",)))
    note = desk.findChild(Note)
    assert note.isVisible() and "mine.py" in words(note) and "to 6 decimals" in words(note)
    assert [b for b in note.findChildren(QPushButton) if b.text() == "Open folder"]
    note.leave()


@pytest.mark.parametrize(
    ("error", "told"),
    [(0.0, "it answers exactly as here"), (2.4e-7, "it answers as here, to 6 decimals"), (9e-5, "it answers as here, to 4 decimals"), (3.0, "it answers as here to within 3")],
)  # fmt: skip
def test_an_error_is_said_in_words(error, told):
    set_language("en")
    assert likeness(error) == told
