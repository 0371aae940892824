"""One copy of the network: one item that paints the boxes of a column and the wires within it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from core.observe.unrolled import Box
from core.words import percent
from studio.canvas.look import elide, font, metrics
from studio.canvas.signs import NO_PEN
from studio.theme import mix
from studio.unrolled.curves import Inner
from studio.unrolled.film import Guess
from studio.unrolled.sheet import FOOT, LOW_ROLES, Column, Lane
from studio.unrolled.stage import Stage
from studio.unrolled.words import brief

FULL, FAR = 0.36, 0.26  # levels of detail: words from the one on, only colours below the other
SMALL = ((0.85, 8.0), (0.65, 9.5), (0.5, 11.0), (0.42, 13.0), (0.0, 14.0))  # points at a detail
ROUND = 7.0
TITLE = 17.0
BESIDE = 0.56  # of a thin box for its name
NUMBER = 22.0  # px of a cell from which its value is written on it
MARGIN = 4.0
CENTRE = Qt.AlignmentFlag.AlignCenter


def small(detail: float) -> float:
    """The size of small words, in points: larger on the paper where it is seen from further away."""
    return next(size for least, size in SMALL if detail >= least)


class ColumnItem(QGraphicsItem):
    """A copy at its place. It reads everything from the stage when it paints; `at` is where it stands unfolded."""

    def __init__(self, stage: Stage, lane: Lane, column: Column, inner: tuple[Inner, ...]) -> None:
        super().__init__()
        self._stage, self.lane, self.column, self._inner = stage, lane, column, inner
        self._film = stage.film
        self._bounds = QRectF(
            -MARGIN,
            lane.copy_top - MARGIN,
            lane.width + 2 * MARGIN,
            lane.copy_bottom - lane.copy_top + FOOT + 2 * MARGIN,
        )
        self.home = QPointF(column.x, column.y)
        self.setPos(self.home)
        self.setZValue(2.0)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        detail = option.levelOfDetailFromTransform(painter.worldTransform())
        if not self.column.copied:
            self._paint_dots(painter)
            return
        self._film = self._stage.film_of(self.lane)
        if self._ended:
            painter.setOpacity(painter.opacity() * 0.25)
        self._paint_wires(painter, detail)
        for box in self.lane.block.boxes:
            self._paint_box(painter, box, self.lane.rects[box.id], detail)
        if detail >= FAR and self.lane.axis and self.lane.form == "row":
            self._paint_foot(painter, detail)

    @property
    def _ended(self) -> bool:
        """Whether the model has said before this step that this is all."""
        step = self.column.step
        return self.lane.free and step is not None and 0 < self._film.spoken <= step

    def _paint_dots(self, painter: QPainter) -> None:
        painter.setPen(NO_PEN)
        painter.setBrush(self._stage.tokens.faint)
        middle = (self.lane.copy_top + self.lane.copy_bottom) / 2
        for i in (-1, 0, 1):
            painter.drawEllipse(QPointF(self.lane.width / 2 + 12 * i, middle), 3.0, 3.0)

    def _paint_wires(self, painter: QPainter, detail: float) -> None:
        stage = self._stage
        pen = QPen(stage.wire, 1.6 if detail >= FULL else 1.2)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for wire in self._inner:
            chosen = stage.wire_chosen(wire.link)
            painter.setPen(QPen(stage.tokens.accent, 2.4) if chosen else pen)
            painter.drawPath(wire.path)
            if detail >= FAR:
                painter.setPen(NO_PEN)
                painter.setBrush(stage.tokens.accent if chosen else stage.wire)
                painter.drawPath(wire.head)
                painter.setBrush(Qt.BrushStyle.NoBrush)

    # boxes

    def _paint_box(self, painter: QPainter, box: Box, rect: QRectF, detail: float) -> None:
        stage = self._stage
        ground = stage.ground(box)
        if detail < FAR:
            painter.fillRect(rect, mix(stage.colour(box), ground, 0.35))
            self._paint_colours(painter, box, rect.adjusted(3, 3, -3, -3), detail)
            if stage.chosen(box.id):
                painter.setPen(QPen(stage.tokens.accent, 3.0))
                painter.drawRect(rect)
            return
        painter.setPen(stage.outline(box, self.column))
        painter.setBrush(ground)
        painter.drawRoundedRect(rect, ROUND, ROUND)
        if box.role == "loss":
            self._paint_loss(painter, box, rect, detail)
        elif self._symbol(box):
            self._paint_symbol(painter, box, rect)
        else:
            self._paint_values(painter, box, rect, detail)

    def _symbol(self, box: Box) -> str:
        """What stands in the place of colours: what is read or right at this step, or what is heard again."""
        heard = self._film.heard(box, self.column.step)
        if heard is not None:
            return heard or "∅"
        symbols = self._film.symbols(box)
        at = self.column.step if self.column.step is not None else 0
        return symbols[at] if at < len(symbols) and (self.column.step is not None or not box.axis) else ""

    def _paint_symbol(self, painter: QPainter, box: Box, rect: QRectF) -> None:
        truth = self._stage.film.heard(box, self.column.step) if self.lane.free else None
        symbol = self._symbol(box)
        if truth is not None and (truth or "∅") != symbol and not self._ended:
            symbol = f"{symbol} ≠ {truth}"
            painter.setPen(QPen(self._stage.tokens.warning, 2.2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(2, 2, -2, -2), ROUND, ROUND)
        painter.setPen(self._stage.tokens.text)
        size = next(
            (n for n in (14.0, 11.0, 9.0) if metrics(n, True).horizontalAdvance(symbol) < rect.width() - 8), 8.0
        )
        painter.setFont(font(size, True))
        painter.drawText(rect, CENTRE, elide(symbol, size, rect.width() - 8, True))

    def _paint_loss(self, painter: QPainter, box: Box, rect: QRectF, detail: float) -> None:
        stage = self._stage
        loss = self._film.loss(self.column.step) if stage.speaks_loss(box) else None
        if loss is None:
            if self._film.frame is None or not stage.speaks_loss(box) or self._ended:
                self._paint_title(painter, box, rect, detail)
            else:  # nobody asked at this step
                painter.setPen(stage.tokens.faint)
                painter.drawLine(rect.center() - QPointF(7.0, 0.0), rect.center() + QPointF(7.0, 0.0))
            return
        worst = stage.worst
        share = min(1.0, max(0.0, loss / worst)) if worst > 0 else 0.0
        painter.setPen(NO_PEN)
        painter.setBrush(mix(stage.gradient, stage.ground(box), 0.55))
        inside = rect.adjusted(3, 3, -3, -3)
        painter.drawRoundedRect(
            QRectF(inside.left(), inside.top(), max(3.0, inside.width() * share), inside.height()), 4, 4
        )
        if detail >= FULL:
            painter.setPen(stage.tokens.text)
            painter.setFont(font(small(detail), True))
            words = f"L{stage.index(self.column)} = {brief(loss)}"
            painter.drawText(rect, CENTRE, elide(words, small(detail), rect.width() - 4, True))

    def _paint_values(self, painter: QPainter, box: Box, rect: QRectF, detail: float) -> None:
        strip, name = self._parted(box, rect, detail)
        thin = rect.height() < TITLE + 22 and detail >= FULL
        said = thin and self._guess(box) is not None  # which says more than its colours
        if said or not self._paint_colours(painter, box, strip, detail):
            self._paint_title(painter, box, rect, detail)
        elif name is not None:
            self._paint_title(painter, box, name, detail)

    def _guess(self, box: Box) -> Guess | None:
        return self._film.guess(box, self.column.step) if self._film.frame is not None else None

    def _parted(self, box: Box, rect: QRectF, detail: float) -> tuple[QRectF, QRectF | None]:
        """Where the colours and where the name of a box go: the name above, beside where the box is thin, or nowhere."""
        if detail < FULL or box.role in LOW_ROLES:
            return rect.adjusted(6, 6, -6, -6), None
        if rect.height() < TITLE + 22:
            middle = rect.left() + rect.width() * BESIDE
            name = QRectF(rect.left(), rect.top(), middle - rect.left(), rect.height())
            return QRectF(middle, rect.top() + 4, rect.right() - 5 - middle, rect.height() - 8), name
        return rect.adjusted(7, TITLE + 4, -7, -7), QRectF(rect.left(), rect.top() + 2, rect.width(), TITLE)

    def _paint_title(self, painter: QPainter, box: Box, rect: QRectF, detail: float) -> None:
        stage = self._stage
        if detail < FULL:
            return
        guess = self._guess(box)
        if guess is not None:
            sign = "" if guess.hit is None else " ✓" if guess.hit else " ✗"
            words = f"{guess.symbol}  {percent(guess.chance)}{sign}"
        else:
            words = stage.names.get(box.id, box.id)
        room = rect.width() - 8
        size = next(
            (
                n
                for n in (small(detail), 11.0, 10.0, 9.0, 8.0)
                if n <= small(detail) and metrics(n, True).horizontalAdvance(words) <= room
            ),
            8.0,
        )
        painter.setFont(font(size, True))
        painter.setPen(stage.tokens.text)
        painter.drawText(rect, CENTRE, elide(words, size, room, True))

    def _paint_colours(self, painter: QPainter, box: Box, area: QRectF, detail: float) -> bool:
        """The units as coloured cells; False where nothing is known of them."""
        if self.column.step is None and box.axis:
            return False
        found = self._film.colours(box, self.column.step)
        if found is None:
            return False
        picture, part = found
        painter.drawImage(area, picture, part)
        cell = area.width() / part.width()
        if detail >= 0.6 and part.height() == 1 and cell >= NUMBER:
            self._paint_numbers(painter, box, area, cell)
        return True

    def _paint_numbers(self, painter: QPainter, box: Box, area: QRectF, cell: float) -> None:
        values = self._film.values(box)
        if values is None:
            return
        row = values[self.column.step or 0]
        found = self._film.colours(box, self.column.step)
        assert found is not None
        picture, part = found
        painter.setFont(font(7.0 if cell < 28 else 8.0))
        for i, value in enumerate(row.tolist()):
            ground = QColor(picture.pixel(i, int(part.top())))
            painter.setPen(QColor("#101318") if ground.lightnessF() > 0.52 else QColor("#f4f6fa"))
            painter.drawText(QRectF(area.left() + i * cell, area.top(), cell, area.height()), CENTRE, brief(value))

    def _paint_foot(self, painter: QPainter, detail: float) -> None:
        stage = self._stage
        chosen = stage.step_chosen(self.column)
        painter.setPen(stage.tokens.accent if chosen else stage.tokens.muted)
        painter.setFont(font(small(detail) if detail >= FULL else 14.0, chosen))
        words = f"{self.lane.axis.lower()} = {self.column.label}" if detail >= FULL else self.column.label
        named = stage.below(self.lane, self.column)
        box = QRectF(-20.0, self.lane.copy_bottom + 3.0, self.lane.width + 40.0, 20.0)
        painter.drawText(box, CENTRE, f"{words}   {named}" if named else words)
