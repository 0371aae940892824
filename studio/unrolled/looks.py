"""Attention as lines: from each step that is read to each step that looks, as strong as its weight."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter, QPen

from core.observe.unrolled import Link
from studio.theme import faded
from studio.unrolled.sheet import Lane, Sheet
from studio.unrolled.stage import Stage

LEAST = 0.03  # weights below are not drawn
SHADES = 8
FAINT = 0.18  # of the others' strength, while one step is looked at


class Looks:
    """Lines of one sheet; made anew for each frame, painted in a few batches."""

    def __init__(self, stage: Stage, sheet: Sheet) -> None:
        self._stage = stage
        self._pairs = [
            (k, source, target)
            for k in sheet.links("look")
            if (source := sheet.lane_of(k.source)) is not None
            for target in sheet.lanes_of(k.target)
        ]
        self._made: dict[int, tuple[object, NDArray[np.float64], NDArray[np.float64]]] = {}

    def paint(self, painter: QPainter, area: QRectF) -> None:
        for i, (link, source, target) in enumerate(self._pairs):
            weights = self._stage.film_of(target).matrix(link)
            if target.block.row == "taught" and self._stage.step is None:
                continue  # they would run behind the row below; those of a step that is looked at are drawn
            if weights is None or source.columns[0].step is None or target.columns[0].step is None:
                self._paint_all(painter, link, source, target)
                continue
            made = self._made.get(i)
            if made is None or made[0] is not weights:
                made = self._made[i] = (weights, *_lines(link, source, target, np.asarray(weights)))
            self._paint_lines(painter, area, target, made[1], made[2])

    def _paint_all(self, painter: QPainter, link: Link, source: Lane, target: Lane) -> None:
        """Before weights are known every step may look at every other."""
        painter.setPen(QPen(faded(self._stage.tokens.accent, 0.22), 1.2))
        ends = [target.rects[link.target].translated(c.x, 0.0) for c in target.columns if c.copied]
        starts = [source.rects[link.source].translated(c.x, 0.0) for c in source.columns if c.copied]
        painter.drawLines(
            [QLineF(a.center().x(), a.top(), b.center().x(), b.bottom()) for a in starts for b in ends]
        )  # fmt: skip

    def _paint_lines(
        self, painter: QPainter, area: QRectF, target: Lane, lines: NDArray[np.float64], told: NDArray[np.float64]
    ) -> None:
        step = self._stage.step
        weight = told[:, 0].copy()
        if step is not None and step[0] == target.axis:
            weight[told[:, 1] != step[1]] *= 0.0 if target.block.row == "taught" else FAINT
        beside = target.width  # lines to steps out of sight would only hide those in sight
        seen = (
            (lines[:, 2] >= area.left() - beside) & (lines[:, 2] <= area.right() + beside) & (weight >= LEAST * FAINT)
        )
        shade = np.minimum((weight * SHADES).astype(int), SHADES - 1)
        for n in range(SHADES):
            some = lines[seen & (shade == n)]
            if len(some):
                share = (n + 1) / SHADES
                painter.setPen(QPen(faded(self._stage.tokens.accent, 0.10 + 0.85 * share), 0.8 + 3.6 * share))
                painter.drawLines([QLineF(*row) for row in some.tolist()])


def _lines(
    link: Link, source: Lane, target: Lane, weights: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(n, 4) ends of the lines worth drawing; (n, 2) their weight and the step that looks."""
    weights = weights[: len(target.columns), : len(source.columns)]
    looking, read = np.nonzero(weights >= LEAST)
    a, b = source.rects[link.source], target.rects[link.target]
    from_x = np.array(source.xs)[read] + a.center().x()
    to_x = np.array(target.xs)[looking] + b.center().x()
    ends = np.stack((from_x, np.full(len(read), a.top()), to_x, np.full(len(read), b.bottom())), axis=1)
    return ends, np.stack((weights[looking, read], looking), axis=1)
