"""Words beside the cursor while a gesture is under way."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QLabel, QWidget

from studio.theme import Theme, ui_font

STAY = 3200


class Note(QLabel):
    """Plain text always: it may hold names from a stranger's file."""

    def __init__(self, parent: QWidget, tokens: Theme) -> None:
        super().__init__(parent)
        self._tokens, self._good = tokens, True
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setFont(ui_font(9.0))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def set_theme(self, tokens: Theme) -> None:
        self._tokens = tokens
        self._dress()

    def say(self, words: str, at: QPoint, good: bool) -> None:
        """Show words beside a point of the parent; none hides them."""
        self._timer.stop()
        if not words:
            self.hide()
            return
        self._good = good
        if words != self.text():
            self.setText(words)
        self._dress()
        self._place(at)
        self.show()
        self.raise_()

    def fade_later(self) -> None:
        self._timer.start(STAY)

    def hush(self) -> None:
        """The next action is done: what was said of the last one is in the way."""
        if self._timer.isActive():
            self._timer.stop()
            self.hide()

    def _dress(self) -> None:
        t = self._tokens
        edge = t.good if self._good else t.error
        self.setStyleSheet(
            f"background: {t.raised.name()}; color: {t.text.name()}; border: 1px solid {t.border.name()};"
            f"border-left: 3px solid {edge.name()}; border-radius: 6px; padding: 6px 9px;"
        )

    def _place(self, at: QPoint) -> None:
        room = self.parentWidget().rect()
        wide = self.fontMetrics().horizontalAdvance(self.text()) + 30
        self.setFixedWidth(min(340, wide))
        self.adjustSize()
        x = min(at.x() + 18, room.right() - self.width() - 8)
        y = at.y() + 20 if at.y() + 28 + self.height() < room.bottom() else at.y() - 12 - self.height()
        self.move(max(8, x), max(8, y))
