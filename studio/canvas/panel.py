"""The canvas in its window: joined to what all panels share."""

from __future__ import annotations

from typing import Any

from core.problems import Place, Problem
from core.project.document import Document
from core.specs.registry import Registry
from core.words import say
from studio.canvas.canvas import Canvas
from studio.canvas.scene import Picked
from studio.state import Selection, State


class CanvasPanel(Canvas):
    """Tells the state what is selected; shows what was checked and what another panel asks to see."""

    def __init__(self, document: Document, registry: Registry, state: State) -> None:
        super().__init__(document, registry, state.tokens, lambda: state.session.fields()[0])
        self._state = state
        self.set_checked(state.checked)
        self.board.scene.picked_changed.connect(lambda _: self._tell())
        self.path_changed.connect(lambda _: self._tell())
        self.message.connect(self._say)
        state.found.connect(self._found)
        state.reveal.connect(self._reveal)
        state.enter.connect(self.board.go)
        state.selected.connect(self._follow)
        self.show_map(state.settings.map)
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
