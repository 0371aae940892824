"""Which commands of the canvas mean something for what is selected; what the others wait for, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice

from PySide6.QtGui import QAction

from core.words import Text, say
from studio.canvas.actions import ROWS
from studio.canvas.board import Board
from studio.canvas.scene import Picked
from studio.shortcuts import explained

MANY = 400  # selected: looking at each would be felt while a band is drawn
Met = Callable[[Board, Picked], bool]
EMPTY = Text("the canvas is empty", "el lienzo está vacío")


def _cells(board: Board, picked: Picked) -> int:
    """How many of them there are, as far as two; among very many, several."""
    items = board.scene.nodes
    if len(picked.nodes) > MANY:
        return 2
    return len(list(islice((id for id in picked.nodes if id in items and items[id].look.cell), 2)))


NEEDS: Mapping[str, tuple[Text, Met]] = {
    "any": (Text("select something first", "seleccione algo antes"), lambda _, p: bool(p)),
    "thing": (Text("select a node or a frame first", "seleccione antes un nodo o un marco"), lambda _, p: bool(p.nodes or p.frames)),
    "node": (Text("select a node first", "seleccione antes un nodo"), lambda _, p: bool(p.nodes)),
    "two": (Text("select two nodes or more", "seleccione dos nodos o más"), lambda _, p: len(p.nodes) > 1),
    "three": (Text("select three nodes or more", "seleccione tres nodos o más"), lambda _, p: len(p.nodes) > 2),
    "name": (Text("select one node or frame", "seleccione un nodo o un marco"), lambda _, p: len(p.nodes or p.frames) == 1),
    "value": (Text("select one thing", "seleccione un solo elemento"), lambda _, p: len(p.nodes) == 1 or bool(not p.nodes and p)),
    "cell": (Text("select a cell first", "seleccione antes una celda"), lambda b, p: _cells(b, p) == 1),
    "cells": (Text("select a cell first", "seleccione antes una celda"), lambda b, p: _cells(b, p) > 0),
    "drawn": (EMPTY, lambda b, _: bool(b.scene.graph.nodes)),
    "there": (EMPTY, lambda b, _: bool(b.scene.graph.nodes or b.scene.graph.frames)),
    "inside": (Text("this is the network itself", "esta es la red misma"), lambda b, _: bool(b.path)),
}  # fmt: skip
"""By the names that rows of `actions` use in `needs`: what is missing, and whether it is there."""


def suit(actions: Mapping[str, QAction], board: Board) -> None:
    """Bring the commands up to date with what is selected."""
    picked = board.scene.picked
    met = {need: found(board, picked) for need, (_, found) in NEEDS.items()}
    for row in ROWS:
        if row.needs:
            actions[row.id].setEnabled(met[row.needs])
            explained(actions[row.id], "" if met[row.needs] else say(NEEDS[row.needs][0]))
