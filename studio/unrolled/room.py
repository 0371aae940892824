"""The unrolled drawing as one widget: follows the drawing, the run and what is selected; shown in place of the canvas."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QToolButton, QWidget

from core.observe.beside import beside
from core.observe.colors import PALETTES
from core.observe.contract import TEACHER
from core.observe.times import Moment
from core.observe.unroll import unroll
from core.observe.unrolled import Unrolled
from core.words import Text, say
from studio.canvas.board import Board
from studio.canvas.scene import Picked
from studio.parts import GAP, boxed, column, listen, named, row
from studio.state import State
from studio.theme import Theme, ui_font
from studio.unrolled.cutting import Cutting
from studio.unrolled.film import Film
from studio.unrolled.hits import Hit
from studio.unrolled.sheet import Column, Sheet, lay
from studio.unrolled.stage import Stage
from studio.unrolled.telling import Telling
from studio.unrolled.view import UnrolledView
from studio.unrolled.walking import climbed, meant, walked
from studio.unrolled.wishes import wishes
from studio.unrolled.words import names_of

NAME = Text("Unrolled in time", "Desplegada en el tiempo")
BESIDE = Text("By itself, below", "Por sí sola, debajo")
WHY_BESIDE = Text(
    "A second row of copies that hears what it said itself, below the one that hears the truth",
    "Una segunda fila de copias que oye lo que ella misma dijo, debajo de la que oye la verdad",
)
PAUSE = 50  # ms; several messages of a run are shown at once
WHO = "unrolled"


class Room(QWidget):
    """`opened` carries the id of a cell to go into."""

    opened = Signal(str)

    def __init__(self, state: State, board: Board) -> None:
        super().__init__()
        self._state, self._board = state, board
        self.stage = Stage(state.tokens, self._film(Unrolled()))
        self.view = UnrolledView(self.stage)
        self.cutting = Cutting(state, board, self.view)
        self.telling = Telling(self.view, state.tokens)
        self.legend, self.readout = self.telling.legend, self.telling.readout
        foot = boxed(row(self.readout, self.legend, gap=GAP, margins=(GAP, 2, GAP, 2)))
        self.setLayout(column(self.view, foot, gap=0))
        self.layout().setStretch(0, 1)
        self.setFocusProxy(self.view)
        self.pair = QToolButton()
        self.pair.setObjectName("beside")
        self.pair.setCheckable(True)
        self.pair.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.pair.hide()
        self._seen: tuple[object, ...] = ()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(PAUSE)
        self._soon.timeout.connect(self._look)
        self._connect()
        self.retranslate()

    def _connect(self) -> None:
        state, view = self._state, self.view
        for signal in (state.found, state.scrubbed, state.project_changed, state.bridge.framed, state.bridge.changed):
            listen(signal, self, self._later)
        listen(state.marked, self, self._marked)
        listen(self._board.path_changed, self, self._elsewhere)
        listen(self._board.scene.picked_changed, self, self._show_picked)
        view.clicked.connect(self._click)
        view.entered.connect(self._enter)
        view.hovered.connect(self._hover)
        view.stepped.connect(self._step)
        view.climbed.connect(self._climb)
        view.cut_dragged.connect(self.cutting.drag)
        view.menu_wanted.connect(self.cutting.open_menu)
        view.tip_wanted.connect(self.telling.tip)
        self.pair.toggled.connect(self._compare)

    # opening, words, colours

    @property
    def open(self) -> bool:
        return not self.isHidden()

    @property
    def plan(self) -> Unrolled:
        return self.stage.film.plan

    @property
    def sheet(self) -> Sheet:
        return self.view.sheet

    def enter_room(self) -> None:
        """Shown: follow the run from now on."""
        self._look_anew()
        self.view.show_start()

    def leave_room(self) -> None:
        """Hidden: ask for nothing more."""
        self.view.finish()
        self.pair.hide()
        self._state.attend(WHO, ())

    def set_theme(self, tokens: Theme) -> None:
        self.stage.tokens = tokens
        self._look_anew()

    def retranslate(self) -> None:
        named(self.view, say(NAME))
        named(self.pair, say(BESIDE))
        self.pair.setFont(ui_font(9.0))
        self.pair.setText(say(BESIDE))
        self.pair.setToolTip(f"{say(WHY_BESIDE)} (Shift+U)")
        self.legend.speak()
        self.telling.speak()
        if self.open:
            self._look_anew()

    # following

    def _later(self) -> None:
        if self.open and not self._soon.isActive():
            self._soon.start()

    def _elsewhere(self) -> None:
        """Another level is shown: it is seen from its first step on."""
        self._look_anew()
        if self.open:
            self.view.show_start()

    def _look_anew(self) -> None:
        self._seen = ()
        self._look()

    def _look(self) -> None:
        """Show what has changed: the drawing, the frame, the cuts."""
        if not self.open:
            return
        state = self._state
        recording = state.session.recording
        frame = recording.frame(state.step)
        seen = (state.verdict, self._board.path, frame)
        if seen[:2] != self._seen[:2]:
            self._replan()
        elif frame is not self._seen[2]:
            self._reframe()
        elif self.sheet.lanes and self._laid().close != self.sheet.close:  # the window has another height
            self._lay(fresh=True)
        self._seen = seen
        budget = state.bridge.training.probe_budget if state.bridge.training is not None else 0.0
        running = frame is not None and state.bridge.view.phase == "running" and budget > 0
        self.stage.rest = frame.cost / budget if frame is not None and running else 0.0
        self.cutting.show()
        self.telling.speak()

    def _compare(self, on: bool) -> None:
        """Show both rows, or the whole of the copies that hear the truth."""
        self._seen = ()
        self._look()
        if self.open:
            self.view.show_start()

    @property
    def _comparable(self) -> bool:
        """Whether the level shown has a teacher."""
        return not self._board.path and any(n.kind == TEACHER for n in self._board.graph.nodes.values())

    def _film(self, plan: Unrolled) -> Film:
        state = self._state
        recording = state.session.recording
        return Film(
            plan, self._board.path, PALETTES[state.tokens.name], recording, recording.frame(state.step), state.program
        )  # fmt: skip

    def _show_film(self, plan: Unrolled) -> None:
        """The newest frame; and what it says of the model by itself, where that is shown."""
        film = self.stage.film = self._film(plan)
        free = film.frame.free if film.frame is not None and plan.axis else None
        self.stage.free = replace(film, frame=free, taught=film, _pictures={}) if plan.axis else None

    def _replan(self) -> None:
        verdict, path = self._state.verdict, self._board.path
        graph = verdict.project.graph if verdict.project is not None else self._state.document.graph
        try:
            plan = unroll(graph, path, verdict.checked, self._board.registry)
        except KeyError:  # the drawing is newer than its check, which is under way
            return
        self.pair.setVisible(self._comparable)
        plan = (beside(plan) if self.pair.isChecked() and self._comparable else None) or plan
        level = self._board.graph
        stage = self.stage
        self._show_film(plan)
        stage.names = names_of(level, self._board.registry)
        stage.groups = {
            id: s.group if (s := self._board.registry.node(n.kind)) else "cell" for id, n in level.nodes.items()
        }
        stage.losses = len({b.id for block in plan.blocks for b in block.boxes if b.role == "loss"})
        fresh = plan.axes != self.sheet.plan.axes or not self.sheet.lanes
        self._lay(fresh)
        self._ask()
        self._show_picked()

    def _reframe(self) -> None:
        before = _shape(self.stage.film)
        self._show_film(self.plan)
        if _shape(self.stage.film) != before:
            self._lay(before == ({}, []))
        if self._state.step is None:
            self.view.sweep()
        else:
            self.view.refresh()

    def _lay(self, fresh: bool) -> None:
        plan = self.plan
        self.view.show_sheet(self._laid())
        self.telling.explain(plan)
        if fresh and plan.blocks:
            self.view.show_start()

    def _laid(self) -> Sheet:
        """With room between the boxes, or close where they would be too small to read."""
        film = self.stage.film
        roomy = lay(self.plan, film.lengths, children=film.children)
        return roomy if self.view.fits(roomy) else lay(self.plan, film.lengths, True, film.children)

    def _ask(self) -> None:
        program = self._state.program
        if program is not None:
            self._state.attend(WHO, wishes(self.plan, self._board.path, program, self._comparable))

    def resizeEvent(self, event: object) -> None:
        self.telling.place_note()
        self._later()

    # choosing

    def _show_picked(self) -> None:
        picked = self._board.scene.picked
        self.stage.nodes, self.stage.wires = picked.nodes, picked.wires
        if self.open:
            self.telling.speak()
        self.view.refresh()

    def _click(self, caught: Hit, more: bool) -> None:
        scene, picked = self._board.scene, meant(caught)
        if caught.column is not None and caught.column.step is not None:
            self._choose(caught.column)
        elif caught.kind == "":
            self._state.mark(None)
        scene.pick(scene.picked ^ picked if more and picked else picked)
        self.telling.speak()
        self.view.refresh()

    def _choose(self, column: Column) -> None:
        self._state.mark(Moment(self.sheet.lanes[column.lane].axis, column.step or 0))

    def _marked(self) -> None:
        """Another step is looked at, here or on a chart."""
        self.stage.step = moment = self._state.moment
        if not self.open:
            return
        lane = next((n for n in self.sheet.lanes if moment is not None and n.axis == moment.axis), None)
        known = lane is not None and lane.columns[0].step is not None
        if lane is not None and moment is not None and known and moment.step < len(lane.columns):
            self.view.show_column(lane.columns[moment.step])
        self.telling.speak()
        self.view.refresh()

    def _enter(self, id: str) -> None:
        self.opened.emit(id)

    def _hover(self, caught: Hit) -> None:
        if caught.id != self.stage.hovered:
            self.stage.hovered = caught.id
            self.view.refresh()

    def _step(self, by: int) -> None:
        """On or back along time; over the end of one axis into the next."""
        column = walked(self.sheet, self.stage.step, by)
        if column is not None:
            self._choose(column)
            self.view.show_column(column)
            self.telling.speak()
            self.view.refresh()

    def _climb(self, by: int) -> None:
        """Select the box above or below, in the copy that is looked at and then in what stands once."""
        id = climbed(self.plan, next(iter(self.stage.nodes), ""), by)
        if id:
            self._board.scene.pick(Picked(nodes=frozenset({id})))


def _shape(film: Film) -> tuple[dict[str, int], list[list[float]]]:
    """What decides where copies lie."""
    return dict(film.lengths), [list(map(float, pair)) for pair in film.children]
