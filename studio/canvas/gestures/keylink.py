"""Wiring without a mouse: arrows go from port to port and along wires, Enter takes a wire and lets it go where it fits.

While it lasts, the view hands it every key; Esc first drops the wire, then leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QGraphicsEllipseItem

from core.graph.edit import remove
from core.graph.model import Edge, Port
from core.words import Text, say
from studio.canvas.gestures.gesture import Pointer
from studio.canvas.gestures.link import UNPLUG, Link
from studio.canvas.hit import Hit
from studio.canvas.look import Mark, Side
from studio.canvas.tips import tip_lines

if TYPE_CHECKING:
    from studio.canvas.view import CanvasView

Key = Qt.Key
End = tuple[str, Side, str]
"""A port as node, side and name."""
HELP = Text(
    "Arrows choose a port, Enter takes a wire, Del unplugs, Esc ends.",
    "Las flechas eligen un puerto, Intro toma un cable, Supr lo desconecta, Esc termina.",
)
HELD = Text(
    "{n} of {all} that fit. Arrows choose, with Shift among all; Enter connects, Tab adds a node, Esc lets go.",
    "{n} de {all} que encajan. Las flechas eligen, con Mayús entre todos; Intro conecta, Tab añade un nodo, Esc suelta.",
)
NONE_FITS = Text(
    "Nothing here takes this wire. Shift and arrows say why, Tab adds a node, Esc lets go.",
    "Nada aquí acepta este cable. Mayús y las flechas dicen por qué, Tab añade un nodo, Esc suelta.",
)
OTHERS = Text(
    "Arrows go on among what fits, with Shift among all; Shift+Enter connects what can be, Esc lets go.",
    "Las flechas siguen entre lo que encaja, con Mayús entre todos; Mayús+Intro conecta lo posible, Esc suelta.",
)
RING = 10.0


def first_port(marks: Sequence[Mark]) -> tuple[Side, str] | None:
    """Where to begin on a node: at its first output, else its first input."""
    mark = next((m for m in marks if m.side == "out"), next(iter(marks), None))
    return None if mark is None else (mark.side, mark.spec.name)


class KeyLink:
    """Begins at a port of the level shown. `left` is called when it is over."""

    def __init__(self, view: CanvasView, at: End, left: Callable[[], None], quiet: bool = False) -> None:
        self._view, self._board, self._scene, self._left = view, view.board, view.board.scene, left
        self._link: Link | None = None
        self._targets: list[End] = []  # what fits
        self._every: list[End] = []  # every port on the other side of the drawing
        self._at = at
        self._ring = QGraphicsEllipseItem(-RING, -RING, 2 * RING, 2 * RING)
        self._ring.setPen(QPen(view.tokens.accent, 3.0))
        self._ring.setZValue(10.0)
        self._scene.addItem(self._ring)
        self._show(quiet)

    def press(self, key: Qt.Key, shift: bool) -> bool:
        """Do what a key means here; whether it means anything."""
        act = (self._holding(shift) if self._link is not None else self._choosing()).get(key)
        if act is not None:
            act()
        return act is not None

    def takes(self, key: Qt.Key) -> bool:
        """Whether a key means something now."""
        return key in (self._holding(False) if self._link is not None else self._choosing())

    def move(self, at: Pointer) -> None:
        """A mouse may wander while keys are used."""

    def end(self, at: Pointer) -> None:
        self.cancel()

    def cancel(self) -> None:
        if self._link is not None:
            self._link.cancel()
            self._link = None
        self._scene.removeItem(self._ring)
        self._view.note("", QPoint(), True)

    # choosing a port

    def _choosing(self) -> dict[Qt.Key, Callable[[], None]]:
        return {
            Key.Key_Up: lambda: self._beside(-1), Key.Key_Down: lambda: self._beside(1),
            Key.Key_Left: lambda: self._across("in"), Key.Key_Right: lambda: self._across("out"),
            Key.Key_Return: self._take, Key.Key_Enter: self._take,
            Key.Key_Delete: self._unplug, Key.Key_Backspace: self._unplug,
            Key.Key_Escape: self._leave,
        }  # fmt: skip

    def _beside(self, step: int) -> None:
        """The next port of the same side."""
        node, side, name = self._at
        names = [m.spec.name for m in self._scene.nodes[node].look.marks if m.side == side]
        self.go((node, side, names[(names.index(name) + step) % len(names)]))

    def _across(self, side: Side) -> None:
        """To the node's other side; from there along the wire to the next node."""
        node, here, _ = self._at
        if here == side:
            self._along(side)
            return
        there = [m for m in self._scene.nodes[node].look.marks if m.side == side]
        if there:
            self.go((node, side, there[0].spec.name))

    def _along(self, side: Side) -> None:
        wires = self._wires()
        if wires and side == "out":
            self.go((wires[0].target.node, "in", wires[0].target.port))
        elif wires:
            self.go((wires[0].source.node, "out", wires[0].source.port))

    def _wires(self) -> tuple[Edge, ...]:
        node, side, name = self._at
        graph = self._scene.graph
        return graph.out_of(Port(node, name)) if side == "out" else graph.into(Port(node, name))

    def _unplug(self) -> None:
        """Take away the newest wire of the port."""
        wires, at = self._wires(), self._at
        if wires:
            self._leave()
            self._board.edit(UNPLUG, lambda g: remove(g, edge_ids=[wires[-1].id]))
            self._view.connect_by_keys(at)

    def _take(self) -> None:
        """Hold a wire, as the mouse would: off a wired input it is taken along."""
        node, side, name = self._at
        self._link = Link(self._view, self._pointer(self._at, False), Hit("port", node, name, side))
        self._link.judge_all()
        wanted: Side = "in" if self._link.side == "out" else "out"
        fits = [
            (i.node.id, m) for i in self._scene.nodes.values() for m in i.look.marks if self._fits(i.fit, m, wanted)
        ]
        self._targets = self._in_order((id, m.side, m.spec.name) for id, m in fits)
        self._every = self._in_order(
            (i.node.id, m.side, m.spec.name)
            for i in self._scene.nodes.values() for m in i.look.marks if m.side == wanted and i.node.id != self._link.fixed.node
        )  # fmt: skip
        if self._targets:
            self._aim(min(self._targets, key=self._unlikely(self._at)))
        else:
            self._say(say(NONE_FITS), False)

    def _fits(self, fit: dict[tuple[Side, str], bool] | None, mark: Mark, wanted: Side) -> bool:
        return fit is not None and mark.side == wanted and fit.get((mark.side, mark.spec.name), False)

    def _in_order(self, ends: Iterable[End]) -> list[End]:
        """As they stand on the paper, without the one in the hand."""
        return [end for _, end in sorted((self._place(end), end) for end in ends) if end != self._at]

    # holding a wire

    def _holding(self, shift: bool) -> dict[Qt.Key, Callable[[], None]]:
        return {
            **dict.fromkeys((Key.Key_Down, Key.Key_Right), lambda: self._next(1, shift)),
            **dict.fromkeys((Key.Key_Up, Key.Key_Left), lambda: self._next(-1, shift)),
            **dict.fromkeys((Key.Key_Return, Key.Key_Enter), lambda: self._drop(shift)),
            Key.Key_Tab: self._add_there, Key.Key_Escape: self._let_go,
        }  # fmt: skip

    def _next(self, step: int, every: bool) -> None:
        """To the next port that fits, or to any: one that does not says why."""
        ends = self._every if every else self._targets
        if ends:
            here = ends.index(self._at) if self._at in ends else -1 if step > 0 else 0
            self._aim(ends[(here + step) % len(ends)])

    def _aim(self, end: End) -> None:
        assert self._link is not None
        self.go(end)
        self._link.move(self._pointer(end, False))
        judged = self._link.verdict
        why = say(judged.words) if judged is not None else ""
        fits = end in self._targets
        words = say(HELD, n=self._targets.index(end) + 1, all=len(self._targets)) if fits else say(OTHERS)
        self._say("\n".join(filter(None, (self._name(), why, words))), judged is None or judged.ok)

    def _drop(self, shift: bool) -> None:
        link, at, before = self._link, self._at, self._board.graph
        if link is not None and at in (*self._targets, *self._every):
            self._link = None
            self._leave()
            link.end(self._pointer(at, shift))
            self._view.connect_by_keys(at, quiet=self._board.graph is before)

    def _add_there(self) -> None:
        """The search for what fits, joined to the wire in the hand."""
        assert self._link is not None
        held, side = self._link.fixed, self._link.side
        place = self._pointer((held.node, side, held.port), False)
        self._leave()
        step = QPointF(200.0 if side == "out" else -200.0, 0.0)
        at = Pointer(place.scene + step, self._view.mapFromScene(place.scene + step), place.keys)
        self._view.ask_for_node(at, (held, side))

    def _let_go(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            self._at = (link.fixed.node, link.side, link.fixed.port)
            link.cancel()
        self._show()

    def _leave(self) -> None:
        self.cancel()
        self._left()

    # where

    def go(self, end: End) -> None:
        self._at = end
        self._show()

    def _show(self, quiet: bool = False) -> None:
        place = self._place(self._at)
        self._ring.setPos(QPointF(*place))
        self._view.ensureVisible(QRectF(self._ring.pos(), self._ring.pos()).adjusted(-60, -40, 60, 40), 20, 20)
        if not quiet:  # what was refused just now stays to be read
            self._say(f"{self._name()}\n{say(HELP)}", True)

    def _name(self) -> str:
        node, side, port = self._at
        lines = tip_lines(self._board, Hit("port", node, port, side))
        return " · ".join((tip_lines(self._board, Hit("node", node))[0], *lines))

    def _say(self, words: str, good: bool) -> None:
        self._view.note(words, self._view.mapFromScene(self._ring.pos()), good)
        self._view.announce(words)

    def _place(self, end: End) -> tuple[float, float]:
        point = self._scene.nodes[end[0]].anchor(end[1], end[2])[0]
        return point.x(), point.y()

    def _pointer(self, end: End, shift: bool) -> Pointer:
        point = QPointF(*self._place(end))
        keys = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
        return Pointer(point, self._view.mapFromScene(point), keys)

    def _unlikely(self, end: End) -> Callable[[End], tuple[bool, float]]:
        """How far from a wish a port is: what is free and not on the same node comes first, then what is near."""
        (x, y), graph = self._place(end), self._scene.graph

        def order(other: End) -> tuple[bool, float]:
            taken = other[1] == "in" and bool(graph.into(Port(other[0], other[2])))
            px, py = self._place(other)
            return taken or other[0] == end[0], abs(px - x) + abs(py - y)

        return order
