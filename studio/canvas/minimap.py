"""The whole drawing small in a corner of the canvas, with what is in sight outlined: click or drag there to go.

It is painted into the canvas, not laid over it: a widget on top would make every scrolled frame paint everything anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QPointF, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QPainter, QPen, QPixmap

from studio.canvas.gestures.gesture import Pointer
from studio.canvas.overview import Overview
from studio.theme import faded

if TYPE_CHECKING:
    from studio.canvas.view import CanvasView

WIDE, HIGH, EDGE = 190, 120, 12
AIR = 6.0
REST = 150  # ms after the last change until the small picture is drawn again
ROOMY = 2.2  # a canvas smaller than so many maps has no room for one


class Minimap(QObject):
    """Shown while it is wanted."""

    def __init__(self, view: CanvasView) -> None:
        super().__init__(view)
        self._view, self._scene = view, view.board.scene
        self._overview = Overview(view.board.scene)
        self.wanted = False
        self._picture: QPixmap | None = None
        self._drawn: tuple[object, ...] = ()
        self._area = QRectF()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._renew)

    def want(self, on: bool) -> None:
        self.wanted = on
        self._view.viewport().update(self.rect())

    def forget(self) -> None:
        """Another drawing is there: the small picture is of the one before."""
        self._picture = None

    def rect(self) -> QRect:
        """Where it lies in the viewport."""
        room = self._view.viewport().rect()
        return QRect(room.right() - WIDE - EDGE, room.bottom() - HIGH - EDGE, WIDE, HIGH)

    @property
    def lies(self) -> bool:
        """Whether it can be seen: also where the canvas shows everything itself, for what comes and goes while one zooms is in
        the way; but not on a canvas that is too small for both."""
        room = self._view.viewport().rect()
        fits = room.width() > ROOMY * WIDE and room.height() > ROOMY * HIGH
        return self.wanted and fits and bool(self._scene.nodes)

    def catches(self, at: QPoint) -> bool:
        return self.lies and self.rect().contains(at)

    def scrolled(self, dx: int, dy: int) -> None:
        """The view's pixels have moved, the map's among them: both places are painted anew."""
        if self.wanted:
            grown = self.rect().adjusted(-2, -2, 2, 2)
            self._view.viewport().update(grown.united(grown.translated(dx, dy)))

    def there(self, at: QPoint) -> QPointF:
        """The place of the paper under a point of the map."""
        spot = QPointF(at) - self._corner()
        return self._area.topLeft() + spot / self._scale()

    def paint(self, painter: QPainter) -> None:
        """Paint it in coordinates of the viewport."""
        self.keep_up()
        if not self.lies or self._picture is None:
            return
        t, box = self._view.tokens, self.rect()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.drawPixmap(box.topLeft(), self._picture)
        painter.setClipRect(box)
        painter.setPen(QPen(t.accent, 1.5))
        painter.setBrush(faded(t.accent, 0.14))
        painter.drawRect(self._small(self._view.shown()).intersected(QRectF(box).adjusted(1, 1, -2, -2)))
        painter.setClipping(False)

    def keep_up(self) -> None:
        """Another theme or nothing yet: at once; another drawing: when the hand rests."""
        if not self.wanted:
            return
        size, ratio = self.rect().size(), self._view.devicePixelRatioF()
        now = (self._view.tokens.name, size, ratio)
        if self._picture is None or self._drawn[1:] != now:
            self._draw()
        elif self._drawn[0] != self._scene.form and not self._scene.held:
            self._later.start(REST)

    def _renew(self) -> None:
        self._draw()
        self._view.viewport().update(self.rect())

    def _draw(self) -> None:
        self._area = self._scene.content()
        ratio, t = self._view.devicePixelRatioF(), self._view.tokens
        self._drawn = (self._scene.form, t.name, self.rect().size(), ratio)
        picture = QPixmap(self.rect().size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(t.surface)
        painter = QPainter(picture)
        painter.save()
        painter.translate(self._corner() - QPointF(self.rect().topLeft()))
        painter.scale(self._scale(), self._scale())
        painter.translate(-self._area.topLeft())
        self._overview.paint(painter, t)
        painter.restore()
        painter.setPen(t.border)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(0, 0, WIDE - 1, HIGH - 1)
        painter.end()
        self._picture = picture

    def _scale(self) -> float:
        wide, high = max(self._area.width(), 1.0), max(self._area.height(), 1.0)
        return min((WIDE - 2 * AIR) / wide, (HIGH - 2 * AIR) / high, 0.25)

    def _corner(self) -> QPointF:
        """Where the drawing's top left corner lies in the viewport."""
        size = self._area.size() * self._scale()
        return QRectF(self.rect()).center() - QPointF(size.width() / 2, size.height() / 2)

    def _small(self, area: QRectF) -> QRectF:
        scale = self._scale()
        corner = self._corner() + (area.topLeft() - self._area.topLeft()) * scale
        return QRectF(corner, area.size() * scale)


class Jump:
    """Held in the map: the view goes where the hand points."""

    def __init__(self, view: CanvasView, at: Pointer) -> None:
        self._view, self._from = view, view.shown().center()
        self.move(at)

    def move(self, at: Pointer) -> None:
        self._view.centerOn(self._view.map.there(at.view))

    def end(self, at: Pointer) -> None:
        self.move(at)

    def cancel(self) -> None:
        self._view.centerOn(self._from)
