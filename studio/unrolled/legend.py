"""The scales of the unrolled drawing: what colours of units mean, how full which loss is, how wide which gradient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.observe.colors import PALETTES
from core.observe.unrolled import Box
from core.words import Text, say
from studio.canvas.look import font, metrics
from studio.parts import named
from studio.theme import Theme, faded, mix
from studio.unrolled.film import Film
from studio.unrolled.stage import Stage
from studio.unrolled.words import brief

Kind = Literal["diverging", "sequential", "loss", "gradient", "look"]
NAMES: dict[Kind, Text] = {
    "diverging": Text("values", "valores"),
    "sequential": Text("values ≥ 0", "valores ≥ 0"),
    "loss": Text("loss", "pérdida"),
    "gradient": Text("‖∂L/∂state‖", "‖∂L/∂estado‖"),
    "look": Text("attention", "atención"),
}
BAR, GAP, BETWEEN, TALL = 38.0, 6.0, 14.0, 14.0
ROWS = 2  # as many as there are lines of words beside them
SCALES = Text("Scales", "Escalas")


@dataclass(frozen=True)
class Scale:
    """From what to what one kind of sign goes."""

    kind: Kind
    low: str
    high: str


def scales(stage: Stage, chosen: Box | None) -> tuple[Scale, ...]:
    """What the drawing shows now. Each box has colours of its own reach, so that only one that is chosen has numbers."""
    film = stage.film
    out = [*_colours(film, chosen)]
    if stage.losses == 1 and film.frame is not None and film.frame.losses is not None:
        out.append(Scale("loss", "0", brief(stage.worst)))
    if film.frame is not None and (film.frame.norms or film.frame.gradients):
        out.append(Scale("gradient", *(f"1e{end:.0f}" for end in film.scale)))
    if any(k.way == "look" and film.matrix(k) is not None for k in film.plan.links):
        out.append(Scale("look", "0", "1"))
    return tuple(out)


def _colours(film: Film, chosen: Box | None) -> list[Scale]:
    if chosen is not None and film.values(chosen) is not None:
        diverging, ends = film.limits(chosen)
        low, high = (f"{n:.2g}".replace("-", "−") for n in ends)
        return [Scale("diverging" if diverging else "sequential", low, high)]
    boxes = (b for block in film.plan.blocks for b in block.boxes if film.values(b) is not None and not film.symbols(b))
    found = [film.limits(b) for b in boxes]
    above = [high for diverging, (_, high) in found if not diverging]
    both = [Scale("diverging", "−", "+")] if len(above) < len(found) or not found else []
    return [*both, *([Scale("sequential", "0", "1" if max(above) <= 1 else "+")] if above else [])]


class Legend(QWidget):
    """Signs with their ends named."""

    def __init__(self, tokens: Theme) -> None:
        super().__init__()
        self._tokens = tokens
        self._scales: tuple[Scale, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def speak(self) -> None:
        """The language has changed."""
        said = ", ".join(f"{say(NAMES[s.kind])} {s.low} … {s.high}" for s in self._scales)
        named(self, f"{say(SCALES)}: {said}" if said else say(SCALES))
        self.updateGeometry()
        self.update()

    def show_scales(self, tokens: Theme, scales: tuple[Scale, ...]) -> None:
        if (tokens, scales) != (self._tokens, self._scales):
            self._tokens, self._scales = tokens, scales
            self.speak()

    def _columns(self) -> list[tuple[Scale, ...]]:
        return [self._scales[n : n + ROWS] for n in range(0, len(self._scales), ROWS)]

    def sizeHint(self) -> QSize:
        wide = sum(_name_width(c) + _rest_width(c) + BETWEEN for c in self._columns())
        return QSize(round(wide), round(ROWS * TALL))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(8.0))
        x = 0.0
        for column in self._columns():
            top = (self.height() - len(column) * TALL) / 2
            bar = x + _name_width(column) + max(_wide(s.low) for s in column) + 4
            for n, scale in enumerate(column):
                area = QRectF(bar, top + n * TALL + 2, BAR, TALL - 4)
                self._word(painter, x, area, say(NAMES[scale.kind]))
                self._word(painter, area.left() - 4 - _wide(scale.low), area, scale.low)
                _PAINT[scale.kind](painter, area, self._tokens, scale.kind)
                self._word(painter, area.right() + 4, area, scale.high)
            x += _name_width(column) + _rest_width(column) + BETWEEN
        painter.end()

    def _word(self, painter: QPainter, x: float, area: QRectF, text: str) -> None:
        painter.setPen(self._tokens.muted)
        painter.drawText(QRectF(x, area.top() - 2, _wide(text), TALL), Qt.AlignmentFlag.AlignVCenter, text)


def _wide(text: str) -> float:
    return metrics(8.0).horizontalAdvance(text) + 1


def _name_width(column: tuple[Scale, ...]) -> float:
    return max(_wide(say(NAMES[s.kind])) for s in column) + GAP


def _rest_width(column: tuple[Scale, ...]) -> float:
    return max(_wide(s.low) for s in column) + BAR + max(_wide(s.high) for s in column) + 8


def _paint_bar(painter: QPainter, area: QRectF, t: Theme, kind: Kind) -> None:
    palette = PALETTES[t.name]
    stops = palette.diverging if kind == "diverging" else palette.sequential
    colours = QLinearGradient(area.topLeft(), area.topRight())
    for i, stop in enumerate(stops):
        colours.setColorAt(i / (len(stops) - 1), QColor(stop))
    painter.setPen(t.border)
    painter.setBrush(colours)
    painter.drawRect(area)


def _paint_loss(painter: QPainter, area: QRectF, t: Theme, kind: Kind) -> None:
    """Like a box of a loss: the further it is filled, the larger."""
    ground = mix(t.group("loss"), t.card, 0.16)
    painter.setPen(mix(t.group("loss"), t.card_border, 0.55))
    painter.setBrush(ground)
    painter.drawRoundedRect(area, 3.0, 3.0)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(mix(t.group("loss"), ground, 0.55))
    painter.drawRoundedRect(area.adjusted(2, 2, -0.4 * BAR, -2), 2.0, 2.0)


def _paint_wedge(painter: QPainter, area: QRectF, t: Theme, kind: Kind) -> None:
    """From thin and faint to wide and strong."""
    colour, high = (t.group("loss"), area.height() / 2) if kind == "gradient" else (t.accent, 2.2)
    colours = QLinearGradient(area.topLeft(), area.topRight())
    colours.setColorAt(0.0, faded(colour, 0.35))
    colours.setColorAt(1.0, colour)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colours)
    y, left, right = area.center().y(), area.left(), area.right()
    corners = ((left, y - 0.5), (right, y - high), (right, y + high), (left, y + 0.5))
    painter.drawPolygon(QPolygonF([QPointF(*corner) for corner in corners]))


_PAINT = {
    "diverging": _paint_bar,
    "sequential": _paint_bar,
    "loss": _paint_loss,
    "gradient": _paint_wedge,
    "look": _paint_wedge,
}
