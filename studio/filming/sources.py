"""What can be filmed: a chart, or the drawing unrolled. Each is painted by the widgets that paint it in the window, on
widgets of its own that nobody sees, so that the window goes on as it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QWidget

from core.observe.chart import ChartSpec
from core.observe.colors import Palette
from core.observe.gif import Pixels
from core.observe.later import drawn
from core.observe.recording import Recording
from core.observe.times import TRAINING, Moment
from core.words import say
from studio.plot.view import ChartView
from studio.theme import ui_font
from studio.unrolled.reading import OF_STEP
from studio.unrolled.room import Room
from studio.unrolled.sheet import lay
from studio.unrolled.view import UnrolledView

SETTLING = 4


class Source(Protocol):
    """Pictures of a recording, one for each step; all of one size."""

    recording: Recording

    def picture(self, step: int) -> Pixels: ...

    def close(self) -> None: ...


class ChartSource:
    """A chart at each step; one over training has the step marked that is shown."""

    def __init__(
        self, recording: Recording, spec: ChartSpec, key: str, palette: Palette, size: QSize, moment: Moment | None
    ) -> None:
        self.recording, self._spec, self._key, self._moment = recording, spec, key, moment
        self._view = ChartView(palette)
        _hide_away(self._view, size)
        self.picture(recording.frames[0])  # at the next turn of the window everything has found its place

    def picture(self, step: int) -> Pixels:
        chart = drawn(self._spec, self.recording, step, self._key)
        self._view.show_chart(chart)
        self._view.show_moment(Moment(TRAINING, step) if chart.x.along == TRAINING else self._moment)
        before = painted(self._view)
        for _ in range(SETTLING):  # axes see how wide their numbers are when they are painted, and make room afterwards
            now = painted(self._view)
            if np.array_equal(before, now):
                break
            before = now
        return before

    def close(self) -> None:
        self._view.deleteLater()


class UnrolledSource:
    """The unrolled view as it stands in its room: the same level, step, zoom and place."""

    def __init__(self, room: Room, recording: Recording, size: QSize) -> None:
        self.recording = recording
        before = room.view
        self._plan, self._seen = room.plan, room.stage.film
        self._stage = replace(room.stage, hovered="")
        self._show(recording.frames[0])
        self._close = room.sheet.close
        self._view = UnrolledView(self._stage)
        self._lengths: dict[str, int] = {}
        _hide_away(self._view, size)
        self._lay()
        shown, own = before.shown(), self._view.shown()
        if before.sheet.lanes and own.width() and shown.width():
            self._view.set_zoom(self._view.zoom * min(own.width() / shown.width(), own.height() / shown.height()))
            self._view.centerOn(shown.center())
            self._view.populate()

    def picture(self, step: int) -> Pixels:
        self._show(step)
        if dict(self._stage.film.lengths) != self._lengths:
            self._lay()
        self._view.refresh()
        return painted(self._view, say(OF_STEP, n=step), self._stage.tokens.muted)

    def close(self) -> None:
        self._view.finish()
        self._view.deleteLater()

    def _show(self, step: int) -> None:
        """The frame at a step; and what it says of the model by itself, where the room shows that."""
        film = replace(self._seen, recording=self.recording, frame=self.recording.frame(step), _pictures={})
        self._stage.film = film
        if self._stage.free is not None:
            free = film.frame.free if film.frame is not None else None
            self._stage.free = replace(film, frame=free, taught=film, _pictures={})

    def _lay(self) -> None:
        self._lengths = dict(self._stage.film.lengths)
        film = self._stage.film
        self._view.show_sheet(lay(self._plan, film.lengths, self._close, film.children))


def _hide_away(view: QWidget, size: QSize) -> None:
    """Laid out and painted like a window, but on no screen."""
    view.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    view.resize(size)
    view.show()


def painted(view: QWidget, caption: str = "", colour: QColor | None = None) -> Pixels:
    """A widget as it is painted, one pixel for each of its own, whatever the screen has; with a line in its lower corner."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)  # nobody else will: it is on no screen
    image = QImage(view.size(), QImage.Format.Format_RGB32)
    QWidget.render(view, image)  # a graphics view has a render of its own, for its scene alone
    if caption and colour is not None:
        painter = QPainter(image)
        painter.setPen(colour)
        painter.setFont(ui_font(9.0))
        painter.drawText(10, image.height() - 10, caption)
        painter.end()
    whole = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return np.ascontiguousarray(whole[:, : image.width(), 2::-1])  # stored blue first
