"""Keys of the window's commands work from any field: a field wants some for itself (Ctrl+E to the line's end, where End does
as well) and would take them in silence. What writing needs stays the field's."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (  # fmt: skip
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMainWindow,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

FIELDS = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox, QComboBox)
Std = QKeySequence.StandardKey
WRITING = (Std.Undo, Std.Redo, Std.Copy, Std.Cut, Std.Paste, Std.SelectAll)
HELD, OTHER = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


class FieldKeys(QObject):
    """One per window: listens to the field with the keyboard alone. `commands` are the window's own."""

    def __init__(self, window: QMainWindow, commands: Callable[[], Mapping[str, QAction]]) -> None:
        super().__init__(window)
        self._window, self._commands = window, commands
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._moved)

    def _moved(self, before: QWidget | None, now: QWidget | None) -> None:
        if isinstance(before, FIELDS):
            before.removeEventFilter(self)
        if isinstance(now, FIELDS) and now.window() is self._window:
            now.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A command's key is not the field's: neither as a claim before it is a shortcut, nor, where the command cannot be
        given now, as a key; then the window says why."""
        kind = event.type()
        if kind not in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress) or not isinstance(event, QKeyEvent):
            return False
        if not self._is_command(event):
            return False
        event.ignore()
        if kind == QEvent.Type.KeyPress:
            self._window.keyPressEvent(event)
        return True

    def _is_command(self, event: QKeyEvent) -> bool:
        held = event.modifiers()
        letter = bool(held & OTHER) and event.text().isprintable() and event.text() != ""  # AltGr writes one
        if not held & HELD or letter or any(event.matches(key) for key in WRITING):
            return False
        keys = QKeySequence(event.keyCombination())
        return any(keys in action.shortcuts() for action in self._commands().values())
