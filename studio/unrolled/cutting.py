"""Cuts of truncated back-propagation on the unrolled drawing: shown, dragged, set from a menu; each one edit."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu

from core.train.truncate import kept_whole
from core.words import Text, say
from studio.canvas.board import Board
from studio.state import State
from studio.unrolled import cuts
from studio.unrolled.hits import Hit
from studio.unrolled.sheet import BETWEEN, Lane
from studio.unrolled.view import UnrolledView

ADD = Text("Add a cut of the gradient", "Añadir un corte del gradiente")
MOVE = Text("Move a cut of the gradient", "Mover un corte del gradiente")
REMOVE = Text("Remove a cut of the gradient", "Quitar un corte del gradiente")
REMOVE_ALL = Text("Remove the cuts of the gradient", "Quitar los cortes del gradiente")
DRAG = Text(
    "Drag this: the gradient is cut where you let it go, and nowhere once it is out of the sequence",
    "Arrástrelo: el gradiente se corta donde lo suelte, y en ningún sitio si queda fuera de la secuencia",
)
SET = Text("Truncate the gradient", "Truncar el gradiente")
BEFORE = Text("Cut the gradient before {t}", "Cortar el gradiente antes de {t}")
EVERY = Text("Cut it every {t} steps", "Cortarlo cada {t} pasos")
NONE = Text("Cut it nowhere", "No cortarlo")


class Cutting:
    """Between the setting of the project and the lines on the paper."""

    def __init__(self, state: State, board: Board, view: UnrolledView) -> None:
        self._state, self._board, self._view = state, board, view

    def _lane(self) -> Lane | None:
        """The one axis, where its steps are known and the model may be cut along it."""
        lane = next((n for n in self._view.sheet.lanes if n.axis), None)
        program = self._state.program
        may = program is not None and not self._board.path and kept_whole(program) is None
        return lane if may and lane is not None and lane.columns[0].step is not None else None

    @property
    def _text(self) -> str:
        return self._state.session.project.training.truncate

    def show(self) -> None:
        """The lines as the setting has them."""
        lane, stage = self._lane(), self._view.stage
        parked = lane is not None and not cuts.regular(self._text)  # regular ones are moved all together
        drawn = cuts.places(self._text, len(lane.columns)) if lane is not None else ()
        self._put(drawn, parked)
        told = lane is not None and stage.film.frame is not None
        stage.differs = told and drawn != tuple(c for c in stage.trained_cuts if c < len(lane.columns))

    def _put(self, found: tuple[int, ...], parked: bool) -> None:
        stage = self._view.stage
        if (found, parked) != (stage.cuts, stage.parked):
            stage.cuts, stage.parked = found, parked
            self._view.refresh()

    def drag(self, index: int, x: float, done: bool) -> None:
        """Cut number `index` is held at a place of the paper, or let go there."""
        lane = self._lane()
        if lane is None:
            return
        to = round((x + BETWEEN / 2 - lane.left) / (lane.width + BETWEEN))
        text = cuts.moved(self._text, index, to, len(lane.columns))
        self._put(cuts.places(text, len(lane.columns)), self._view.stage.parked and index < len(self._view.stage.cuts))
        if done:
            self._set(text, self._change(text, len(lane.columns)))

    def _change(self, text: str, steps: int) -> Text:
        """What a drag did to the cuts, as the history says it."""
        more = len(cuts.places(text, steps)) - len(cuts.places(self._text, steps))
        return MOVE if not more or cuts.regular(text) else ADD if more > 0 else REMOVE

    def _set(self, text: str, label: Text) -> None:
        project = self._state.document.project
        if project.training.truncate != text:
            training = replace(project.training, truncate=text)
            self._state.document.apply_project(label, replace(project, training=training))
        self.show()

    def open_menu(self, caught: Hit, at: QPoint) -> None:
        """What can be done about the gradient at a copy: the one under the mouse, else the one that is looked at."""
        lane = self._lane()
        if lane is None:
            return
        menu = QMenu(self._view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chosen = self._view.stage.step
        step = caught.column.step if caught.column is not None else chosen[1] if chosen is not None else None
        if step:
            text = cuts.added(self._text, step, len(lane.columns))
            menu.addAction(say(BEFORE, t=step)).triggered.connect(lambda: self._set(text, ADD))
            menu.addAction(say(EVERY, t=step)).triggered.connect(lambda: self._set(str(step), SET))
        none = menu.addAction(say(NONE))
        none.setEnabled(bool(self._text))
        none.triggered.connect(lambda: self._set("", REMOVE_ALL))
        menu.popup(at)
