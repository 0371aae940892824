"""Draws a `Chart` live: title, legend, plot, colour scale, readout. Given a new chart it moves what is there."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.observe.chart import Axis, Chart, Heat
from core.observe.colors import LIGHT, Palette
from core.observe.extent import Range, extent
from core.observe.times import Moment
from core.words import Text, say
from studio.oneline import OneLine
from studio.plot.axis import ChartAxis
from studio.plot.colorbar import ColorBar
from studio.plot.cursor import Cursor, moment_of
from studio.plot.legend import Legend, entries
from studio.plot.limits import growing, keep
from studio.plot.marks import Scene, draw, kinds, make
from studio.plot.menu import ChartMenu
from studio.plot.readout import Card, Reading, read

NAME = Text("Chart", "Gráfico")
STILL = 4  # px that a click may move
EMPTY = Chart(Text("", ""), Axis(Text("", "")), Axis(Text("", "")), ())


class ChartView(QWidget):
    """Shows one chart. `show_chart` may be called 30 times a second; `set_palette` and `retranslate` at any time.

    The view follows the data until the person zooms or pans; a double click follows again.
    """

    failed = Signal(object)  # core.problems.Problem of an export that went wrong
    exported = Signal(str)  # path of a picture written
    film_wanted = Signal()
    chosen = Signal(object)  # Moment that was pointed at; None where the one that is marked was clicked

    def __init__(self, palette: Palette = LIGHT, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chart = EMPTY
        self._drawn_chart: Chart | None = None
        self._palette = palette
        self._follow = True
        self.filmable = False  # whether its menu offers to film it
        self._limits: tuple[Range, Range] | None = None
        self._shown_all = False
        self._items: list[list[Any]] = []
        self._build()
        self._menu = ChartMenu(self)
        self._recolor()

    def _build(self) -> None:
        self._title, self._subtitle = OneLine(self), OneLine(self, gives_way=True)
        self._note = _plain_label(self)
        self._legend, self._bar = Legend(self), ColorBar(self)
        self._axes = {"bottom": ChartAxis("bottom"), "left": ChartAxis("left")}
        self._box = pg.ViewBox(enableMenu=False, defaultPadding=0.0)
        self._plot = pg.PlotWidget(self, viewBox=self._box, axisItems=self._axes, enableMenu=False)
        self._plot.hideButtons()
        self._plot.setAccessibleName(say(NAME))
        self._plot.setFrameShape(self._plot.Shape.NoFrame)
        self._plot.getPlotItem().layout.setContentsMargins(4, 6, 22, 2)
        for axis in self._axes.values():
            axis.setZValue(-200)  # grid lines behind the data
        self._cross = pg.InfiniteLine(angle=90)
        self._cross.setZValue(2)
        self._box.addItem(self._cross, ignoreBounds=True)
        self._cross.hide()
        self._cell = pg.QtWidgets.QGraphicsRectItem()
        self._cell.setZValue(10)
        self._box.addItem(self._cell, ignoreBounds=True)
        self._cursor = Cursor(self._box)
        self._moment: Moment | None = None
        self._pressed: QPointF | None = None
        self._held = self._dragged = False  # the mark by the mouse; the mouse since it was pressed
        self._card = Card(self._plot)
        self._note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._note.setWordWrap(True)
        self._note.setParent(self._plot)
        self._note.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._lay_out()
        self._box.sigRangeChangedManually.connect(self._taken_over)
        self._box.sigXRangeChanged.connect(self._redraw_long)
        self._box.sigResized.connect(self._align_bar)
        self._plot.viewport().installEventFilter(self)
        self._plot.setMouseTracking(True)
        self._bar.hide()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self._title)
        head.addWidget(self._subtitle, 1)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._plot, 1)
        middle.addWidget(self._bar)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 8, 4)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._legend)
        column.addLayout(middle, 1)

    # --- what it shows ---

    @property
    def chart(self) -> Chart:
        return self._chart

    @property
    def colors(self) -> Palette:
        return self._palette

    def show_chart(self, chart: Chart) -> None:
        """Draw this chart from now on."""
        same = self._drawn_chart is not None and kinds(chart) == kinds(self._drawn_chart)
        self._chart = self._drawn_chart = chart
        if not same:
            self._rebuild()
        self._words()
        self._box.setAspectLocked(chart.equal)
        heat = next((m for m in chart.marks if isinstance(m, Heat)), None)
        lines = heat is None and bool(chart.marks)
        self._axes["bottom"].show_axis(chart.x, self._palette, grid=lines and not chart.x.ticks)
        self._axes["left"].show_axis(chart.y, self._palette, grid=lines)
        for axis in self._axes.values():
            axis.show_values(bool(chart.marks))
        self._box.invertY(heat is not None)
        self._bar.setVisible(heat is not None)
        if heat is not None:
            self._bar.show_scale(heat, self._palette)
        if self._follow:
            self._show_all(steady=same)
        self._draw_marks()
        self._cursor.show(chart, self._moment)

    def show_moment(self, moment: Moment | None) -> None:
        """Mark a step where this chart has its axis."""
        self._moment = moment
        self._cursor.show(self._chart, moment)

    @property
    def moment(self) -> Moment | None:
        return self._moment

    def set_palette(self, palette: Palette) -> None:
        """Change the colours: light or dark."""
        if palette is not self._palette:
            self._palette = palette
            self._recolor()
            self.show_chart(self._chart)

    def retranslate(self) -> None:
        """Say everything again, in the current language. The chart's own texts come with the next chart."""
        for axis in self._axes.values():
            axis.retranslate()
        self._words()

    def reset_view(self) -> None:
        """Follow the data again."""
        self._follow = True
        self._show_all()
        self._draw_marks()

    # --- drawing ---

    def _rebuild(self) -> None:
        for items in self._items:
            for item in items:
                self._box.removeItem(item)
        self._items = [make(mark) for mark in self._chart.marks]
        for items in self._items:
            for item in items:
                self._box.addItem(item, ignoreBounds=True)

    def _draw_marks(self) -> None:
        scene = self._scene()
        for mark, items in zip(self._chart.marks, self._items, strict=True):
            draw(mark, items, scene)

    def _scene(self) -> Scene:
        (low, high), _ = self._box.viewRange()
        columns = max(round(self._box.width()), 50)
        return Scene(self._palette, self._chart.x.log, self._chart.y.log, (low, high), columns)

    def _show_all(self, steady: bool = False) -> None:
        """Everything in view. `steady` leaves the limits where they are as long as the data suits them."""
        x, y = wanted = extent(self._chart)
        if steady and self._limits is not None and growing(self._chart):
            x, y = (keep(old, new) for old, new in zip(self._limits, wanted, strict=True))
        if (x, y) != self._limits or not self._shown_all:
            self._limits, self._shown_all = (x, y), True
            self._box.setRange(xRange=x, yRange=y, padding=0, disableAutoRange=True)

    def _taken_over(self, *_: object) -> None:
        self._follow = self._shown_all = False

    def _redraw_long(self, *_: object) -> None:
        """What is left off outside the view comes back when the view moves there."""
        if not self._follow:
            self._draw_marks()

    def _align_bar(self, *_: object) -> None:
        """The colour scale stands beside the matrix, not beside the axis below it."""
        inside = self._box.sceneBoundingRect()
        self._bar.set_span(inside.top(), inside.bottom())

    def _words(self) -> None:
        title = say(self._chart.title)
        if title != self._title.text():
            self._title.setText(title)
            layout = self.layout()
            assert layout is not None
            layout.activate()  # at once: painted before the next turn, a longer title would be cut
        self._subtitle.setText(self._chart.subtitle)
        note = say(self._chart.note)
        self._note.setText(note)
        self._note.setVisible(bool(note))
        self._plot.setAccessibleName(title or say(NAME))
        self._plot.setAccessibleDescription(" ".join(filter(None, (self._chart.subtitle, note))))
        self._legend.show_entries(entries(self._chart), self._palette.series, self._palette.text)

    def _recolor(self) -> None:
        p = self._palette
        self.setAutoFillBackground(True)
        own = self.palette()
        own.setColor(self.backgroundRole(), p.background)
        self.setPalette(own)
        self._plot.setBackground(p.background)
        self._title.setStyleSheet(f"color: {p.text}; font-weight: 600;")
        self._subtitle.setStyleSheet(f"color: {p.muted};")
        self._note.setStyleSheet(f"color: {p.muted};")
        self._cross.setPen(pg.mkPen(p.muted, width=1))
        self._cell.setPen(pg.mkPen(p.text, width=1.5))
        self._cell.setBrush(pg.mkBrush(None))
        self._cursor.recolor(p)

    # --- keys ---

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """By the menu key: the mouse is heard by the plot's own port."""
        self._menu.popup(self._plot.mapToGlobal(self._plot.rect().center()))

    # --- the pointer ---

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        kind = event.type()
        if isinstance(event, QMouseEvent) and self._choose(kind, event):
            return True
        if kind == QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self._hover(event.position())
        elif kind in (QEvent.Type.Leave, QEvent.Type.MouseButtonPress):
            self._unhover()
        elif kind == QEvent.Type.MouseButtonDblClick:
            self.reset_view()
            return True
        elif kind == QEvent.Type.Resize:
            self._note.setGeometry(self._plot.rect().adjusted(60, 10, -20, -30))
        elif kind == QEvent.Type.ContextMenu and isinstance(event, QContextMenuEvent):
            self._menu.popup(event.globalPos())
            return True
        return False

    def _choose(self, kind: QEvent.Type, event: QMouseEvent) -> bool:
        """A click marks the step under it, or takes its mark away; the mark can be dragged. True where the plot must not pan."""
        place = event.position()
        if kind == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            inside = self._box.sceneBoundingRect().contains(self._plot.mapToScene(place.toPoint()))
            self._pressed, self._dragged = (place if inside else None), False
            self._held = inside and self._cursor.held_at(self._spot(place), self._box.viewPixelSize()[0])
            return self._held
        if kind == QEvent.Type.MouseMove and self._pressed is not None:
            self._dragged = self._dragged or (place - self._pressed).manhattanLength() > STILL
            if self._held and self._dragged:
                self._mark(place)
            return self._held
        if kind == QEvent.Type.MouseButtonRelease and event.button() == Qt.MouseButton.LeftButton:
            held, clicked = self._held, self._pressed is not None and not self._dragged
            self._held, self._pressed = False, None
            if clicked:
                self._mark(place, again=True)
            return held
        return False

    def _mark(self, place: QPointF, again: bool = False) -> None:
        """Tell which step lies at a place of the plot. `again`: none, where it is the one that is marked."""
        spot = self._spot(place)
        found = moment_of(self._chart, spot.x(), spot.y())
        if found is not None:
            self.chosen.emit(None if again and found == self._moment else found)

    def _spot(self, place: QPointF) -> QPointF:
        return self._box.mapSceneToView(self._plot.mapToScene(place.toPoint()))

    def _hover(self, place: QPointF) -> None:
        at = self._plot.mapToScene(place.toPoint())
        if not self._box.sceneBoundingRect().contains(at):
            self._unhover()
            return
        rows = self.readings(at)
        if not rows:
            self._unhover()
            return
        self._point_out(rows)
        self._card.show_at(rows, self._palette, place)

    def readings(self, at: QPointF) -> list[Reading]:
        """What the chart says at a place of the plot's scene."""
        spot = self._box.mapSceneToView(at)
        x = 10 ** spot.x() if self._chart.x.log else spot.x()
        y = 10 ** spot.y() if self._chart.y.log else spot.y()
        return read(self._chart, x, y, self._box.viewPixelSize())

    def _point_out(self, rows: list[Reading]) -> None:
        heat = any(isinstance(mark, Heat) for mark in self._chart.marks)
        first = next((row for row in rows if row.x is not None and row.y is not None), None)
        self._cell.setVisible(heat)
        self._cross.setVisible(not heat and not self._chart.equal)
        if first is not None and first.x is not None and first.y is not None:
            scene = self._scene()
            self._cross.setValue(float(scene.x(first.x)))
            self._cell.setRect(QRectF(first.x - 0.5, first.y - 0.5, 1, 1))

    def _unhover(self) -> None:
        self._card.hide()
        self._cross.hide()
        self._cell.hide()


def _plain_label(parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
