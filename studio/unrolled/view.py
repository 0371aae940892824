"""The window onto the unrolled paper: builds the copies that are in sight and no others, and turns mouse and keys into signals."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, QTimer, QVariantAnimation, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QGraphicsPixmapItem, QGraphicsScene, QGraphicsView, QWidget

from studio.paper import PaperView
from studio.unrolled.board import BoardItem
from studio.unrolled.column import ColumnItem
from studio.unrolled.curves import Inner, inner_wires
from studio.unrolled.hits import Hit, hit
from studio.unrolled.river import River
from studio.unrolled.sheet import Column, Lane, Sheet
from studio.unrolled.stage import Stage

SMALL_ENOUGH = 0.38  # the zoom below which a first look rather scrolls than shrinks
EASY = 0.6  # the zoom below which boxes are drawn closer
READABLE = 0.37  # the zoom below which boxes have no names
FAR_OFF = 1 << 30  # steps: to the first or the last
STEPS = {
    Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10,
    Qt.Key.Key_Home: -FAR_OFF, Qt.Key.Key_End: FAR_OFF,
}  # fmt: skip
SEEN = 0.29  # the same of trees and grids, whose colours say more than names
UNFOLD = 190  # ms
AIR = 6.0
LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
Copy = ColumnItem | BoardItem
PARTS, PART = 6, 12  # of the window, and ms between two of them, when a running training tells of another step
STILL = 4  # px that a click may move


class UnrolledView(PaperView):
    """Knows a sheet and a stage; the room above decides what things mean."""

    clicked = Signal(object, bool)  # Hit, whether it adds to what is selected
    entered = Signal(str)  # box that was double-clicked
    hovered = Signal(object)  # Hit
    stepped = Signal(int)  # arrow keys: a step on or back
    climbed = Signal(int)  # a box up or down
    cut_dragged = Signal(int, float, bool)  # number of the cut, place on the paper, whether it was let go
    menu_wanted = Signal(object, QPoint)
    tip_wanted = Signal(object, QPoint)

    def __init__(self, stage: Stage, parent: QWidget | None = None) -> None:
        self._paper = QGraphicsScene()
        super().__init__(self._paper, parent)
        self._paper.setParent(self)
        self.stage, self.sheet = stage, Sheet(stage.film.plan, (), QRectF(0, 0, 1, 1))
        self.items_: dict[tuple[int, int], Copy] = {}
        self._inner: dict[int, tuple[Inner, ...]] = {}
        self.river: River | None = None
        self._from: QPoint | None = None  # where a press began
        self._at = QPoint()
        self._panning = self._space = False
        self._cut = -1
        self._spread = 1.0
        self._moving: QVariantAnimation | None = None
        self._old: QGraphicsPixmapItem | None = None
        self._swept = 0
        self._sweeping = QTimer(self)
        self._sweeping.setInterval(PART)
        self._sweeping.timeout.connect(self._sweep_on)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setBackgroundBrush(stage.tokens.canvas)
        self.horizontalScrollBar().valueChanged.connect(lambda _: self.populate())
        self.zoom_changed.connect(lambda _: self.populate())

    # what is shown

    def show_sheet(self, sheet: Sheet) -> None:
        """Another paper: everything is built anew, where it is in sight."""
        self.finish()
        for item in self.items_.values():
            self._paper.removeItem(item)
        self.items_ = {}
        if self.river is not None:
            self._paper.removeItem(self.river)
        self.sheet = sheet
        self._inner = {lane.index: inner_wires(sheet, lane) for lane in sheet.lanes}
        self.river = River(self.stage, sheet)
        self._paper.addItem(self.river)
        self._fit_scene()
        self.populate()

    def populate(self) -> None:
        """Build the copies that came into sight, take away those that left it."""
        area = self.shown()
        wanted: dict[tuple[int, int], tuple[int, Column]] = {}
        for lane in self.sheet.lanes:
            inside = lane.within(area.left() - 40.0, area.right() + 40.0)
            for column in inside[:1] if lane.form == "grid" else inside:  # a board is one item
                wanted[lane.index, -1 if lane.form == "grid" else column.place] = (lane.index, column)
        for key in [k for k in self.items_ if k not in wanted]:
            self._paper.removeItem(self.items_.pop(key))
        for key, (index, column) in wanted.items():
            if key not in self.items_:
                item = self.items_[key] = self._made(self.sheet.lanes[index], column)
                self._paper.addItem(item)

    def _made(self, lane: Lane, column: Column) -> Copy:
        if lane.form == "grid":
            return BoardItem(self.stage, lane)
        return ColumnItem(self.stage, lane, column, self._inner[lane.index])

    def refresh(self) -> None:
        """Colours, numbers or what is chosen have changed."""
        self.setBackgroundBrush(self.stage.tokens.canvas)
        self.viewport().update()

    def sweep(self) -> None:
        """The same along time, a part of the window after another: all copies at once take longer than a frame may."""
        self._swept = 0
        self._sweeping.start()

    def _sweep_on(self) -> None:
        room = self.viewport().rect()
        left, right = (room.width() * n // PARTS for n in (self._swept, self._swept + 1))
        self.viewport().update(QRect(left, room.top(), right - left, room.height()))
        self._swept += 1
        if self._swept == PARTS:
            self._sweeping.stop()

    def show_start(self) -> None:
        """The first look: as high as the window, from the first step on; everything where that stays readable."""
        area, room = self.sheet.area, self.viewport().rect()
        high = room.height() / (area.height() + 2 * AIR)
        wide = room.width() / (area.width() + 2 * AIR)
        zoom = min(1.1, high)
        enough, least = (SEEN, SEEN) if any(n.form != "row" for n in self.sheet.lanes) else (SMALL_ENOUGH, READABLE)
        self.set_zoom(wide if enough <= wide < zoom else max(zoom, least))
        self._place(area)

    def fits(self, sheet: Sheet) -> bool:
        """Whether a paper as high as the window has names that can be read with ease."""
        return self.viewport().height() >= EASY * sheet.area.height()

    def show_all(self) -> None:
        area, room = self.sheet.area, self.viewport().rect()
        self.set_zoom(min(1.1, room.width() / (area.width() + 2 * AIR), room.height() / (area.height() + 2 * AIR)))
        self._place(area)

    def _place(self, area: QRectF) -> None:
        shown = self.shown()
        x = area.center().x() if area.width() <= shown.width() else area.left() + shown.width() / 2
        self.centerOn(x, area.center().y())
        self.populate()

    def show_column(self, column: Column) -> None:
        """Scroll so far that a copy is in sight."""
        lane, shown = self.sheet.lanes[column.lane], self.shown()
        if column.x < shown.left() + 20 or column.x + lane.width > shown.right() - 20:
            self.centerOn(column.x + lane.width / 2, self.place_of(column).y() if column.y else shown.center().y())
            self.populate()

    def rescaled(self) -> None:
        self._fit_scene()

    def _fit_scene(self) -> None:
        """Room to scroll over the edges; a bar where time goes on beyond the window."""
        room = self.viewport().rect()
        beyond = self.sheet.area.width() * self.zoom > room.width() + 2
        bar = Qt.ScrollBarPolicy.ScrollBarAlwaysOn if beyond else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        if self.horizontalScrollBarPolicy() != bar:
            self.setHorizontalScrollBarPolicy(bar)
        dx, dy = room.width() * 0.3 / self.zoom, room.height() * 0.5 / self.zoom
        self.setSceneRect(self.sheet.area.adjusted(-dx, -dy, dx, dy))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_scene()
        self.populate()

    # unfolding

    def unfold(self, before: QPixmap | None, centre: float) -> None:
        """The copies come out of one place, over what was seen before."""
        self.finish()
        if before is not None and not before.isNull():
            self._old = QGraphicsPixmapItem(before)
            self._old.setFlag(QGraphicsPixmapItem.GraphicsItemFlag.ItemIgnoresTransformations)
            self._old.setPos(self.mapToScene(QPoint(0, 0)))
            self._old.setZValue(3.0)
            self._paper.addItem(self._old)
        moving = QVariantAnimation(self)
        moving.setDuration(UNFOLD)
        moving.setStartValue(0.0)
        moving.setEndValue(1.0)
        moving.valueChanged.connect(lambda share: self._spread_to(float(share), centre))
        moving.finished.connect(self.finish)
        self._moving = moving
        self._spread_to(0.0, centre)
        moving.start()

    def _spread_to(self, share: float, centre: float) -> None:
        smooth = 1.0 - (1.0 - share) ** 3
        for item in self.items_.values():
            item.setPos(centre + (item.home.x() - centre) * smooth, item.home.y())
            item.setOpacity(min(1.0, 0.2 + smooth))
        if self.river is not None:
            self.river.setOpacity(smooth**3)
        if self._old is not None:
            self._old.setOpacity(max(0.0, 1.0 - 1.6 * share))

    def finish(self) -> None:
        """Everything in its place."""
        moving, self._moving = self._moving, None
        if moving is not None:
            moving.stop()
            moving.deleteLater()
            self._spread_to(1.0, 0.0)
        if self._old is not None:
            self._paper.removeItem(self._old)
            self._old = None

    # mouse

    def hit_at(self, at: QPoint) -> Hit:
        if self.river is None:
            return Hit()
        return hit(self.sheet, self.stage, self._inner, self.river, self.mapToScene(at), 6.0 / min(1.0, self.zoom))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._from = self._at = event.position().toPoint()
        caught = self.hit_at(self._at)
        if event.button() == MIDDLE or (event.button() == LEFT and self._space):
            self._panning = True
        elif event.button() == LEFT and caught.kind == "cut":
            self._cut = caught.cut
        elif event.button() != LEFT:
            self._from = None
        if self._panning:
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if self._cut >= 0:
            self.cut_dragged.emit(self._cut, self.mapToScene(at).x(), False)
        elif self._from is not None and (self._panning or (at - self._from).manhattanLength() > STILL):
            self._panning = True
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
            self.scroll_by(self._at.x() - at.x(), self._at.y() - at.y())
        elif self._from is None:
            self._hover(at)
        self._at = at

    def _hover(self, at: QPoint) -> None:
        caught = self.hit_at(at)
        cursors = {
            "cut": Qt.CursorShape.SplitHCursor,
            "wire": Qt.CursorShape.PointingHandCursor,
            "box": Qt.CursorShape.PointingHandCursor,
        }
        self.viewport().setCursor(cursors.get(caught.kind, Qt.CursorShape.ArrowCursor))
        self.hovered.emit(caught)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        at, start, cut, panned = event.position().toPoint(), self._from, self._cut, self._panning
        self._from, self._cut, self._panning = None, -1, False
        self.viewport().unsetCursor()
        if cut >= 0:
            self.cut_dragged.emit(cut, self.mapToScene(at).x(), True)
        elif start is not None and not panned:
            more = bool(event.modifiers() & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier))
            self.clicked.emit(self.hit_at(at), more)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        caught = self.hit_at(event.position().toPoint())
        if event.button() == LEFT and caught.kind == "box":
            self.entered.emit(caught.id)

    def leaveEvent(self, event: QEvent) -> None:
        self.hovered.emit(Hit())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        self.menu_wanted.emit(Hit() if by_key else self.hit_at(event.pos()), event.globalPos())

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self.tip_wanted.emit(self.hit_at(event.pos()), event.globalPos())
            return True
        return super().viewportEvent(event)

    # keys

    def event(self, event: QEvent) -> bool:
        """Home and End walk along time here, whatever they do on the rolled side."""
        asked = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if asked and event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and not event.modifiers():  # type: ignore[attr-defined]
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in STEPS:
            self.stepped.emit(STEPS[Qt.Key(key)])
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.climbed.emit(1 if key == Qt.Key.Key_Up else -1)
        elif key == Qt.Key.Key_Space:
            self._space = True
        elif key == Qt.Key.Key_Escape:
            self.clicked.emit(Hit(), False)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
        super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._space = False
        super().focusOutEvent(event)

    def place_of(self, column: Column) -> QPointF:
        """The middle of a copy on the paper."""
        lane = self.sheet.lanes[column.lane]
        return QPointF(column.x + lane.width / 2, column.y + (lane.copy_top + lane.copy_bottom) / 2)
