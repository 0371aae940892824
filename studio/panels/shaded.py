"""Text of symbols, each shaded by how surprising it was; the one under the cursor is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QResizeEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QTextEdit

from core.words import Text, say
from studio.parts import GAP, label, named, tip
from studio.theme import Theme, faded, mono_font

SHADES = 6.0  # nats of surprise that give the strongest shade
MEANING = Text(
    "Stronger shade: the symbol was less probable to the model.",
    "Fondo más intenso: símbolo menos probable para el modelo.",
)


class ShadedText(QPlainTextEdit):
    """`looked(i)` when the cursor comes to symbol i, -1 for none of them."""

    looked = Signal(int)

    def __init__(self, tokens: Theme, name: Text) -> None:
        super().__init__()
        self._tokens = tokens
        self._places: list[tuple[int, int]] = []
        self._most = 0  # lines it grows to; 0 leaves its height alone
        self.setReadOnly(True)
        self.setProperty("role", "code")
        self.setFont(mono_font(10.0))
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard)  # fmt: skip
        named(self, say(name))
        self.cursorPositionChanged.connect(self._look)

    def show_symbols(self, symbols: Sequence[str], text: str, logp: NDArray[np.floating[Any]] | None) -> None:
        """Show a text that ends with these symbols, shaded by -log p of each."""
        self._places = []
        self.setPlainText(text)
        self._places = places(symbols, text)
        made = []
        for (start, end), value in zip(self._places, logp if logp is not None else (), strict=False):
            strength = min(1.0, float(-value) / SHADES) if np.isfinite(value) else 1.0
            if strength > 0.05:
                made.append(self._shade(start, end, faded(self._tokens.warning, 0.45 * strength)))
        self.setExtraSelections(made)
        tip(self, say(MEANING) if logp is not None else "")

    def fit(self, most: int) -> None:
        """From now on as high as its lines need at the width it has, at most so many."""
        self._most = most
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._most:
            lines = max(1, min(self._most, round(self.document().size().height())))
            self.setFixedHeight(
                lines * self.fontMetrics().lineSpacing() + 2 * round(self.document().documentMargin()) + 10
            )

    def say_empty(self, hint: Text) -> None:
        if self.placeholderText() == say(hint) and not self.toPlainText():
            return
        self._places = []
        self.setPlainText("")
        tip(self, "")
        self.setPlaceholderText(say(hint))

    def _shade(self, start: int, end: int, colour: QColor) -> QTextEdit.ExtraSelection:
        selection = QTextEdit.ExtraSelection()
        cursor = QTextCursor(self.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        shape = QTextCharFormat()
        shape.setBackground(colour)
        selection.cursor, selection.format = cursor, shape
        return selection

    def _look(self) -> None:
        at = self.textCursor().position()
        self.looked.emit(next((i for i, (a, b) in enumerate(self._places) if a <= at < b), -1))


def meaning() -> QLabel:
    """What the shades say, for a line below them; shown by whoever shows the text."""
    made = label(say(MEANING), "muted", wrap=True)
    made.setContentsMargins(GAP, 2, GAP, 4)
    made.hide()
    return made


def places(symbols: Sequence[str], text: str) -> list[tuple[int, int]]:
    """Where each symbol stands in a text that ends with them, (start, end). Words may have blanks between them."""
    found: list[tuple[int, int]] = []
    end = len(text)
    for symbol in reversed(symbols):
        start = text.rfind(symbol, 0, end)
        if start < 0:
            return []
        found.append((start, start + len(symbol)))
        end = start
    return found[::-1]
