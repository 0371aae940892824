"""What each command of the window does, by the id of its row: `actions` says what commands there are, `possible` when they
can be given."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

if TYPE_CHECKING:
    from studio.window import MainWindow


def orders(window: MainWindow) -> dict[str, Callable[[], object]]:
    """Those of one window."""
    files, state, running = window.files, window.state, window.running
    bridge, player, document = state.bridge, state.player, state.document
    others = window.dialogs.callbacks() | window.panes.callbacks()
    return others | {
        "new": files.new,
        "open": files.open,
        "own_text": lambda: window.incoming.choose("text"),
        "own_table": lambda: window.incoming.choose("table"),
        "welcome": window.door.show,
        "save": files.save,
        "save_as": files.save_as,
        "quit": window.close,
        "undo": document.undo,
        "redo": document.redo,
        "train": running.train,
        "pause": bridge.pause,
        "step": running.step_once,
        "stop": bridge.stop,
        "resume": running.resume,
        "apart": running.train_elsewhere,
        "play": player.toggle,
        "frame_back": lambda: player.frame_by(-1),
        "frame_on": lambda: player.frame_by(1),
        "moment_back": lambda: player.moment_by(-1),
        "moment_on": lambda: player.moment_by(1),
        "watch": window.watch_selected,
        "copy_picture": window.drawing.copy,
        "save_picture": lambda: window.drawing.save(window.stem()),
        "theme": lambda: window.set_theme("light" if state.tokens.name == "dark" else "dark"),
        "english": lambda: window.set_language("en"),
        "spanish": lambda: window.set_language("es"),
        "layout": window.reset_layout,
        "full_screen": lambda: window.setWindowState(window.windowState() ^ Qt.WindowState.WindowFullScreen),
    }
