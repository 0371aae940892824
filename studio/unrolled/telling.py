"""What the unrolled view says: the words and scales under the drawing, tips over its boxes, and why there is nothing to see."""

from __future__ import annotations

import html
from dataclasses import replace

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QToolTip

from core.observe.unrolled import Unrolled
from core.words import Text, grouped, say
from studio.parts import label, styled_by
from studio.theme import Theme, ui_font
from studio.unrolled import reading
from studio.unrolled.cutting import DRAG
from studio.unrolled.hits import Hit
from studio.unrolled.legend import Legend, scales
from studio.unrolled.readout import Readout
from studio.unrolled.view import UnrolledView

HOW = Text(
    "A copy for every step. Left and right choose a step, Home and End the first and the last, up and down a box; "
    "Ctrl+Down opens a cell, U rolls up.",
    "Una copia por paso. Izquierda y derecha eligen un paso; Inicio y Fin, el primero y el último; arriba y abajo, una caja; "
    "Ctrl+Abajo abre una celda; U pliega.",
)


class Telling:
    """`note` lies over the view, where nothing can be unrolled; `readout` and `legend` go below it."""

    def __init__(self, view: UnrolledView, tokens: Theme) -> None:
        self._view, self._stage = view, view.stage
        self.legend, self.readout = Legend(tokens), Readout()
        self.note = label("", "muted", wrap=True)
        self.note.setParent(view)
        self.note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.note.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.note.setFont(ui_font(11.0))

    def explain(self, plan: Unrolled) -> None:
        """Why a plan has nothing to show, if it has not."""
        self.note.setText(say(plan.note) if plan.note is not None else "")
        self.note.setVisible(plan.note is not None)
        self.place_note()

    def place_note(self) -> None:
        area = self._view.viewport().rect()
        width = min(460, area.width() - 40)
        self.note.setGeometry(area.center().x() - width // 2, area.center().y() - 60, width, 120)

    def speak(self) -> None:
        """Say what is shown, and of the step that is looked at everything that is known."""
        stage, t, plan = self._stage, self._stage.tokens, self._stage.film.plan
        chosen = sorted(stage.nodes)
        self.legend.show_scales(t, scales(stage, plan.box(chosen[0]) if len(chosen) == 1 else None))
        styled_by(self.readout, "role", "" if stage.step else "muted")
        words = "  ·  ".join(
            filter(None, (reading.trained_with(stage.trained_cuts) if stage.differs else "", self._words()))
        )
        self.readout.say(words)
        self._view.setAccessibleDescription(f"{words}. {say(HOW)}" if stage.step else say(HOW))

    def _words(self) -> str:
        stage = self._stage
        film, step, lanes = stage.film, stage.step, self._view.sheet.lanes
        if film.frame is None:
            return say(reading.WAITING) if film.plan.note is None else ""
        lane = next((n for n in lanes if step is not None and n.axis == step[0] and not n.free), None)
        if step is None or lane is None or step[1] >= len(lane.columns):
            waiting = stage.free is not None and stage.free.frame is None
            rare = reading.UNSEEN_LONG if stage.rest > reading.RARE else reading.UNSEEN
            more = reading.ALONE if waiting else rare if reading.unseen(film) else reading.INVITING
            return f"{say(reading.OF_STEP, n=grouped(film.frame.step))}  ·  {say(more, n=round(stage.rest))}"
        if lane.form == "grid":  # a board for each box: of all of them
            lane = replace(lane, block=next(b for b in film.plan.blocks if b.axis == lane.axis))
        words = reading.step_line(film, lane, step[1])
        own = stage.free if lane.block.row else None
        return (
            f"{words}  ·  {reading.alone(own, lane, step[1])}" if own is not None and own.frame is not None else words
        )

    def tip(self, caught: Hit, place: QPoint) -> None:
        """What is under the mouse, in a few lines."""
        lines: list[str] = []
        stage, at = self._stage, caught.column
        film = stage.film if at is None else stage.film_of(self._view.sheet.lanes[at.lane])
        box = film.plan.box(caught.id) if caught.kind == "box" else None
        if box is not None:
            lines = reading.box_lines(film, box, stage.names.get(box.id, box.id), at)
        elif caught.kind == "cut":
            lines = [say(DRAG)]
        elif caught.kind == "wire" and caught.link is not None:
            lines = reading.link_lines(film, caught.link, stage.names, at)
        QToolTip.showText(place, "<br>".join(html.escape(line) for line in lines), self._view)
