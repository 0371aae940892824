"""A grid on the paper: one item that paints every cell of a board, the wave of cells made together, and what it is."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from core.observe.unrolled import Box
from core.specs.sig import GRID
from studio.canvas.look import elide, font, metrics
from studio.theme import mix
from studio.unrolled.column import CENTRE, FAR, FULL, small
from studio.unrolled.sheet import HEAD, Column, Lane
from studio.unrolled.stage import Stage

MARGIN = 8.0
SIZES = (12.0, 11.0, 9.5)  # points of a word in a cell
ARROWS = {(): "↓ →", (GRID[0],): "↑ →", (GRID[1],): "↓ ←", GRID: "↑ ←"}  # the ways in which a board is read


class BoardItem(QGraphicsItem):
    """`home` is where it lies once everything is unfolded."""

    def __init__(self, stage: Stage, lane: Lane) -> None:
        super().__init__()
        self._stage, self.lane = stage, lane
        self.column = lane.columns[0]
        self.home = QPointF(lane.left, 0.0)
        self._box: Box = lane.block.boxes[0]
        wide, high = lane.right - lane.left, lane.bottom - lane.top
        self._bounds = QRectF(-MARGIN, lane.top - HEAD, wide + 2 * MARGIN, high + HEAD + 2 * MARGIN)
        self.setPos(self.home)
        self.setZValue(2.0)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        detail = option.levelOfDetailFromTransform(painter.worldTransform())
        if detail >= FAR:
            self._paint_name(painter, detail)
        if self._stage.chosen(self._box.id):
            painter.setPen(QPen(self._stage.tokens.accent, 2.4))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.lane.whole.translated(-self.home.x(), 0.0).adjusted(-5, -5, 5, 5), 6.0, 6.0)
        wave = self._wave()
        cell = self.lane.rects[self._box.id]
        for column in self.lane.columns:
            rect = cell.translated(column.x - self.home.x(), column.y)
            if rect.intersects(option.exposedRect):
                self._paint_cell(painter, column, rect, detail, wave)

    def _wave(self) -> int | None:
        """Of the cell that is looked at, on which anti-diagonal it lies: all of one are made in the same step."""
        step = self._stage.step
        known = step is not None and step[0] == self.lane.axis and self.column.step is not None
        return sum(divmod(step[1], self.lane.size[1])) if known and step is not None and self.lane.ways else None

    def _paint_cell(self, painter: QPainter, column: Column, rect: QRectF, detail: float, wave: int | None) -> None:
        stage, box = self._stage, self._box
        painter.setPen(self._outline(column, wave))
        painter.setBrush(stage.ground(box))
        painter.drawRect(rect)
        if column.step is None:
            return
        words, right = self._words(column.step)
        if words and detail >= FULL * 0.8:
            painter.setPen(stage.tokens.text)
            size = next((n for n in SIZES if metrics(n, True).horizontalAdvance(words) <= rect.width() - 2), 8.0)
            painter.setFont(font(size, True))
            painter.drawText(rect, CENTRE, elide(words, size, rect.width() - 2, True))
            if right is False:
                self._paint_wrong(painter, rect)
        elif words and right is not None:
            painter.fillRect(rect.adjusted(8, 8, -8, -8), stage.tokens.good if right else stage.tokens.warning)
            if not right:
                self._paint_wrong(painter, rect)
        elif not words and (found := stage.film.colours(box, column.step)) is not None:
            painter.drawImage(rect.adjusted(3, 3, -3, -3), found[0], found[1])

    def _words(self, cell: int) -> tuple[str, bool | None]:
        """What is right in a cell, or what the model says there, and whether that is right."""
        symbols = self._stage.film.symbols(self._box)
        if cell < len(symbols):
            return symbols[cell], None
        guess = self._stage.film.guess(self._box, cell)
        if guess is None:
            return "", None
        return guess.symbol, guess.hit

    def _paint_wrong(self, painter: QPainter, rect: QRectF) -> None:
        """A cross in the corner: no colour alone says it."""
        painter.setPen(QPen(self._stage.tokens.warning, 1.8))
        corner = QRectF(rect.right() - 8.0, rect.top() + 2.0, 6.0, 6.0)
        painter.drawLine(corner.topLeft(), corner.bottomRight())
        painter.drawLine(corner.bottomLeft(), corner.topRight())

    def _outline(self, column: Column, wave: int | None) -> QPen:
        t = self._stage.tokens
        if self._stage.step_chosen(column):
            return QPen(t.accent, 3.0)
        if wave is not None and column.step is not None and sum(divmod(column.step, self.lane.size[1])) == wave:
            return QPen(mix(t.accent, t.card_border, 0.75), 2.0, Qt.PenStyle.DashLine)
        return QPen(t.card_border, 1.0)

    def _paint_name(self, painter: QPainter, detail: float) -> None:
        stage, t = self._stage, self._stage.tokens
        size = small(detail) + 1.0
        keeps = any(k.way == "state" and k.source == self._box.id for k in stage.film.plan.links)
        way = ARROWS[self._box.turned] if keeps else ""
        words = "   ".join(filter(None, (stage.names.get(self._box.id, self._box.id), way)))
        painter.setPen(t.accent if stage.chosen(self._box.id) else t.text)
        painter.setFont(font(size, True))
        wide = self.lane.right - self.lane.left
        box = QRectF(0.0, self.lane.top - HEAD, wide, HEAD - 8.0)
        painter.drawText(box, CENTRE, elide(words, size, wide, True))
