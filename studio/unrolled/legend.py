"""The scales of the unrolled drawing: what colours of units mean, and how wide which gradient is."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.observe.colors import PALETTES
from core.words import Text, say
from studio.canvas.look import font, metrics
from studio.parts import named
from studio.theme import Theme

VALUES = Text("values", "valores")
GRADIENT = Text("‖∂L/∂state‖", "‖∂L/∂estado‖")
BAR, GAP = 56.0, 8.0


class Legend(QWidget):
    """A bar of colours and a wedge of widths, with their ends named."""

    def __init__(self, tokens: Theme) -> None:
        super().__init__()
        self._tokens = tokens
        self._scale: tuple[float, float] | None = None
        self._limits: tuple[bool, tuple[float, float]] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.speak()

    def speak(self) -> None:
        """The language has changed."""
        words = [f"{say(VALUES)} {' … '.join(self._bounds())}"]
        if self._scale is not None:
            words.append(f"{say(GRADIENT)} {self._ends()[0]} … {self._ends()[1]}")
        named(self, ", ".join(words))
        self.updateGeometry()
        self.update()

    def show_scale(
        self, tokens: Theme, scale: tuple[float, float] | None, limits: tuple[bool, tuple[float, float]] | None = None
    ) -> None:
        """`scale`: log10 of the norms at which a ribbon is thinnest and widest; None where there is no gradient. `limits` of
        the colours of one box: whether they diverge, and how far they reach."""
        if (tokens, scale, limits) != (self._tokens, self._scale, self._limits):
            self._tokens, self._scale, self._limits = tokens, scale, limits
            self.speak()

    def _bounds(self) -> tuple[str, str]:
        """What the ends of the colours stand for: each box has its own, so that only one that is chosen has numbers."""
        if self._limits is None:
            return "−", "+"
        low, high = (f"{n:.2g}".replace("-", "−") for n in self._limits[1])
        return low, high

    def _ends(self) -> tuple[str, str]:
        assert self._scale is not None
        return f"1e{self._scale[0]:.0f}", f"1e{self._scale[1]:.0f}"

    def _width(self, text: str) -> float:
        return metrics(8.0).horizontalAdvance(text)

    def sizeHint(self) -> QSize:
        wide = self._width(say(VALUES)) + sum(map(self._width, self._bounds())) + BAR + 4 * GAP
        if self._scale is not None:
            wide += self._width(say(GRADIENT)) + sum(map(self._width, self._ends())) + BAR + 6 * GAP
        return QSize(round(wide), 26)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(8.0))
        x = self._word(painter, 0.0, say(VALUES)) + GAP
        least, most = self._bounds()
        x = self._word(painter, x, least) + 4
        self._paint_bar(painter, QRectF(x, self.height() / 2 - 5, BAR, 10))
        x = self._word(painter, x + BAR + 4, most) + 3 * GAP
        if self._scale is not None:
            x = self._word(painter, x, say(GRADIENT)) + GAP
            low, high = self._ends()
            x = self._word(painter, x, low) + 4
            self._paint_wedge(painter, x)
            self._word(painter, x + BAR + 4, high)
        painter.end()

    def _word(self, painter: QPainter, x: float, text: str) -> float:
        painter.setPen(self._tokens.muted)
        width = self._width(text) + 1
        painter.drawText(QRectF(x, 0, width, self.height()), Qt.AlignmentFlag.AlignVCenter, text)
        return x + width

    def _paint_bar(self, painter: QPainter, area: QRectF) -> None:
        palette = PALETTES[self._tokens.name]
        stops = palette.diverging if self._limits is None or self._limits[0] else palette.sequential
        colours = QLinearGradient(area.topLeft(), area.topRight())
        for i, stop in enumerate(stops):
            colours.setColorAt(i / (len(stops) - 1), QColor(stop))
        painter.setPen(self._tokens.border)
        painter.setBrush(colours)
        painter.drawRect(area)

    def _paint_wedge(self, painter: QPainter, x: float) -> None:
        middle, t = self.height() / 2, self._tokens
        colours = QLinearGradient(QPointF(x, 0), QPointF(x + BAR, 0))
        gradient = QColor(t.group("loss"))
        faint = QColor(gradient)
        faint.setAlphaF(0.35)
        colours.setColorAt(0.0, faint)
        colours.setColorAt(1.0, gradient)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours)
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(x, middle - 0.5),
                    QPointF(x + BAR, middle - 9),
                    QPointF(x + BAR, middle + 9),
                    QPointF(x, middle + 0.5),
                ]
            )
        )
