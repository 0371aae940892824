"""A line edit laid over the canvas: renaming in place, and finding a node by name."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

MOST = 200


class InlineEdit(QLineEdit):
    """Enter and leaving keep what was typed; Esc does not."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._done: Callable[[str], None] | None = None
        self.setMaxLength(MOST)
        self.hide()

    def ask(self, area: QRect, text: str, hint: str, name: str, done: Callable[[str], None]) -> None:
        """Edit `text` over an area of the parent; `hint` stands where there is none, `done` is called with the new text."""
        self._done = done
        self.setAccessibleName(name)
        self.setPlaceholderText(hint)
        self.setText(text)
        self.setGeometry(area)
        self.show()
        self.raise_()
        self.selectAll()
        self.setFocus(Qt.FocusReason.PopupFocusReason)

    def give_up(self) -> None:
        """What was to be named may be there no more."""
        self._finish(keep=False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._finish(keep=True)
        elif event.key() == Qt.Key.Key_Escape:
            self._finish(keep=False)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._finish(keep=True)

    def _finish(self, keep: bool) -> None:
        done, self._done = self._done, None
        if done is None:
            return
        in_hand = self.hasFocus()
        self.hide()
        if in_hand:  # who went elsewhere stays there
            self.parentWidget().setFocus()
        if keep:
            done(self.text())
