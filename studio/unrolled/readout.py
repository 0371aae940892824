"""What stands under the unrolled drawing: what it is about, or the numbers of a step."""

from __future__ import annotations

import html

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from studio.oneline import two_lines
from studio.theme import ui_font


class Readout(QLabel):
    """Two lines, so that the drawing above keeps its height; what has no room there is in its tip, and all of it is told to
    screen readers."""

    def __init__(self) -> None:
        super().__init__()
        self._words = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(ui_font(8.5))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), 2 * self.fontMetrics().lineSpacing())

    def say(self, words: str) -> None:
        self._words = words
        self.setToolTip(html.escape(words))
        self.setAccessibleName(words)
        self._fit()

    def _fit(self) -> None:
        self.setText(two_lines(self._words, self.fontMetrics(), self.width()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()
