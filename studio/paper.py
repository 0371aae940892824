"""A view onto paper larger than itself, drawn or unrolled: one manner of scrolling, zooming and pinching for both."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QNativeGestureEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QGraphicsScene, QGraphicsView, QWidget

SMALLEST, LARGEST = 0.08, 3.0


class PaperView(QGraphicsView):
    """Scrolls in one go, zooms to the cursor. `rescaled` is for who must know before what lies under the cursor is put back."""

    zoom_changed = Signal(float)

    def __init__(self, scene: QGraphicsScene, parent: QWidget | None = None) -> None:
        self._gathered: QPoint | None = None
        super().__init__(scene, parent)
        self.setFrameShape(QGraphicsView.Shape.NoFrame)
        self.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing, True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    @property
    def zoom(self) -> float:
        return self.transform().m11()

    def shown(self) -> QRectF:
        """The part of the paper in sight."""
        return self.mapToScene(self.viewport().rect()).boundingRect()

    def scroll_by(self, dx: int, dy: int) -> None:
        """Both ways at once: each scrolling moves all pixels."""
        self._gathered = QPoint()
        self.horizontalScrollBar().setValue(self.horizontalScrollBar().value() + dx)
        self.verticalScrollBar().setValue(self.verticalScrollBar().value() + dy)
        whole, self._gathered = self._gathered, None
        if not whole.isNull():
            self.scrollContentsBy(whole.x(), whole.y())

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        if self._gathered is not None:
            self._gathered += QPoint(dx, dy)
        else:
            super().scrollContentsBy(dx, dy)
            self.scrolled(dx, dy)

    def zoom_at(self, factor: float, at: QPoint) -> None:
        """Zoom so that what lies under a point of the view stays there."""
        factor = min(max(self.zoom * factor, SMALLEST), LARGEST) / self.zoom
        if abs(factor - 1.0) < 1e-6:
            return
        before = self.mapToScene(at)
        self.scale(factor, factor)
        self.rescaled()
        after = self.mapFromScene(before)
        self.scroll_by(after.x() - at.x(), after.y() - at.y())
        self.zoom_changed.emit(self.zoom)

    def set_zoom(self, zoom: float) -> None:
        self.zoom_at(zoom / self.zoom, self.viewport().rect().center())

    def scrolled(self, dx: int, dy: int) -> None:
        """The pixels have been moved by so much."""

    def rescaled(self) -> None:
        """The scale is another; nothing was scrolled yet."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        turn, slide = event.angleDelta(), event.pixelDelta()
        ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        fingers = not slide.isNull() and event.phase() != Qt.ScrollPhase.NoScrollPhase
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.scroll_by(-(turn.y() or turn.x()), 0)
        elif fingers and not ctrl:
            self.scroll_by(-slide.x(), -slide.y())
        elif abs(turn.x()) > abs(turn.y()):  # a wheel that tilts
            self.scroll_by(-turn.x(), 0)
        else:
            self.zoom_at(1.0015 ** turn.y(), event.position().toPoint())
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self.zoom_at(1.0 + event.value(), event.position().toPoint())
            return True
        return super().viewportEvent(event)
