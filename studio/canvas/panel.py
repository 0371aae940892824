"""The canvas in its window: joined to what all panels share, and turned over to show the drawing unrolled in time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QVBoxLayout

from core.graph.model import Path
from core.problems import Place, Problem
from core.project.document import Document
from core.specs.registry import Registry
from core.words import Text, say
from studio.canvas.canvas import Canvas
from studio.canvas.reach import Reach
from studio.canvas.scene import Picked
from studio.carried import carried
from studio.icons import icon
from studio.paper import PaperView
from studio.parts import boxed, named, row, styled_by
from studio.state import Selection, State
from studio.theme import Theme, ui_font
from studio.unrolled.room import Room

UNROLL, ROLL = Text("Unroll in time", "Desplegar en el tiempo"), Text("Roll up", "Plegar")
SHARED = (
    "unroll",
    "beside",
    "leave",
    "enter",
    "zoom_in",
    "zoom_out",
    "zoom_one",
    "show_all",
    "show_selection",
)  # on both sides


class CanvasPanel(Canvas):
    """Tells the state what is selected; shows what was checked and what another panel asks to see."""

    def __init__(self, document: Document, registry: Registry, state: State) -> None:
        self.room: Room | None = None
        self._unseen = False  # the rolled side of another drawing
        super().__init__(document, registry, state.tokens, lambda: state.verdict.fields)
        self._state = state
        self.board.mend = state.mend
        self.board.carried = lambda node, port: carried(state, self.board.path, node, port)
        self.set_checked(state.checked)
        self.board.scene.picked_changed.connect(lambda _: self._tell())
        self.path_changed.connect(lambda _: self._tell())
        self.message.connect(self._say)
        state.found.connect(self._found)
        state.reveal.connect(self._reveal)
        state.enter.connect(self.board.go)
        state.selected.connect(self._follow)
        super().show_map(state.settings.map)
        self._build_room(Room(state, self.board))
        self._reach = Reach(self, self._actions.values())
        self._tell()

    def show_map(self, on: bool) -> None:
        super().show_map(on)
        self._state.settings.map = on

    def _follow(self, wanted: Selection) -> None:
        """What another panel selects is selected here, and brought into sight."""
        if wanted == self._shown():
            return
        self.board.go(wanted.path)
        if self.path != wanted.path:
            return
        picked = Picked(frozenset(wanted.nodes), frozenset(wanted.edges), frozenset(wanted.frames))
        scene = self.board.scene
        scene.pick(picked.within(scene.graph))
        boxes = [scene.nodes[id].box for id in wanted.nodes if id in scene.nodes]
        boxes += [scene.wires[id].boundingRect() for id in wanted.edges if id in scene.wires]
        if boxes and not any(self.view.shown().contains(box) for box in boxes):
            self._show(boxes[0])

    # rolled and unrolled

    def _build_room(self, room: Room) -> None:
        """The other side, and the button that turns to it."""
        self.room = room
        self.turn = QToolButton()
        self.turn.setObjectName("unroll")
        self.turn.setCheckable(True)
        self.turn.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.turn.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.turn.clicked.connect(lambda _: self.show_unrolled(room.isHidden()))
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.removeWidget(self.crumbs)
        layout.insertWidget(0, boxed(row(self.crumbs, room.pair, self.turn, gap=6, margins=(0, 0, 6, 0))))
        self._line = boxed(row(), "keys")
        self._line.setFixedHeight(2)
        layout.insertWidget(1, self._line)
        layout.addWidget(room, 1)
        room.hide()
        room.opened.connect(self.board.enter)
        for view in (room.view, self.view):  # the side that is hidden may be moved as well
            view.zoom_changed.connect(lambda _: self.crumbs.show_zoom(self._looked_at().zoom))
        for id in SHARED:
            room.view.addAction(self._actions[id])
        self._actions["unroll"].triggered.connect(lambda _=False: self.show_unrolled(room.isHidden()))
        self._actions["beside"].triggered.connect(lambda _=False: self._beside(room))
        zooms: dict[str, Callable[[float], float]] = {
            "zoom_in": lambda z: z * 1.25, "zoom_out": lambda z: z * 0.8, "zoom_one": lambda _: 1.0,
        }  # fmt: skip
        for id, to in zooms.items():
            self._actions[id].triggered.disconnect()
            self._actions[id].triggered.connect(lambda _=False, to=to: self._zoom(to))
        self._speak_turn()

    def _looked_at(self) -> PaperView:
        return self.room.view if self.room is not None and self.unrolled else self.view

    def show_keys(self, on: bool) -> None:
        """A line over the paper while it has the keyboard."""
        styled_by(self._line, "here", on)

    def _zoom(self, to: Callable[[float], float]) -> None:
        view = self._looked_at()
        view.set_zoom(to(view.zoom))

    @property
    def unrolled(self) -> bool:
        return self.room is not None and not self.room.isHidden()

    @property
    def turn_words(self) -> Text:
        """What the button does next."""
        return ROLL if self.unrolled else UNROLL

    def show_unrolled(self, on: bool) -> None:
        """Turn the drawing over: rolled, or unrolled in time."""
        room = self.room
        if room is None or on == self.unrolled:
            return
        before = self.view.viewport().grab() if on else None
        self.view.setVisible(not on)
        room.setVisible(on)
        if on:
            self.layout().activate()
            room.enter_room()
            room.view.unfold(before, room.view.shown().center().x())
            room.view.setFocus()
        else:
            room.leave_room()
            self.view.setFocus()
            self._catch_up()
        self.setFocusProxy(self._looked_at())
        self._speak_turn()

    def _beside(self, room: Room) -> None:
        """Both ways of hearing, below each other; from the rolled side it is unrolled first."""
        on = not (self.unrolled and room.pair.isChecked())
        room.pair.setChecked(on)
        if on:
            self.show_unrolled(True)

    def _speak_turn(self) -> None:
        if self.room is None:
            return
        words = say(self.turn_words)
        self.turn.setChecked(self.unrolled)
        self.turn.setIcon(icon("unroll", self._tokens))
        self.turn.setFont(ui_font(9.0))
        self.turn.setText(words)
        self.turn.setToolTip(f"{words} (U)")
        named(self.turn, words)
        self._actions["unroll"].setText(words)
        self.crumbs.show_zoom(self._looked_at().zoom)

    def show_all(self) -> None:
        if self.unrolled and self.room is not None:
            self.room.view.show_all()
        else:
            super().show_all()

    def show_start(self) -> None:
        self._unseen = self.unrolled
        if self.unrolled and self.room is not None:
            self.room.view.show_start()
        else:
            super().show_start()

    def _turn_to(self, path: Path) -> None:
        if not self.unrolled:
            super()._turn_to(path)

    def _catch_up(self) -> None:
        """The rolled side comes back: another drawing, or another level, may be shown since it was hidden."""
        self.layout().activate()
        if self._unseen:
            self.show_start()
        elif self.levels.shown != self.path:
            self._turn_to(self.path)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        if self.room is not None:
            self.room.set_theme(theme)
            self._speak_turn()

    def retranslate(self) -> None:
        super().retranslate()
        if self.room is not None:
            self.room.retranslate()
            self._speak_turn()

    # joined to the others

    def _tell(self) -> None:
        self._state.select(self._shown())

    def _shown(self) -> Selection:
        picked, graph = self.board.scene.picked, self.board.scene.graph
        return Selection(
            self.path,
            tuple(n for n in graph.nodes if n in picked.nodes),
            tuple(e for e in graph.edges if e in picked.wires),
            tuple(f for f in graph.frames if f in picked.frames),
        )

    def _found(self, verdict: Any) -> None:
        self.set_checked(verdict.checked)

    def _reveal(self, place: Place) -> None:
        if place.path:
            self.reveal(place.path, place.edge)

    def _say(self, message: object) -> None:
        self._state.status.emit(say(message.message) if isinstance(message, Problem) else str(message))
