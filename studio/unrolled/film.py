"""What one recorded frame says about the copies: numbers by box and step, and their colours as small pictures.

Values of boxes that read from the end are turned round, so that everything is asked by the step it belongs to.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage

from core.compile.program import Argument, Output, Program, Teacher
from core.graph.model import Path
from core.observe.colors import Palette, colorize
from core.observe.recording import Recording
from core.observe.symbols import visible
from core.observe.unrolled import Box, Link, Unrolled
from core.specs.fields import DataField
from core.specs.sig import GRID
from core.train.messages import Floats, Frame
from studio.unrolled.hearing import Hearing, heard_in, parted
from studio.unrolled.strips import grid, mosaic, reach

CHUNK, NUMBERS = 64, 1 << 16  # steps whose colours are worked out together, and numbers, so that no paint takes long
DECADES = 6  # orders of magnitude that a ribbon's width tells apart

Colours = tuple[QImage, QRectF]


@dataclass(frozen=True)
class Guess:
    """What a head says at a step: its likeliest symbol, how likely, how likely what was right is, and whether it was that."""

    symbol: str
    chance: float
    right: float | None
    hit: bool | None


@dataclass
class Film:
    """One frame, or none yet."""

    plan: Unrolled
    path: Path
    palette: Palette
    recording: Recording
    frame: Frame | None = None
    program: Program | None = None
    taught: Film | None = None  # where the model hears itself here: the same step as it hears the truth
    _pictures: dict[tuple[str, int], QImage] = field(default_factory=dict)

    @cached_property
    def lengths(self) -> Mapping[str, int]:
        """How many steps each axis has in the frame."""
        frame = self.frame
        if frame is None:
            return {}
        found: dict[str, int] = {}
        for block in self.plan.blocks:
            seen = [len(v) for b in block.boxes if (v := self._raw(b)) is not None]
            seen += [len(s) for b in block.boxes if (s := self.symbols(b))]
            if block.form == "grid":
                sizes = [v.shape for b in block.boxes if (v := self.cells(b)) is not None]
                found |= dict(zip(GRID, sizes[0], strict=False)) if sizes else {}
            elif block.axis and seen:
                found[block.axis] = max(seen)
        return found

    # numbers

    def values(self, box: Box) -> Floats | None:
        """(T, units) of a box, in the order of the steps; of a grid, of its cells row by row."""
        raw = self._raw(box)
        return raw if raw is None or not box.back else raw[::-1]

    def _raw(self, box: Box) -> Floats | None:
        if self.frame is None:
            return None
        if box.axis == GRID[0]:
            cells = self.cells(box)
            return None if cells is None else cells.reshape(-1, cells.shape[-1])
        output = self._output(box)
        if output is not None and output.name in self.frame.outputs:
            return self.frame.outputs[output.name]
        found = next((self.frame.values[k] for k in box.keys if k in self.frame.values), None)
        if found is None and box.role == "target" and (field := self._field(box)) is not None:
            own = self if self.taught is None else self.taught  # what is right is so in both rows
            found = own.frame.answers.get(field.name) if own.frame is not None else None
        return found if found is not None and found.ndim == 2 else None

    def _output(self, box: Box) -> Output | None:
        where = (*self.path, box.id)
        return next((o for o in self.program.outputs if o.path == where), None) if self.program is not None else None

    def _field(self, box: Box) -> DataField | None:
        """What a target is told by."""
        where = (*self.path, box.id)
        targets = self.program.targets if self.program is not None else ()
        return next((a.field for a in targets if a.path == where), None)

    @property
    def children(self) -> Floats | tuple[()]:
        """Left and right child of each node of the tree shown, -1 where there is none."""
        trees = self.frame.trees.values() if self.frame is not None else ()
        return next(iter(trees), ())

    # grids: (I, J, ...) in the order of the cells, however the box reads them

    def cells(self, box: Box) -> Floats | None:
        """(I, J, units) of a box."""
        frame = self.frame
        found = None if frame is None else next((frame.cells[k] for k in box.keys if k in frame.cells), None)
        if found is None and frame is not None:
            plain = next((frame.values[k] for k in box.keys if k in frame.values), None)
            found = plain[..., None] if plain is not None and plain.ndim == 2 else None
        return None if found is None else upright(found, box)

    def _answers(self, box: Box) -> tuple[str, ...]:
        """What is right in each cell, of symbols."""
        field = self._field(box)
        told = self.frame.answers.get(field.name) if self.frame is not None and field is not None else None
        if told is None or field is None or not field.vocabulary or told.ndim != 2:
            return ()
        return tuple(visible(field.vocabulary[int(i)]) for i in told.reshape(-1))

    def norms(self, link: Link) -> Floats | None:
        """‖dL/d·‖ of what a state carries, at every step of the sequence shown."""
        found, box = self._norms(link), self.plan.box(link.source)
        return found[::-1] if found is not None and box is not None and box.back else found

    def _norms(self, link: Link) -> Floats | None:
        """Over all examples where that is known, else of the one shown; of trees, which all have other nodes, of that one."""
        frame = self.frame
        if frame is None:
            return None
        key = next((k for k in link.keys if k in frame.norms), None)
        if key is not None and not link.along:
            own = frame.values.get(key)
            return frame.norms[key][: len(own)] if own is not None else frame.norms[key]  # others may be longer
        found = next((frame.gradients[k] for k in link.keys if k in frame.gradients), None)
        box = self.plan.box(link.source)
        if found is not None and box is not None and box.axis == GRID[0]:  # norms already
            return upright(found, box).reshape(-1)
        return None if found is None or found.ndim != 2 else np.linalg.norm(found, axis=1).astype(np.float32)

    def matrix(self, link: Link) -> Floats | None:
        """Of each step of the one axis, how much it looked at each of the other."""
        frame = self.frame
        return None if frame is None else next((frame.values[k] for k in link.keys if k in frame.values), None)

    @cached_property
    def scale(self) -> tuple[float, float]:
        """log10 of the norms at which a ribbon is thinnest and widest: whole decades, so that they stand still."""
        most = [float(np.nanmax(n)) for k in self.plan.links if (n := self._norms(k)) is not None and n.size]
        most = [m for m in most if math.isfinite(m) and m > 0]
        high = math.ceil(math.log10(max(most))) if most else 0
        return float(high - DECADES), float(high)

    def width(self, norm: float) -> float:
        """A norm as a share of the widest ribbon, by its logarithm; 0 where it has vanished."""
        low, high = self.scale
        if not norm > 0 or not math.isfinite(norm):
            return 1.0 if norm == math.inf else 0.0
        return min(1.0, max(0.0, (math.log10(norm) - low) / (high - low)))

    # words

    def symbols(self, box: Box) -> tuple[str, ...]:
        """The symbols that a box reads, answers with, or tells as a teacher, one a step."""
        if self.frame is None or self.program is None:
            return ()
        if box.axis == GRID[0]:
            return self._answers(box)
        where, program = (*self.path, box.id), self.program
        told: tuple[Argument | Teacher, ...] = (*program.inputs, *program.targets, *program.teachers)
        fields = [a.field.name for a in told if a.path == where]
        found = next((self.frame.symbols[f] for f in fields if f in self.frame.symbols), ())
        return tuple(map(visible, found))

    def read(self, axis: str) -> tuple[str, ...]:
        """What is read along an axis, to be named under its steps."""
        if self.frame is None or self.program is None:
            return ()
        fields = [a.field for a in self.program.inputs if a.field.sig.axes == (axis,)]
        return next((tuple(map(visible, s)) for f in fields if (s := self.frame.symbols.get(f.name))), ())

    def loss(self, step: int | None) -> float | None:
        """The loss of a step; of the whole sequence where it is answered once."""
        losses = None if self.frame is None else self.frame.losses
        if losses is None or not len(losses):
            return None
        at = step if step is not None else 0 if len(losses) == 1 else -1
        return float(losses[at]) if 0 <= at < len(losses) and np.isfinite(losses[at]) else None

    @cached_property
    def worst(self) -> float:
        losses = None if self.frame is None else self.frame.losses
        return float(np.nanmax(losses)) if losses is not None and np.isfinite(losses).any() else 1.0

    def guess(self, box: Box, step: int | None) -> Guess | None:
        """What a head over symbols or classes says."""
        output, values = self._output(box), self.values(box)
        at = step or 0
        if (
            output is None
            or output.loss != "cross_entropy"
            or values is None
            or at >= len(values)
            or self.program is None
        ):
            return None
        row = values[at]
        words = next((a.field.vocabulary for a in self.program.targets if a.field.name == output.target), None)
        best = int(np.argmax(row))
        truth = self._truth(box, output)
        right = words.index(truth[at]) if words and at < len(truth) and truth[at] in words else None
        right = right if right is not None and right < len(row) else None
        said = words[best] if words and best < len(words) else str(best)
        return Guess(
            visible(said), float(row[best]), None if right is None else float(row[right]),
            None if right is None else right == best,
        )  # fmt: skip

    def _truth(self, box: Box, output: Output) -> tuple[str, ...]:
        if box.axis != GRID[0]:
            return self.frame.symbols.get(output.target, ()) if self.frame is not None else ()
        others = (b for block in self.plan.blocks for b in block.boxes)
        found = (b for b in others if (f := self._field(b)) is not None and f.name == output.target)
        return next(map(self._answers, found), ())

    # what is heard again, of models with teachers

    @cached_property
    def hearing(self) -> Hearing:
        """Box that hears -> how many steps late, and what: symbols, or numbers."""
        return {} if self.frame is None or self.program is None else heard_in(self)

    def heard(self, box: Box, step: int | None) -> str | None:
        """The symbol that a box hears again at a step, "" before there is any; None where it hears none."""
        delay, what = self.hearing.get(box.id, (0, None))
        if not isinstance(what, tuple) or step is None:
            return None
        return "" if step < delay else what[step - delay] if step - delay < len(what) else None

    @cached_property
    def parting(self) -> int | None:
        """The first step at which the model hears something else than the truth; of numbers, a tenth of their spread off."""
        return None if self.taught is None else parted(self.hearing, self.taught.hearing)

    @cached_property
    def spoken(self) -> int:
        """How many steps there are before the model itself says that this is all."""
        values = [
            v
            for b in self.plan.blocks
            if b.row == "free"
            for x in b.boxes
            if x.role != "target" and (v := self._raw(x)) is not None
        ]
        return max(map(len, values), default=0)

    @property
    def mean_loss(self) -> float | None:
        """Over the steps that have one."""
        losses = None if self.frame is None else self.frame.losses
        return float(np.nanmean(losses)) if losses is not None and np.isfinite(losses).any() else None

    # colours

    @cached_property
    def _limits(self) -> dict[str, tuple[bool, tuple[float, float]]]:
        return {}

    def limits(self, box: Box) -> tuple[bool, tuple[float, float]]:
        """(diverging, limits): 0 to 1 for gates and chances, -1 to 1 for squashed values, others as far as they reach."""
        if box.id not in self._limits:
            values = self._raw(box) if self.taught is None else self.taught._raw(box)  # colours mean the same in both
            self._limits[box.id] = reach(values) if values is not None else (True, (-1.0, 1.0))
        return self._limits[box.id]

    def colours(self, box: Box, step: int | None) -> Colours | None:
        """The units of a box at a step as a picture of coloured cells, and the part of the picture to draw."""
        values, at = self.values(box), step or 0
        if values is None or at >= len(values) or not values.shape[1]:
            return None
        rows, columns = mosaic(values.shape[1]) if box.axis == GRID[0] else grid(values.shape[1])
        together = max(1, min(CHUNK, NUMBERS // values.shape[1]))
        chunk = at // together
        picture = self._pictures.get((box.id, chunk))
        if picture is None:
            picture = self._picture(box, values[chunk * together : (chunk + 1) * together], rows, columns)
            self._pictures[box.id, chunk] = picture
        return picture, QRectF(0.0, (at % together) * rows, columns, rows)

    def _picture(self, box: Box, values: Floats, rows: int, columns: int) -> QImage:
        diverging, limits = self.limits(box)
        steps, units = values.shape
        painted = np.zeros((steps, rows * columns, 4), dtype=np.uint8)
        painted[:, :units, :3] = colorize(values, self.palette, diverging, limits)
        painted[:, :units, 3] = 255
        pixels: NDArray[np.uint8] = np.ascontiguousarray(painted.reshape(steps * rows, columns, 4))
        image = QImage(pixels.data, columns, steps * rows, columns * 4, QImage.Format.Format_RGBA8888)
        return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)  # a copy: the array may go


def upright(values: Floats, box: Box) -> Floats:
    """What was recorded as a box read it, each axis of the grid from its beginning."""
    back = [slice(None, None, -1) if axis in box.turned else slice(None) for axis in GRID]
    return values[tuple(back)]
