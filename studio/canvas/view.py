"""The window onto the paper: turns mouse and keys into gestures, scrolls, zooms, and paints grid and overview."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGraphicsView, QWidget

from core.graph.model import Port
from studio.canvas.backdrop import Backdrop
from studio.canvas.board import Board
from studio.canvas.gestures.gesture import Gesture, Pointer
from studio.canvas.gestures.keylink import End, KeyLink, first_port
from studio.canvas.gestures.pan import Pan
from studio.canvas.gestures.table import gesture_for
from studio.canvas.grid import DOTTED, draw_dots
from studio.canvas.hit import Hit, hit
from studio.canvas.landing import Landing
from studio.canvas.look import Side
from studio.canvas.minimap import Jump, Minimap
from studio.canvas.note import Note
from studio.canvas.overview import Overview
from studio.paper import PaperView
from studio.theme import Theme

MIME = "application/x-unfold-kind"
OVERVIEW = 0.35
READABLE = 0.42  # the zoom at which the names of nodes are read without effort
AIR = 28.0  # around what is framed
TAP = 400  # ms; a space bar held for longer was held to pan
PAPER = QRectF(-60_000, -60_000, 120_000, 120_000)
LEFT, MIDDLE, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton


class CanvasView(PaperView):
    """Asks for what it cannot do itself through signals; the panel answers."""

    search_wanted = Signal(object, object, bool)  # Pointer, (Port, Side) of a wire in the hand or None, everything
    delay_wanted = Signal(object, object)  # wire ids, QPoint in the view
    delay_offered = Signal(object, object)  # source Port, target Port of a wire that closed a loop
    activated = Signal(object)  # Hit that was double-clicked
    menu_wanted = Signal(object, QPoint)  # Hit, global position
    repairs_wanted = Signal(object, QPoint)  # Hit of a badge, global position
    tip_wanted = Signal(object, QPoint)  # Hit under a resting mouse, global position
    pressed = Signal()
    dropped = Signal(str, object, str)  # node kind from the palette, scene position, id of the wire it goes into

    def __init__(self, board: Board, tokens: Theme, parent: QWidget | None = None) -> None:
        self._far: object = None  # the drawing as it was painted last from afar
        self._part = QRect()  # of the viewport, that is being painted
        self._gesture: Gesture | None = None  # events come while the view is built
        super().__init__(board.scene, parent)
        self.board, self.tokens = board, tokens
        self._space = False
        self._space_used = False
        self._space_since = 0  # ms, by the clock of the events
        self._hovered: Hit = Hit()
        self._note = Note(self, tokens)
        self._overview = Overview(board.scene)
        self._backdrop = Backdrop(board.scene, self, self._paint_paper)
        self._landing = Landing(board)
        self.map = Minimap(self)
        self.cursor_at = QPointF()
        self.setSceneRect(PAPER)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.BoundingRectViewportUpdate)  # see paintEvent
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState, True)  # items set all they need
        self.setAcceptDrops(True)
        board.changing.connect(self.cancel_gesture)

    def set_theme(self, tokens: Theme) -> None:
        self.tokens = tokens
        self.board.scene.set_theme(tokens)
        self._note.set_theme(tokens)
        self.viewport().update()

    # where

    def scrolled(self, dx: int, dy: int) -> None:
        self.map.scrolled(dx, dy)

    def frame_area(self, area: QRectF, largest: float = 1.25) -> None:
        """Show an area of the paper, centred, with air around it."""
        if area.isEmpty():
            area = QRectF(-200, -120, 400, 240)
        room = self.viewport().rect()
        wide = room.width() / (area.width() + 2 * AIR)
        self.set_zoom(min(wide, room.height() / (area.height() + 2 * AIR), largest))
        self.centerOn(area.center())

    def frame_start(self, area: QRectF) -> None:
        """The first look: all of it where its names can be read, else from its beginning on."""
        self.frame_area(area)
        if self.zoom >= OVERVIEW:
            return
        self.set_zoom(READABLE)
        shown = self.shown()
        x = _begin(area.left(), area.width(), shown.width())
        self.centerOn(x, _begin(area.top(), area.height(), shown.height()))

    def pointer(self, event: QMouseEvent) -> Pointer:
        at = event.position().toPoint()
        return Pointer(self.mapToScene(at), at, event.modifiers())

    def hit_at(self, at: QPoint) -> Hit:
        return hit(self.board.scene, self.mapToScene(at), max(8.0, 8.0 / self.zoom))

    # what gestures ask for

    def note(self, words: str, at: QPoint, good: bool) -> None:
        """Words beside the cursor; none hides them."""
        self._note.say(words, at, good)

    def flash_note(self, words: str, at: QPoint) -> None:
        """Words that stay a moment."""
        self._note.say(words, at, False)
        self._note.fade_later()

    def hush(self) -> None:
        """Take those away before their time."""
        self._note.hush()

    def ask_for_node(self, at: Pointer, wire: tuple[Port, Side] | None, everything: bool = False) -> None:
        self.search_wanted.emit(at, wire, everything)

    def offer_delay(self, source: Port, target: Port) -> None:
        self.delay_offered.emit(source, target)

    # mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._note.say("", QPoint(), True)
        self.pressed.emit()
        if isinstance(self._gesture, KeyLink):
            self.cancel_gesture()
        if self._gesture is not None:
            return
        at, caught = self.pointer(event), self.hit_at(event.position().toPoint())
        if self.map.catches(at.view):
            self._gesture = Jump(self, at) if event.button() == LEFT else None
        elif event.button() == MIDDLE or (event.button() == LEFT and self._space):
            self._space_used = True
            self._gesture = Pan(self, at)
        elif event.button() == LEFT and caught.kind == "badge":
            self.repairs_wanted.emit(caught, event.globalPosition().toPoint())
        elif event.button() == LEFT and caught.kind == "chip":
            self.delay_wanted.emit(self.board.scene.bundle(caught.id), at.view)
        else:
            self._gesture = gesture_for(self, event.button(), caught, at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = self.pointer(event)
        self.cursor_at = at.scene
        if self._gesture is not None:
            self._gesture.move(at)
        else:
            self._hover(self.hit_at(at.view))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if isinstance(self._gesture, KeyLink):
            return
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.end(self.pointer(event))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() != LEFT or self.map.catches(event.position().toPoint()):
            return
        caught = self.hit_at(event.position().toPoint())
        if caught.kind == "":
            self.ask_for_node(self.pointer(event), None)
        else:
            self.activated.emit(caught)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._space_used = True
        super().wheelEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        strokes = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
        if self._gesture is None and not event.modifiers() & strokes:
            self.menu_wanted.emit(self.hit_at(event.pos()), event.globalPos())

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and self._gesture is None:
            self.tip_wanted.emit(self.hit_at(event.pos()), event.globalPos())
            return True
        if event.type() == QEvent.Type.Leave:
            self._hover(Hit())
        return super().viewportEvent(event)

    def _hover(self, caught: Hit) -> None:
        if caught == self._hovered:
            return
        scene = self.board.scene
        for found, on in ((self._hovered, False), (caught, True)):
            item = scene.nodes.get(found.id) or scene.wires.get(found.id) or scene.frames.get(found.id)
            if item is not None:
                item.put(hovered=on)
        self._hovered = caught
        hand = caught.kind in ("chip", "point", "badge")
        shape = Qt.CursorShape.SizeFDiagCursor if caught.kind == "corner" else Qt.CursorShape.PointingHandCursor
        cross = Qt.CursorShape.CrossCursor
        if hand or caught.kind == "corner":
            self.viewport().setCursor(shape)
        elif caught.kind == "port":
            self.viewport().setCursor(cross)
        else:
            self.viewport().unsetCursor()

    # keys

    def event(self, event: QEvent) -> bool:
        """While wires are drawn by keys, arrows, Tab and the like are theirs before they are anybody's shortcut."""
        wiring = self._gesture
        if isinstance(event, QKeyEvent) and isinstance(wiring, KeyLink) and wiring.takes(Qt.Key(event.key())):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                return wiring.press(Qt.Key(event.key()), shift)
        return super().event(event)

    def connect_by_keys(self, at: End | None = None, quiet: bool = False) -> None:
        """Begin to draw wires by keys: at a port, or at the selected node."""
        scene = self.board.scene
        for node in sorted(scene.picked.nodes) if at is None else ():
            if (port := first_port(scene.nodes[node].look.marks)) is not None:
                at = (node, *port)
                break
        if self._gesture is None and at is not None and at[0] in scene.nodes:
            self._gesture = KeyLink(self, at, self._forget_gesture, quiet)

    def _forget_gesture(self) -> None:
        self._gesture = None

    def announce(self, words: str) -> None:
        """Have a screen reader say something."""
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.cancel_gesture()
        elif key == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._space, self._space_used, self._space_since = True, False, event.timestamp()
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat() and self._space:
            self._space = False
            if not self._space_used and event.timestamp() - self._space_since < TAP:
                self.ask_at_cursor()
            return
        event.ignore()

    def ask_at_cursor(self) -> None:
        """Open the search where the mouse is, or in the middle when it is elsewhere."""
        at = self.viewport().mapFromGlobal(self.cursor().pos())
        if not self.viewport().rect().contains(at):
            at = self.viewport().rect().center()
        self.ask_for_node(Pointer(self.mapToScene(at), at, Qt.KeyboardModifier.NoModifier), None)

    def cancel_gesture(self) -> None:
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.cancel()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._space = False
        if isinstance(self._gesture, KeyLink) and event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            self.cancel_gesture()
        super().focusOutEvent(event)

    # drops from the palette

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        event.setAccepted(event.mimeData().hasFormat(MIME))
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        at = self.mapToScene(event.position().toPoint())
        self._landing.offer("" if alt else self._landing.below(_kind_of(event), at))

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._landing.offer("")

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        wire = self._landing.wire
        self._landing.offer("")
        self.dropped.emit(_kind_of(event), self.mapToScene(event.position().toPoint()), wire)

    # paint

    def paintEvent(self, event: QPaintEvent) -> None:
        far = self.zoom < OVERVIEW
        if far:
            self._paint_changes_whole(event.rect())
        for part in event.region():  # type: ignore[attr-defined]  # within one rectangle Qt copies a picture at once, else by its threads
            self._part = part
            if far:
                self._paint_far(part)
            else:
                super().paintEvent(QPaintEvent(part))

    def _paint_changes_whole(self, area: QRect) -> None:
        """From afar Qt does not learn where items were painted, so that what moves would leave traces."""
        scene = self.board.scene
        form = scene.version, scene.form, scene.held
        if (form != self._far or scene.held) and area != self.viewport().rect():
            self.viewport().update()
        self._far = form

    def _paint_far(self, part: QRect) -> None:
        painter = QPainter(self.viewport())
        painter.setClipRect(part)
        painter.fillRect(part, self.tokens.canvas)
        painter.setWorldTransform(self.viewportTransform())
        near = self.mapToScene(part.adjusted(-2, -2, 2, 2)).boundingRect()
        self._overview.paint(painter, self.tokens, None if part == self.viewport().rect() else near)
        painter.resetTransform()
        self._paint_over(painter)
        painter.end()

    def drawForeground(self, painter: QPainter, area: QRectF | object) -> None:
        self._paint_over(painter)

    def _paint_over(self, painter: QPainter) -> None:
        """What stays in its place whatever part of the paper is shown."""
        if self.map.wanted and self.map.rect().intersects(self._part):
            painter.resetTransform()
            self.map.paint(painter)
        else:
            self.map.keep_up()

    def drawBackground(self, painter: QPainter, area: QRectF | object) -> None:
        """Before the items, which must not reach into the other parts of what is being painted: there they would lie over
        what has been painted already."""
        assert isinstance(area, QRectF)
        painter.setClipRect(area)
        if not self._backdrop.paint(painter, self._part):
            self._paint_paper(painter, area)

    def _paint_paper(self, painter: QPainter, area: QRectF) -> None:
        painter.fillRect(area, self.tokens.canvas)
        if self.zoom >= DOTTED:
            draw_dots(painter, area, self.zoom, self.tokens)

    def flash(self, item_put: object) -> None:
        """Draw the eye to something for a moment: `item_put(strength)` is called with falling strength."""
        assert callable(item_put)
        for i in range(11):
            QTimer.singleShot(60 * i, self, lambda strength=1.0 - i / 10: item_put(strength))


def _begin(low: float, length: float, seen: float) -> float:
    """Where to look, along one axis, to see a stretch in its middle, or from its beginning on where it is too long."""
    return low + length / 2 if length + 2 * AIR <= seen else low - AIR + seen / 2


def _kind_of(event: QDropEvent) -> str:
    """The kind of node that is dragged here from the palette."""
    return bytes(event.mimeData().data(MIME).data()).decode("utf-8", "replace")
