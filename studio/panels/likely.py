"""What else a symbol might have been: the likeliest ones at one place, as bars."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.train.messages import Floats
from core.words import Text, percent, say
from studio.parts import GAP, column, label, named
from studio.theme import Theme, faded, mono_font

LIKELY = 10  # symbols shown of a distribution
CLICK = Text(
    "Click a symbol of the text: what else was likely there.", "Pulse un símbolo del texto: qué más era probable ahí."
)
ASIDE, LEAST = 220, 150  # px of the bars beside a text, and where there is little room


class Likely(QWidget):
    """The likeliest symbols at one place, as bars."""

    def __init__(self, tokens: Theme) -> None:
        super().__init__()
        self._tokens = tokens
        self._rows: list[tuple[str, float]] = []
        self._chosen = ""
        self._offered = False
        self.setMinimumSize(LEAST - 2 * GAP, 80)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        named(self, say(Text("Likeliest symbols", "Símbolos más probables")))

    def sizeHint(self) -> QSize:
        return QSize(ASIDE - 2 * GAP, 80)

    def show_step(self, symbols: Sequence[str], probabilities: Floats, chosen: str) -> None:
        order = np.argsort(probabilities)[::-1][:LIKELY]
        self._rows = [(symbols[i] if i < len(symbols) else str(i), float(probabilities[i])) for i in order]
        self._chosen = chosen
        self.setAccessibleDescription(", ".join(f"{visible(s)} {percent(p)}" for s, p in self._rows))
        self.update()

    def forget(self, offered: bool = False) -> None:
        """Nothing is looked at; `offered`: but there is a text to click."""
        self._rows, self._offered = [], offered
        self.setAccessibleDescription(say(CLICK) if offered else "")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._rows:
            painter.setPen(self._tokens.muted)
            painter.drawText(self.rect(), Qt.TextFlag.TextWordWrap, say(CLICK) if self._offered else "")
            return
        painter.setFont(mono_font(9.0))
        height = min(20.0, self.height() / max(1, LIKELY))
        for at, (symbol, share) in enumerate(self._rows):
            self._paint_row(painter, QRectF(0, at * height, self.width(), height), symbol, share)

    def _paint_row(self, painter: QPainter, box: QRectF, symbol: str, share: float) -> None:
        t = self._tokens
        bar = QRectF(box.left() + 44, box.top() + 3, max(1.0, (box.width() - 100) * share), box.height() - 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(t.accent if symbol == self._chosen else faded(t.accent, 0.35))
        painter.drawRoundedRect(bar, 2, 2)
        painter.setPen(t.text if symbol == self._chosen else t.muted)
        middle = Qt.AlignmentFlag.AlignVCenter
        name = f"▸ {visible(symbol)}" if symbol == self._chosen else visible(symbol)
        painter.drawText(QRectF(0, box.top(), 40, box.height()), middle | Qt.AlignmentFlag.AlignRight, name)
        painter.drawText(
            QRectF(bar.right() + 6, box.top(), 60, box.height()), middle | Qt.AlignmentFlag.AlignLeft, percent(share)
        )


def beside(likely: Likely, *more: QWidget) -> QWidget:
    """The bars under their heading, as wide as they always are where there is room."""
    made = QWidget()
    head = label(say(Text("Likeliest next", "Lo más probable")), "section")
    made.setLayout(column(*more, head, likely, gap=4, margins=(GAP, GAP, GAP, GAP)))
    made.setMaximumWidth(ASIDE)
    return made


def visible(symbol: str) -> str:
    """Spaces and line ends as signs."""
    return {" ": "␣", "\n": "⏎", "\t": "⇥"}.get(symbol, "".join(c if c.isprintable() else "·" for c in symbol)[:6])
