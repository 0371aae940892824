"""Where everything of a node lies: its size, its ports, its words. Measured once per node value, then only painted.

Layers, cells, heads and losses are cards; arithmetic, activations and the doors of a cell are pills, so that a drawn
LSTM reads like the figure in a textbook.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF

from core.graph.model import Graph, Node, ParamValue, Ref
from core.specs.called import name_of, value_text
from core.specs.node import NodeSpec, PortSpec
from core.specs.params import ParamSpec
from core.specs.registry import Registry
from core.words import Text, say, worded
from studio.canvas.ports import plain_params, ports_of
from studio.theme import ui_font

Side = Literal["in", "out"]
GRID = 8.0
HEADER = 28.0
ROW = 24.0
PILL = 40.0
PILLS = ("arithmetic", "activation")
DOORS = ("cell_input", "cell_output")
GLYPHS = {
    "add": "+", "subtract": "−", "multiply": "×", "concat": "⧺", "split": "⋔", "sigmoid": "σ", "parameter": "θ",
    "softmax_activation": "softmax",
}  # fmt: skip
MAX_TEXT = 190.0
FOLD = 24.0  # before the name of a collapsed card, for the sign that there is more
MARGIN = 14.0  # around a node, for its shadow, its badge and the glow of its ports
CAPTION = 20.0  # below a pill


@dataclass(frozen=True, slots=True)
class Mark:
    """One port on a node, at coordinates of the node."""

    side: Side
    spec: PortSpec
    label: str
    x: float
    y: float

    @property
    def at(self) -> QPointF:
        return QPointF(self.x, self.y)


@dataclass(frozen=True, slots=True)
class Look:
    """One node, measured. `caption` stands under a pill; `lines` are the parameters a card shows: label, value."""

    shape: Literal["card", "pill"]
    width: float
    height: float
    title: str
    caption: str
    lines: tuple[tuple[str, str], ...]
    group: str
    known: bool
    marks: tuple[Mark, ...]
    cell: bool = False
    collapsed: bool = False  # a card that shows its name alone, its ports close together at its sides
    serial: int = field(default_factory=count().__next__, compare=False, repr=False)
    by_port: Mapping[tuple[Side, str], Mark] = field(init=False, compare=False, repr=False)
    bounds: QRectF = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        found = {(m.side, m.spec.name): m for m in reversed(self.marks)}
        below, aside = (CAPTION, 30.0) if self.caption else (0.0, 0.0)
        object.__setattr__(self, "by_port", found)
        object.__setattr__(self, "bounds", self.rect.adjusted(-MARGIN - aside, -MARGIN, MARGIN + aside, MARGIN + below))

    @property
    def rect(self) -> QRectF:
        return QRectF(0.0, 0.0, self.width, self.height)

    def mark(self, side: Side, port: str) -> Mark | None:
        return self.by_port.get((side, port))


@lru_cache(maxsize=16)
def metrics(size: float, bold: bool = False) -> QFontMetricsF:
    return QFontMetricsF(ui_font(size, bold))


@lru_cache(maxsize=16)
def font(size: float, bold: bool = False) -> QFont:
    return ui_font(size, bold)


@lru_cache(maxsize=4096)
def elide(text: str, size: float, width: float, bold: bool = False) -> str:
    """A person's text on one line, cut with an ellipsis."""
    line = " ".join(text.split())[:300]
    if wide(line, size, bold) <= width:
        return line
    return metrics(size, bold).elidedText(line, Qt.TextElideMode.ElideRight, width)


@lru_cache(maxsize=4096)
def wide(text: str, size: float, bold: bool = False) -> float:
    """How much room a text takes."""
    return metrics(size, bold).horizontalAdvance(text)


class Looks:
    """Measures nodes of one registry; those that differ in name and place alone are measured once."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._known: dict[tuple[object, ...], Look] = {}

    def of(self, node: Node, around: Graph) -> Look:
        if node.body is not None or self._registry.node(node.kind) is None:  # its ports are what is inside, or around
            return look_of(node, self._registry, around)
        values = node.params.values()
        key = (node.kind, node.title, node.collapsed, *node.params, *values, *map(type, values))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = look_of(node, self._registry, around)
        return found

    def forget(self) -> None:
        """The language has changed."""
        self._known.clear()


def look_of(node: Node, registry: Registry, around: Graph | None = None) -> Look:
    """Measure a node."""
    spec = registry.node(node.kind)
    pill = spec is not None and (spec.group in PILLS or node.kind in DOORS) and node.body is None
    return _pill(node, spec, registry) if pill and spec is not None else _card(node, spec, registry, around)


def _pill(node: Node, spec: NodeSpec, registry: Registry) -> Look:
    inputs, outputs = ports_of(node, registry)
    text = name_of(node, spec) if node.kind in DOORS else _glyph(node, spec)
    title = elide(text, _pill_size(text), 130.0, bold=True)
    width = _snap(max(PILL, wide(title, _pill_size(title), True) + 26.0))
    height = max(PILL, 16.0 + 16.0 * max(len(inputs), len(outputs)))
    marks = (*_column(inputs, "in", 0.0, height), *_column(outputs, "out", width, height))
    caption = elide(worded(node.title), 8.0, 150.0) if node.title and node.kind not in DOORS else ""
    return Look("pill", width, height, title, caption, (), spec.group, True, marks)


def _pill_size(text: str) -> float:
    return 13.0 if len(text) == 1 else 10.0


def _glyph(node: Node, spec: NodeSpec) -> str:
    values = {**spec.defaults(), **node.params}
    if node.kind == "affine":
        return _affine(values.get("scale", 1.0), values.get("offset", 0.0))
    if node.kind == "constant":
        return value_text(values.get("value", 0.0))
    return GLYPHS.get(node.kind, say(spec.name).lower() if spec.group == "activation" else say(spec.name))


def _affine(scale: ParamValue, offset: ParamValue) -> str:
    if isinstance(scale, Ref) or isinstance(offset, Ref):
        return f"{value_text(scale)}·x + {value_text(offset)}"
    if scale == -1 and offset:
        return f"{float(offset):g} − x"
    front = "x" if scale == 1 else "−x" if scale == -1 else f"{float(scale):g}·x"
    if not offset:
        return front
    return f"{front} {'+' if float(offset) > 0 else '−'} {abs(float(offset)):g}"


def _column(ports: tuple[PortSpec, ...], side: Side, x: float, height: float) -> list[Mark]:
    step = height / max(1, len(ports))
    return [Mark(side, p, say(p.label), x, step * (i + 0.5)) for i, p in enumerate(ports)]


def _card(node: Node, spec: NodeSpec | None, registry: Registry, around: Graph | None) -> Look:
    inputs, outputs = ports_of(node, registry, around)
    cell = node.body is not None or (spec is not None and spec.body is not None)
    group = spec.group if spec is not None else ("cell" if node.body is not None else "")
    title = elide(name_of(node, spec), 9.5, MAX_TEXT, bold=True)
    if node.collapsed:
        return _collapsed(title, inputs, outputs, group, spec is not None or cell, cell)
    lines = tuple(_lines(node, spec))
    rows = max(len(inputs), len(outputs))
    left = [elide(say(p.label), 8.5, 90.0) for p in inputs]
    right = [elide(say(p.label), 8.5, 90.0) for p in outputs]
    widest = max(
        (_small(a) + _small(b) for a, b in zip(_padded(left, rows), _padded(right, rows), strict=True)), default=0
    )
    words = wide(title, 9.5, True) + (44.0 if cell else 26.0)
    width = _snap(
        max(112.0, words, widest + 48.0, *(_small(a) + min(_small(_room(b)), 110.0) + 40.0 for a, b in lines))
    )
    height = HEADER + ROW * rows + (6.0 + 17.0 * len(lines) if lines else 0.0) + (4.0 if rows else 0.0)
    marks = [*_rows(inputs, "in", 0.0, left), *_rows(outputs, "out", width, right)]
    return Look("card", width, _snap(height), title, "", lines, group, spec is not None or cell, tuple(marks), cell)


def _small(text: str) -> float:
    return wide(text, 8.5)


def _collapsed(
    title: str, inputs: tuple[PortSpec, ...], outputs: tuple[PortSpec, ...], group: str, known: bool, cell: bool
) -> Look:
    """As high as a pill, so that wires to its neighbours run level."""
    width = _snap(wide(title, 9.5, True) + FOLD + (34.0 if cell else 14.0))
    marks = (*_column(inputs, "in", 0.0, PILL), *_column(outputs, "out", width, PILL))
    return Look("card", width, PILL, title, "", (), group, known, marks, cell, collapsed=True)


def _rows(ports: tuple[PortSpec, ...], side: Side, x: float, labels: list[str]) -> list[Mark]:
    return [Mark(side, p, labels[i], x, HEADER + ROW * (i + 0.5)) for i, p in enumerate(ports)]


def _padded(words: list[str], rows: int) -> list[str]:
    return words + [""] * (rows - len(words))


def _lines(node: Node, spec: NodeSpec | None) -> list[tuple[str, str]]:
    """The parameter worth seeing on the card: the kind's first, where it says something."""
    if spec is None:
        return [(node.kind, "")] if node.body is None else []
    values = {**plain_params(node, spec), **node.params}
    plain = [p for p in spec.params if not (node.kind == "output" and p.name == "name")][:1]
    said = [(say(p.label), _value(p, values.get(p.name, p.default))) for p in plain]
    return [pair for pair in said if pair[1]]


AUTO = Text("auto", "auto")


def open_size(param: ParamSpec) -> bool:
    """Whether 0 leaves this parameter to the compiler, which finds what the wires need."""
    return param.kind == "int" and param.minimum == 0 and param.name in ("units", "size")


def _value(param: ParamSpec, value: ParamValue) -> str:
    if value == 0 and open_size(param):
        return say(AUTO)
    return _choice(param.choices, value)


def _room(value: str) -> str:
    """What to leave room for: a size that is found gets its number beside it."""
    return f"{value} (9999)" if value == say(AUTO) else value


def _choice(choices: tuple[tuple[str, object], ...], value: ParamValue) -> str:
    label = next((text for v, text in choices if v == value), None)
    return value_text(value) if label is None else say(label)  # type: ignore[arg-type]


def _snap(value: float) -> float:
    return GRID * -(-value // GRID)
