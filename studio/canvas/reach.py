"""From how far the canvas's keys are heard: from anywhere in the window, unless a text field has the focus."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLabel, QLineEdit, QPlainTextEdit, QTextEdit, QWidget
from shiboken6 import isValid

FIELDS = (
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QAbstractSpinBox,
    QLabel,
)  # a label has it where its words can be copied
HELD = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier


class Reach:
    """Keys held with Ctrl or Alt reach far; plain letters, arrows, Enter and Del belong to whatever has the focus."""

    def __init__(self, canvas: QWidget, actions: Iterable[QAction]) -> None:
        self._canvas, self._actions = canvas, tuple(actions)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._moved)
        canvas.destroyed.connect(lambda: app.focusChanged.disconnect(self._moved))
        self._moved(None, None)

    def _moved(self, _: QWidget | None, now: QWidget | None) -> None:
        if not isValid(self._canvas):
            return
        far = not isinstance(now, FIELDS)
        for action in self._actions:
            wanted = Qt.ShortcutContext.WindowShortcut if far and _held(action) else Qt.ShortcutContext.WidgetShortcut
            if action.shortcutContext() != wanted:
                action.setShortcutContext(wanted)


def _held(action: QAction) -> bool:
    """Whether every key of it goes with Ctrl or Alt."""
    keys: list[QKeyCombination] = [s[0] for s in action.shortcuts() if s.count()]  # type: ignore[index]
    return bool(keys) and all(k.keyboardModifiers() & HELD for k in keys)
