"""A line of text, or two, with an ellipsis where there is no room for all of it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from studio.parts import escaped


class OneLine(QLabel):
    """Whole in its tip where it is cut. `gives_way`: it asks for no room of its own; otherwise for all that it needs."""

    def __init__(self, parent: QWidget | None = None, gives_way: bool = False) -> None:
        super().__init__(parent)
        self._gives_way = gives_way
        self.setTextFormat(Qt.TextFormat.PlainText)

    def minimumSizeHint(self) -> QSize:
        asked = super().minimumSizeHint()
        return QSize(0, asked.height()) if self._gives_way else asked

    def paintEvent(self, event: QPaintEvent) -> None:
        room = self.contentsRect()
        whole = self.fontMetrics().horizontalAdvance(self.text()) <= room.width()
        self.setToolTip("" if whole else escaped(self.text()))
        if whole:
            super().paintEvent(event)
            return
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        cut = shortened(self.text(), self.fontMetrics(), room.width())
        painter.drawText(room, self.alignment(), cut)


def yielding(text: str) -> OneLine:
    """A quiet caption that is the first to go where there is no room."""
    made = OneLine(gives_way=True)
    made.setProperty("role", "muted")
    made.setText(text)
    return made


def shortened(text: str, metrics: QFontMetrics, width: int) -> str:
    """What fits of a line. Of parts with a dot between them the last, whole or not at all: half a number would be another."""
    *_, last = text.split(" · ")
    if last == text:
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
    return next((t for t in (f"… · {last}", last) if metrics.horizontalAdvance(t) <= width), "…")


def two_lines(text: str, metrics: QFontMetrics, width: int) -> str:
    """Broken between words into at most two lines, the second one cut where it is too long."""
    first: list[str] = []
    words = text.split()
    while words and (not first or metrics.horizontalAdvance(" ".join([*first, words[0]])) <= width):
        first.append(words.pop(0))
    elide = Qt.TextElideMode.ElideRight
    lines = [metrics.elidedText(" ".join(part), elide, width) for part in (first, words) if part]
    return "\n".join(lines)
