"""Without a mouse: from the welcome page to a model of one's own, drawn, trained, exported, and out again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QDialog

from studio.panels.export import ExportDialog
from studio.window import MainWindow
from tests.endtoend.person import Press, Story, Until, Write, hand, heard, live, to

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def filled(name: str, text: str) -> Story:
    yield from to(name)
    yield Press("Ctrl+A")
    yield Write(text)
    yield Press("Return")


def onward(window: MainWindow, typed: str) -> Story:
    """From the selected node's first output: hold a wire, and add what takes it."""
    before = set(window.canvas.board.graph.nodes)
    for key in ("Ctrl+L", "Return", "Tab"):
        yield Press(key)
    yield Write(typed)
    yield Press("Return")
    yield Until(lambda: len(window.canvas.board.graph.nodes) == len(before) + 1, f"{typed} is there")


def note(window: MainWindow) -> str:
    return window.canvas.view._note.text()


def build(window: MainWindow) -> Story:
    yield from to("Draw a network")
    yield Press("Space")
    yield Until(lambda: not window.canvas.board.graph.nodes and window.door.page is None, "an empty canvas")
    yield Press("Alt+3")
    yield from to("Dataset")
    yield Write("narma")
    yield Until(lambda: window.state.session.project.data.kind == "narma10", "the data is chosen")
    yield from filled("Steps", "3")
    yield Press("Esc")
    yield Press("Tab")
    yield Write("features")
    yield Press("Return")
    yield from onward(window, "rnn (tanh")
    yield from onward(window, "dense")
    yield Press("Return")
    yield from filled("Units", "1")
    yield Press("Esc")
    yield from onward(window, "squared")
    yield Press("Tab")
    yield Write("target")
    yield Press("Return")
    yield Press("Ctrl+L")
    yield Press("Return")
    for _ in range(9):
        if note(window).startswith("Squared error · right value"):
            break
        yield Press("Down")
    assert note(window).startswith("Squared error · right value"), note(window)
    yield Press("Return")
    assert len(window.canvas.board.graph.edges) == 4, (note(window), window.canvas.board.graph.edges)
    yield Press("Esc")


def name_and_set(window: MainWindow) -> Story:
    yield Press("Ctrl+F")
    yield Write("rnn")
    yield Press("Return")
    yield Press("F2")
    yield Write("memory")
    yield Press("Return")
    yield Press("Return")
    yield from filled("Units", "6")
    yield Press("Esc")
    (memory,) = (n for n in window.canvas.board.graph.nodes.values() if n.kind == "rnn_tanh")
    assert (memory.title, memory.params.get("units")) == ("memory", 6)
    yield Until(lambda: window.state.program is not None, "it compiles")


def save(window: MainWindow, file: Path) -> Story:
    yield Press("Ctrl+S")
    yield Until(_asked, "the file is asked for")
    yield Press("Ctrl+A")
    yield Write(str(file))
    yield Press("Return")
    yield Until(file.exists, "the project is saved")


def _asked() -> bool:
    return isinstance(QApplication.activeModalWidget(), QDialog)


def train_and_export(window: MainWindow, file: Path) -> Story:
    phase: Callable[[], str] = lambda: window.state.bridge.view.phase  # noqa: E731
    yield Press("F5")
    yield Until(lambda: phase() == "done", "it is trained", 120)
    yield Press("Ctrl+E")
    yield Until(lambda: isinstance(QApplication.activeModalWidget(), ExportDialog), "the export dialog")
    yield from to("PyTorch source")
    yield Press("Down")
    assert heard().startswith("Weights"), heard()
    yield Press("Up")
    yield from to("Where to")
    yield Press("Ctrl+A")
    yield Write(str(file))
    yield from to("Export and verify")
    yield Press("Space")
    yield Until(file.exists, "the model is written", 120)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ExportDialog)
    yield Until(dialog.go.isEnabled, "it is verified", 120)
    yield Press("Esc")
    yield Until(lambda: not _asked(), "back in the window")


def leave(window: MainWindow) -> Story:
    assert window.isAncestorOf(hand()), "the keys were lost when the dialog closed"
    yield Press("Ctrl+Q")
    yield Until(lambda: not window.isVisible(), "the window is closed")


def test_a_model_is_drawn_trained_and_exported_with_keys_alone(window, tmp_path):
    def story() -> Story:
        yield from build(window)
        yield from name_and_set(window)
        yield from save(window, tmp_path / "mine.unfold")
        yield from train_and_export(window, tmp_path / "mine.py")
        yield from leave(window)

    live(story())
    source = (tmp_path / "mine.py").read_text()
    assert "class " in source and (tmp_path / "mine.safetensors").exists()
