"""Bringing what is selected into order: nudge, align, distribute, straighten, automatic layout. Each is one undo step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from PySide6.QtCore import QRectF

from core.graph import edit
from core.graph.model import Edge, Graph
from core.words import Text
from studio.canvas.arrange import arranged
from studio.canvas.board import Board
from studio.canvas.look import GRID

Point = tuple[float, float]
NO_WIRE = Text(
    "No wire leads to what is selected, so there is nothing to straighten.",
    "Ningún cable lleva a lo seleccionado; no hay nada que enderezar.",
)


class Placing:
    """Acts on the selected nodes of a board."""

    def __init__(self, board: Board) -> None:
        self._board, self._scene = board, board.scene

    def nudge(self, dx: float, dy: float) -> None:
        """Move what is selected by grid steps; steps that follow each other are one undo step."""
        graph, ids = self._board.graph, self._scene.picked.nodes | self._scene.picked.frames
        at = {**{n.id: n.at for n in graph.nodes.values()}, **{f.id: f.at for f in graph.frames.values()}}
        places = {id: (at[id][0] + dx * GRID, at[id][1] + dy * GRID) for id in ids}
        if places:
            merge_key = "nudge:" + "/".join(sorted(ids))
            self._board.edit(Text("Move", "Mover"), lambda g: edit.move(g, places), merge=merge_key)

    def arrange(self) -> frozenset[str]:
        """Lay out the selection, or everything; reroute points of what moves are dropped. The nodes laid out."""
        ids = self._scene.picked.nodes if len(self._scene.picked.nodes) > 1 else frozenset(self._board.graph.nodes)
        sizes = {id: (item.look.width, item.look.height) for id, item in self._scene.nodes.items()}
        places = arranged(self._board.graph, sizes, ids)

        def change(graph: Graph) -> Graph:
            straight = {
                e.id: replace(e, points=()) for e in graph.edges.values() if {e.source.node, e.target.node} <= ids
            }
            return edit.put_edges(edit.move(graph, places), straight)

        self._board.edit(Text("Arrange", "Ordenar"), change)
        return ids

    def align(self, side: str) -> None:
        """Bring the selected nodes to a common "left", "right", "top", "bottom", "middle" (of rows) or "centre"."""
        boxes = self._boxes()
        if len(boxes) > 1:
            area = self._scene.content(boxes.keys())
            places = {id: _aligned(box, area, side) for id, box in boxes.items()}
            self._board.edit(Text("Align", "Alinear"), lambda g: edit.move(g, places))

    def distribute(self, across: bool) -> None:
        """Equal gaps between the selected nodes; the outermost stay."""
        boxes = sorted(self._boxes().items(), key=lambda pair: pair[1].x() if across else pair[1].y())
        if len(boxes) < 3:
            return
        sizes = [b.width() if across else b.height() for _, b in boxes]
        first, last = boxes[0][1], boxes[-1][1]
        span = last.right() - first.left() if across else last.bottom() - first.top()
        gap, here = (span - sum(sizes)) / (len(boxes) - 1), first.left() if across else first.top()
        places: dict[str, Point] = {}
        for (id, box), size in zip(boxes, sizes, strict=True):
            places[id] = (_snap(here), box.y()) if across else (box.x(), _snap(here))
            here += size + gap
        places |= {id: (box.x(), box.y()) for id, box in (boxes[0], boxes[-1])}
        self._board.edit(Text("Distribute", "Repartir"), lambda g: edit.move(g, places))

    def straighten(self) -> None:
        """Raise or lower the selected nodes until the wires that reach them run level, and take the bends out of the
        selected wires."""
        places = self._level()
        bent = {w: self._board.graph.edges[w] for w in self._scene.picked.wires}
        bent = {w: replace(e, points=()) for w, e in bent.items() if e.points}
        if not places and not bent:
            self._board.refuse(NO_WIRE)
            return
        label = Text("Straighten", "Enderezar")
        self._board.edit(label, lambda g: edit.put_edges(edit.move(g, places), bent))

    def _level(self) -> Mapping[str, Point]:
        """New places, from left to right: each node follows the wire that comes to it from the left."""
        graph, chosen = self._board.graph, self._scene.picked.nodes
        into: dict[str, list[Edge]] = defaultdict(list)
        for e in graph.edges.values():
            into[e.target.node].append(e)
        places: dict[str, Point] = {}
        for id in sorted(chosen, key=lambda id: graph.nodes[id].at):
            wire = self._leading(into[id], chosen)
            if wire is not None:
                x, y = graph.nodes[id].at
                places[id] = (x, y + self._height(wire, places))
        return places

    def _leading(self, into: Iterable[Edge], chosen: frozenset[str]) -> Edge | None:
        """The wire of this step, of those into a node, that it follows: from a selected node before any other; a lone
        node follows any."""
        left = [e for e in into if not e.delay and self._is_left(e)]
        inside = [e for e in left if e.source.node in chosen]
        return next(iter(inside or (left if len(chosen) == 1 else [])), None)

    def _is_left(self, e: Edge) -> bool:
        return self._scene.nodes[e.source.node].x() < self._scene.nodes[e.target.node].x()

    def _height(self, e: Edge, places: Mapping[str, Point]) -> float:
        """How far the wire's end lies above its start, once its start is at its new place."""
        start = self._scene.nodes[e.source.node].anchor("out", e.source.port)[0].y()
        end = self._scene.nodes[e.target.node].anchor("in", e.target.port)[0].y()
        moved = places[e.source.node][1] - self._scene.nodes[e.source.node].y() if e.source.node in places else 0.0
        return start + moved - end

    def _boxes(self) -> Mapping[str, QRectF]:
        return {id: self._scene.nodes[id].box for id in self._scene.picked.nodes}


def _aligned(box: QRectF, area: QRectF, side: str) -> Point:
    middle = area.center()
    x = {"left": area.left(), "right": area.right() - box.width(), "centre": middle.x() - box.width() / 2}
    y = {"top": area.top(), "bottom": area.bottom() - box.height(), "middle": middle.y() - box.height() / 2}
    return (x.get(side, box.x()), y.get(side, box.y()))


def _snap(value: float) -> float:
    return round(value / GRID) * GRID
