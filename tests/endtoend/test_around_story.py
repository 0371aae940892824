"""Around the drawing in one go: welcome, a dropped text, its training in the title, runs compared, commands, keys and
layouts of one's own, the drawing as a file, the report, and who made all this. Real events throughout."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QDialog, QTableWidget, QWidget

from studio.panels.about import AboutDialog
from studio.panels.compare import CompareDialog
from studio.panels.keys import ShortcutEditor
from studio.window import MainWindow
from tests.endtoend.person import Click, Press, Story, Until, Write, hand, live, to

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
STEPS = 8


def dialog(kind: type[QDialog] = QDialog) -> bool:
    """Whether such a dialog has the person's attention."""
    return isinstance(QApplication.activeModalWidget() or QApplication.activeWindow(), kind)


def command(typed: str) -> Story:
    """By the palette of commands."""
    yield Press("Ctrl+Shift+P")
    yield Write(typed)
    yield Press("Return")


def file_given(path: Path) -> Story:
    yield Until(lambda: dialog(QDialog), "a file is asked for")
    yield Press("Ctrl+A")
    yield Write(str(path))
    yield Press("Return")
    yield Until(lambda: path.is_file() and path.stat().st_size > 300, f"{path.name} is written", 90)


def drop(window: MainWindow, path: Path) -> None:
    """As the system sends it."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    how = Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(40, 40), *how)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window, QDropEvent(QPointF(40, 40), *how))


def welcomed(window: MainWindow, folder: Path) -> Story:
    page = window.door.page
    assert page is not None
    yield Click(page.findChild(QWidget, "begin-new"))
    yield Until(lambda: window.door.page is None and not window.canvas.board.graph.nodes, "an empty canvas")


def taught_a_text(window: MainWindow, folder: Path) -> Story:
    text = folder / "poem.txt"
    text.write_text("the quick brown fox jumps over the lazy dog. " * 400)
    drop(window, text)
    shown = lambda: [w for w in window.findChildren(QWidget, "offer") if w.isVisible()]  # noqa: E731
    yield Until(shown, "models are offered")
    yield Press("Return")
    yield Until(lambda: window.state.program is not None and "poem" in window.windowTitle(), "a model of it")
    yield Until(lambda: not dialog(QDialog) and window.isAncestorOf(hand()), "back in the window")
    yield Press("Alt+3")
    yield from to("Steps")
    yield Press("Ctrl+A")
    yield Write(str(STEPS))
    yield Press("Return")
    yield Press("Ctrl+S")
    yield from file_given(folder / "poem.unfold")
    yield Until(lambda: not window.isWindowModified(), "nothing is unsaved")


def trained(window: MainWindow, folder: Path) -> Story:
    titles: set[str] = set()
    window.windowTitleChanged.connect(titles.add)
    yield Press("F5")
    yield Until(lambda: window.state.bridge.view.phase == "done", "it is trained", 150)
    assert any("%" in title for title in titles), titles
    assert "%" not in window.windowTitle() and "poem" in window.windowTitle()


def compared(window: MainWindow, folder: Path) -> Story:
    yield Press("Ctrl+Shift+R")
    yield Until(lambda: dialog(CompareDialog), "the comparison")
    (table,) = window.findChildren(QTableWidget, "runs")
    yield Until(lambda: table.rowCount() == 1, "the run is listed")
    yield Press("Esc")
    yield Until(lambda: not dialog(CompareDialog), "it is closed")


def commanded(window: MainWindow, folder: Path) -> Story:
    yield from command("dark theme")
    yield Until(lambda: window.state.tokens.name == "light", "the light theme")
    yield from command("save as layouts")
    yield Until(dialog, "a name is asked for")
    yield Write("mine")
    yield Press("Return")
    yield Until(lambda: list(window.state.settings.layouts) == ["mine"], "the layout is kept")


def given_other_keys(window: MainWindow, folder: Path) -> Story:
    yield from command("keyboard shortcuts")
    yield Until(lambda: dialog(ShortcutEditor), "the shortcuts")
    yield from to("Search commands")
    yield Write("about unfold")
    yield from to("Commands")
    yield Press("Down")
    yield from to("New keys")
    yield Press("F9")
    yield from to("Set")
    yield Press("Space")
    yield Press("Esc")
    yield Until(lambda: not dialog(ShortcutEditor), "it is closed")
    yield Press("F9")
    yield Until(lambda: dialog(AboutDialog), "who made this")
    yield Press("Esc")
    yield Until(lambda: not dialog(AboutDialog), "it is closed")


def drawn_into_files(window: MainWindow, folder: Path) -> Story:
    for name in ("net.svg", "net.pdf", "net.tex"):
        yield Press("Ctrl+Alt+S")
        yield from file_given(folder / name)
        yield Until(lambda: not dialog(QDialog), "back in the window")
    assert "<svg" in (folder / "net.svg").read_text() and (folder / "net.pdf").read_bytes().startswith(b"%PDF")
    assert "tikzpicture" in (folder / "net.tex").read_text()


def reported(window: MainWindow, folder: Path) -> Story:
    yield Press("Ctrl+Shift+E")
    yield from file_given(folder / "poem.html")
    assert "poem" in (folder / "poem.html").read_text()


CHAPTERS = (welcomed, taught_a_text, trained, compared, commanded, given_other_keys, drawn_into_files, reported)


def test_all_around_a_drawing(window, tmp_path, monkeypatch):
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _: True)

    def story() -> Story:
        for chapter in CHAPTERS:
            yield from chapter(window, tmp_path)

    live(story())
