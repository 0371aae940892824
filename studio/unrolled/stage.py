"""What the items of the unrolled drawing share: colours, the recorded frame, what is chosen and what the mouse is over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from PySide6.QtGui import QColor, QPen

from core.observe.unrolled import Box, Link
from studio.theme import Theme, mix
from studio.unrolled.film import Film
from studio.unrolled.sheet import Column, Lane
from studio.unrolled.words import below


@dataclass
class Stage:
    """Changed by the view alone; items read it when they paint."""

    tokens: Theme
    film: Film
    free: Film | None = None  # what the same step showed as the model heard itself
    names: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    nodes: frozenset[str] = frozenset()  # selected
    wires: frozenset[str] = frozenset()
    step: tuple[str, int] | None = None  # axis and step that are looked at
    hovered: str = ""
    rest: float = 0.0  # seconds from a probed step to the next, where a run is under way
    losses: int = 0  # boxes with a loss on this level: only of one alone the loss of a step is known
    cuts: tuple[int, ...] = ()  # steps before which the gradient is cut, as a person has drawn it
    differs: bool = False  # whether what is shown was trained with other cuts
    parked: bool = False  # a cut more waits before the first copy

    @property
    def trained_cuts(self) -> tuple[int, ...]:
        """Before which steps the gradient was cut in the training that is shown; as it is drawn where nobody knows."""
        told = self.film.frame.cuts if self.film.frame is not None else None
        return self.cuts if told is None else told

    def film_of(self, lane: Lane) -> Film:
        """What the copies of a lane show."""
        return self.free if lane.free and self.free is not None else self.film

    @property
    def worst(self) -> float:
        """The loss that fills its bar: the same in both rows."""
        return max(self.film.worst, self.free.worst) if self.free is not None and self.free.frame else self.film.worst

    @property
    def gradient(self) -> QColor:
        return self.tokens.group("loss")

    @property
    def wire(self) -> QColor:
        return mix(self.tokens.muted, self.tokens.canvas, 0.75)

    @property
    def state(self) -> QColor:
        return self.tokens.port("features")

    def colour(self, box: Box) -> QColor:
        return self.tokens.group(self.groups.get(box.id, ""))

    def ground(self, box: Box) -> QColor:
        return mix(self.colour(box), self.tokens.card, 0.16)

    def outline(self, box: Box, column: Column) -> QPen:
        t = self.tokens
        if box.id in self.nodes:
            return QPen(t.accent, 2.4 if self.step_chosen(column) or not column.copied else 2.0)
        if box.id == self.hovered:  # in every copy: they are one node
            return QPen(mix(t.accent, t.card_border, 0.7), 1.8)
        return QPen(mix(self.colour(box), t.card_border, 0.55), 1.2)

    def chosen(self, id: str) -> bool:
        return id in self.nodes

    def wire_chosen(self, link: Link) -> bool:
        return bool(self.wires) and not self.wires.isdisjoint(link.edges)

    def step_chosen(self, column: Column) -> bool:
        return self.step is not None and (column.axis, column.step) == self.step

    def speaks_loss(self, box: Box) -> bool:
        return self.losses == 1

    def index(self, column: Column) -> str:
        return below(column.step) if column.step is not None else ""

    def below(self, lane: Lane, column: Column) -> str:
        """The symbol read at a step, where no box of the copy shows it."""
        if column.step is None or any(b.role == "input" and self.film.symbols(b) for b in lane.block.boxes):
            return ""
        read = self.film.read(lane.axis)
        return read[column.step] if column.step < len(read) else ""
